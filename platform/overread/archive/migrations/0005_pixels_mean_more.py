"""What pixels are of (orientation, scale, intent), what is padding, and windows of each frame."""

from django.db import migrations, models

from overread.triggers import Immutable, Lift, Remaking

IMMUTABLE = ["study_id", "sha256"]  # as 0003 has it


class Migration(Remaking):
    remade = "archive_image"
    dependencies = [("archive", "0004_frames_after_the_first")]

    operations = [
        Lift("archive_image", IMMUTABLE),
        migrations.AddField(
            "framerendering",
            "bits",
            models.PositiveSmallIntegerField(default=16, help_text="How many bits of the stored numbers can be in use."),
            preserve_default=False,
        ),
        migrations.AddField("framerendering", "minimum", models.FloatField(default=0.0), preserve_default=False),
        migrations.AddField("framerendering", "maximum", models.FloatField(default=0.0), preserve_default=False),
        migrations.AddField(
            "framerendering",
            "padding",
            models.JSONField(null=True, help_text="[lowest, highest] stored number that is no measurement."),
        ),
        migrations.AddField(
            "framerendering",
            "windows",
            models.JSONField(
                default=list, help_text="[{label, center, width, function}], in values after the modality LUT."
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "rendering",
            "padding",
            models.JSONField(null=True, help_text="[lowest, highest] stored number that is no measurement."),
        ),
        migrations.AddField(
            "image",
            "intent",
            models.CharField(
                blank=True, max_length=16, help_text="FOR PRESENTATION, or FOR PROCESSING: a detector's raw data."
            ),
        ),
        migrations.AddField(
            "image",
            "orientation",
            models.CharField(
                blank=True, max_length=8, help_text="Where rows and columns lead to in the patient, such as L\\F."
            ),
        ),
        migrations.AddField(
            "image",
            "pixel_aspect",
            models.FloatField(default=1.0, help_text="Height of a pixel by its width."),
        ),
        migrations.AlterField(
            "image",
            "burned_in",
            models.BooleanField(null=True, help_text="The file's own word on text burned into the pixels."),
        ),
        migrations.AlterField(
            "image",
            "spacing_kind",
            models.CharField(
                default="unknown", max_length=20, help_text="Where that holds: patient, detector, corrected or unknown."
            ),
        ),
        Immutable("archive_image", IMMUTABLE),
    ]
