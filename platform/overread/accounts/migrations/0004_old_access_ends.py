"""Tokens that were made to last for ever end TOKEN_DAYS from now; sessions of the old table, and names as they were typed
at sign-in, are gone."""

from django.conf import settings
from django.db import migrations
from django.utils import timezone


def end(apps, schema_editor):
    forever = apps.get_model("knox", "AuthToken").objects.filter(expiry=None)
    forever.update(expiry=timezone.now() + settings.REST_KNOX["TOKEN_TTL"])
    apps.get_model("sessions", "Session").objects.all().delete()
    apps.get_model("axes", "AccessAttempt").objects.all().delete()
    apps.get_model("axes", "AccessLog").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_sessions"),
        ("axes", "0010_accessattemptexpiration"),
        ("knox", "0009_extend_authtoken_field"),
        ("sessions", "0001_initial"),
    ]
    operations = [migrations.RunPython(end, migrations.RunPython.noop)]
