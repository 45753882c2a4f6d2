"""Exports over HTTP: asked for, written by a job, downloaded whole or in ranges, by whom they may be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from inference.models import Exposure
from inference.services import prediction_ensure
from labeling.models import AnswersSeen
from labeling.services.selection import queue_fill
from overread.accounts.models import User
from overread.audit.models import Event
from overread.jobs.models import Job
from overread.jobs.running import run_all
from overread.projects.models import Project, Role
from overread.projects.services import membership_add
from tests.api.rooms import at, make_labelled, url
from tests.factories import make_champion, make_image, make_read
from training.exports.parts import Part, Parts
from training.exports.scope import Scope
from training.exports.tables import TABLES, Key
from training.models import Export
from training.services.exports import exports_expire


def asked(project: Project, user: User, kind: str = "labels", format: str = "csv", **filters: list[str]) -> Any:
    body = {"kind": kind, "format": format, "filters": filters}
    return at(user).post(url("exports", project), body, format="json")


def ready(project: Project, user: User, kind: str = "labels", format: str = "csv") -> Export:
    export = Export.objects.get(pk=asked(project, user, kind, format).json()["id"])
    run_all()
    export.refresh_from_db()
    assert export.state == Export.State.READY, export.reason
    return export


def content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_an_export_is_asked_for_made_and_downloaded(project: Project, engineer: User) -> None:
    make_labelled(project)
    export = ready(project, engineer)
    told = at(engineer).get(url("export", project, export)).json()
    assert (told["state"], told["rows"]) == ("ready", 8)
    answer = at(engineer).get(url("export-file", project, export))
    body = content(answer)
    assert answer.status_code == 200 and len(body) == told["bytes"] == int(answer["Content-Length"])
    assert answer["ETag"] == f'"{told["sha256"]}"' and f"{project.slug}-labels.csv" in answer["Content-Disposition"]
    assert body.count(b"\n") == 9
    assert set(Event.objects.filter(target_id=export.pk).values_list("verb", flat=True)) == {
        "export.ask",
        "export.download",
    }
    assert default_storage.listdir(f"exports/{export.pk}")[1] == ["file"]


@pytest.mark.parametrize(
    ("asked_for", "status", "part"),
    [
        ("bytes=0-9", 206, slice(0, 10)),
        ("bytes=10-", 206, slice(10, None)),
        ("bytes=-5", 206, slice(-5, None)),
        ("bytes=0-99999999", 206, slice(0, None)),
        ("bytes=5-2", 200, slice(0, None)),
        ("bytes=0-1,4-5", 200, slice(0, None)),
        ("lines=1-2", 200, slice(0, None)),
    ],
)
def test_a_range_is_what_it_says(project: Project, engineer: User, asked_for: str, status: int, part: slice) -> None:
    make_labelled(project)
    address = url("export-file", project, ready(project, engineer))
    whole = content(at(engineer).get(address))
    answer = at(engineer).get(address, headers={"Range": asked_for})
    assert answer.status_code == status and content(answer) == whole[part]
    if status == 206:
        assert answer["Content-Range"].endswith(f"/{len(whole)}")


def test_a_range_behind_the_end_is_416_and_an_older_file_is_sent_whole(project: Project, engineer: User) -> None:
    address = url("export-file", project, ready(project, engineer))
    size = int(at(engineer).get(address)["Content-Length"])
    answer = at(engineer).get(address, headers={"Range": f"bytes={size}-"})
    assert answer.status_code == 416 and answer["Content-Range"] == f"bytes */{size}"
    older = {"Range": "bytes=0-1", "If-Range": '"another"'}
    assert at(engineer).get(address, headers=older).status_code == 200


def test_what_cannot_be_exported_is_said(project: Project, engineer: User) -> None:
    for kind, format, filters in (
        ("labels", "nonsense", {}),
        ("nonsense", "csv", {}),
        ("labels", "coco", {}),
        ("labels", "csv", {"nonsense": ["1"]}),
        ("labels", "folders", {}),
    ):
        answer = asked(project, engineer, kind, format, **filters)
        assert answer.status_code == 422 and answer.json()["detail"]
    assert not Export.objects.exists()


def test_asking_twice_is_one_export(project: Project, engineer: User) -> None:
    first, second = (asked(project, engineer).json()["id"] for _ in range(2))
    assert first == second and Job.objects.filter(kind="training.export").count() == 1


def test_a_worker_goes_on_where_another_was_killed(project: Project, engineer: User) -> None:
    make_labelled(project)
    export = Export.objects.get(pk=asked(project, engineer, "labels", "jsonl").json()["id"])
    chunk = TABLES["labels"].chunk(Scope(project), Key(), 5)
    assert chunk is not None
    Parts(default_storage, export.parts_folder).add(Part(1, 5, chunk.key), lambda out: out.write(b"begun\n") and None)
    run_all()
    lines = content(at(engineer).get(url("export-file", project, export))).splitlines()
    assert lines[0] == b"begun" and len(lines) == 4
    export.refresh_from_db()
    assert export.rows == 8


def test_whoever_reads_gets_no_predictions_and_only_exports_of_their_own(project: Project, engineer: User) -> None:
    make_labelled(project)
    others = ready(project, engineer)
    both = make_both(project)
    assert at(both).get(url("export-file", project, others)).status_code == 403
    assert asked(project, both, "scores").status_code == 422
    assert at(both).get(url("export-file", project, ready(project, both))).status_code == 200


def make_both(project: Project) -> User:
    """Somebody who reads and trains models."""
    from tests.factories import make_member

    user = make_member(project, Role.READER, name="both")
    membership_add(project=project, user=user, role=Role.ML_ENGINEER)
    return user


def test_what_is_still_to_be_read_blind_does_not_leave(project: Project, reader: User) -> None:
    both = make_both(project)
    project.blind_first = "always"
    project.reference_readers = 2
    project.save()
    make_image(project, reference=True)
    queue_fill(project=project)
    make_read(project, reader, "present")
    assert ready(project, both, "reads").rows == 0
    make_read(project, both, "absent")
    assert ready(project, both, "reads").rows == 4


def test_a_download_is_on_record_as_having_seen_the_answers(project: Project, reader: User, engineer: User) -> None:
    image = make_image(project)
    queue_fill(project=project)
    make_read(project, reader, "present")
    export = ready(project, engineer, "reads")
    assert not AnswersSeen.objects.filter(user=engineer).exists()
    at(engineer).get(url("export-file", project, export))
    assert AnswersSeen.objects.get(user=engineer).image_id == image.pk


def test_old_files_are_deleted(project: Project, engineer: User) -> None:
    export = ready(project, engineer)
    assert exports_expire() == 0
    Export.objects.filter(pk=export.pk).update(finished_at=timezone.now() - timedelta(days=8))
    assert exports_expire() == 1
    assert not default_storage.exists(export.storage_name)
    assert at(engineer).get(url("export-file", project, export)).status_code == 404
    assert at(engineer).get(url("export", project, export)).json()["state"] == "expired"


def test_a_download_of_scores_is_on_record_as_having_seen_the_predictions(project: Project, engineer: User) -> None:
    image = make_image(project)
    prediction = prediction_ensure(pipeline=make_champion(project), image=image)
    at(engineer).get(url("export-file", project, ready(project, engineer, "scores")))
    assert Exposure.objects.get(user=engineer).prediction_id == prediction.pk
