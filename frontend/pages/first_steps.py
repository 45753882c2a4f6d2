"""The way from an empty project to reading and training: what is there already, and where the rest comes from."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from overread.accounts.models import User
from overread.projects.models import Project
from overread.projects.queries import readers_of

DATA_SETS = "data-sets"  # the name of the page where folders and tables come in


@dataclass(frozen=True)
class Step:
    """One thing that a project needs. `url` is empty for somebody who cannot see to it."""

    done: bool
    name: str
    state: str
    url: str


@dataclass(frozen=True)
class FirstSteps:
    """What the page offers: ways in, the list with its state, and what can be begun; "" for what this person may not do."""

    steps: tuple[Step, ...]
    empty: bool
    folder: str
    files: str
    members: str
    read: str
    train: str


def first_steps(*, project: Project, user: User, images: int, labelled: int, model: str) -> FirstSteps | None:
    """None where there is nothing left to set up for this person. `model`: the name of the one in use, or ""."""
    sets_up = user.has_perm("training.view", project)
    if images and (model or not sets_up):
        return None
    readers = readers_of(project).count()
    folder = _url(DATA_SETS, "training.import", project, user)
    files = _url("upload", "archive.upload", project, user)
    members = _url("project-members", "projects.administer", project, user)
    training = _url("project-training", "training.run", project, user)
    worklist = _url("worklist", "labeling.read", project, user)
    images_from = folder or files
    reading = images_from
    if images:
        reading = worklist
    return FirstSteps(
        steps=(
            Step(images > 0, _("Images"), ngettext("%d image", "%d images", images) % images, images_from),
            Step(readers > 0, _("Readers"), ngettext("%d may read", "%d may read", readers) % readers, members),
            Step(
                labelled > 0,
                _("Labels"),
                ngettext("%d labelled image", "%d labelled images", labelled) % labelled,
                reading,
            ),
            Step(bool(model), _("Model in use"), model or _("none yet"), training),
        ),
        empty=not images,
        folder=folder,
        files=files,
        members=members,
        read=worklist if images else "",
        train=training if labelled else "",
    )


def _url(name: str, permission: str, project: Project, user: User) -> str:
    if not user.has_perm(permission, project):
        return ""
    return reverse(name, args=[project.slug])
