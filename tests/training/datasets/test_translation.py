"""What a data set says, as answers to a project's findings."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.datasets.errors import DatasetError
from training.datasets.items import Item, Question
from training.datasets.translation import EVERYTHING_ELSE, Target, Translation

EFFUSION = Target("effusion", "Effusion", "binary")
NODULE = Target("nodule", "Nodule", "binary")
OTHER = Target("other", "Other pathology", "binary")
STAGE = Target("stage", "Stage", "categorical", ("I", "II", "3"))
AGE = Target("age", "Bone age", "measurement")


def listed(*names: str) -> tuple[Question, ...]:
    return tuple(Question(name, listed=True) for name in names)


def values(translation: Translation, item: Item) -> dict[str, str]:
    return {slug: said.value for slug, said in translation.answers(item).items()}


def test_a_complete_list_denies_what_it_does_not_name() -> None:
    translation = Translation(listed("Effusion", "Nodule"), [EFFUSION, NODULE])
    assert values(translation, Item(2, "a", named=("Effusion",))) == {"effusion": "present", "nodule": "absent"}
    assert values(translation, Item(2, "a", named=("No Finding",))) == {"effusion": "absent", "nodule": "absent"}
    assert values(translation, Item(2, "a", named=None)) == {}


def test_an_open_list_denies_nothing() -> None:
    translation = Translation(listed("Effusion", "Nodule"), [EFFUSION, NODULE])
    assert values(translation, Item(2, "a", named=("Effusion",), complete=False)) == {"effusion": "present"}


def test_an_unknown_name_leaves_nothing_understood() -> None:
    translation = Translation(listed("Effusion", "Effussion"), [EFFUSION])
    with pytest.raises(DatasetError, match="nearest is 'Effusion'"):
        translation.answers(Item(2, "a", named=("Effussion",)))


def test_a_mapping_renames_groups_and_leaves_out() -> None:
    mapping = {"effussion": "effusion", "Mass": "other", "Hernia": "other", "Devices": ""}
    questions = listed("Effussion", "Mass", "Hernia", "Devices")
    translation = Translation(questions, [EFFUSION, OTHER], mapping)
    assert values(translation, Item(2, "a", named=("Mass", "Devices"))) == {"other": "present", "effusion": "absent"}
    assert values(translation, Item(2, "a", named=("Effussion",))) == {"effusion": "present", "other": "absent"}


def test_everything_else_may_be_left_out() -> None:
    translation = Translation(listed("Effusion", "Mass"), [EFFUSION], {EVERYTHING_ELSE: ""})
    assert values(translation, Item(2, "a", named=("Mass",))) == {"effusion": "absent"}
    assert translation.unknown() == {}


def test_a_mapping_to_what_is_no_finding_is_refused() -> None:
    with pytest.raises(DatasetError, match="no finding's short name"):
        Translation(listed("Mass"), [EFFUSION], {"Mass": "mass"})


def test_a_name_beside_no_finding_is_a_contradiction() -> None:
    translation = Translation(listed("Effusion"), [EFFUSION])
    with pytest.raises(DatasetError, match="at once"):
        translation.answers(Item(2, "a", named=("No finding", "Effusion")))


@pytest.mark.parametrize(
    ("target", "cell", "value"),
    [
        (EFFUSION, "1.0", "present"),
        (EFFUSION, "No", "absent"),
        (EFFUSION, "-1", "uncertain"),
        (STAGE, "ii", "II"),
        (STAGE, "3.0", "3"),
        (AGE, "1e2", "1e2"),
    ],
)
def test_cells_as_answers(target: Target, cell: str, value: str) -> None:
    translation = Translation([Question(target.name, target.kind)], [target])
    assert values(translation, Item(2, "a", said={target.name: cell})) == {target.slug: value}


@pytest.mark.parametrize(("target", "cell"), [(EFFUSION, "maybe"), (EFFUSION, "2"), (STAGE, "IV"), (AGE, "tall")])
def test_a_cell_that_is_no_answer_is_refused(target: Target, cell: str) -> None:
    translation = Translation([Question(target.name, target.kind)], [target])
    with pytest.raises(DatasetError):
        translation.answers(Item(2, "a", said={target.name: cell}))


@pytest.mark.parametrize("cell", ["", "NA", "n/a", ".", "not measured", "?"])
def test_unknown_is_no_answer(cell: str) -> None:
    for target in (EFFUSION, STAGE, AGE):
        translation = Translation([Question(target.name, target.kind)], [target])
        assert values(translation, Item(2, "a", said={target.name: cell})) == {}


def test_a_question_of_another_kind_than_its_finding_is_refused() -> None:
    with pytest.raises(DatasetError, match="read as measurement"):
        Translation([Question("Effusion", "measurement")], [EFFUSION])


NAMES = st.sampled_from(["Effusion", "Nodule", "Mass", "No finding", "NA", "Effussion", "Devices"])


@given(st.lists(NAMES, max_size=4), st.booleans())
def test_absent_is_only_what_is_denied_or_left_out_of_a_full_list(named: list[str], complete: bool) -> None:
    translation = Translation(listed("Effusion", "Nodule", "Devices"), [EFFUSION, NODULE], {"Devices": ""})
    item = Item(2, "a", named=tuple(named), complete=complete)
    try:
        said = values(translation, item)
    except DatasetError:
        assert {"Mass", "Effussion"} & set(named) or ("No finding" in named and {"Effusion", "Nodule"} & set(named))
        return
    assert not {"Mass", "Effussion"} & set(named)
    for target in (EFFUSION, NODULE):
        assert (said.get(target.slug) == "present") == (target.name in named)
        if said.get(target.slug) == "absent":
            assert complete or "No finding" in named
