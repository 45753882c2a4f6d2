from django.db import migrations, models

from overread.triggers import Immutable, Lift, Remaking

IMMUTABLE = ["study_id", "sha256"]


class Migration(Remaking):
    remade = "archive_image"
    dependencies = [("archive", "0008_look_and_mismatch")]

    operations = [
        Lift("archive_image", IMMUTABLE),  # SQLite makes the table anew, and its triggers are gone
        migrations.AddField(
            "image",
            "indication",
            models.CharField(
                blank=True,
                help_text="Why it was asked for: the file's coded reason, or what the importer gives.",
                max_length=200,
            ),
        ),
        Immutable("archive_image", IMMUTABLE),
    ]
