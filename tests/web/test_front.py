"""What the web process does with clients who are slow, unknown, immoderate or gone."""

from __future__ import annotations

import os
import signal
from contextlib import ExitStack
from http.cookies import SimpleCookie

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from knox.models import AuthToken

from overread.accounts.models import User
from overread.archive.models import Image
from overread.projects.models import Project
from tests.factories import picture
from tests.services.house import until
from tests.web.conftest import Web, answered
from training.models import Export

NAME = b"Doe^Jane^identified"
TOKEN = "a" * 32
FORM = f"Host: localhost\nCookie: csrftoken={TOKEN}\nContent-Type: application/x-www-form-urlencoded\n"


@pytest.fixture
def token(reader: User) -> str:
    return str(AuthToken.objects.create(reader)[1])


@pytest.fixture
def session(reader: User) -> str:
    client = Client()
    client.force_login(reader)
    return SimpleCookie(client.cookies).output(header="", sep=";", attrs=[]).strip().split(";")[0]


def post(path: str, *lines: str) -> str:
    return "\n".join([f"POST {path} HTTP/1.1", "Host: localhost", *lines, "", ""])


def images(project: Project) -> str:
    return f"/api/v1/projects/{project.slug}/images/"


def form(project: Project, length: int, *lines: str) -> str:
    kind = "Content-Type: multipart/form-data; boundary=edge"
    return post(f"/projects/{project.slug}/upload/", kind, f"Content-Length: {length}", *lines)


def file_part(size: int) -> bytes:
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="x"\r\nContent-Type: image/png\r\n\r\n'
    return head + (NAME * (size // len(NAME) + 1))[:size]


def chunked(content: bytes, size: int = 65536) -> bytes:
    pieces = [content[at : at + size] for at in range(0, len(content), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


# ── slow ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_half_sent_requests_stop_nobody(web: Web, project: Project, token: str) -> None:
    halves = {
        "half a head": ("POST /sign-in/ HTTP/1.1\nHost: local", b""),
        "half a form": (f"POST /sign-in/ HTTP/1.1\n{FORM}Content-Length: 1000\n\n", b"username=anna"),
        "half a file": (
            post(
                images(project),
                f"Authorization: Token {token}",
                "Content-Type: application/dicom",
                "Content-Length: 2000000",
            ),
            b"\0" * 1_000_000,
        ),
    }
    with ExitStack() as held:
        for head, body in halves.values():
            for _ in range(10):
                held.enter_context(web.sent(head, body))
            assert web.status("GET /sign-in/ HTTP/1.1\nHost: localhost\n\n") == 200
        content = picture(1)
        head = post(
            images(project),
            f"Authorization: Token {token}",
            "Content-Type: image/png",
            f"Content-Length: {len(content)}",
        )
        assert web.status(head, content) == 201


# ── unknown ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_nobodys_form_is_refused_unread(web: Web, project: Project) -> None:
    """The answer comes though the body never does."""
    with web.sent(form(project, 3_500_000, f"Cookie: csrftoken={TOKEN}"), file_part(64)) as connection:
        assert answered(connection) == 302
    assert web.kept() == []


def test_nobodys_file_is_refused_unread(web: Web, project: Project) -> None:
    with web.sent(post(images(project), "Content-Type: image/png", "Content-Length: 3500000")) as connection:
        assert answered(connection) == 401


def test_a_stranger_sends_nothing(web: Web, project: Project, stranger: User) -> None:
    _, token = AuthToken.objects.create(stranger)
    head = post(images(project), f"Authorization: Token {token}", "Content-Type: image/png", "Content-Length: 3500000")
    with web.sent(head) as connection:
        assert answered(connection) == 404


def test_a_form_without_its_token_is_refused_and_left_nowhere(web: Web, project: Project, session: str) -> None:
    """Django would put a file of this size into the temporary folder before it looks for the token."""
    body = file_part(3_500_000) + b"\r\n--edge--\r\n"
    with web.sent(form(project, len(body), f"Cookie: {session}; csrftoken={TOKEN}"), body[:-1]) as connection:
        seen = [web.kept() for _ in range(100) if web.there()]
        connection.sendall(body[-1:])
        assert answered(connection) == 403
    assert seen == [[]] * 100 and not Image.objects.exists()


# ── immoderate ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_body_announced_too_large_is_refused_before_it_comes(web: Web, project: Project, token: str) -> None:
    for path in ("/sign-in/", images(project), f"/projects/{project.slug}/upload/"):
        kind = "Content-Type: multipart/form-data; boundary=edge"
        head = post(path, kind, f"Content-Length: {6 * 2**20}", f"Authorization: Token {token}")
        with web.sent(head) as connection:
            assert answered(connection) == 413


def test_an_upload_in_chunks_is_taken(web: Web, project: Project, token: str) -> None:
    lines = (f"Authorization: Token {token}", "Content-Type: image/png", "Transfer-Encoding: chunked")
    assert web.status(post(images(project), *lines), chunked(picture(1), 500)) == 201


def test_one_that_grows_too_large_is_refused_at_the_bound(web: Web, project: Project, token: str) -> None:
    """Its end never comes."""
    lines = (f"Authorization: Token {token}", "Content-Type: image/png", "Transfer-Encoding: chunked")
    endless = chunked(b"\0" * 5 * 2**20).removesuffix(b"0\r\n\r\n")
    with web.sent(post(images(project), *lines), endless) as connection:
        assert answered(connection) == 413


def test_a_client_that_waits_to_be_told_to_go_on_is_refused_instead(web: Web, project: Project) -> None:
    lines = ("Content-Type: image/png", "Content-Length: 3500000", "Expect: 100-continue")
    with web.sent(post(images(project), *lines)) as connection:
        assert answered(connection) == 401


# ── gone ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_killed_web_process_leaves_nothing_of_an_upload(web: Web, project: Project, session: str) -> None:
    lines = f"Cookie: {session}; csrftoken={TOKEN}"
    with web.sent(form(project, 4_000_000, lines), file_part(3_500_000)):
        for _ in range(20):  # it has taken all that was sent
            assert web.there()
        os.killpg(web.process.pid, signal.SIGKILL)
        web.process.wait()
    left = [path for path in web.temporary.rglob("*") if path.is_file() and NAME in path.read_bytes()]
    assert left == []


def test_an_ending_process_waits_for_no_half_sent_request(web: Web, project: Project, token: str) -> None:
    lines = (f"Authorization: Token {token}", "Content-Type: image/png", "Content-Length: 3500000")
    with web.sent(post(images(project), *lines), b"\0" * 1000) as half, web.connect():
        assert web.there()
        web.process.terminate()
        until(lambda: web.process.poll() is not None, "the end of the web process")
        assert half.recv(1) == b""
    assert web.process.returncode == 0 and b"Traceback" not in web.log.read_bytes()


def test_a_file_is_sent_block_by_block_and_in_ranges(web: Web, project: Project, engineer: User) -> None:
    export = Export.objects.create(project=project, asked_by=engineer, kind="labels", format="csv", filters={})
    content = os.urandom(3_000_000)
    default_storage.save(export.storage_name, ContentFile(content))
    Export.objects.filter(pk=export.pk).update(state="ready", bytes=len(content), sha256="0" * 64)
    token = AuthToken.objects.create(engineer)[1]
    path = f"/api/v1/projects/{project.slug}/exports/{export.pk}/file"
    head = f"GET {path} HTTP/1.1\nHost: localhost\nAuthorization: Token {token}\nConnection: close\n"
    with web.sent(head + "\n") as connection, connection.makefile("rb") as answer:
        assert answer.read().partition(b"\r\n\r\n")[2] == content
    with web.sent(head + "Range: bytes=2999990-\n\n") as connection, connection.makefile("rb") as answer:
        told, _, body = answer.read().partition(b"\r\n\r\n")
        assert told.startswith(b"HTTP/1.1 206") and body == content[-10:]
    with web.sent(head + "\n") as connection:
        connection.recv(10)  # and then the client leaves
    until(web.there, "the process goes on")
