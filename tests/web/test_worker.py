"""The memory of a web process."""

from __future__ import annotations

import subprocess
import sys

from tests.services.house import ROOT

# Threads that hold memory at the same time, which glibc by itself would give an arena each
PROGRAM = """
import ctypes, sys, threading
from overread.web.worker import memory_keep
memory_keep()
libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_void_p
together = threading.Barrier(4)
def hold():
    libc.malloc(ctypes.c_size_t(1000))
    together.wait()
    libc.malloc(ctypes.c_size_t(1000))
threads = [threading.Thread(target=hold) for _ in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc.fdopen.restype = ctypes.c_void_p
stream = ctypes.c_void_p(libc.fdopen(1, b"w"))
libc.malloc_info(0, stream)
libc.fflush(stream)
"""


def test_all_threads_share_one_arena() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "platform")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("<heap nr=") == 1
