"""What puts the rooms together: settings, addresses, and how each process starts. Nothing else imports it."""

from config.celery import app as celery

__all__ = ["celery"]
