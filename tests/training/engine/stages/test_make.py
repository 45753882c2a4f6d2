import json

from inference.engine.digest import sha256_of
from inference.engine.stages.bundle import StageBundle
from training.engine.stages.make import main


def test_a_stage_is_made_without_a_pack_and_says_how(packs, phantoms, tmp_path):
    arguments = ["view", "--packs", str(packs), "--out", str(tmp_path), "--without", "masked", "--steps", "2"]
    main([*arguments, "--phantoms", str(phantoms)])
    files = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    bundle = StageBundle.from_files(files, sha256_of(files["card.json"]))
    facts = json.loads(files["card.json"])["facts"]
    assert "masked" not in facts["films"]["learnt"]
    assert facts["command"].endswith("--without masked --steps 2")
    assert str(packs) not in files["card.json"].decode()
    assert bundle.card.kind == "view"
