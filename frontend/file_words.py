"""How an image arrived and how its file is stored, in words."""

from __future__ import annotations

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from overread.archive.models import Enrolment, Image
from overread.archive.queries import enrolment_of
from overread.projects.models import Project

Fact = tuple[str, str]

UNCOMPRESSED = gettext_lazy("Uncompressed")
CODINGS = {
    "1.2.840.10008.1.2": UNCOMPRESSED,
    "1.2.840.10008.1.2.1": UNCOMPRESSED,
    "1.2.840.10008.1.2.2": UNCOMPRESSED,
    "1.2.840.10008.1.2.5": gettext_lazy("RLE, lossless"),
    "1.2.840.10008.1.2.4.50": gettext_lazy("JPEG, lossy"),
    "1.2.840.10008.1.2.4.51": gettext_lazy("JPEG of 12 bits, lossy"),
    "1.2.840.10008.1.2.4.57": gettext_lazy("JPEG, lossless"),
    "1.2.840.10008.1.2.4.70": gettext_lazy("JPEG, lossless"),
    "1.2.840.10008.1.2.4.80": gettext_lazy("JPEG-LS, lossless"),
    "1.2.840.10008.1.2.4.81": gettext_lazy("JPEG-LS, near-lossless"),
    "1.2.840.10008.1.2.4.90": gettext_lazy("JPEG 2000, lossless"),
    "1.2.840.10008.1.2.4.91": gettext_lazy("JPEG 2000"),
    "1.2.840.10008.1.2.4.201": gettext_lazy("High-Throughput JPEG 2000, lossless"),
    "1.2.840.10008.1.2.4.202": gettext_lazy("High-Throughput JPEG 2000, lossless"),
    "1.2.840.10008.1.2.4.203": gettext_lazy("High-Throughput JPEG 2000"),
}
SOURCES = {
    "upload": gettext_lazy("uploaded by hand"),
    "rest": gettext_lazy("sent over the interface"),
    "import": gettext_lazy("imported from a folder"),
}
SCALES = {
    "patient": gettext_lazy("in the patient"),
    "detector": gettext_lazy("at the detector"),
    "corrected": gettext_lazy("at the detector, corrected by the file's magnification"),
    "unknown": gettext_lazy("in an unknown plane"),
}


def file_facts(image: Image, project: Project) -> list[Fact]:
    """(label, value) of each known fact."""
    enrolment = enrolment_of(image=image, project=project)
    facts = [
        (_("Format"), image.get_kind_display()),
        (_("Size"), _size(image)),
        (_("Pixels"), _pixels(image)),
        (_("Compression"), str(CODINGS.get(image.transfer_syntax, image.transfer_syntax))),
        (_("Pixel spacing"), _spacing(image)),
        (_("Body part"), image.body_part),
        (_("Presentation intent"), _intent(image)),
        (_("Received"), _received(image)),
        (_("Added to the project"), _enrolled(enrolment)),
        (_("Accepted for the project by"), _admitted(enrolment)),
    ]
    return [(label, value) for label, value in facts if value]


def _size(image: Image) -> str:
    size = f"{image.columns} × {image.rows}"
    if image.frames == 1:
        return size
    frames = ngettext("%(n)d frame", "%(n)d frames", image.frames) % {"n": image.frames}
    return f"{size} · {frames}"


def _pixels(image: Image) -> str:
    return _("%(photometric)s, %(bits)d bits") % {"photometric": image.photometric, "bits": image.bits_stored}


def _spacing(image: Image) -> str:
    if image.pixel_spacing is None:
        return ""
    between_rows, between_columns = image.pixel_spacing
    row = f"{between_rows:.4g}"
    column = f"{between_columns:.4g}"
    size = row if row == column else f"{row} × {column}"
    return _("%(size)s mm %(where)s") % {"size": size, "where": SCALES[image.spacing_kind]}


def _intent(image: Image) -> str:
    return {"FOR PROCESSING": _("for processing"), "FOR PRESENTATION": _("for presentation")}.get(image.intent, "")


def _received(image: Image) -> str:
    return date_format(timezone.localtime(image.created_at), "DATETIME_FORMAT")


def _enrolled(enrolment: Enrolment | None) -> str:
    """When the image was added to the project, by whom, and how."""
    if enrolment is None:
        return ""
    told = [date_format(timezone.localtime(enrolment.added_at), "DATETIME_FORMAT")]
    if enrolment.added_by:  # a program adds images by itself
        told.append(str(enrolment.added_by))
    told.append(str(SOURCES[enrolment.source]))
    return " · ".join(told)


def _admitted(enrolment: Enrolment | None) -> str:
    """Who accepted the image although it does not look like what the project reads."""
    if enrolment is None or enrolment.admitted_by is None:
        return ""
    return str(enrolment.admitted_by)
