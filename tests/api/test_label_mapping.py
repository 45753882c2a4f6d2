"""What names in data sets mean, by REST."""

from __future__ import annotations

import pytest

from tests.api.rooms import at, url


def test_it_is_replaced_and_told_with_the_policies(project, administrator, reader):
    mapping = {"Pleural effusion": "effusion", "Support Devices": ""}
    changed = at(administrator).patch(url("label-mapping", project), {"label_mapping": mapping}, format="json")
    assert changed.status_code == 200
    assert at(reader).get(url("label-mapping", project)).json() == {"label_mapping": mapping}
    assert at(reader).get(url("project", project)).json()["policies"]["label_mapping"] == mapping


@pytest.mark.parametrize("mapping", [{"Effusion": "hernia"}, {"Effusion": "effusion", "effusion": ""}])
def test_what_means_no_finding_is_refused(project, administrator, mapping):
    refused = at(administrator).patch(url("label-mapping", project), {"label_mapping": mapping}, format="json")
    assert refused.status_code == 422 and "label_mapping" in refused.json()["errors"]
