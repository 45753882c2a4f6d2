"""The project's virtual environment, for bin/up, bin/test and bin/bench. Standard library only."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
INSTALL_GB = 5.0
TORCH = "requirements-torch.txt"  # after the lock, which holds all that it asks for
ROOT_IS_FINE = "ignore:You're running the worker with superuser privileges"  # here; the container's user is not root


class Failed(Exception):
    """What went wrong, in one line for whoever typed the command."""


def say(text: str) -> None:
    print(text, flush=True)


def environment_make(requirements: str) -> Path:
    """The environment's python, after installing what `requirements` names; nothing is done where that was done before."""
    python = VENV / "bin" / "python"
    wanted = _stamp(requirements)
    stamp = VENV / f".{requirements}.stamp"
    if python.exists() and stamp.exists() and stamp.read_text() == wanted:
        return python
    free = shutil.disk_usage(ROOT).free / 2**30
    if free < INSTALL_GB:
        raise Failed(f"Only {free:.1f} GB are free at {ROOT}; the environment needs {INSTALL_GB:g} GB.")
    if not python.exists():
        say(f"Making {VENV.name} …")
        _do(
            [sys.executable, "-m", "venv", str(VENV)],
            "No virtual environment could be made (on Debian: apt install python3-venv).",
        )
    say(f"Installing {requirements} (some 2.5 GB on disk; a few minutes the first time) …")
    # The lock names every dependency; one of them, torch, is asked for by what is in the lock but comes after it.
    _pip(python, "--no-deps", "--require-hashes", "-r", requirements)
    _pip(python, "-r", TORCH)
    stamp.write_text(wanted)
    if requirements != "requirements.txt":  # the one names all of the other
        (VENV / ".requirements.txt.stamp").write_text(_stamp("requirements.txt"))
    return python


def _stamp(requirements: str) -> str:
    names = {"requirements.txt", requirements, TORCH}
    content = b"".join((ROOT / name).read_bytes() for name in sorted(names))
    return hashlib.sha256(content + sys.version.encode()).hexdigest()


def _pip(python: Path, *what: str) -> None:
    """Install, telling of every package as it comes; the rest of pip's words only where it fails."""
    command = [
        str(python),
        "-m",
        "pip",
        "install",
        "--disable-pip-version-check",
        "--progress-bar",
        "off",
        *what,
    ]
    words: list = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:
        try:
            for line in pip.stdout or ():
                words.append(line)
                if line.lstrip().startswith(("Collecting", "Downloading", "Installing")):
                    say("  " + line.strip()[:110])
        except BaseException:
            pip.kill()
            raise
    if pip.returncode:
        raise Failed("pip could not install the requirements:\n" + "".join(words[-15:]))


def _do(command: list, failure: str) -> None:
    if subprocess.run(command, cwd=ROOT).returncode:
        raise Failed(failure)


def variables() -> dict:
    """The environment of every process: where our packages lie, and no thread that spins while it waits."""
    path = os.pathsep.join([str(VENV / "bin"), os.environ.get("PATH", "")])
    return os.environ | {
        "PATH": path,
        "VIRTUAL_ENV": str(VENV),
        "PYTHONPATH": os.pathsep.join([str(ROOT / "platform"), str(ROOT)]),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": os.environ.get("PYTHONWARNINGS", ROOT_IS_FINE),
        "GOMP_SPINCOUNT": "0",
        "OMP_WAIT_POLICY": "passive",
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "2"),
        "OPENBLAS_NUM_THREADS": "1",
    }
