"""Damaged files: cut anywhere, flipped anywhere. Each is refused or comes out as an image, and the child lives on."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom import uid

from overread.archive.dicom import Limits, Reader, Refused
from tests.archive.dicom.made import KEY, dataset, items, picture, ramp, saved

LIMITS = Limits(memory_bytes=1024 * 1024 * 1024, cpu_seconds=10, wall_seconds=60)
FEW, MANY = 25, 1500


def seed(syntax: uid.UID | None) -> bytes:
    made = dataset(ramp(32, 32, "uint16"), PatientName="A^B", RescaleSlope="2", RescaleIntercept="-5")
    made.WindowCenter, made.WindowWidth = ["40", "50"], ["400", "500"]
    made.ModalityLUTSequence = items({"LUTDescriptor": [4, 0, 16], "LUTData": bytes(8)})
    made.RequestAttributesSequence = items({"ScheduledProcedureStepID": "1"}, {"ScheduledProcedureStepID": "2"})
    if syntax is not None:
        made.compress(syntax, generate_instance_uid=False)
    return saved(made)


SEEDS = {
    "native": seed(None),
    "rle": seed(uid.RLELossless),
    "jpeg2000": seed(uid.JPEG2000Lossless),
    "jpegls": seed(uid.JPEGLSLossless),
    "png": picture(ramp(32, 32, "uint16")),
    "jpeg": picture(np.stack([ramp(32, 32, "uint8")] * 3, axis=-1), "JPEG"),
}


@pytest.fixture(scope="module")
def confined():
    with Reader(LIMITS) as reader:
        yield reader


def damaged(content: bytes, cut: float, flips: list[tuple[float, int]]) -> bytes:
    broken = bytearray(content)
    for place, value in flips:
        broken[int(place * (len(broken) - 1))] = value
    return bytes(broken[: int(cut * len(broken))])


def survive(reader: Reader, content: bytes) -> None:
    try:
        result = reader.take_in(content, key=KEY)
        rendering = reader.render(result.content)
        assert (rendering.rows, rendering.columns) == (result.facts.rows, result.facts.columns)
    except Refused as refused:
        assert refused.code not in ("crashed", "timeout", "memory"), refused  # noqa: PT017
        assert "A^B" not in refused.reason  # noqa: PT017


share = st.floats(0, 1)
flips = st.lists(st.tuples(share, st.integers(0, 255)), max_size=12)
relaxed = {"deadline": None, "suppress_health_check": list(HealthCheck)}


@pytest.mark.parametrize("name", SEEDS)
@settings(max_examples=FEW, **relaxed)
@given(cut=st.one_of(st.just(1.0), share), flips=flips)
def test_a_damaged_file_does_no_harm(confined: Reader, name: str, cut: float, flips: list[tuple[float, int]]):
    survive(confined, damaged(SEEDS[name], cut, flips))


@pytest.mark.long
@pytest.mark.parametrize("name", SEEDS)
@settings(max_examples=MANY, **relaxed)
@given(cut=st.one_of(st.just(1.0), share), flips=flips)
def test_many_damaged_files_do_no_harm(confined: Reader, name: str, cut: float, flips: list[tuple[float, int]]):
    survive(confined, damaged(SEEDS[name], cut, flips))


@pytest.mark.long
@settings(max_examples=MANY, **relaxed)
@given(noise=st.binary(max_size=4000))
def test_noise_behind_a_prefix_does_no_harm(confined: Reader, noise: bytes):
    survive(confined, bytes(128) + b"DICM" + noise)
