"""A function in a fresh process: with a memory, a database and environment variables of its own."""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


class Unfinished(Exception):
    """A process failed or was out of time, or what was asked for gave no row. The text says which."""


def part(
    work: Callable[..., Any],
    *,
    env: Mapping[str, str] = os.environ,
    root: Path | None = None,
    limit: float = 1800,
    **arguments: Any,
) -> Any:
    """What `work` returns for these arguments, both as JSON. Raises Unfinished after `limit` seconds, or if it fails.

    The process leads a group of its own, which is ended with it. With `root` it is that build's function of this name.
    """
    name = f"{work.__module__}:{work.__name__}"
    command = [sys.executable, "-m", "tests.bench.part", name, json.dumps(arguments)]
    process = subprocess.Popen(command, env=dict(env), cwd=root, stdout=subprocess.PIPE, start_new_session=True)
    try:
        told, _ = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        raise Unfinished(f"{name} took more than {limit:g} seconds") from None
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    if process.returncode:
        raise Unfinished(f"{name} ended with status {process.returncode}; its own words are above")
    return json.loads(told.splitlines()[-1])


def main() -> None:
    module, function = sys.argv[1].split(":")
    print(json.dumps(getattr(importlib.import_module(module), function)(**json.loads(sys.argv[2]))))


if __name__ == "__main__":
    main()
