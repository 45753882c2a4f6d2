"""The broker in a folder."""

import threading
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

import overread.celery  # noqa: F401  (names the transport)
from overread.jobs.brokers.folder import Channel


@pytest.fixture
def channel(tmp_path: Path) -> Channel:
    for name in ("queue", "done", "control"):
        (tmp_path / name).mkdir()
    options = {
        "data_folder_in": str(tmp_path / "queue"),
        "data_folder_out": str(tmp_path / "queue"),
        "processed_folder": str(tmp_path / "done"),
        "control_folder": str(tmp_path / "control"),
    }
    return Connection("filesystem://localhost//", transport_options=options).default_channel


def test_celery_uses_it(channel: Channel) -> None:
    assert isinstance(channel, Channel)


def received(channel: Channel) -> int | None:
    """The number in the next message; None when none waits."""
    try:
        return channel._get("io")["number"]
    except Empty:
        return None


def test_messages_of_a_queue_come_in_order(channel: Channel) -> None:
    for number in range(12):
        channel._put("io", {"number": number})
    channel._put("training", {"number": 99})
    assert [received(channel) for _ in range(13)] == [*range(12), None]


def test_a_message_is_never_seen_half_written(channel: Channel) -> None:
    """A reader as quick as this one found up to a tenth of the messages of Kombu's own channel empty."""
    messages = [{"number": number, "body": "x" * 2000} for number in range(300)]
    writer = threading.Thread(target=lambda: [channel._put("io", message) for message in messages])
    writer.start()
    seen = []
    while writer.is_alive() or len(list(Path(channel.data_folder_in).iterdir())):
        seen.append(received(channel))
    writer.join()
    assert [number for number in seen if number is not None] == list(range(300))


def test_an_unreadable_message_is_dropped(channel: Channel, tmp_path: Path) -> None:
    (tmp_path / "queue" / "-cut.io.msg").write_bytes(b"")
    channel._put("io", {"number": 1})
    assert [received(channel), received(channel)] == [None, 1]
