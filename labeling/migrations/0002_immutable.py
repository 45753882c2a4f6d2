from django.db import migrations

from overread.triggers import Immutable


class Migration(migrations.Migration):
    dependencies = [("labeling", "0001_initial")]
    operations = [Immutable(f"labeling_{name}") for name in ("selection", "holding", "read", "answer", "region", "labelimport", "importedlabel")]
