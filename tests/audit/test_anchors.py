"""The chain's head outside the database: a tail that was cut off, and sealed over, shows."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from overread.audit.models import Event
from overread.audit.queries import chain_verify
from overread.audit.services import event_append, events_seal
from tests.audit.conftest import Tamper

Seal = Callable[[], None]


@pytest.fixture
def seal(django_capture_on_commit_callbacks: Any, db: None) -> Seal:
    """Three more events, sealed and anchored."""

    def do() -> None:
        for number in range(3):
            event_append(verb="tests.done", number=number)
        with django_capture_on_commit_callbacks(execute=True):
            events_seal()

    return do


@pytest.fixture
def anchored(seal: Seal) -> None:
    for _ in range(3):
        seal()


def cut(tamper: Tamper, kept: int) -> None:
    """What somebody does who wants the end of the log gone, and knows of the seals."""
    tamper("DELETE FROM audit_event WHERE position > %s OR position IS NULL", kept)
    tamper("DELETE FROM audit_seal WHERE position > %s", kept)


def test_every_seal_is_anchored(anchored: None, anchors: Path) -> None:
    said = [json.loads(line) for line in anchors.read_text().splitlines()]
    hashes = dict(Event.objects.values_list("position", "hash"))
    assert [(one["position"], one["hash"]) for one in said] == [(number, hashes[number]) for number in (3, 6, 9)]
    report = chain_verify()
    assert report.holds and report.anchors == 3 and anchors.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("kept", [6, 3, 0])
def test_a_cut_tail_shows(anchored: None, tamper: Tamper, kept: int) -> None:
    cut(tamper, kept)
    report = chain_verify()
    assert report.broken_at is None and report.lost_from == kept + 1 and not report.holds


def test_a_tail_that_was_cut_and_sealed_over_shows(anchored: None, seal: Seal, tamper: Tamper) -> None:
    cut(tamper, 6)
    seal()
    assert chain_verify().lost_from == 9


def test_an_anchor_of_another_key_shows(anchored: None, anchors: Path) -> None:
    anchors.write_text(anchors.read_text().replace('"position":9', '"position":6'))
    assert chain_verify().strange_anchors == 1 and not chain_verify().holds


def test_a_line_torn_by_a_power_cut_is_passed_over(anchored: None, seal: Seal, anchors: Path) -> None:
    anchors.write_bytes(anchors.read_bytes() + b'{"position":9,"ha')
    seal()
    assert chain_verify().holds and chain_verify().anchors == 4


def test_a_seal_that_was_rolled_back_is_not_anchored(anchors: Path, transactional_db: None) -> None:
    from django.db import transaction

    event_append(verb="tests.done")
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        events_seal()
        raise ZeroDivisionError
    assert not anchors.exists() and chain_verify().unsealed == 1


def test_a_folder_that_cannot_be_written_stops_no_seal(anchors: Path, seal: Seal, caplog: Any) -> None:
    anchors.mkdir()
    seal()
    assert "could not be anchored" in caplog.text and Event.objects.filter(position=3).exists()


def test_the_command_tells_of_a_cut_tail(anchored: None, tamper: Tamper) -> None:
    said = StringIO()
    call_command("verify_audit", stdout=said)
    assert "3 anchors outside the database agree." in said.getvalue()
    cut(tamper, 6)
    with pytest.raises(CommandError, match="from position 7 on"):
        call_command("verify_audit")


def test_a_copy_kept_elsewhere_serves_where_the_file_was_cut_too(
    seal: Seal, tamper: Tamper, anchors: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "overread.audit.anchors")
    seal()
    seal()
    copy = tmp_path / "syslog"
    copy.write_text("".join(f"Nov 30 worker: {record.getMessage()}\n" for record in caplog.records))
    anchors.write_text(anchors.read_text().splitlines(keepends=True)[0])
    cut(tamper, 3)
    call_command("verify_audit", stdout=StringIO())
    with pytest.raises(CommandError, match="from position 4 on"):
        call_command("verify_audit", anchors=copy)
    with pytest.raises(CommandError, match="There is no file"):
        call_command("verify_audit", anchors=tmp_path / "none")
