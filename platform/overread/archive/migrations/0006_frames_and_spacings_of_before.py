"""Frames of before get their image's windows and bits, and spacings of before the plane that is certain.

Whether a Pixel Spacing of a radiograph was calibrated is not in the database; `manage.py reread_images` asks the files.
"""

from django.db import migrations

CROSS_SECTIONS = ["CT", "MR", "PT", "NM", "US", "IVUS", "OPT"]


def forwards(apps, schema_editor):
    Image = apps.get_model("archive", "Image")
    FrameRendering = apps.get_model("archive", "FrameRendering")
    Rendering = apps.get_model("archive", "Rendering")
    Image.objects.filter(spacing_kind="ImagerPixelSpacing").update(spacing_kind="detector")
    Image.objects.filter(spacing_kind="PixelSpacing", modality__in=CROSS_SECTIONS).update(spacing_kind="patient")
    Image.objects.filter(spacing_kind__in=["PixelSpacing", ""]).update(spacing_kind="unknown")
    for image in Image.objects.exclude(pixel_spacing=None).iterator():
        row, column = image.pixel_spacing
        if row != column:
            Image.objects.filter(pk=image.pk).update(pixel_aspect=row / column)
    framed = FrameRendering.objects.values("image").distinct()
    for rendering in Rendering.objects.filter(image__in=framed).iterator():
        FrameRendering.objects.filter(image=rendering.image_id).update(
            bits=rendering.bits, windows=rendering.windows, minimum=rendering.minimum, maximum=rendering.maximum
        )


def backwards(apps, schema_editor):
    Image = apps.get_model("archive", "Image")
    Image.objects.filter(spacing_kind__in=["detector", "corrected"]).update(spacing_kind="ImagerPixelSpacing")
    Image.objects.filter(spacing_kind__in=["patient", "unknown"]).exclude(pixel_spacing=None).update(
        spacing_kind="PixelSpacing"
    )
    Image.objects.filter(spacing_kind__in=["patient", "unknown"]).update(spacing_kind="")


class Migration(migrations.Migration):
    dependencies = [("archive", "0005_pixels_mean_more")]

    operations = [migrations.RunPython(forwards, backwards)]
