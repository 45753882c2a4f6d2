"""The Celery application: a doorbell. Work lives in the job table (overread.jobs)."""

import os
import signal
from typing import Any

from billiard import active_children
from celery import Celery
from celery.signals import worker_init, worker_process_init, worker_shutting_down
from django.core.exceptions import ImproperlyConfigured
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
TRANSPORT_ALIASES["filesystem"] = "overread.jobs.brokers.folder:Transport"
TRANSPORT_ALIASES["redis"] = TRANSPORT_ALIASES["rediss"] = "overread.jobs.brokers.redis:Transport"

app = Celery("overread")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["overread.jobs"])
app.set_default()  # in every thread: Celery's current app is one thread's alone


@worker_init.connect  # type: ignore[untyped-decorator]
def demo_accounts_refuse(**_: Any) -> None:
    """End a production worker that finds demo accounts. Celery swallows an Exception here, but not SystemExit."""
    from overread.accounts import services

    try:
        services.demo_accounts_refuse()
    except ImproperlyConfigured as refusal:
        raise SystemExit(str(refusal)) from refusal


@worker_process_init.connect  # type: ignore[untyped-decorator]
def pool_end_with_its_worker(**_: Any) -> None:
    """An idle pool process leaves SIGTERM to its worker; one at work gives its job back (overread.jobs.tasks)."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


@worker_shutting_down.connect  # type: ignore[untyped-decorator]
def pool_tell(**_: Any) -> None:
    """Pass the signal on to the pool: not every supervisor sends it to the whole group."""
    for process in active_children():
        os.kill(process.pid, signal.SIGTERM)
