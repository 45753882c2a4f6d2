"""A synthetic radiograph as a DICOM file (PS3.3 A.26 Digital X-Ray, A.2 Computed Radiography; PS3.10 for the file)."""

import hashlib
from datetime import date, timedelta
from io import BytesIO
from uuid import NAMESPACE_OID, uuid5

import numpy as np
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.sr.coding import Code
from pydicom.uid import (
    ComputedRadiographyImageStorage,
    DigitalXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
)

from phantom.render import Radiograph

CHEST = Code("816094009", "SCT", "Chest")
VIEWS = {
    "PA": Code("272479007", "SCT", "postero-anterior"),
    "AP": Code("399348003", "SCT", "antero-posterior"),
    "LATERAL": Code("399173006", "SCT", "left lateral"),
}
POSITIONS = {"PA": "PA", "AP": "AP", "LATERAL": "LL"}
KILOVOLTS = {"PA": 120, "AP": 90, "LATERAL": 125}
FIRST_DAY = date(2021, 1, 4)
IMPLEMENTATION = "2.25." + str(uuid5(NAMESPACE_OID, "phantom").int)


def to_dicom(
    radiograph: Radiograph, *, patient_id: str, study_uid: str | None = None, number: int = 1, day: date | None = None
) -> bytes:
    """A Part 10 file in explicit VR little endian. All UIDs derive from the seed, the patient and the pixels.

    number: of the image within its study; day: of the study, else one drawn by the seed. The name is made up from the
    digits of patient_id. Raises ValueError where patient_id is empty or longer than 64 characters (VR LO).
    """
    if not 0 < len(patient_id) <= 64:
        raise ValueError("patient_id must have 1 to 64 characters")
    direct = radiograph.device.modality == "DX"
    study = study_uid or _uid("study", patient_id, radiograph.seed)
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\x00\x01"
    meta.MediaStorageSOPClassUID = ComputedRadiographyImageStorage
    if direct:
        meta.MediaStorageSOPClassUID = DigitalXRayImageStorageForPresentation
    meta.MediaStorageSOPInstanceUID = _uid(
        "image", study, number, hashlib.sha256(radiograph.pixels.tobytes()).hexdigest()
    )
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = IMPLEMENTATION
    meta.ImplementationVersionName = "OVERREAD_PHANTOM"
    file = FileDataset("", {}, file_meta=meta, preamble=b"\x00" * 128)
    file.SOPClassUID = meta.MediaStorageSOPClassUID
    file.SOPInstanceUID = meta.MediaStorageSOPInstanceUID
    file.StudyInstanceUID = study
    file.SeriesInstanceUID = _uid("series", study, number)
    file.SeriesNumber = file.InstanceNumber = number
    _patient(file, radiograph, patient_id)
    _study(file, radiograph, day or FIRST_DAY + timedelta(days=radiograph.seed % 1000))
    _acquisition(file, radiograph)
    _pixels(file, radiograph)
    if direct:
        _digital_x_ray(file, radiograph)
    buffer = BytesIO()
    file.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


def _uid(*parts: object) -> str:
    """A UID under 2.25 (PS3.5 B.2) from these parts."""
    return f"2.25.{uuid5(NAMESPACE_OID, ':'.join(map(str, ('overread phantom', *parts)))).int}"


def _code(code: Code) -> Sequence:
    item = Dataset()
    item.CodeValue = code.value
    item.CodingSchemeDesignator = code.scheme_designator
    item.CodeMeaning = code.meaning
    return Sequence([item])


def _patient(file: Dataset, radiograph: Radiograph, patient_id: str) -> None:
    digits = "".join(filter(str.isdigit, patient_id)) or "0"
    file.PatientName = f"Phantom^{int(digits):06d}"[:64]
    file.PatientID = patient_id
    file.PatientSex = radiograph.patient.sex
    file.PatientAge = f"{radiograph.patient.age:03d}Y"
    file.PatientBirthDate = ""
    file.PatientIdentityRemoved = "YES"
    file.DeidentificationMethod = "synthetic, no person"
    file.QualityControlSubject = "YES"


def _study(file: Dataset, radiograph: Radiograph, day: date) -> None:
    moment = f"{7 + radiograph.seed % 12:02d}{radiograph.seed * 7 % 60:02d}00"
    for part in ("Study", "Series", "Acquisition", "Content"):
        setattr(file, f"{part}Date", f"{day:%Y%m%d}")
        setattr(file, f"{part}Time", moment)
    file.AccessionNumber = file.StudyID = file.ReferringPhysicianName = ""
    file.StudyDescription = "Chest, synthetic"
    file.SeriesDescription = f"Chest {radiograph.pose.view}"


def _acquisition(file: Dataset, radiograph: Radiograph) -> None:
    device, view = radiograph.device, radiograph.pose.view
    file.Modality = device.modality
    file.Manufacturer = device.maker
    file.ManufacturerModelName = device.name
    file.StationName = device.name.upper()
    file.DeviceSerialNumber = device.name
    file.SoftwareVersions = "1"
    file.BodyPartExamined = "CHEST"
    file.ViewPosition = POSITIONS[view]
    file.KVP = KILOVOLTS[view]
    file.DistanceSourceToDetector = 1000 if view == "AP" else 1800
    file.PatientOrientation = ["P", "F"] if view == "LATERAL" else ["L", "F"]
    file.Laterality = ""
    spacing = f"{radiograph.spacing:.6f}"
    file.ImagerPixelSpacing = [spacing, spacing]


def _pixels(file: Dataset, radiograph: Radiograph) -> None:
    levels = 2**radiograph.bits
    file.ImageType = ["DERIVED", "PRIMARY", ""]
    file.DerivationDescription = "computed by phantom; no patient was imaged"
    file.BurnedInAnnotation = "NO"
    file.LossyImageCompression = "00"
    file.SamplesPerPixel = 1
    file.PixelRepresentation = 0
    file.Rows, file.Columns = radiograph.pixels.shape
    file.BitsAllocated = 16
    file.BitsStored = radiograph.bits
    file.HighBit = radiograph.bits - 1
    file.PhotometricInterpretation = "MONOCHROME1" if radiograph.monochrome1 else "MONOCHROME2"
    file.RescaleIntercept = 0
    file.RescaleSlope = 1
    file.RescaleType = "US"
    file.WindowCenter = levels // 2
    file.WindowWidth = levels
    file.PixelData = np.ascontiguousarray(radiograph.pixels, "<u2").tobytes()


def _digital_x_ray(file: Dataset, radiograph: Radiograph) -> None:
    """What the DX modules require beyond the CR ones."""
    file.PresentationIntentType = "FOR PRESENTATION"
    file.PixelIntensityRelationship = "LOG"
    if radiograph.monochrome1:
        file.PresentationLUTShape = "INVERSE"
        file.PixelIntensityRelationshipSign = 1
    else:
        file.PresentationLUTShape = "IDENTITY"
        file.PixelIntensityRelationshipSign = -1
    file.ImageLaterality = "U"
    file.DetectorType = "DIRECT"
    file.AnatomicRegionSequence = _code(CHEST)
    file.ViewCodeSequence = _code(VIEWS[radiograph.pose.view])
    file.ViewCodeSequence[0].ViewModifierCodeSequence = Sequence([])
    file.AcquisitionContextSequence = Sequence([])
