"""The broker in a folder."""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

import config.celery  # noqa: F401  (names the transport)
from overread.jobs.brokers.folder import Channel


@pytest.fixture
def channel(tmp_path: Path) -> Channel:
    return opened(tmp_path)


def opened(tmp_path: Path) -> Channel:
    """A channel of a connection of its own, as another process has it."""
    for name in ("queue", "done", "control"):
        (tmp_path / name).mkdir(exist_ok=True)
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


def together(work: list[Callable[[], None]]) -> list[Exception]:
    """Do all at once, a thread each. Returns what they raised."""
    start, raised = threading.Barrier(len(work)), []

    def one(do: Callable[[], None]) -> None:
        start.wait()
        try:
            do()
        except Exception as error:  # noqa: BLE001
            raised.append(error)

    threads = [threading.Thread(target=one, args=(do,)) for do in work]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return raised


def test_workers_that_start_at_once_all_hear_an_exchange(tmp_path: Path) -> None:
    """Of eight that bind to a new exchange, Kombu's own channel let some end on a half-written table and forgot others."""
    channels = [opened(tmp_path) for _ in range(8)]
    for turn in range(50):
        binds = [partial(each._queue_bind, f"x{turn}", "io", "", f"q{n}") for n, each in enumerate(channels)]
        looks = [partial(each.get_table, f"x{turn}") for each in channels]
        assert together([*binds, *looks]) == []
        assert sorted(bound.queue for bound in channels[0].get_table(f"x{turn}")) == [f"q{n}" for n in range(8)]


def test_workers_that_end_at_once_leave_the_others_their_bindings(tmp_path: Path) -> None:
    channels = [opened(tmp_path) for _ in range(8)]
    for n, each in enumerate(channels):
        each._queue_bind("x", "io", "", f"q{n}")
    assert together([partial(each._delete, f"q{n}", "x", "io", "") for n, each in enumerate(channels[:6])]) == []
    assert sorted(bound.queue for bound in channels[0].get_table("x")) == ["q6", "q7"]


def test_an_exchange_cut_short_keeps_no_worker_from_starting(channel: Channel, tmp_path: Path) -> None:
    (tmp_path / "control" / "io.exchange").write_text('[["io", "", "i')
    channel._queue_bind("io", "io", "", "io")
    assert [bound.queue for bound in channel.get_table("io")] == ["io"]
