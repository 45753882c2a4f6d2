"""What pytest tells beside its own: how much is left, and which tests were skipped that nobody may skip."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

MAY_BE_LACKING = ("needs ../shared", "needs a GPU")
TELL_EVERY = 15.0  # seconds


@pytest.hookimpl(trylast=True)  # after the terminal is there
def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):  # one process tells, its helpers do not
        config.pluginmanager.register(Telling(config.pluginmanager.get_plugin("terminalreporter")))


class Telling:
    """Tells at times how many tests are left and for about how long, and lets no skip pass but for what may be lacking."""

    def __init__(self, terminal: Any) -> None:
        self.terminal, self.done, self.began, self.told = terminal, 0, 0.0, 0.0

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        self.session = session

    def pytest_runtest_logstart(self) -> None:
        self.began = self.began or time.monotonic()

    def pytest_runtest_logfinish(self) -> None:
        self.done += 1
        now, left = time.monotonic(), self.session.testscollected - self.done
        if now - max(self.told, self.began) > TELL_EVERY and left > 0:
            self.told = now
            minutes = left * (now - self.began) / self.done / 60
            self.terminal.ensure_newline()
            self.terminal.write_line(f"  {self.done} tests done, {left} left, about {minutes:.1f} minutes")

    @pytest.hookimpl(wrapper=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Iterator[None]:
        told = {reason_of(skip) for skip in self.terminal.stats.get("skipped", [])}
        wrong = sorted(reason for reason in told if not reason.startswith(MAY_BE_LACKING))
        if wrong and not session.exitstatus:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        yield
        for reason in wrong:
            self.terminal.write_line(f"A skip is a failure unless it needs ../shared or a GPU: {reason}", red=True)


def reason_of(skip: Any) -> str:
    """Why a test, or a whole file, was skipped."""
    words = skip.longrepr[2] if isinstance(skip.longrepr, tuple) else str(skip.longrepr)
    return str(words).removeprefix("Skipped: ")
