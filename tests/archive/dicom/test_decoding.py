"""The table in docs/decoding.md is what the libraries of this installation give; where they differ it is known why."""

from itertools import product

import pytest

from overread.archive.dicom import Reader

from .decoding import DECODERS, SHORT, Case, cases, difference, file_of, on_page, versions

CASES = list(cases())
LOSSY_SLACK = 2  # levels that decoders of one lossy stream may round apart


def told() -> dict[tuple[str, ...], dict[str, str]]:
    """What the page says: (syntax, photometric interpretation, planar, bits, sign) → decoder → result."""
    head, _, *rows = ([cell.strip() for cell in line.strip("|").split(" | ")] for line in on_page().splitlines())
    names = [cell.split()[0] for cell in head[5:]]
    found = {}
    for syntax, photometric, planar, bits, sign, *results in rows:
        for key in product([syntax], *(cell.split(", ") for cell in (photometric, planar, bits, sign))):
            found[key] = dict(zip(names, results, strict=True))
    return found


def key(case: Case) -> tuple[str, ...]:
    sign = "signed" if case.signed else "unsigned"
    planar = str(case.planar) if case.colour else "–"
    return SHORT[case.syntax], case.photometric, planar, f"{case.stored}/{case.allocated}", sign


def test_the_page_lists_every_case_and_these_versions():
    assert set(told()) == {key(case) for case in CASES}
    head = on_page().splitlines()[0]
    here = versions()
    assert all(f"{name} {number}" in head for name, number in here.items() if name != "DCMTK")


@pytest.mark.parametrize("syntax", SHORT, ids=SHORT.get)
@pytest.mark.filterwarnings("ignore")
def test_the_page_tells_how_far_each_decoder_is_from_ours(intake: Reader, syntax: str):
    page = told()
    names = [name for name in DECODERS if name in versions()]
    for case in CASES:
        if case.syntax != syntax:
            continue
        content = file_of(case)
        ours = intake.pixels(intake.take_in(content, key=b"table").content)
        assert intake.pixels(content).tolist() == ours.tolist()
        for name in names:
            assert difference(case, content, ours, name) == page[key(case)][name], (key(case), name)


def test_two_decoders_agree_with_ours_wherever_two_read_it():
    alone = set()
    for case, results in told().items():
        close = [result for result in results.values() if result == "=" or result.lstrip("±") in ("1", "2")]
        if len(close) < 2:
            alone.add((case[0], case[3]))
    assert alone == {
        ("Explicit VR Big Endian", "20/32"),
        *((syntax, "8/8") for syntax in SHORT.values() if "HTJ2K" in syntax),
    }
