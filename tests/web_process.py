"""A web process that answers the requests on its standard input, then tells what it was made to import.

In: {"watched": [module], "requests": [{"method", "path", "cookies", "body", "type"}]}, the bodies in base64.
Out: {"answers": [status], "imported": {module: [file:line of ours that led to it]}}.
"""

from __future__ import annotations

import importlib.abc
import json
import sys
import traceback
from base64 import b64decode
from pathlib import Path
from typing import Any

ROOT = str(Path(__file__).resolve().parents[1])


class Watch(importlib.abc.MetaPathFinder):
    """Remembers which of our lines first asked for a watched module; finds nothing itself."""

    def __init__(self, watched: list[str]) -> None:
        self.watched, self.seen = set(watched), dict[str, list[str]]()

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> None:
        name = fullname.partition(".")[0]
        if name in self.watched and name not in self.seen:
            stack = [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_stack()]
            self.seen[name] = [line.removeprefix(f"{ROOT}/") for line in stack if ours(line)]


def ours(line: str) -> bool:
    return line.startswith(ROOT) and ".venv" not in line and "web_process" not in line


def main() -> None:
    asked = json.load(sys.stdin)
    watch = Watch(asked["watched"])
    sys.meta_path.insert(0, watch)

    import config.asgi  # noqa: F401  (what gunicorn loads)

    answers = [answer(**request) for request in asked["requests"]]
    imported = {name: where for name, where in watch.seen.items() if name in sys.modules}
    print(json.dumps({"answers": answers, "imported": imported}))


def answer(method: str, path: str, cookies: dict[str, str], body: str, type: str) -> int:  # noqa: A002
    from django.test import Client

    client = Client(raise_request_exception=False, headers={"host": "localhost"})
    client.cookies.load(cookies)
    return client.generic(method, path, b64decode(body), type).status_code


if __name__ == "__main__":
    main()
