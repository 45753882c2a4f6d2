"""An image in words: the patient's age and sex, the view, the interval to the prior, and warnings for the reader."""

from __future__ import annotations

from typing import TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from overread.archive.hanging import Hanging, hanging_of
from overread.archive.models import Image
from overread.archive.queries import days_of
from overread.projects.models import Project

VIEWS = {
    "PA": gettext_lazy("frontal PA"),
    "AP": gettext_lazy("frontal AP"),
    **dict.fromkeys(("LL", "RL", "LATERAL"), gettext_lazy("lateral")),
}
SEXES = {"M": gettext_lazy("M"), "F": gettext_lazy("F"), "O": gettext_lazy("other")}
DAYS_A_YEAR = 365.25
DAYS_A_MONTH = DAYS_A_YEAR / 12
STORED = {
    Hanging.MIRRORED: gettext_lazy("Stored mirrored"),
    Hanging.TURNED: gettext_lazy("Stored turned"),
    Hanging.BOTH: gettext_lazy("Stored mirrored and turned"),
}


class PatientHeader(TypedDict):
    """A page's header for an image; "" for what is not known."""

    case: str
    pseudonym: str
    age: str
    sex: str
    view: str
    laterality: str
    interval: str
    device: str
    indication: str
    notices: list[str]


def view_words(image: Image) -> str:
    return str(VIEWS.get(image.view.upper(), image.view))


def age_words(image: Image) -> str:
    """Years from the second birthday on, months from two months on, days before that; "" for no age."""
    if image.age_years is None:
        return ""
    if image.age_years >= 2:
        return _("%(years)d y") % {"years": int(image.age_years)}
    days = round(image.age_years * DAYS_A_YEAR)
    months = round(image.age_years * 12)
    if months >= 2:
        return ngettext("%(months)d month", "%(months)d months", months) % {"months": months}
    return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}


def sex_words(image: Image) -> str:
    return str(SEXES.get(image.sex, ""))


def label_words(image: Image) -> str:
    """What tells it apart from the other images of its study: RMLO of a mammogram, "lateral" of a chest film."""
    if image.modality == "MG" and image.view:
        return f"{image.laterality}{image.view}"  # as mammographers write it
    return " ".join(filter(None, (view_words(image), image.laterality)))


def notices(image: Image) -> list[str]:
    """Warnings about the pixels, from the file's own header."""
    warnings = []
    if image.intent == "FOR PROCESSING":
        warnings.append(_("Raw detector data (FOR PROCESSING)"))
    if image.burned_in:
        warnings.append(_("Text burned into the pixels"))
    hanging = hanging_of(image)
    if hanging in STORED:
        directions = image.orientation.replace("\\", " · ")
        warnings.append(_("%(stored)s (%(directions)s)") % {"stored": STORED[hanging], "directions": directions})
    return warnings


def patient_context(image: Image, project: Project) -> PatientHeader:
    """The header. It shows intervals and no date: stored dates are shifted."""
    return {
        "case": image.code,
        "pseudonym": image.patient.code,
        "age": age_words(image),
        "sex": sex_words(image),
        "view": view_words(image),
        "laterality": image.laterality,
        "interval": interval_words(image, project),
        "device": image.device,
        "indication": image.indication,
        "notices": notices(image),
    }


def interval_words(image: Image, project: Project) -> str:
    """The number of the study among the patient's in this project, and the time since the prior; "" without a prior.

    Dates are shifted, intervals are true.
    """
    if image.study.day is None:
        return ""
    days = days_of(image.patient, project)
    earlier = [day for day in days if day < image.study.day]
    if not earlier:
        return ""
    interval = span_words(image.study.day - earlier[-1])
    told = {"number": len(earlier) + 1, "total": len(days), "interval": interval}
    return _("study %(number)d of %(total)d, %(interval)s after the prior") % told


def span_words(days: int) -> str:
    """An interval in days, from two months on in months, from two years on in years."""
    if days < 2 * DAYS_A_MONTH:
        return ngettext("%(days)d day", "%(days)d days", days) % {"days": days}
    if days < 2 * DAYS_A_YEAR:
        months = round(days / DAYS_A_MONTH)
        return ngettext("%(months)d month", "%(months)d months", months) % {"months": months}
    years = round(days / DAYS_A_YEAR, 1)
    return _("%(years)g years") % {"years": years}
