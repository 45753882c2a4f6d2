"""The product's settings with a data folder of this test process's own, and passwords that cost nothing to hash."""

import atexit
import os
import shutil
import tempfile

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's event loop runs in the test's own thread
os.environ["OVERREAD_DATA"] = _folder = tempfile.mkdtemp(prefix="overread-test-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

from overread.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
