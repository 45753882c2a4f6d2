"""The attributes of a DICOM header that stay. Everything that is not named here is removed.

PS3.15 Annex E lists what the Basic Profile removes. An allow list is stricter, because private attributes, retired ones
and those of tomorrow's edition go without being named: no name, ID, date, time, comment, description,
person, place, overlay, icon, curve, signature or device serial number is in it. UIDs are re-mapped, dates shifted and
the age capped by `deidentify`; these are not in the list either.
"""

from collections.abc import Mapping
from typing import TypeAlias

from pydicom.datadict import tag_for_keyword

AllowList: TypeAlias = Mapping[int, "AllowList | None"]  # tag → None, or for a sequence what is allowed in its items


def _tag(keyword: str) -> int:
    tag = tag_for_keyword(keyword)
    if tag is None:
        raise ValueError(f"no attribute is called {keyword}")
    return int(tag)


def tags(keywords: str) -> frozenset[int]:
    """The tags of attributes whose keywords stand in `keywords`."""
    return frozenset(map(_tag, keywords.split()))


def _plain(keywords: str) -> dict[int, AllowList | None]:
    return dict.fromkeys(map(_tag, keywords.split()))


def _sequences(**inner: AllowList) -> dict[int, AllowList | None]:
    return {_tag(keyword): allowed for keyword, allowed in inner.items()}


_WINDOW = _plain("WindowCenter WindowWidth WindowCenterWidthExplanation VOILUTFunction")
_RESCALE = _plain("RescaleIntercept RescaleSlope RescaleType")
_CODE = _plain("CodeValue CodingSchemeDesignator CodeMeaning")
_LUT = _plain("LUTDescriptor LUTExplanation LUTData")
_VOI = _WINDOW | _sequences(VOILUTSequence=_LUT)
_ANATOMY = _sequences(AnatomicRegionSequence=_CODE)

_FUNCTIONAL_GROUPS = _sequences(
    PixelMeasuresSequence=_plain("PixelSpacing SliceThickness SpacingBetweenSlices"),
    PixelValueTransformationSequence=_RESCALE,
    FrameVOILUTSequence=_VOI,
    FrameAnatomySequence=_plain("FrameLaterality") | _ANATOMY,
    PlanePositionSequence=_plain("ImagePositionPatient"),
    PlaneOrientationSequence=_plain("ImageOrientationPatient"),
)

ALLOWED: AllowList = {
    **_plain("""
        ImageType Modality ConversionType PresentationIntentType Manufacturer ManufacturerModelName PatientSex
        BodyPartExamined ViewPosition PatientPosition PatientOrientation Laterality ImageLaterality

        KVP ExposureTime XRayTubeCurrent Exposure ExposureInuAs Grid FocalSpots AnodeTargetMaterial FilterType
        FilterMaterial DetectorType DistanceSourceToDetector DistanceSourceToPatient BodyPartThickness CompressionForce
        PositionerPrimaryAngle PositionerSecondaryAngle RelativeXRayExposure ExposureIndex TargetExposureIndex
        DeviationIndex RepetitionTime EchoTime FlipAngle MagneticFieldStrength ScanningSequence SequenceVariant

        ImagerPixelSpacing NominalScannedPixelSpacing PixelSpacing PixelSpacingCalibrationType PixelAspectRatio
        EstimatedRadiographicMagnificationFactor SliceThickness SpacingBetweenSlices SliceLocation FrameTime
        ImagePositionPatient ImageOrientationPatient SeriesNumber AcquisitionNumber InstanceNumber

        SamplesPerPixel PhotometricInterpretation PlanarConfiguration NumberOfFrames Rows Columns BitsAllocated
        BitsStored HighBit PixelRepresentation PixelPaddingValue PixelPaddingRangeLimit FloatPixelPaddingValue
        FloatPixelPaddingRangeLimit DoubleFloatPixelPaddingValue DoubleFloatPixelPaddingRangeLimit ICCProfile ColorSpace
        PixelIntensityRelationship PixelIntensityRelationshipSign BurnedInAnnotation LossyImageCompression
        LossyImageCompressionRatio LossyImageCompressionMethod PresentationLUTShape

        RedPaletteColorLookupTableDescriptor RedPaletteColorLookupTableData SegmentedRedPaletteColorLookupTableData
        GreenPaletteColorLookupTableDescriptor GreenPaletteColorLookupTableData
        SegmentedGreenPaletteColorLookupTableData BluePaletteColorLookupTableDescriptor
        BluePaletteColorLookupTableData SegmentedBluePaletteColorLookupTableData
    """),
    **_RESCALE,
    **_VOI,
    **_ANATOMY,
    **_sequences(
        ModalityLUTSequence=_LUT | _plain("ModalityLUTType"),
        ViewCodeSequence=_CODE | _sequences(ViewModifierCodeSequence=_CODE),
        SharedFunctionalGroupsSequence=_FUNCTIONAL_GROUPS,
        PerFrameFunctionalGroupsSequence=_FUNCTIONAL_GROUPS,
    ),
}
