"""What puts the rooms together: settings, addresses, and how each process starts. Nothing else imports it."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
