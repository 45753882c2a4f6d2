"""What names in data sets mean."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from overread.audit.models import Event
from overread.projects.models import Project
from overread.projects.services import project_change
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_a_name_means_a_finding_or_nothing(project):
    mapping = {"Pleural effusion": "effusion", "Support Devices": ""}
    project_change(project=project, actor=make_user(), label_mapping=mapping)
    assert Project.objects.get().label_mapping == mapping
    assert Event.objects.get(verb="project.change").detail["changed"]["label_mapping"] == [{}, mapping]


@pytest.mark.parametrize(
    "mapping",
    [
        {"Effusion": "hernia"},
        {"Effusion": "Effusion"},
        {"Effusion": None},
        {" ": "effusion"},
        {"two\nlines": "effusion"},
        {"x" * 201: "effusion"},
        {"Effusion": "effusion", "effusion ": "nodule"},
        ["effusion"],
        {str(number): "" for number in range(2001)},
    ],
)
def test_what_means_nothing_is_refused(project, mapping):
    with pytest.raises(ValidationError) as refused:
        project_change(project=project, actor=make_user(), label_mapping=mapping)
    assert list(refused.value.message_dict) == ["label_mapping"]
    assert Project.objects.get().label_mapping == {}
