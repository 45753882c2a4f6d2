"""The product's settings with a data folder of this test process's own, keys that are always the same, so that the same
patients are of the reference set, and passwords that cost nothing to hash."""

import atexit
import os
import shutil
import tempfile

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's event loop runs in the test's own thread
os.environ["OVERREAD_DATA"] = _folder = tempfile.mkdtemp(prefix="overread-test-")
for _name in ("PSEUDONYM_KEY", "REFERENCE_KEY"):
    os.environ[_name] = f"the tests' own {_name}".ljust(40, ".")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

if _url := os.environ.get("REDIS_URL"):  # each of pytest's processes has a database of its own: some tests empty theirs
    _server, _, _number = _url.rpartition("/")
    os.environ["REDIS_URL"] = f"{_server}/{int(_number) - int(os.environ.get('PYTEST_XDIST_WORKER', 'gw0')[2:])}"

from config.settings import *  # noqa: E402, F403

SELECTION_QUIET_SECONDS = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
