"""The Celery application: a doorbell. Work lives in the job table (overread.jobs)."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_init
from django.core.exceptions import ImproperlyConfigured
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "overread.settings")
TRANSPORT_ALIASES["filesystem"] = "overread.jobs.brokers.folder:Transport"
TRANSPORT_ALIASES["redis"] = TRANSPORT_ALIASES["rediss"] = "overread.jobs.brokers.redis:Transport"

app = Celery("overread")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["overread.jobs"])


@worker_init.connect  # type: ignore[untyped-decorator]
def demo_accounts_refuse(**_: Any) -> None:
    """End a production worker that finds demo accounts. Celery swallows an Exception here, but not SystemExit."""
    from overread.accounts import services

    try:
        services.demo_accounts_refuse()
    except ImproperlyConfigured as refusal:
        raise SystemExit(str(refusal)) from refusal
