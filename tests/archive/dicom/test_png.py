"""Every colour type, depth and interlacing of a PNG comes out right to the last bit, or is refused."""

import struct
import zlib
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageCms

from overread.archive.dicom import Reader, Refused

from .made import KEY, picture
from .streams import noise

GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
DEPTHS = {GREY: (1, 2, 4, 8, 16), RGB: (8, 16), PALETTE: (1, 2, 4, 8), GREY_ALPHA: (8, 16), RGBA: (8, 16)}
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
PASSES = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
KINDS = [
    pytest.param(colour, depth, interlaced, clear, id=f"type {colour} of {depth} {interlaced=} {clear=}")
    for colour, depths in DEPTHS.items()
    for depth in depths
    for interlaced in (False, True)
    for clear in (False, True)
    if not (clear and colour in (GREY_ALPHA, RGBA))
]


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def row_bytes(row: np.ndarray, depth: int) -> bytes:
    """One row [columns, channels] as a PNG packs it."""
    samples = row.ravel()
    if depth >= 8:
        return samples.astype(f">u{depth // 8}").tobytes()
    bits = samples[:, None] >> np.arange(depth - 1, -1, -1) & 1
    return np.packbits(bits.astype("uint8").ravel()).tobytes()


def png(samples: np.ndarray, colour: int, depth: int, *, interlaced: bool = False, chunks: bytes = b"") -> bytes:
    """A PNG of [rows, columns, channels] samples; every row in turn is stored plain and as its difference from above."""
    parts = [samples[a::c, b::d] for a, b, c, d in PASSES] if interlaced else [samples]
    raw = b""
    for part in parts:
        if part.size == 0:
            continue
        above = np.zeros(len(row_bytes(part[0], depth)), "uint8")
        for number, row in enumerate(part):
            packed = np.frombuffer(row_bytes(row, depth), "uint8")
            raw += b"\2" + (packed - above).tobytes() if number % 2 else b"\0" + packed.tobytes()
            above = packed
    header = struct.pack(">IIBBBBB", samples.shape[1], samples.shape[0], depth, colour, 0, 0, int(interlaced))
    data = chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunks + data


def on_black(colours: np.ndarray, opacity: np.ndarray, top: int) -> np.ndarray:
    return (colours.astype(np.int64) * opacity[..., None] + top // 2) // top


def taken(intake: Reader, content: bytes) -> np.ndarray:
    return intake.pixels(intake.take_in(content, key=KEY).content)


@pytest.mark.parametrize("shape", [(9, 13), (1, 1), (3, 2)])
@pytest.mark.parametrize(("colour", "depth", "interlaced", "clear"), KINDS)
def test_every_kind(intake: Reader, colour: int, depth: int, interlaced: bool, clear: bool, shape: tuple[int, int]):
    random = np.random.default_rng(5)
    samples = random.integers(0, 2**depth, (*shape, CHANNELS[colour]))
    top = 65535 if depth == 16 else 255
    spread = samples * (top // (2**depth - 1)) if depth < 8 else samples
    chunks = b""
    if colour == PALETTE:
        colours, opacities = random.integers(0, 256, (2**depth, 3)), random.integers(0, 256, 2**depth)
        chunks += chunk(b"PLTE", colours.astype("uint8").tobytes())
        if clear:
            chunks += chunk(b"tRNS", opacities.astype("uint8").tobytes())
        opaque = opacities if clear else np.full(2**depth, 255)
        expected = on_black(colours[samples[..., 0]], opaque[samples[..., 0]], 255)
    elif colour in (GREY_ALPHA, RGBA):
        expected = on_black(samples[..., :-1], samples[..., -1], top)
    else:
        expected = spread
        if clear:
            one = samples[shape[0] // 2, shape[1] // 2]
            chunks += chunk(b"tRNS", one.astype(">u2").tobytes())
            expected = np.where((samples == one).all(axis=-1, keepdims=True), 0, spread)
    found = taken(intake, png(samples, colour, depth, interlaced=interlaced, chunks=chunks))
    assert np.array_equal(found, expected.squeeze(-1) if expected.shape[-1] == 1 else expected)


@pytest.mark.parametrize(("colour", "depth"), [(GREY, 2), (GREY, 8), (RGB, 8)])
def test_bits_above_the_depth_of_a_transparent_colour_say_nothing(intake: Reader, colour: int, depth: int):
    samples = np.random.default_rng(5).integers(0, 2**depth, (9, 13, CHANNELS[colour]))
    one = samples[4, 6]
    clear = chunk(b"tRNS", (one | 0xA500).astype(">u2").tobytes())
    found = taken(intake, png(samples, colour, depth, chunks=clear))
    assert not found[(samples == one).all(axis=-1)].any()


def test_a_colour_that_is_not_in_the_palette_is_refused(intake: Reader):
    palette = chunk(b"PLTE", bytes(range(9)))
    with pytest.raises(Refused, match="palette"):
        intake.take_in(png(np.array([[[0], [2], [3]]]), PALETTE, 2, chunks=palette), key=KEY)


@pytest.mark.parametrize("gamma", [1.0, 0.45455])
@pytest.mark.parametrize(("colour", "depth"), [(GREY, 8), (GREY, 16), (RGB, 8), (RGB, 16)])
def test_a_stated_gamma_becomes_srgb(intake: Reader, colour: int, depth: int, gamma: float):
    samples = np.random.default_rng(5).integers(0, 2**depth, (9, 13, CHANNELS[colour]))
    found = taken(intake, png(samples, colour, depth, chunks=chunk(b"gAMA", struct.pack(">I", round(gamma * 100000)))))
    light = samples.squeeze() / (2**depth - 1)
    srgb = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    expected = np.rint(srgb * (2**depth - 1)) if gamma == 1.0 else samples.squeeze()
    assert np.array_equal(found, expected)


def test_a_gamma_of_zero_is_refused(intake: Reader):
    with pytest.raises(Refused, match="gamma"):
        intake.take_in(png(np.zeros((3, 3, 1), int), GREY, 8, chunks=chunk(b"gAMA", bytes(4))), key=KEY)


def profile(kind: str) -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile(kind)).tobytes()


def grey_profile(gamma: float) -> bytes:
    """A grey display profile with a pure power curve (ICC.1)."""
    curve = struct.pack(">4sIIH2x", b"curv", 0, 1, round(gamma * 256))
    white = struct.pack(">4sI3i", b"XYZ ", 0, 63190, 65536, 54061)
    body, table = b"", b""
    for name, data in ((b"wtpt", white), (b"kTRC", curve)):
        table += struct.pack(">4sII", name, 128 + 4 + 24 + len(body), len(data))
        body += data
    header = bytearray(128)
    struct.pack_into(">I4sI4s4s4s", header, 0, 156 + len(body), b"", 0x02400000, b"mntr", b"GRAY", b"XYZ ")
    header[36:40] = b"acsp"
    header[68:80] = struct.pack(">3i", 63190, 65536, 54061)
    return bytes(header) + struct.pack(">I", 2) + table + body


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_profile_of_srgb_changes_nothing(intake: Reader, kind: str):
    content = picture(noise(16, 16, 3), kind, icc_profile=profile("sRGB"))
    plain = picture(noise(16, 16, 3), kind)
    assert np.array_equal(taken(intake, content), taken(intake, plain))


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("gamma", [1.0, 461 / 256])
def test_a_profile_of_grey_is_followed(intake: Reader, kind: str, gamma: float):
    levels = np.arange(256, dtype="uint8").reshape(16, 16)
    content = picture(levels, kind, icc_profile=grey_profile(gamma))
    plain = taken(intake, picture(levels, kind))
    light = (plain / 255) ** gamma
    srgb = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    assert np.abs(taken(intake, content) - srgb * 255).max() <= 0.5001


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_colours_of_another_profile_become_those_of_srgb(intake: Reader, kind: str):
    """Red and blue are exchanged by a profile whose primaries are: nobody could overlook that it was ignored."""
    exchanged = bytearray(profile("sRGB"))
    first, second = exchanged.index(b"rXYZ", 128), exchanged.index(b"bXYZ", 128)
    exchanged[first : first + 4], exchanged[second : second + 4] = b"bXYZ", b"rXYZ"
    pixels = np.zeros((16, 16, 3), "uint8")
    pixels[...] = (200, 60, 30)
    found = taken(intake, picture(pixels, kind, icc_profile=bytes(exchanged)))
    assert np.abs(found.astype(int) - (30, 60, 200)).max() <= 3


def test_an_animated_png_is_refused(intake: Reader):
    frames = [Image.fromarray(noise(16, 16, seed=seed)) for seed in (1, 2)]
    with pytest.raises(Refused, match="animated"):
        intake.take_in(picture(frames[0], save_all=True, append_images=frames[1:]), key=KEY)


def test_primaries_alone_that_are_not_those_of_srgb_are_refused(intake: Reader):
    adobe = struct.pack(">8I", 31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000)
    with pytest.raises(Refused, match="cHRM"):
        intake.take_in(with_chunk(colour_png(), b"cHRM", adobe), key=KEY)
    srgb = struct.pack(">8I", 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000)
    assert intake.take_in(with_chunk(colour_png(), b"cHRM", srgb), key=KEY)


def test_a_profile_that_does_not_inflate_is_refused(intake: Reader):
    with pytest.raises(Refused, match="ICC profile"):
        intake.take_in(with_chunk(colour_png(), b"iCCP", b"name\0\0not compressed"), key=KEY)


def colour_png() -> bytes:
    stream = BytesIO()
    Image.fromarray(np.arange(48, dtype=np.uint8).reshape(4, 4, 3)).save(stream, "PNG")
    return stream.getvalue()


def with_chunk(content: bytes, name: bytes, data: bytes) -> bytes:
    """The PNG with one more chunk behind its header."""
    chunk = struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    return content[:33] + chunk + content[33:]
