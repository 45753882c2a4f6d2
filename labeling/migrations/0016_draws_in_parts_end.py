"""What waits of a draw in parts is given up: the next fill draws the batch by one job."""

from django.db import migrations
from django.utils import timezone

KINDS = ("labeling.select_shard", "labeling.select_merge")


def end(apps, schema_editor):
    waiting = apps.get_model("jobs", "Job").objects.filter(kind__in=KINDS, state__in=["queued", "running"])
    waiting.update(
        state="cancelled",
        error="Batches are drawn by one job now.",
        lease_until=None,
        finished_at=timezone.now(),
    )
    apps.get_model("labeling", "Draw").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("labeling", "0015_measurements"), ("jobs", "0001_initial")]
    operations = [migrations.RunPython(end, migrations.RunPython.noop)]
