"""What Python sends the reading page is what TypeScript expects, member by member."""

import re
from pathlib import Path
from typing import NotRequired, get_origin, get_type_hints

import pytest

from frontend.pages.read import contract

TYPESCRIPT = (Path(__file__).parents[2] / "frontend/src/reading/contract.ts").read_text()
INTERFACES = re.findall(r"export interface (\w+)(?: extends (\w+))? \{\n(.*?)\n\}", TYPESCRIPT, re.DOTALL)
MEMBER = re.compile(r"^  (\w+)(\??):", re.MULTILINE)
SENT_BY_THE_PAGE = {"Answer", "SubmitBody", "DeferBody", "SendBody", "SkipBody"}


def members() -> dict[str, dict[str, bool]]:
    """Interface → each of its members, and whether it must be there."""
    found: dict[str, dict[str, bool]] = {}
    for name, parent, body in INTERFACES:
        found[name] = {**found.get(parent, {}), **{member: not mark for member, mark in MEMBER.findall(body)}}
    return found


def test_every_interface_has_its_type() -> None:
    assert set(members()) - SENT_BY_THE_PAGE == {
        "WindowPreset", "FrameInfo", "CaseImage", "Companion", "CaseFinding", "RegionData", "OtherRegion",
        "MeasurementData", "CaseUrls", "Case", "Confirmation", "Prepared", "Upcoming", "Saved", "Turn",
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(set(members()) - SENT_BY_THE_PAGE))
def test_a_type_has_the_members_of_its_interface(name: str) -> None:
    hints = get_type_hints(getattr(contract, name), include_extras=True)
    here = {member: get_origin(hint) is not NotRequired for member, hint in hints.items()}
    assert here == members()[name]
