"""The product's settings, as the workers of these tests have them: the database and the folder of the test."""

from config.settings import *  # noqa: F403
from overread.jobs.registry import kind_register

kind_register("tests.count", queue="io", handler="tests.services.handlers.count", attempts=8)
