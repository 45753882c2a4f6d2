"""The product's settings, as the workers of these tests have them: the database and the folder of the test, and a kind of
job more.
"""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.services"]
