"""The pages each role has, for the tests that go through all of them."""

from overread.projects.models import Role

PAGES: dict[Role, tuple[str, ...]] = {
    Role.READER: (
        "/projects/{slug}/worklist/",
        "/projects/{slug}/reads/",
        "/projects/{slug}/",
        "/projects/{slug}/upload/",
        "/projects/{slug}/images/{image}/",
        "/password/",
        "/preferences/",
        "/access/",
        "/",
    ),
    Role.ANNOTATOR: ("/projects/{slug}/worklist/", "/projects/{slug}/data/"),
    Role.ADJUDICATOR: ("/projects/{slug}/worklist/", "/projects/{slug}/models/"),
    Role.ML_ENGINEER: (
        "/projects/{slug}/data/",
        "/projects/{slug}/training/",
        "/projects/{slug}/selection/",
        "/projects/{slug}/models/",
        "/projects/{slug}/models/1/",
        "/projects/{slug}/images/{image}/",
    ),
    Role.ADMINISTRATOR: (
        "/projects/{slug}/settings/",
        "/projects/{slug}/settings/members/",
        "/projects/{slug}/settings/proposals/",
    ),
}
