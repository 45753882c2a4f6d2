"""What stands in the environment is understood, or refused when the process starts."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import envbool, envint, envlist, secret, secrets_check

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(autouse=True)
def unset(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("THING", raising=False)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("1", True), ("TRUE", True), ("yes", True), ("on", True), ("0", False), ("No", False), ("", False)],
)
def test_yes_and_no(monkeypatch: pytest.MonkeyPatch, text: str, meant: bool) -> None:
    monkeypatch.setenv("THING", text)
    assert envbool("THING", not meant) is meant


@pytest.mark.parametrize("text", ["maybe", "2", " 1", "yes please"])
def test_what_is_neither_yes_nor_no_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("THING", text)
    with pytest.raises(ImproperlyConfigured, match="THING must be one of"):
        envbool("THING", True)


@pytest.mark.parametrize(("text", "meant"), [("7", 7), ("-3", -3), ("", 5), ("010", 10)])
def test_a_whole_number(monkeypatch: pytest.MonkeyPatch, text: str, meant: int) -> None:
    monkeypatch.setenv("THING", text)
    assert envint("THING", 5, low=-10, high=10) == meant


@pytest.mark.parametrize("text", ["11", "-11", "3.5", "five", "--5", "²", "1_0", " 5", "٣", "9" * 5000])
def test_what_is_no_whole_number_in_range_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("THING", text)
    with pytest.raises(ImproperlyConfigured, match="THING must be a whole number from -10 to 10"):
        envint("THING", 5, low=-10, high=10)


@pytest.mark.parametrize(("text", "meant"), [("a, b ,,c", ["a", "b", "c"]), (" , ", ["default"]), ("", ["default"])])
def test_a_list_of_words(monkeypatch: pytest.MonkeyPatch, text: str, meant: list[str]) -> None:
    monkeypatch.setenv("THING", text)
    assert envlist("THING", ["default"]) == meant


def test_what_is_unset_has_its_default() -> None:
    assert envbool("THING", True) is True and envint("THING", 5, low=0, high=9) == 5


def test_a_secret_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    first = secret("THING", tmp_path / "secrets", production=False)
    assert secret("THING", tmp_path / "secrets", production=False) == first and len(first) >= 32
    (kept,) = (tmp_path / "secrets").iterdir()
    assert (kept.name, kept.stat().st_mode & 0o777) == ("thing", 0o600)


def test_a_secret_from_the_environment_is_not_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THING", "a secret of thirty-two characters or more")
    assert secret("THING", tmp_path, production=True) == "a secret of thirty-two characters or more"
    assert not list(tmp_path.iterdir())


def test_a_short_secret_is_refused_in_production(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("THING", "short")
    with pytest.raises(ImproperlyConfigured, match="32 characters"):
        secret("THING", tmp_path, production=True)


@pytest.mark.parametrize("text", [None, ""])
def test_production_makes_up_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str | None) -> None:
    if text is not None:
        monkeypatch.setenv("THING", text)
    with pytest.raises(ImproperlyConfigured, match="THING must be set in production"):
        secret("THING", tmp_path, production=True)


def test_processes_that_start_together_have_one_secret(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from config.environment import secret\n"
        "sys.stdin.readline(); print(secret('THING', Path(sys.argv[1]) / 'secrets', production=False))"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    pipe = subprocess.PIPE
    started = [
        subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT, env={"PYTHONPATH": "platform"})
        for _ in range(6)
    ]
    for process in started:
        process.stdin.write("go\n")
        process.stdin.flush()
    made = {process.communicate()[0] for process in started}
    assert len(made) == 1 and len(made.pop()) > 32
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["thing"]


def test_two_secrets_that_are_the_same_are_refused() -> None:
    secrets_check(ONE="a" * 40, OTHER="b" * 40)
    with pytest.raises(ImproperlyConfigured, match="ONE and OTHER are the same"):
        secrets_check(ONE="a" * 40, THIRD="c" * 40, OTHER="a" * 40)
