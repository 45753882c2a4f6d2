"""Reports on whether selection is worth it, as the services make and keep them."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from django.db import IntegrityError, transaction
from PIL import Image as Picture

from labeling.models import Assignment, Purpose, Read, ReferenceLabel, Selection, WorthReport
from labeling.services.worth import NothingToRestore, put_aside, strategy_restore, worth_ask, worths_due
from labeling.services.worth.gathering import material_of
from labeling.services.worth.reporting import worth_report
from overread.accounts.models import User
from overread.archive.models import Image
from overread.archive.services import image_ingest
from overread.audit.models import Event
from overread.jobs.models import Job
from overread.jobs.running import run_all
from overread.projects.models import Project
from overread.projects.services import project_change
from tests.factories import in_reference, make_champion, make_image, make_project

pytestmark = pytest.mark.django_db


def film(seed: int, bright: bool) -> bytes:
    """A bright or a dark picture of noise."""
    pixels = np.random.default_rng(seed).integers(0, 128, (32, 32), np.uint8) + np.uint8(127 * bright)
    out = io.BytesIO()
    Picture.fromarray(pixels).save(out, "png")
    return out.getvalue()


def films(project: Project, count: int, *, bright: int) -> list[Image]:
    """Images of as many patients outside the reference set, the first `bright` of every ten bright."""
    start = Image.objects.count()
    names = (name for name in (f"{start}-{number}" for number in range(10 * count)) if not in_reference(name))
    return [
        image_ingest(
            project=project, content=film(start + place, place % 10 < bright), source="import", patient=next(names)
        ).image
        for place in range(count)
    ]


def label(project: Project, images: list[Image], purpose: Purpose, *, bright: int, probability: float | None) -> None:
    """Labels of these images, bright meaning effusion, as the arm brought them in by the strategy in force."""
    batch = Selection.objects.create(project=project, strategy=project.strategy, seed=1, candidates=200, shares={})
    finding = project.findings.get(slug="effusion")
    for place, image in enumerate(images):
        Assignment.objects.create(
            project=project, image=image, purpose=purpose, selection=batch, blind=True, rank=place, state="withdrawn",
            strategy="random" if probability else project.strategy, probability=probability,
        )  # fmt: skip
        ReferenceLabel.objects.create(
            project=project, image=image, finding=finding, exposure="none", origin="read", value=place % 10 < bright
        )


def read_and_embedded(project: Project, each: int) -> Project:
    """So many films of each arm: the audit has seen bright and dark ones, the strategy has only chosen dark ones."""
    project.strategy, project.auto_fill = "margin", False
    project.save()
    drawn, picked = films(project, each, bright=5), films(project, each, bright=0)
    label(project, drawn, Purpose.AUDIT, bright=5, probability=0.1)
    label(project, picked, Purpose.EXPLOIT, bright=0, probability=None)
    run_all()
    make_champion(project)
    return project


@pytest.fixture(scope="module")
def made(shared_rows: Any) -> dict[str, Project]:
    """The projects of `misled` and `begun`, whose films are decoded once."""
    return shared_rows(lambda: {name: read_and_embedded(make_project(), each) for name, each in EACH.items()})


EACH = {"misled": 50, "begun": 5}


@pytest.fixture
def misled(made: dict[str, Project], db: None) -> Project:
    """A project whose strategy chooses what teaches nothing, with labels enough to tell."""
    return Project.objects.get(pk=made["misled"].pk)


@pytest.fixture
def begun(made: dict[str, Project], db: None) -> Project:
    """A project with a few labels of either arm."""
    return Project.objects.get(pk=made["begun"].pk)


def test_a_strategy_that_misleads_is_said_to_be_worse_and_nothing_is_changed(misled: Project) -> None:
    report = worth_report(project=misled)
    misled.refresh_from_db()
    assert (report.verdict, report.fell_back, misled.strategy) == ("worse", False, "margin")
    assert report.result["findings"] == ["effusion"] and report.result["arms"]["gain"]["high"] < 0
    assert Event.objects.get(verb="worth.report").detail["verdict"] == "worse"


def test_the_policy_puts_random_order_in_force_and_one_click_goes_back(misled: Project, engineer: User) -> None:
    Project.objects.filter(pk=misled.pk).update(fall_back_to_random=True)
    assert worth_report(project=misled).fell_back
    misled.refresh_from_db()
    assert (misled.strategy, put_aside(misled)) == ("random", "margin")
    assert Event.objects.get(verb="worth.fall_back").detail["changed"] == {"strategy": ["margin", "random"]}
    assert strategy_restore(project=misled, actor=engineer).strategy == "margin"


def test_random_order_that_somebody_chose_is_theirs(misled: Project, engineer: User, administrator: User) -> None:
    Project.objects.filter(pk=misled.pk).update(fall_back_to_random=True)
    worth_report(project=misled)
    restored = strategy_restore(project=misled, actor=engineer)
    chosen = project_change(project=restored, actor=administrator, strategy="random")
    assert put_aside(chosen) == ""
    with pytest.raises(NothingToRestore):
        strategy_restore(project=chosen, actor=engineer)


def test_the_same_labels_make_one_report(begun: Project) -> None:
    assert worth_report(project=begun) == worth_report(project=begun)
    assert WorthReport.objects.count() == 1


def test_no_material_is_of_the_reference_set(begun: Project) -> None:
    image = make_image(begun, reference=True)
    run_all()
    finding = begun.findings.get(slug="effusion")
    ReferenceLabel.objects.create(
        project=begun, image=image, finding=finding, exposure="none", origin="read", value=1, independent=True
    )
    material = material_of(begun, begun.champion.pipeline, "margin")
    assert len(material.data) == material.labels == begun.labels.count() - 1
    assert len(material.sample) == 0


def test_labels_given_with_the_model_in_view_teach_and_do_not_test(begun: Project) -> None:
    begun.labels.update(exposure="shown")
    data = material_of(begun, begun.champion.pipeline, "margin").data
    assert np.isfinite(data.labels[:, 0]).all() and not len(data.random)


def test_reading_time_is_that_of_a_whole_case(begun: Project, reader: User) -> None:
    case = begun.assignments.filter(purpose=Purpose.AUDIT).first()
    for milliseconds in (4000, 2500):
        Read.objects.create(
            assignment=case, project=begun, image=case.image, reader=reader, key=case.pk if milliseconds > 3000 else
            case.image_id, phase="blind", active_ms=milliseconds,
        )  # fmt: skip
    seconds = material_of(begun, begun.champion.pipeline, "margin").seconds
    assert seconds.random.tolist() == [6.5] and not len(seconds.chosen)


def test_a_report_is_due_after_a_hundred_labels_and_again_after_a_hundred_more(misled: Project) -> None:
    worths_due()
    assert Job.objects.filter(kind="labeling.worth").count() == 1
    run_all()
    worths_due()
    assert Job.objects.filter(kind="labeling.worth").count() == 1 and WorthReport.objects.count() == 1


def test_a_new_project_has_too_little_to_say(project: Project, engineer: User) -> None:
    make_image(project)
    make_champion(project)
    worth_ask(project=project, actor=engineer)
    run_all()
    assert WorthReport.objects.get().verdict == "too_few"


def test_without_a_model_there_is_no_report(project: Project) -> None:
    assert worth_report(project=project) is None


def test_nothing_is_restored_where_nothing_is_put_aside(project: Project, engineer: User) -> None:
    with pytest.raises(NothingToRestore):
        strategy_restore(project=project, actor=engineer)


def test_a_report_is_never_changed(project: Project) -> None:
    WorthReport.objects.create(
        project=project, strategy="margin", verdict="better", result={}, labels=1, inputs_sha256="0" * 64, seed=1
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        WorthReport.objects.update(labels=2)
