from django.db import migrations

from overread.triggers import Immutable


class Migration(migrations.Migration):
    dependencies = [("inference", "0001_initial")]
    operations = [Immutable(f"inference_{name}") for name in ("modelversion", "promotion", "embeddingshard", "prediction", "exposure")]
