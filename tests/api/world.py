"""A project with one of everything in it, and somebody in every role."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import UUID, uuid4

from django.test import Client
from knox.models import AuthToken

from inference.models import Pipeline
from inference.services import exposure_record, prediction_ensure
from labeling.models import Assignment, FindingProposal, Selection
from labeling.services import assignment_claim, read_submit
from labeling.services.proposals import proposal_make
from overread.accounts.models import User
from overread.archive.launches import launch_make
from overread.archive.models import Image
from overread.jobs.models import Job
from overread.jobs.running import run_all
from overread.projects.models import Membership, Role
from tests import factories
from tests.api.rooms import make_data_set, make_draft, make_labelled, make_verdict
from training.models import DatasetDraft, DatasetImport, Export, Verdict
from training.services import run_request
from training.services.exports import export_request

READING = (Role.READER, Role.ANNOTATOR, Role.ADJUDICATOR)
ROLES = ("anonymous", "stranger", *map(str, Role), "operator")


@dataclass(frozen=True)
class Own:
    """What one reader has: a case in hand, and a read just stored."""

    assignment: UUID
    read: UUID


class World:
    """Numbered things (model, snapshot, run) have the number 1. `pk` finds the key of any other by its word."""

    def __init__(self) -> None:
        self.project = factories.make_project(images=len(READING) * 2 + 1, patient_cap=99)
        self.users: dict[str, User | None] = {"anonymous": None, "stranger": factories.make_user("stranger")}
        self.users["operator"] = factories.make_user("operator", is_staff=True)
        for role in Role:
            self.users[role] = factories.make_member(self.project, role, name=str(role))
        self.model: Pipeline = factories.make_champion(self.project)
        self.own = {role: self._read(role) for role in READING}
        self.verdict: Verdict = make_verdict(self.project, factories.make_pipeline(self.project, seed=1))
        make_labelled(self.project)
        for role in Role:
            self._show(role)
        self.sessions = {role: self._session(self.users[role]) for role in ROLES}
        self.run = run_request(project=self.project, trigger="rest")

    def _read(self, role: Role) -> Own:
        """One case read and another one in hand."""
        reader = self.users[role]
        assert reader is not None
        said = factories.answers(self.project)
        first = self._claim(reader)
        read = read_submit(assignment=first, reader=reader, answers=said, key=uuid4())
        return Own(self._claim(reader).pk, read.pk)

    def _show(self, role: Role) -> None:
        """What the model says of the image, and of the case in hand, was seen."""
        cases = Assignment.objects.filter(reader=self.users[role], state__in=Assignment.HELD).select_related("image")
        for image in (self._image, *(case.image for case in cases)):
            prediction = prediction_ensure(pipeline=self.model, image=image)
            exposure_record(prediction=prediction, user=self.users[role])

    def _claim(self, reader: User) -> Any:
        claimed = assignment_claim(project=self.project, reader=reader)
        assert claimed is not None
        return claimed

    def client(self, role: str) -> Client:
        """A new browser in this role's session, which lasts as long as the world."""
        client = Client(raise_request_exception=False)
        client.cookies.load(self.sessions[role])
        return client

    def _session(self, user: User | None) -> dict[str, str]:
        client = Client()
        if user:
            client.force_login(user)
        return {name: cookie.value for name, cookie in client.cookies.items()}

    def pk(self, word: str, role: str) -> Any:
        """The key of an image, assignment, read, proposal, verdict, job or member; assignments and reads are the role's own."""
        if word in ("assignment", "read"):
            return getattr(self.own.get(Role(role) if role in list(Role) else Role.READER, self.own[Role.READER]), word)
        things = {"image": self._image, "verdict": self.verdict, "job": self._job, "member": self._member}
        things["account"] = self.users["stranger"]
        things |= {"proposal": self._proposal, "selection": self._selection, "export": self._export}
        return (things | {"draft": self._draft, "data_set": self._data_set})[word].pk

    @cached_property
    def _image(self) -> Image:
        return Image.objects.filter(enrolments__project=self.project, rendering__isnull=False).earliest("created_at")

    @cached_property
    def _proposal(self) -> FindingProposal:
        reader = self.users[Role.READER]
        assert reader is not None
        return proposal_make(project=self.project, image=self._image, reader=reader, name="Scar")

    @cached_property
    def _draft(self) -> DatasetDraft:
        """An import that has been looked through."""
        actor = self.users[Role.ML_ENGINEER]
        assert actor is not None
        return make_draft(self.project, actor)

    @cached_property
    def _data_set(self) -> DatasetImport:
        return make_data_set(self.project)

    @cached_property
    def _export(self) -> Export:
        """A file that is ready."""
        asked_by = self.users[Role.ML_ENGINEER]
        assert asked_by is not None
        told = {"project": self.project, "asked_by": asked_by, "kind": "labels", "format": "csv", "filters": {}}
        export = export_request(**told)
        run_all(queues=("io",))
        return export

    @cached_property
    def _selection(self) -> Selection:
        return Selection.objects.filter(project=self.project).earliest("created_at")

    @cached_property
    def _job(self) -> Job:
        return Job.objects.filter(project_id=self.project.pk, kind="training.run").get()

    @cached_property
    def _member(self) -> Membership:
        return Membership.objects.get(project=self.project, role=Role.ANNOTATOR)

    @cached_property
    def _token(self) -> str:
        """A link that opens the image."""
        made_by = self.users[Role.ADMINISTRATOR]
        assert made_by is not None
        return launch_make(project=self.project, image=self._image, whole_study=False, actor=made_by).token

    def _api_token(self, role: str) -> str:
        """What a token of this role's own is listed by."""
        user = self.users[role] or self.users["stranger"]
        return str(AuthToken.objects.create(user)[0].token_key)

    def arguments(self, names: set[str], word: str, role: str) -> dict[str, Any]:
        """The arguments of a route that takes these."""
        known: dict[str, Any] = {"slug": self.project.slug, "number": 1, "finding": "effusion", "level": "full"}
        known |= {"token": self._token} if "token" in names else {}
        known |= {"key": self._api_token(role)} if "key" in names else {}
        return {name: self.pk(word, role) if name == "pk" else known[name] for name in names}
