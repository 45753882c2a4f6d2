"""The words for layouts, for the kinds of columns, and for what a column is."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class LayoutWords:
    """What a layout is called, and how somebody recognises their own folder in it."""

    layout: str
    name: Promise
    says: Promise


LAYOUTS = (
    LayoutWords(
        "folders", _("Folders of classes"), _("NORMAL/…, PNEUMONIA/…, with train, val, test above or without.")
    ),
    LayoutWords("table", _("A table and images"), _("A CSV with a file name a line, and labels in columns.")),
    LayoutWords("nih", _("NIH ChestX-ray14"), _("Data_Entry_2017.csv and BBox_List_2017.csv.")),
    LayoutWords("chexpert", _("CheXpert"), _("train.csv and valid.csv with 14 observations: 1, 0, −1, blank.")),
    LayoutWords("padchest", _("PadChest"), _("The table of 160,000 films with lists of labels.")),
    LayoutWords("vindr", _("VinDr-CXR"), _("train.csv with a row for each box and reader.")),
    LayoutWords("isic", _("ISIC"), _("Dermoscopy: train.csv, or one column a diagnosis, or HAM10000.")),
    LayoutWords("boneage", _("RSNA bone age"), _("id, boneage, male.")),
    LayoutWords("masks", _("Images and masks"), _("images/ and masks/ with the same names, or a table of both.")),
    LayoutWords("coco", _("COCO"), _("A JSON file with boxes, polygons or labels.")),
    LayoutWords("labelstudio", _("Label Studio"), _("Its JSON export.")),
    LayoutWords("overread", _("Overread"), _("labels.csv as it is exported here.")),
)

KINDS = (
    ("", _("found out")),
    ("binary", _("yes or no")),
    ("names", _("a list of findings")),
    ("categorical", _("options")),
    ("measurement", _("a number")),
)
KIND_WORDS = dict(KINDS)

ROLES = (
    ("", _("not read")),
    ("image", _("image file")),
    ("label", _("label")),
    ("patient", _("patient")),
    ("split", _("split")),
    ("sex", _("sex")),
    ("age", _("age in years")),
    ("view", _("view")),
    ("indication", _("indication")),
)


def layout_name(layout: str) -> str:
    return next((str(words.name) for words in LAYOUTS if words.layout == layout), layout)
