from django.db import migrations

from overread.triggers import Immutable


class Migration(migrations.Migration):
    """An image of the reference set leaves it by no detour either: studies keep their patient, images their study."""

    dependencies = [("archive", "0002_reference_for_ever")]
    operations = [
        Immutable("archive_study", ["uid", "patient_id"]),
        Immutable("archive_image", ["study_id", "sha256"]),
    ]
