import pytest

from training.datasets.errors import DatasetError
from training.datasets.items import Facts
from training.datasets.layouts.boneage import BoneAge
from training.datasets.options import Options, Source
from training.datasets.translation import Target, Translation

TARGETS = [Target("bone-age", "Bone age", "measurement")]


def opened(folder, name, text, **options):
    (folder / name).write_text(text)
    return BoneAge(Source(folder, Options(**options)), {})


def ages(dataset):
    translation = Translation(dataset.questions(), TARGETS)
    found = {}
    for item in dataset.items():
        if not item.problem:
            said = translation.answers(item, dataset.decimals())
            found[item.file] = said["bone-age"].value if said else None
    return found


def problems(dataset):
    return {item.file: item.problem for item in dataset.items() if item.problem}


def test_the_training_table(tmp_path):
    dataset = opened(tmp_path, "boneage-training-dataset.csv", "id,boneage,male\n1377,180,False\n1378,12,True\n")
    assert ages(dataset) == {"1377": "180", "1378": "12"}
    assert [item.facts for item in dataset.items()] == [Facts(sex="F"), Facts(sex="M")]
    assert [(item.split, item.lines, item.patient) for item in dataset.items()] == [
        ("train", (2,), ""),
        ("train", (3,), ""),
    ]
    (question,) = dataset.questions()
    assert (question.name, question.unit, question.minimum, question.maximum) == ("Bone age", "months", 0, 240)


def test_the_validation_table(tmp_path):
    dataset = opened(
        tmp_path, "Validation Dataset.csv", "Image ID,male,Bone Age (months)\n1386,TRUE,168.9307\n1392,FALSE,1\n"
    )
    assert ages(dataset) == {"1386": "168.9307", "1392": "1"}
    assert [item.facts.sex for item in dataset.items()] == ["M", "F"]
    assert {item.split for item in dataset.items()} == {"validation"}


def test_the_test_table_has_images_without_a_label(tmp_path):
    dataset = opened(tmp_path, "boneage-test-dataset.csv", "Case ID,Sex\n4360,M\n4361,F\n")
    assert dataset.questions() == ()
    assert [item.facts.sex for item in dataset.items()] == ["M", "F"]
    assert ages(dataset) == {"4360": None, "4361": None}
    assert any("without a label" in note for note in dataset.notes())


def test_what_is_no_bone_age_refuses_its_image(tmp_path):
    dataset = opened(
        tmp_path,
        "boneage-training-dataset.csv",
        "id,boneage,male\n1,-9999,True\n2,241,True\n3,1e308,True\n4,abc,True\n5,90,maybe\n6,90\n7,inf,True\n"
        "8,,True\n9,228,\n10,0,True\n",
    )
    assert list(problems(dataset)) == ["1", "2", "3", "4", "5", "6", "7"]
    assert ages(dataset) == {"8": None, "9": "228", "10": "0"}


def test_two_rows_of_an_image_must_agree(tmp_path):
    dataset = opened(tmp_path, "train.csv", "id,boneage,male\n1,90,True\n2,80,True\n1.0,90,True\n2,81,True\n")
    assert ages(dataset) == {"1": "90"}
    assert "Lines 3 and 5" in problems(dataset)["2"]


def test_a_decimal_comma_is_read_where_it_is_said_and_refused_where_not(tmp_path):
    text = 'id;boneage;male\n1;"90,5";True\n'
    assert ages(opened(tmp_path, "boneage.csv", text, decimal=",")) == {"1": "90.5"}
    assert "decimal sign" in problems(opened(tmp_path, "boneage.csv", text))["1"]


def test_an_id_finds_its_file_in_a_folder_or_beside_the_table(tmp_path):
    dataset = opened(tmp_path, "boneage-training-dataset.csv", "id,boneage,male\n1377,180,False\n1378,12,True\n")
    inside = tmp_path / "boneage-training-dataset" / "boneage-training-dataset" / "1377.png"
    inside.parent.mkdir(parents=True)
    beside = tmp_path / "1378.png"
    for path in (inside, beside):
        path.write_bytes(b"")
    assert [dataset.images.find(item.file) for item in dataset.items()] == [inside.resolve(), beside.resolve()]


def test_a_table_without_images_says_what_was_looked_for(tmp_path):
    with pytest.raises(DatasetError, match="Image ID, Case ID"):
        opened(tmp_path, "boneage.csv", "number,age\n1,2\n")
