"""Which transfer syntaxes are read, and by whom.

Native pixel data need no decoder. GDCM reads the JPEG family (pylibjpeg-libjpeg would corrupt JPEG Lossless), OpenJPEG
reads JPEG 2000 and High-Throughput JPEG 2000, CharLS reads JPEG-LS, pylibjpeg-rle reads RLE. A decoder of our own is a
file in this folder with the names that pydicom asks of a plugin: DECODER_DEPENDENCIES, is_available and decode.
"""

from pydicom import uid
from pydicom.pixels import get_decoder
from pydicom.pixels.decoders.base import Decoder

from . import gdcm_extended

NATIVE = ""
OWN = {"gdcm_extended": gdcm_extended}
PLUGINS: dict[str, str] = {
    uid.ImplicitVRLittleEndian: NATIVE,
    uid.ExplicitVRLittleEndian: NATIVE,
    uid.ExplicitVRBigEndian: NATIVE,
    uid.DeflatedExplicitVRLittleEndian: NATIVE,
    uid.JPEGBaseline8Bit: "gdcm",
    uid.JPEGExtended12Bit: "gdcm_extended",
    uid.JPEGLossless: "gdcm",
    uid.JPEGLosslessSV1: "gdcm",
    uid.JPEGLSLossless: "pyjpegls",
    uid.JPEGLSNearLossless: "pyjpegls",
    uid.JPEG2000Lossless: "pylibjpeg",
    uid.JPEG2000: "pylibjpeg",
    uid.HTJ2KLossless: "pylibjpeg",
    uid.HTJ2KLosslessRPCL: "pylibjpeg",
    uid.HTJ2K: "pylibjpeg",
    uid.RLELossless: "pylibjpeg",
}


def is_read(syntax: str) -> bool:
    """Whether pixel data in this transfer syntax are decoded here."""
    return syntax in PLUGINS


def decoder_for(syntax: str) -> tuple[Decoder, str]:
    """pydicom's decoder for a transfer syntax in PLUGINS, and the name of the plugin it shall use."""
    decoder, plugin = get_decoder(syntax), PLUGINS[syntax]
    if plugin in OWN and plugin not in decoder.available_plugins:
        decoder.add_plugin(plugin, (OWN[plugin].__name__, "decode"))
    return decoder, plugin
