"""The shapes that imports and drafts share: how a data set is read, what its columns are, what an import would do."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from overread.api.bodies import Shape

KINDS = ("binary", "categorical", "measurement", "names")


def text(about: str = "") -> serializers.CharField:
    """A text that may be left out or empty."""
    return serializers.CharField(
        required=False, allow_blank=True, trim_whitespace=False, max_length=400, help_text=about or None
    )


class OptionsSerializer(Shape):
    """How a data set is read, where its files do not tell. What is left out is found out, or asked for."""

    table = text("Relative to the data set's folder.")
    images = text("Where images lie, relative to the data set's folder.")
    image_column = text()
    patient_column = text()
    patient_pattern = text("A regular expression; its first group is the patient in a file's path.")
    patient_ids = serializers.ChoiceField(
        ["as-written", "numbers"],
        required=False,
        allow_blank=True,
        help_text="Whether 007, 7 and 7.0 are one patient (numbers).",
    )
    indication_column = text()
    split_column = text()
    sex_column = text()
    age_column = text("In years.")
    view_column = text()
    label_columns = serializers.ListField(
        child=serializers.CharField(max_length=400, trim_whitespace=False), required=False
    )
    separator = text("Between several names in one cell.")
    delimiter = text("Between cells.")
    decimal = serializers.ChoiceField([".", ","], required=False, allow_blank=True)
    encoding = text("Of the table, such as cp1252.")
    prefix = text("To be taken off the names of images.")
    suffix = text("To be put onto the names of images.")
    kinds = serializers.DictField(
        child=serializers.ChoiceField(KINDS), required=False, help_text="Column → how it is read."
    )
    choices = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=80)),
        required=False,
        help_text="Column → options of a categorical one.",
    )
    units = serializers.DictField(
        child=serializers.CharField(max_length=20), required=False, help_text="Column → unit of a measurement."
    )
    unit = text("Of every measurement without one of its own.")
    distinct_names = serializers.BooleanField(
        required=False, help_text="Names that differ by a letter are findings of their own."
    )
    structure = text("What masks outline, such as lungs.")
    exhaustive = serializers.BooleanField(
        required=False, help_text="You vouch that what an annotation file does not mark in an image is not there."
    )
    near_duplicates = serializers.BooleanField(
        required=False, help_text="Look for pictures that look the same, however many there are."
    )


class PairSerializer(serializers.Serializer[Any]):
    """Two files that look the same."""

    one = serializers.CharField()
    other = serializers.CharField()
    bits = serializers.IntegerField(help_text="In how many of 256 bits their hashes differ.")


class NearSerializer(serializers.Serializer[Any]):
    """Pictures that look the same in different patients, or in different splits."""

    looked_at = serializers.IntegerField()
    flat = serializers.IntegerField(help_text="Those that show nothing to compare.")
    undecoded = serializers.IntegerField(help_text="Those that cannot be opened.")
    across_patients = serializers.IntegerField(help_text="Pairs.")
    across_splits = serializers.IntegerField(help_text="Pairs.")
    pairs = PairSerializer(many=True, help_text="The nearest of them.")


class ReasonAt(serializers.Serializer[Any]):
    """A reason and the first line, or the place, that it is about."""

    number = serializers.IntegerField()
    reason = serializers.CharField()

    def to_representation(self, instance: tuple[int, str]) -> dict[str, Any]:
        number, reason = instance
        return {"number": number, "reason": reason}


class QuestionSerializer(serializers.Serializer[Any]):
    """What a data set says about its images under one name."""

    name = serializers.CharField(source="question.name")
    kind = serializers.CharField(source="question.kind")
    options = serializers.ListField(child=serializers.CharField(), source="question.options")
    unit = serializers.CharField(source="question.unit")
    listed = serializers.BooleanField(
        source="question.listed", help_text="Images are said to have it by naming it in a list."
    )
    why = serializers.CharField(source="question.why", help_text="How its kind was found.")
    finding = serializers.CharField(help_text="The finding's name; empty where there is none, or it is left out.")
    left_out = serializers.BooleanField()
    nearest = serializers.CharField(help_text="The finding nearest by name, where it means none.")
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="Value in the source's words → images.")


class SurveySerializer(serializers.Serializer[Any]):
    """What an import would do."""

    images = serializers.IntegerField()
    accepted = serializers.IntegerField(help_text="Images that can be taken in.")
    missing_count = serializers.IntegerField()
    refused_count = serializers.IntegerField()
    missing = ReasonAt(many=True, help_text="The first of them.")
    refused = ReasonAt(many=True, help_text="The first of them.")
    patients = serializers.IntegerField()
    patients_in_splits = serializers.IntegerField(help_text="Patients in more than one of its own splits.")
    without_patient = serializers.IntegerField()
    without_label = serializers.IntegerField()
    regions = serializers.IntegerField()
    masks = serializers.IntegerField()
    splits = serializers.DictField(child=serializers.IntegerField(), help_text="Its own split → images.")
    questions = QuestionSerializer(many=True)
    answers = serializers.DictField(
        child=serializers.DictField(child=serializers.IntegerField()), help_text="Finding → answer → images."
    )
    unknown_names = serializers.DictField(
        child=serializers.IntegerField(), help_text="Names in lists that mean no finding → images refused for it."
    )
    nearest = serializers.DictField(child=serializers.CharField(), help_text="Such a name → the nearest finding.")
    duplicates = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()), help_text="Groups of files with the same bytes."
    )
    # Those that an earlier build stored do not have them.
    near = NearSerializer(allow_null=True, required=False, help_text="Null where nobody looked.")
    bytes = serializers.IntegerField(required=False, help_text="Of all files.")
    notes = serializers.ListField(child=serializers.CharField())
    to_decide = serializers.ListField(
        child=serializers.CharField(), help_text="What has to be decided before it can be imported."
    )


class ColumnSerializer(serializers.Serializer[Any]):
    """One column of a table, and what it probably is."""

    name = serializers.CharField()
    role = serializers.CharField(
        help_text="image, patient, split, sex, age, view, indication or label; empty: it is not read."
    )
    kind = serializers.CharField(help_text="How it would be read as a label; empty where that is open.")
    why = serializers.CharField()
    problem = serializers.CharField(help_text="Why its kind is open.")
    counts = serializers.DictField(
        child=serializers.IntegerField(), help_text="Its most frequent cells, where they can name nobody."
    )


class GuessSerializer(serializers.Serializer[Any]):
    """What the columns of a table probably are, by its first rows."""

    columns = ColumnSerializer(many=True)
    delimiter = serializers.CharField(trim_whitespace=False)
    rows = serializers.IntegerField(help_text="Rows that were looked at.")
    more = serializers.BooleanField(help_text="There are more.")
