"""What people ask the older build for, and today's after the upgrade."""

from __future__ import annotations

from labeling.models import Assignment, Read, Selection
from overread.accounts.models import User
from overread.archive.models import Image
from overread.projects.models import Project, Role


def questions(project: Project, people: dict[str, User]) -> list[list[str]]:
    """[e-mail, address] of what each may ask for; the numbered ones are those of the first of their kind."""
    mine = Assignment.objects.filter(reader=people[Role.READER], state__in=Assignment.RESERVED)
    seen = Read.objects.filter(reader=people[Role.READER]).earliest("created_at").image
    film = Image.objects.filter(enrolments__project=project, frames=3).get()
    known = {
        "case": mine.latest("created_at").pk,
        "seen": seen.pk,
        "film": film.pk,
        "selection": Selection.objects.filter(project=project).earliest("created_at").pk,
        "verdict": project.verdicts.get().pk,
    }
    base = {"api/": f"/api/v1/projects/{project.slug}/", "page/": f"/projects/{project.slug}/"}
    asked = []
    for role, addresses in ADDRESSES.items():
        for address in addresses.split():
            for short, whole in base.items():
                address = whole + address.removeprefix(short) if address.startswith(short) else address
            asked.append([people[role].email, address.format_map(known)])
    return asked


ADDRESSES: dict[str, str] = {
    Role.READER: """
        /api/v1/me/ /api/v1/me/preferences/ /api/v1/projects/ api/ api/images/ api/images/{seen}/ api/images/{film}/
        api/images/{film}/pixels/full api/images/{film}/pixels/half api/images/{seen}/pixels/full
        api/images/{seen}/prediction/ api/images/{seen}/prediction/maps/effusion api/models/ api/models/1/ api/assignments/
        api/assignments/{case}/ api/assignments/sent/ api/reads/ api/proposals/ api/verdicts/ api/verdicts/{verdict}/
        / page/ page/worklist/ page/reads/ page/upload/ page/images/{seen}/ page/images/{film}/ page/models/ page/models/1/
        page/models/verdicts/{verdict}/ page/data/ /password/ /preferences/
        """,
    "second": "api/reads/ api/assignments/ page/reads/ page/worklist/",
    Role.ANNOTATOR: "/api/v1/me/ page/worklist/",
    Role.ADJUDICATOR: "api/labels/ api/assignments/ api/reads/ page/worklist/ page/reads/",
    Role.ML_ENGINEER: """
        api/predictions/ api/selections/ api/selections/{selection}/picks/ api/policies/ api/worth/ api/snapshots/
        api/snapshots/1/ api/snapshots/1/items/ api/runs/ api/runs/1/ page/training/ page/training/1/ page/selection/ page/data/
        """,
    Role.ADMINISTRATOR: "api/ api/policies/ page/settings/ page/settings/members/ page/settings/proposals/",
    "operator": "/api/v1/jobs/ /operations/jobs/ /operations/audit/",
}
