import csv

import numpy as np
import pytest
import torch
from PIL import Image

from inference.engine import backbones, pretrained, starter
from inference.engine.digest import ArtifactError
from tests.shared import SHARED, needs


def backbone():
    made = backbones.build(starter.ARCHITECTURE, 1, starter.PREPARATION.size)
    pretrained.adopt(made, starter.state())
    return made.eval()


def test_the_file_is_the_one_that_is_named_and_fits_its_architecture():
    with torch.inference_mode():
        features = backbone()(torch.zeros(1, 1, starter.PREPARATION.size, starter.PREPARATION.size))
    assert features.shape == (1, 256, 4, 4)


def test_the_repository_holds_no_more_than_fifteen_megabytes_of_it():
    assert starter.FILE.stat().st_size < 15e6


def test_an_altered_file_is_refused(tmp_path, monkeypatch):
    altered = bytearray(starter.FILE.read_bytes())
    altered[-1] ^= 1
    (tmp_path / "starter.safetensors").write_bytes(altered)
    monkeypatch.setattr(starter, "FILE", tmp_path / "starter.safetensors")
    with pytest.raises(ArtifactError, match="altered"):
        starter.state()


@needs("data/cxr_nih_64")
def test_one_film_twice_is_nearer_than_two_films():
    pack = SHARED / "data" / "cxr_nih_64"
    rows = list(csv.DictReader((pack / "labels.csv").open()))[:24]
    films = np.stack([np.asarray(Image.open(pack / row["file"]).convert("L"), np.float32) / 255 for row in rows])
    shown = np.stack([starter.PREPARATION.prepare(film) for film in films])
    brighter = np.stack([starter.PREPARATION.prepare(film * 0.8 + 0.1) for film in films])
    with torch.inference_mode():
        first, second = (backbone()(torch.from_numpy(images)).mean((2, 3)) for images in (shown, brighter))
    nearest = torch.cdist(second, first).argmin(1)
    assert (nearest == torch.arange(24)).float().mean() > 0.8
