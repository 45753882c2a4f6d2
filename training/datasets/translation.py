"""What a data set says, as answers to a project's findings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from training.datasets.errors import DatasetError
from training.datasets.items import Item, Kind, Question
from training.datasets.numbers import Decimal, number_text
from training.datasets.words import NO, UNCERTAIN, YES, is_negative, is_unknown, nearest, plain

LEFT_OUT = ""  # what a label mapping says of a name that is not to be read
EVERYTHING_ELSE = "*"  # the name in a label mapping that stands for all names without a line of their own


@dataclass(frozen=True)
class Target:
    """A finding of the project, as far as an import needs it."""

    slug: str
    name: str
    kind: Kind
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Said:
    """One answer to a finding, and the source's own words for it."""

    value: str
    text: str


class Translation:
    """Names of a data set → findings, by the project's label mapping first, then by name.

    Raises DatasetError where a name is mapped to what is no finding, or a question does not fit its finding's kind.
    """

    def __init__(
        self, questions: Sequence[Question], targets: Iterable[Target], mapping: Mapping[str, str] | None = None
    ) -> None:
        self._targets = {target.slug: target for target in targets}
        self._mapping = {plain(name): slug for name, slug in (mapping or {}).items()}
        self._named = {plain(target.slug): target for target in self._targets.values()}
        self._named |= {plain(target.name): target for target in self._targets.values()}
        unknown = set(self._mapping.values()) - set(self._targets) - {LEFT_OUT}
        if unknown:
            raise DatasetError(
                f"The label mapping names {', '.join(sorted(unknown))}, which is no finding's short name."
            )
        self.questions = tuple(questions)
        for question in questions:
            self._check_kind(question)
        self._listed = self._listed_slugs()

    def target(self, name: str) -> Target | None:
        """The finding that a name means, or None where it is unknown or left out."""
        key = plain(name)
        if key in self._mapping:
            return self._targets.get(self._mapping[key])
        if key in self._named:
            return self._named[key]
        return self._targets.get(self._mapping.get(EVERYTHING_ELSE, LEFT_OUT))

    def is_left_out(self, name: str) -> bool:
        """Whether the mapping says that a name is not to be read."""
        key = plain(name)
        if key in self._mapping:
            return self._mapping[key] == LEFT_OUT
        return key not in self._named and self._mapping.get(EVERYTHING_ELSE) == LEFT_OUT

    def finding_names(self) -> list[str]:
        """The names of the project's findings."""
        return [target.name for target in self._targets.values()]

    def unknown(self) -> dict[str, str]:
        """Names that mean no finding and are not left out → the finding nearest to each, by name, or ""."""
        names = self.finding_names()
        return {
            question.name: nearest(question.name, names)
            for question in self.questions
            if self.target(question.name) is None and not self.is_left_out(question.name)
        }

    def answers(self, item: Item, decimals: Mapping[str, Decimal] | None = None) -> dict[str, Said]:
        """Finding slug → answer. Raises DatasetError where something of it is not understood, or it contradicts itself."""
        answers: dict[str, Said] = {}
        for name, cell in item.said.items():
            target = self.target(name)
            if target is None or is_unknown(cell):
                continue
            value = _value(target, name, cell, (decimals or {}).get(name, "."))
            _add(answers, target, Said(value, item.words.get(name, f"{name}: {cell}")))
        if item.named is not None:
            self._add_listed(answers, item, item.named)
        return answers

    def _add_listed(self, answers: dict[str, Said], item: Item, named: Sequence[str]) -> None:
        negatives = [name for name in named if is_negative(name)]
        found = [name for name in named if not is_negative(name) and not is_unknown(name)]
        # What is left out says nothing: "No Finding" may stand beside a device.
        found = [name for name in found if not self.is_left_out(name)]
        if negatives and found:
            raise DatasetError(f"It says {negatives[0]!r} and {found[0]!r} at once.")
        unknown = [name for name in found if self.target(name) is None]
        if unknown:
            raise DatasetError(self._unknown_words(unknown[0]))
        present = {target.slug: name for name in found if (target := self.target(name)) is not None}
        for slug, name in present.items():
            _add(answers, self._targets[slug], Said("present", item.words.get(name, name)))
        if not item.complete and not negatives:
            return
        text = ", ".join(named)[:200]
        for slug in self._listed:
            if slug not in present:
                _add(answers, self._targets[slug], Said("absent", text))

    def _unknown_words(self, name: str) -> str:
        near = nearest(name, self.finding_names())
        told = f"It names {name!r}, which is no finding of the project."
        if near:
            told += f" The nearest is {near!r}."
        return told + " Map the name to a finding, or leave it out."

    def _listed_slugs(self) -> tuple[str, ...]:
        """The findings of which a complete list that does not name them says that they are absent."""
        found = [self.target(question.name) for question in self.questions if question.listed]
        return tuple(dict.fromkeys(target.slug for target in found if target is not None))

    def _check_kind(self, question: Question) -> None:
        target = self.target(question.name)
        if target is not None and target.kind != question.kind:
            raise DatasetError(
                f"{question.name!r} is read as {question.kind}, and the finding {target.name} is {target.kind}. "
                "Give its kind, or map the name to another finding."
            )


def _value(target: Target, name: str, cell: str, decimal: Decimal) -> str:
    """A cell as an answer to a finding. Raises DatasetError where it is none."""
    if target.kind == "binary":
        value = _yes_or_no(cell)
    elif target.kind == "categorical":
        value = _option(target, cell)
    else:
        value = number_text(cell, decimal)
    if not value:
        raise DatasetError(f"Column {name!r} says {cell[:80]!r}, which is no answer to {target.name}.")
    return value


def _yes_or_no(cell: str) -> str:
    word = cell.casefold()
    if word in YES:
        return "present"
    if word in NO:
        return "absent"
    if word in UNCERTAIN:
        return "uncertain"
    return ""


def _option(target: Target, cell: str) -> str:
    """The option that a cell names: the same text, or the same whole number, as programs write 3 as 3.0."""
    for option in target.options:
        if plain(option) == plain(cell):
            return option
    whole = cell.removesuffix(".0")
    return whole if whole in target.options else ""


def _add(answers: dict[str, Said], target: Target, said: Said) -> None:
    """Put an answer beside what other names have said of the same finding: present in one of them is present."""
    earlier = answers.get(target.slug)
    if earlier is None or earlier.value == said.value:
        answers[target.slug] = earlier or said
        return
    if target.kind != "binary":
        raise DatasetError(f"It says {earlier.text!r} and {said.text!r} of {target.name}.")
    order = ("present", "uncertain", "absent")
    answers[target.slug] = min(earlier, said, key=lambda each: order.index(each.value))
