#!/usr/bin/env bash
# Kombu's filesystem transport: of channels that bind to a new exchange at once, some raise and some bindings are lost.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet kombu==5.7.0
cd "$work"
mkdir queue control
"$work/env/bin/python" - <<'PY'
import threading
from collections import Counter

import kombu

options = {"data_folder_in": "queue", "data_folder_out": "queue", "control_folder": "control"}
channels = [kombu.Connection("filesystem://", transport_options=options).channel() for _ in range(8)]
seen = Counter()


def bind(channel, exchange, number, start):
    start.wait()
    try:
        channel._queue_bind(exchange, "key", "", f"queue{number}")
    except ValueError as error:
        seen[type(error).__name__] += 1


for turn in range(100):
    start = threading.Barrier(len(channels))
    work = [threading.Thread(target=bind, args=(each, f"x{turn}", n, start)) for n, each in enumerate(channels)]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    try:
        seen["bindings lost"] += len(channels) - len(channels[0].get_table(f"x{turn}"))
    except ValueError:
        seen["tables left unreadable"] += 1
print("kombu", kombu.__version__)
print("100 exchanges, 8 channels each: expected no error and no loss, seen", dict(seen))
assert seen["JSONDecodeError"] and seen["bindings lost"]
PY
