"""What projects of a known kind ask of every image, for a start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class NewFinding:
    """One question of a project that is not there yet. Its slug follows from its name where none is given."""

    name: str
    kind: str = "binary"
    options: tuple[str, ...] = ()
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    slug: str = ""


@dataclass(frozen=True)
class Template:
    """A kind of project. `recipe`: what its training differs in from the product's defaults."""

    slug: str
    name: str | Promise
    modality: str
    says: str | Promise
    findings: tuple[NewFinding, ...]
    recipe: Mapping[str, object] = field(default_factory=dict)


# The labels of NIH's ChestX-ray14 (Wang et al., CVPR 2017), in the order and spelling of its paper.
CHEST_14 = (
    *("Atelectasis", "Cardiomegaly", "Effusion", "Infiltration", "Mass", "Nodule", "Pneumonia", "Pneumothorax"),
    *("Consolidation", "Edema", "Emphysema", "Fibrosis", "Pleural_Thickening", "Hernia"),
)
# The assessment categories and the breast composition of the ACR BI-RADS Atlas, 5th edition (2013), mammography.
ASSESSMENT = ("0", "1", "2", "3", "4A", "4B", "4C", "5", "6")
DENSITY = ("a", "b", "c", "d")

TEMPLATES = (
    Template(
        "chest-14",
        _("Chest, 14 findings"),
        "chest radiograph",
        _("The fourteen findings of NIH's ChestX-ray14, each absent or present."),
        tuple(NewFinding(name.replace("_", " ")) for name in CHEST_14),
    ),
    Template(
        "pneumonia",
        _("Pneumonia"),
        "chest radiograph",
        _("One question: pneumonia absent or present."),
        (NewFinding("Pneumonia"),),
    ),
    Template(
        "dermoscopy",
        _("Dermoscopy"),
        "dermoscopy",
        _("Melanoma absent or present, in colour."),
        (NewFinding("Melanoma"),),
        {"channels": 3, "augmentation": "skin"},
    ),
    Template(
        "bone-age",
        _("Bone age"),
        "hand radiograph",
        _("The skeletal age of a hand in months, from 0 to 240."),
        (NewFinding("Bone age", "measurement", unit="months", minimum=0, maximum=240),),
    ),
    Template(
        "mammography",
        _("Mammography"),
        "mammography",
        _("BI-RADS assessment and breast density of the ACR's atlas, mass and calcification."),
        (
            NewFinding("BI-RADS", "categorical", ASSESSMENT),
            NewFinding("Breast density", "categorical", DENSITY),
            NewFinding("Mass"),
            NewFinding("Calcification"),
        ),
    ),
)


def template_named(slug: str) -> Template | None:
    return next((template for template in TEMPLATES if template.slug == slug), None)
