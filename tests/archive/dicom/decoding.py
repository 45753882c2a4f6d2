"""Every coding of pixel data, decoded by several libraries: `python -m tests.archive.dicom.decoding` writes the table
in docs/decoding.md.

The encoders are not the decoders: what one library writes others have to read alike.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from io import BytesIO
from itertools import product
from pathlib import Path
from typing import Any

import gdcm
import imagecodecs
import numpy as np
from pydicom import dcmread, uid
from pydicom.encaps import generate_frames
from pydicom.pixels import get_decoder
from pydicom.pixels.processing import convert_color_space

from overread.archive.dicom import Reader

from . import streams
from .made import dataset, saved

PAGE = Path(__file__).parents[3] / "docs" / "decoding.md"
MARKS = ("<!-- the table begins -->", "<!-- the table ends -->")
ROWS, COLUMNS = 40, 56  # the encoder of OpenJPEG wants 32 a side
YBR = ("YBR_FULL", "YBR_FULL_422")
Pixels = np.ndarray


@dataclass(frozen=True)
class Case:
    """One way to code a picture. `pixels` are what goes in: grey, palette indices, or RGB."""

    syntax: uid.UID
    photometric: str
    planar: int
    allocated: int
    stored: int
    signed: bool

    @property
    def colour(self) -> bool:
        return self.photometric in ("RGB", "YBR_ICT", "YBR_RCT", *YBR)

    @property
    def lossless(self) -> bool:
        return self.syntax not in LOSSY and self.photometric not in YBR and self.photometric != "YBR_ICT"

    @property
    def pixels(self) -> Pixels:
        """Noise, or where coding it loses something, waves."""
        if self.colour and (not self.lossless or self.photometric in YBR):
            return streams.smooth(ROWS, COLUMNS)
        shape = (ROWS, COLUMNS, 3) if self.colour else (ROWS, COLUMNS)
        if self.syntax in LOSSY:
            y, x = np.mgrid[:ROWS, :COLUMNS]
            middle, half = (0 if self.signed else 2 ** (self.stored - 1)), 2 ** (self.stored - 1) * 0.7
            wave = middle + half * np.sin(x / 9) * np.cos(y / 7)
            return wave.astype(f"{'i' if self.signed else 'u'}{self.allocated // 8}")
        made = streams.noise(*shape, bits=self.stored, signed=self.signed)
        return made.astype(f"{'i' if self.signed else 'u'}{self.allocated // 8}")


LOSSY = {uid.JPEGBaseline8Bit, uid.JPEGExtended12Bit, uid.JPEGLSNearLossless, uid.JPEG2000, uid.HTJ2K}
JPEG = frozenset({uid.JPEGBaseline8Bit, uid.JPEGExtended12Bit, uid.JPEGLossless, uid.JPEGLosslessSV1})
HTJ2K = frozenset({uid.HTJ2K, uid.HTJ2KLossless, uid.HTJ2KLosslessRPCL})
NATIVE = [
    uid.ImplicitVRLittleEndian,
    uid.ExplicitVRLittleEndian,
    uid.ExplicitVRBigEndian,
    uid.DeflatedExplicitVRLittleEndian,
]
WHOLE = [(8, 8), (16, 12), (16, 16)]
GREY = ["MONOCHROME1", "MONOCHROME2"]


def cases() -> Iterator[Case]:
    for syntax in [*NATIVE, uid.RLELossless]:
        wide = [] if syntax == uid.RLELossless else [(32, 20)]
        yield from _grey(syntax, [(8, 7), *WHOLE, (16, 10), *wide], signs=(False, True))
        yield Case(syntax, "PALETTE COLOR", 0, 8, 8, False)
        yield Case(syntax, "PALETTE COLOR", 0, 16, 16, False)
        for photometric, planar in product(("RGB", "YBR_FULL"), (0, 1)):
            yield Case(syntax, photometric, planar, 8, 8, False)
        for planar in (0, 1):
            yield Case(syntax, "RGB", planar, 16, 16, False)
        if syntax != uid.RLELossless:
            yield Case(syntax, "YBR_FULL_422", 0, 8, 8, False)
    yield from _grey(uid.JPEGBaseline8Bit, [(8, 8)], signs=(False,))
    for photometric, planar in product(("RGB", "YBR_FULL", "YBR_FULL_422"), (0, 1)):
        yield Case(uid.JPEGBaseline8Bit, photometric, planar, 8, 8, False)
    yield from _grey(uid.JPEGExtended12Bit, [(16, 12)], signs=(False,))
    for syntax in (uid.JPEGLossless, uid.JPEGLosslessSV1):
        yield from _grey(syntax, [*WHOLE, (16, 10), (16, 14)], signs=(False, True))
        yield Case(syntax, "PALETTE COLOR", 0, 8, 8, False)
        for planar in (0, 1):
            yield Case(syntax, "RGB", planar, 8, 8, False)
    for syntax in (uid.JPEGLSLossless, uid.JPEGLSNearLossless):
        yield from _grey(syntax, [*WHOLE, (16, 10)], signs=(False, True))
        for planar in (0, 1):
            yield Case(syntax, "RGB", planar, 8, 8, False)
    yield Case(uid.JPEGLSLossless, "PALETTE COLOR", 0, 8, 8, False)
    for syntax in (uid.JPEG2000Lossless, uid.HTJ2KLossless, uid.HTJ2KLosslessRPCL):
        yield from _grey(syntax, [*WHOLE, (16, 10)], signs=(False, True))
        for photometric, planar in product(("RGB", "YBR_RCT", "YBR_FULL"), (0, 1)):
            yield Case(syntax, photometric, planar, 8, 8, False)
        yield Case(syntax, "PALETTE COLOR", 0, 8, 8, False)
    for syntax in (uid.JPEG2000, uid.HTJ2K):
        yield from _grey(syntax, WHOLE, signs=(False, True))
        for photometric, planar in product(("RGB", "YBR_ICT"), (0, 1)):
            yield Case(syntax, photometric, planar, 8, 8, False)


def _grey(syntax: uid.UID, bits: list[tuple[int, int]], *, signs: tuple[bool, ...]) -> Iterator[Case]:
    for photometric, (allocated, stored), signed in product(GREY, bits, signs):
        yield Case(syntax, photometric, 0, allocated, stored, signed)


def file_of(case: Case) -> bytes:
    """The case as a DICOM file, in the colours that its Photometric Interpretation says."""
    pixels = case.pixels
    attributes: dict[str, Any] = {
        "PhotometricInterpretation": case.photometric,
        "BitsStored": case.stored,
        "HighBit": case.stored - 1,
    }
    if case.colour:
        attributes["PlanarConfiguration"] = case.planar
    if case.photometric == "PALETTE COLOR":
        for number, colour in enumerate(("Red", "Green", "Blue")):
            attributes[f"{colour}PaletteColorLookupTableDescriptor"] = [2**case.stored % 65536, 0, 16]
            table = np.arange(2**case.stored) * (2 * number + 1) % 2**case.stored * (65536 // 2**case.stored)
            attributes[f"{colour}PaletteColorLookupTableData"] = table.astype(
                "<u2" if case.syntax.is_little_endian else ">u2"
            ).tobytes()
    coded = convert_color_space(pixels, "RGB", "YBR_FULL") if case.photometric in YBR else pixels
    if case.syntax in NATIVE:
        made = dataset(coded, case.syntax, **attributes)
        order = "<" if case.syntax.is_little_endian else ">"
        data = coded.astype(coded.dtype.newbyteorder(order))
        if case.photometric == "YBR_FULL_422":
            halves = coded.reshape(ROWS, COLUMNS // 2, 2, 3)
            data = np.concatenate([halves[:, :, :, 0], halves[:, :, 0, 1:]], axis=-1)
        elif case.colour and case.planar:
            data = data.transpose(2, 0, 1)
        made.PixelData = data.tobytes()
        return saved(made)
    stream = _encoded(case, pixels, coded)
    return streams.around([stream], pixels, case.syntax, **attributes)


def _encoded(case: Case, pixels: Pixels, coded: Pixels) -> bytes:
    """The code stream, by an encoder of its syntax."""
    match case.syntax:
        case uid.RLELossless:
            return streams.rle(coded if case.colour else coded.view(coded.dtype.str.replace("i", "u")))
        case uid.JPEGBaseline8Bit:
            if case.photometric == "RGB":
                return streams.jpeg(pixels, keep_rgb=True)
            return streams.jpeg(pixels, subsampling=1 if case.photometric == "YBR_FULL_422" else 0)
        case uid.JPEGExtended12Bit:
            return bytes(imagecodecs.jpeg8_encode(pixels, level=98, bitspersample=12))
        case uid.JPEGLossless:
            cells = pixels if pixels.dtype.kind == "u" else pixels.view(f"u{pixels.itemsize}") & (2**case.stored - 1)
            return bytes(imagecodecs.jpeg8_encode(cells, lossless=True, predictor=4, bitspersample=case.stored))
        case uid.JPEGLosslessSV1:
            if case.colour:
                return streams.encoded_by_gdcm(pixels, case.syntax)
            return streams.encoded_by_gdcm(pixels, case.syntax, BitsStored=case.stored, HighBit=case.stored - 1)
        case uid.JPEGLSLossless | uid.JPEGLSNearLossless:
            near = {"lossy_error": 2} if case.syntax == uid.JPEGLSNearLossless else {}
            cells = pixels if pixels.dtype.kind == "u" else pixels.view(f"u{pixels.itemsize}") & (2**case.stored - 1)
            return streams.jpegls(cells, **near)
        case uid.JPEG2000Lossless | uid.JPEG2000:
            ratio = {"compression_ratios": [4.0]} if case.syntax == uid.JPEG2000 else {}
            transform = case.photometric in ("YBR_RCT", "YBR_ICT")
            return streams.jpeg2000_of(
                coded, case.stored, use_mct=transform, photometric_interpretation=1 if case.colour else 2, **ratio
            )
        case _:
            exact = case.syntax != uid.HTJ2K
            how = {"reversible": True} if exact else {"reversible": False, "level": 1e-4}
            return bytes(imagecodecs.htj2k_encode(coded, rgb=case.photometric in ("YBR_RCT", "YBR_ICT"), **how))


Decode = Callable[[Case, bytes], Pixels]


def _by_pydicom(plugin: str) -> Decode:
    def decode(case: Case, content: bytes) -> Pixels:
        decoder = get_decoder(case.syntax)
        pixels, told = decoder.as_array(
            dcmread(BytesIO(content)), raw=True, decoding_plugin=plugin, correct_unused_bits=False
        )
        return _as_rgb(case, pixels, told["photometric_interpretation"])

    return decode


def _by_pydicom_alone(case: Case, content: bytes) -> Pixels:
    pixels, told = get_decoder(case.syntax).as_array(dcmread(BytesIO(content)), raw=True)
    return _as_rgb(case, pixels, told["photometric_interpretation"])


def _by_gdcm(case: Case, content: bytes) -> Pixels:
    """By GDCM's own reader, which knows nothing of pydicom."""
    with tempfile.NamedTemporaryFile(suffix=".dcm") as file:
        file.write(content)
        file.flush()
        reader = gdcm.ImageReader()
        reader.SetFileName(file.name)
        if not reader.Read():
            raise ValueError
        image = reader.GetImage()
        data = image.GetBuffer().encode("utf-8", "surrogateescape")
        form = image.GetPixelFormat()
        kind = f"<{'i' if form.GetPixelRepresentation() else 'u'}{form.GetBitsAllocated() // 8}"
        pixels = np.frombuffer(data, kind)
        if case.colour:
            planes = image.GetPlanarConfiguration() == 1
            shape = (3, ROWS, COLUMNS) if planes else (ROWS, COLUMNS, 3)
            pixels = pixels.reshape(shape)
            pixels = pixels.transpose(1, 2, 0) if planes else pixels
        else:
            pixels = pixels.reshape(ROWS, COLUMNS)
        return _as_rgb(case, pixels, str(image.GetPhotometricInterpretation()).strip())


def _by_imagecodecs(case: Case, content: bytes) -> Pixels:
    """By libjpeg-turbo, CharLS, OpenJPEG, OpenJPH and imagecodecs' own RLE, of the bare code stream."""
    stream = next(generate_frames(dcmread(BytesIO(content)).PixelData, number_of_frames=1))
    if case.syntax == uid.RLELossless:
        planes = np.frombuffer(imagecodecs.dicomrle_decode(stream, case.pixels.dtype), case.pixels.dtype)
        planes = planes.reshape(3 if case.colour else 1, ROWS, COLUMNS)
        return _as_rgb(case, planes.transpose(1, 2, 0) if case.colour else planes[0], case.photometric)
    if case.syntax in JPEG:
        return _as_rgb(case, imagecodecs.jpeg8_decode(stream), "RGB")  # which it makes of whatever is in the stream
    decode = {
        **dict.fromkeys((uid.JPEGLSLossless, uid.JPEGLSNearLossless), imagecodecs.jpegls_decode),
        **dict.fromkeys((uid.JPEG2000Lossless, uid.JPEG2000), imagecodecs.jpeg2k_decode),
        **dict.fromkeys(HTJ2K, imagecodecs.htj2k_decode),
    }[case.syntax]
    pixels = np.asarray(decode(stream))
    if case.colour and pixels.shape[0] == 3:  # OpenJPH gives components that have no transform as planes
        pixels = pixels.transpose(1, 2, 0)
    return _as_rgb(case, pixels, case.photometric)


def _by_dcmtk(case: Case, content: bytes) -> Pixels:
    tool = {
        uid.RLELossless: "dcmdrle",
        **dict.fromkeys((uid.JPEGLSLossless, uid.JPEGLSNearLossless), "dcmdjpls"),
        **dict.fromkeys(JPEG, "dcmdjpeg"),
        **dict.fromkeys(NATIVE, "dcmconv"),
    }[case.syntax]
    with tempfile.TemporaryDirectory() as folder:
        given, made = Path(folder, "given.dcm"), Path(folder, "made.dcm")
        given.write_bytes(content)
        options = {"dcmdjpeg": ["+cn"], "dcmconv": ["+te"]}.get(tool, [])
        subprocess.run([tool, *options, str(given), str(made)], check=True, capture_output=True)
        header = dcmread(made)
        pixels, told = get_decoder(header.file_meta.TransferSyntaxUID).as_array(header, raw=True)
    return _as_rgb(case, pixels, told["photometric_interpretation"])


def _as_rgb(case: Case, pixels: Pixels, photometric: str) -> Pixels:
    """Samples of the case's sign, without the bits above them; luminance and chrominance as RGB."""
    if case.photometric in YBR and photometric in YBR:
        return convert_color_space(pixels, "YBR_FULL", "RGB")
    width = 8 * pixels.dtype.itemsize
    if pixels.dtype.kind in "iu" and not case.colour:
        cells = pixels.astype(f"{'i' if case.signed else 'u'}{pixels.dtype.itemsize}", copy=True)
        spare = width - case.stored
        return np.right_shift(np.left_shift(cells, spare), spare)
    return pixels


NATIVE_ALONE = frozenset(NATIVE)
EVERYTHING = frozenset(uid.AllTransferSyntaxes)
DECODERS: dict[str, tuple[Decode, frozenset[uid.UID]]] = {
    "pydicom": (_by_pydicom_alone, NATIVE_ALONE),
    "GDCM": (_by_gdcm, EVERYTHING - HTJ2K),
    "pylibjpeg": (_by_pydicom("pylibjpeg"), HTJ2K | {uid.RLELossless, uid.JPEG2000Lossless, uid.JPEG2000}),
    "pyjpegls": (_by_pydicom("pyjpegls"), frozenset({uid.JPEGLSLossless, uid.JPEGLSNearLossless})),
    "Pillow": (_by_pydicom("pillow"), frozenset({uid.JPEGBaseline8Bit, uid.JPEG2000Lossless, uid.JPEG2000})),
    "imagecodecs": (_by_imagecodecs, EVERYTHING - NATIVE_ALONE),
    "DCMTK": (_by_dcmtk, EVERYTHING - HTJ2K - {uid.JPEG2000Lossless, uid.JPEG2000}),
}


def difference(case: Case, content: bytes, ours: Pixels, name: str) -> str:
    """How far another decoder is from ours: "=", the most levels of a sample, "fails", or "" where it is not asked."""
    decode, known = DECODERS[name]
    if case.syntax not in known or (name == "GDCM" and case.stored < 8):
        return ""
    try:
        theirs = decode(case, content)
    except Exception:  # noqa: BLE001 - whatever a library raises
        return "fails"
    if theirs.shape != ours.shape:
        return "shape"
    apart = int(np.abs(theirs.astype(np.int64) - ours).max())
    return f"±{apart}" if apart else "="


@dataclass(frozen=True)
class Line:
    """Cases that all decoders treat alike: what they have of each coordinate, and what each decoder gives."""

    syntax: str
    coordinates: tuple[tuple[str, ...], ...]  # photometric interpretations, planar configurations, bits, signs
    results: tuple[str, ...]

    @property
    def written(self) -> str:
        photometrics, planars, bits, signs = self.coordinates
        cells = [self.syntax, ", ".join(photometrics), ", ".join(planars), ", ".join(bits), ", ".join(signs)]
        return "| " + " | ".join([*cells, *self.results]) + " |"


def lines(reader: Reader, names: list[str]) -> list[Line]:
    """The table: one line for each case, and then those merged that differ in one coordinate only."""
    found = []
    for case in cases():
        content = file_of(case)
        ours = reader.pixels(reader.take_in(content, key=b"table").content)
        results = tuple(difference(case, content, ours, name) for name in names)
        sign = "signed" if case.signed else "unsigned"
        bits = f"{case.stored}/{case.allocated}"
        planar = str(case.planar) if case.colour else "–"
        found.append(Line(_short(case.syntax), ((case.photometric,), (planar,), (bits,), (sign,)), results))
    for coordinate in (3, 2, 1, 0):
        found = _merged(found, coordinate)
    return found


def _merged(found: list[Line], coordinate: int) -> list[Line]:
    groups: dict[tuple[Any, ...], list[str]] = {}
    for line in found:
        others = line.coordinates[:coordinate] + line.coordinates[coordinate + 1 :]
        groups.setdefault((line.syntax, others, line.results), []).extend(line.coordinates[coordinate])
    return [
        Line(syntax, (*others[:coordinate], tuple(dict.fromkeys(values)), *others[coordinate:]), results)
        for (syntax, others, results), values in groups.items()
    ]


SHORT = {
    uid.ImplicitVRLittleEndian: "Implicit VR Little Endian",
    uid.ExplicitVRLittleEndian: "Explicit VR Little Endian",
    uid.ExplicitVRBigEndian: "Explicit VR Big Endian",
    uid.DeflatedExplicitVRLittleEndian: "Deflated Explicit VR Little Endian",
    uid.RLELossless: "RLE Lossless",
    uid.JPEGBaseline8Bit: "JPEG Baseline (.50)",
    uid.JPEGExtended12Bit: "JPEG Extended (.51)",
    uid.JPEGLossless: "JPEG Lossless (.57)",
    uid.JPEGLosslessSV1: "JPEG Lossless SV1 (.70)",
    uid.JPEGLSLossless: "JPEG-LS Lossless (.80)",
    uid.JPEGLSNearLossless: "JPEG-LS Near-Lossless (.81)",
    uid.JPEG2000Lossless: "JPEG 2000 Lossless (.90)",
    uid.JPEG2000: "JPEG 2000 (.91)",
    uid.HTJ2KLossless: "HTJ2K Lossless (.201)",
    uid.HTJ2KLosslessRPCL: "HTJ2K Lossless RPCL (.202)",
    uid.HTJ2K: "HTJ2K (.203)",
}


def _short(syntax: uid.UID) -> str:
    return SHORT[syntax]


def versions() -> dict[str, str]:
    """What each decoder is, with its version, where it is installed."""
    found = {
        "pydicom": version("pydicom"),
        "GDCM": version("python-gdcm"),
        "pylibjpeg": f"openjpeg {version('pylibjpeg-openjpeg')}, rle {version('pylibjpeg-rle')}",
        "pyjpegls": version("pyjpegls"),
        "Pillow": version("pillow"),
        "imagecodecs": version("imagecodecs"),
    }
    if shutil.which("dcmdjpeg"):
        told = subprocess.run(["dcmdjpeg", "--version"], capture_output=True, text=True, check=True).stdout
        found["DCMTK"] = told.split("dcmdjpeg v")[1].split()[0]
    return found


def table(reader: Reader) -> str:
    known = versions()
    head = ["Transfer syntax", "Photometric Interpretation", "Planar", "Bits", "Sign"]
    head += [f"{name} {number}" for name, number in known.items()]
    return "\n".join(
        [
            "| " + " | ".join(head) + " |",
            "|" + " --- |" * len(head),
            *(line.written for line in lines(reader, list(known))),
        ]
    )


def on_page() -> str:
    """The table that stands in docs/decoding.md."""
    return PAGE.read_text().split(MARKS[0])[1].split(MARKS[1])[0].strip()


def main() -> None:
    warnings.simplefilter("ignore")
    with Reader() as reader:
        made = table(reader)
    before, rest = PAGE.read_text().split(MARKS[0])
    PAGE.write_text(f"{before}{MARKS[0]}\n{made}\n{MARKS[1]}{rest.split(MARKS[1])[1]}")


if __name__ == "__main__":
    main()
