from django.db import migrations

from overread.triggers import Immutable


class Migration(migrations.Migration):
    """Who is in the reference set is decided once: neither the draw nor the decision of a patient ever changes."""

    dependencies = [("archive", "0001_initial")]
    operations = [Immutable("archive_patient", ["pseudonym", "draw", "reference"])]
