"""Settings of a product that comes without its demo and the synthetic films: to import either is an error."""

import sys

from tests.settings import *  # noqa: F403
from tests.settings import INSTALLED_APPS

INSTALLED_APPS = [app for app in INSTALLED_APPS if app != "demo"]
sys.modules["demo"] = sys.modules["phantom"] = None  # type: ignore[assignment]
