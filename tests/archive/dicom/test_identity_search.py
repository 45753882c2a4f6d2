"""Words are found wherever they begin, in any case and encoding; what accident explains is no find."""

import numpy as np
import pytest

from overread.archive.dicom import identity_search
from overread.archive.dicom.identity_search import Search, word

from .leaks import leaks
from .made import dicom, ramp


def words(*texts: str) -> list[identity_search.Word]:
    made = [word(text) for text in texts]
    return [each for each in made if each is not None]


@pytest.mark.parametrize("short", [-1, identity_search.SHORT])
def test_every_place_that_plain_comparison_finds(monkeypatch: pytest.MonkeyPatch, short: int):
    monkeypatch.setattr(identity_search, "STRETCH", 64)
    monkeypatch.setattr(identity_search, "SHORT", short)
    random = np.random.default_rng(7)
    search = Search(words("Anna", "Müller-Lüdenscheid", "CAMERON", "7351924", "Łukasz", "Chest pain left"))
    forms = sorted(search._texts)
    for number in range(1500):
        form = forms[number % len(forms)]
        cased = bytes(byte if random.random() < 0.5 else ord(bytes([byte]).upper()) for byte in form)
        before, after = (random.integers(0, 256, random.integers(0, 70), dtype="uint8").tobytes() for _ in range(2))
        data = before + cased + after
        lower = data.lower()
        expected = {
            each: [place for place in range(len(data)) if lower.startswith(each, place)]
            for each in forms
            if each in lower
        }
        found = search._places(np.frombuffer(data, np.uint8))
        assert {form: sorted(places) for form, places in found.items()} == expected


@pytest.mark.parametrize(
    "text", ["", "Ann", "12345", "AAAA", "1111111", "abcd", "654321", "Li", "山", "山山", "一丁", "一丂丄"]
)
def test_a_text_that_says_nothing_is_no_word(text: str):
    assert word(text) is None


@pytest.mark.parametrize("text", ["山田", "王伟", "이박", "Öğ"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_name_of_two_characters_is_found(text: str, encoding: str):
    written = text.encode(encoding)
    assert list(Search(words(text)).found_in(bytes(5001) + written + bytes(5000))) == [text]


def test_accident_explains_two_characters_among_deep_pixels():
    """Neighbours of 16 bits that happen to have the numbers of the two characters."""
    pixels = np.random.default_rng(1).integers(0, 65536, 1_000_000).astype("<u2")
    pixels[5000:5002] = [ord("山"), ord("田")]
    assert list(Search(words("山田")).found_in(pixels.tobytes())) == []


def test_nothing_is_found_in_nothing():
    assert list(Search(words("Anna")).found_in(b"")) == []


def test_accident_explains_a_short_word_in_noise_and_not_in_a_picture():
    noise = np.random.default_rng(1).integers(0, 256, 2_000_000, dtype="uint8")
    noise[5000:5004] = np.frombuffer(b"Anna", "uint8")
    assert list(Search(words("Anna")).found_in(noise.tobytes())) == []
    dark = np.zeros(2_000_000, "uint8")
    dark[5000:5004] = np.frombuffer(b"Anna", "uint8")
    assert list(Search(words("Anna")).found_in(dark.tobytes())) == ["Anna"]


def test_a_long_word_is_found_in_noise():
    noise = np.random.default_rng(1).integers(0, 256, 2_000_000, dtype="uint8")
    noise[5001:5010] = np.frombuffer(b"BeeblebRO", "uint8")
    assert list(Search(words("Beeblebro")).found_in(noise.tobytes())) == ["Beeblebro"]


def test_a_pattern_that_begins_like_a_word_does_not_hide_it():
    area = np.full(300_000, ord("0"), "uint8")
    area[200_001:200_009] = np.frombuffer(b"00000012", "uint8")
    search = Search(words("00000012"))
    assert search._places(area) == {b"00000012": [200_001]}


def test_the_leak_test_sees_what_is_left_in_header_and_pixels():
    identified = dicom(PatientName="Weatherby^Ann", StationName="ROOM-4711")
    assert leaks(identified, identified) == ["(0008,0020)", "(0008,1010)", "(0010,0010)", "(0010,0020)"]
    hidden = np.frombuffer("weatherby^ann".encode("utf-16-le").ljust(192 * 2, b"\1"), "<u2").reshape(ramp().shape)
    assert leaks(identified, dicom(hidden, PatientID="", StudyDate="")) == ["(0010,0010)"]
