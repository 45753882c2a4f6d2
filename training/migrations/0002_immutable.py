from django.db import migrations

from overread.triggers import Immutable, RefuseInsert

IN_REFERENCE_SET = """(SELECT p.reference FROM archive_image i
    JOIN archive_study s ON s.id = i.study_id JOIN archive_patient p ON p.id = s.patient_id WHERE i.id = NEW.image_id)"""


class Migration(migrations.Migration):
    dependencies = [("training", "0001_initial"), ("archive", "0001_initial")]
    operations = [
        *(Immutable(f"training_{name}") for name in ("snapshot", "snapshotitem", "verdict")),
        RefuseInsert("training_snapshotitem", "training_reference_kept_out", IN_REFERENCE_SET,
                     "an image of the reference set can never be trained on"),
    ]
