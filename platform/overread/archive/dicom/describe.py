"""The facts of a de-identified header that the archive keeps beside the file."""

from pydicom.dataset import Dataset

from .functional_groups import frame_macro
from .raw_element import text_in

# View codes of PS3.16 CID 4010 and 4014 (SNOMED-RT and SNOMED CT) as View Position writes them
VIEW_CODES = {
    "R-10206": "AP",
    "399348003": "AP",
    "R-10214": "PA",
    "R-40888": "PA",
    "272479007": "PA",
    "R-10236": "LL",
    "399173006": "LL",
    "R-10232": "RL",
    "399198007": "RL",
    "R-10242": "CC",
    "399162004": "CC",
    "R-10226": "MLO",
    "399368009": "MLO",
    "R-10224": "ML",
    "399260004": "ML",
    "R-10228": "LM",
    "399352003": "LM",
}
INTENTS = ("FOR PRESENTATION", "FOR PROCESSING")
BURNED_IN = {"YES": True, "NO": False}


def word(header: Dataset, keyword: str) -> str:
    """The single text value of an attribute, "" where there is none."""
    if (text := text_in(header, keyword)) is not None:
        return text
    value = header.get(keyword)
    if isinstance(value, str):
        return value.strip()
    return ""


def view(header: Dataset) -> str:
    """View Position, or what View Code Sequence means by it."""
    code = next(iter(header.get("ViewCodeSequence") or ()), Dataset())
    return word(header, "ViewPosition") or VIEW_CODES.get(word(code, "CodeValue"), "")


def laterality(header: Dataset) -> str:
    anatomy = frame_macro(header, "FrameAnatomySequence", 0)
    for dataset, keyword in ((header, "ImageLaterality"), (anatomy, "FrameLaterality"), (header, "Laterality")):
        if (side := word(dataset, keyword)) in ("L", "R", "B"):
            return side
    return ""


def intent(header: Dataset) -> str:
    """Presentation Intent Type: images FOR PROCESSING are a detector's raw data, not meant for reading."""
    value = word(header, "PresentationIntentType")
    return value if value in INTENTS else ""


def sex(header: Dataset) -> str:
    value = word(header, "PatientSex")
    return value if value in ("M", "F", "O") else ""


def device(header: Dataset) -> str:
    return " ".join(filter(None, (word(header, "Manufacturer"), word(header, "ManufacturerModelName"))))


def burned_in(header: Dataset) -> bool | None:
    return BURNED_IN.get(word(header, "BurnedInAnnotation"))
