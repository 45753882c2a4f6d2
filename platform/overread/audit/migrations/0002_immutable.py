from django.db import migrations

from overread.triggers import Immutable


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]
    operations = [
        Immutable("audit_event", ["at", "actor_id", "verb", "target_type", "target_id", "project_id", "detail"]),
        Immutable("audit_seal"),
    ]
