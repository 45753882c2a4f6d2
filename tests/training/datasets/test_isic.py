from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.shared import SHARED, needs
from training.datasets.errors import DatasetError
from training.datasets.items import Facts
from training.datasets.layouts.isic import Isic
from training.datasets.options import Options, Source
from training.datasets.translation import Target, Translation

OF_2020 = "image_name,patient_id,sex,age_approx,anatom_site_general_challenge,diagnosis,benign_malignant,target\n"
OF_2019 = "image,MEL,NV,BCC,AK,BKL,DF,VASC,SCC,UNK\n"
HAM = "lesion_id,image_id,dx,dx_type,age,sex,localization\n"


def opened(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return Isic(Source(folder), {})


def answers(dataset):
    """Image → finding → value; images that are refused are left out."""
    questions = dataset.questions()
    targets = [Target(q.name.lower(), q.name, q.kind, q.options) for q in questions]
    translation = Translation(questions, targets)
    return {
        item.file: {slug: said.value for slug, said in translation.answers(item).items()}
        for item in dataset.items()
        if not item.problem
    }


def problems(dataset):
    return {item.file: item.problem for item in dataset.items() if item.problem}


def test_2020_tells_melanoma_diagnosis_and_person(tmp_path):
    dataset = opened(
        tmp_path,
        train=OF_2020
        + "ISIC_1,IP_1,male,45.0,head/neck,unknown,benign,0\n"
        + "ISIC_2,IP_1,female,50,,melanoma,malignant,1\n"
        + "ISIC_3,IP_2,,,torso,nevus,benign,0\n",
    )
    items = list(dataset.items())
    assert [item.patient for item in items] == ["IP_1", "IP_1", "IP_2"]
    assert items[0].facts == Facts(sex="M", age_years=45.0, body_part="head/neck")
    assert items[2].facts == Facts(body_part="torso")
    assert {item.split for item in items} == {"train"}
    assert [item.lines for item in items] == [(2,), (3,), (4,)]
    assert answers(dataset) == {
        "ISIC_1": {"melanoma": "absent"},
        "ISIC_2": {"melanoma": "present", "diagnosis": "melanoma"},
        "ISIC_3": {"melanoma": "absent", "diagnosis": "nevus"},
    }


def test_2020_a_row_that_contradicts_itself_is_refused(tmp_path):
    dataset = opened(
        tmp_path,
        train=OF_2020
        + "ISIC_1,IP_1,male,45,torso,melanoma,malignant,0\n"
        + "ISIC_2,IP_1,male,45,torso,unknown,benign,1\n"
        + "ISIC_3,IP_1,male,45,torso,unknown,benign,2\n",
    )
    assert answers(dataset) == {}
    told = problems(dataset)
    assert "contradict" in told["ISIC_1"] and "contradict" in told["ISIC_2"]
    assert "neither 0 nor 1" in told["ISIC_3"]
    assert "IP_1" not in "".join(told.values())


def test_2020_copies_of_one_patient_are_told_and_those_of_two_are_refused(tmp_path):
    dataset = opened(
        tmp_path,
        ISIC_2020_Training_GroundTruth=OF_2020
        + "ISIC_1,IP_1,male,45,torso,unknown,benign,0\n"
        + "ISIC_2,IP_1,male,45,torso,unknown,benign,0\n"
        + "ISIC_3,IP_2,male,45,torso,unknown,benign,0\n"
        + "ISIC_4,IP_3,male,45,torso,unknown,benign,0\n",
        ISIC_2020_Training_Duplicates="image_name_1,image_name_2\nISIC_1,ISIC_2\nISIC_3,ISIC_4\n",
    )
    assert list(problems(dataset)) == ["ISIC_4"]
    assert dataset.notes()[0].startswith("2 pairs")
    assert [path.name[:28] for path in dataset.tables] == [
        "ISIC_2020_Training_GroundTru",
        "ISIC_2020_Training_Duplicate",
    ]


def test_2019_joins_its_metadata(tmp_path):
    dataset = opened(
        tmp_path,
        ISIC_2019_Training_GroundTruth=OF_2019
        + "ISIC_1,0,1,0,0,0,0,0,0,0\n"
        + "ISIC_2_downsampled,1.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,0.0\n"
        + "ISIC_3,0,0,0,0,0,0,0,0,1\n",
        ISIC_2019_Training_Metadata="image,age_approx,anatom_site_general,lesion_id,sex\n"
        "ISIC_2_downsampled,30.0,anterior torso,BCN_7,female\nISIC_1,,,,\nISIC_9,30,,,\n",
    )
    items = {item.file: item for item in dataset.items()}
    assert list(items) == ["ISIC_1", "ISIC_2_downsampled", "ISIC_3"]
    assert items["ISIC_2_downsampled"].facts == Facts(sex="F", age_years=30.0, body_part="anterior torso")
    assert items["ISIC_2_downsampled"].patient == "BCN_7"
    assert items["ISIC_2_downsampled"].lines == (3,)
    assert items["ISIC_1"].facts == Facts()
    assert answers(dataset) == {
        "ISIC_1": {"melanoma": "absent", "diagnosis": "nevus"},
        "ISIC_2_downsampled": {"melanoma": "present", "diagnosis": "melanoma"},
        "ISIC_3": {},
    }


def test_2019_a_row_that_marks_no_class_or_two_is_refused(tmp_path):
    dataset = opened(
        tmp_path,
        ISIC_2019_Training_GroundTruth=OF_2019
        + "ISIC_1,0,0,0,0,0,0,0,0,0\n"
        + "ISIC_2,1,1,0,0,0,0,0,0,0\n"
        + "ISIC_3,0,0.7,0,0,0,0,0,0,0\n"
        + "ISIC_4,0,1,0,0,0,0,0,0\n"
        + "ISIC_5,0,1,0,0,0,0,0,0,\n",
    )
    assert list(problems(dataset)) == ["ISIC_1", "ISIC_2", "ISIC_3", "ISIC_4", "ISIC_5"]


def test_a_row_twice_is_one_image_and_two_that_differ_are_none(tmp_path):
    dataset = opened(
        tmp_path,
        ISIC_2019_Training_GroundTruth=OF_2019
        + "ISIC_1,0,1,0,0,0,0,0,0,0\n"
        + "ISIC_2,0,1,0,0,0,0,0,0,0\n"
        + "ISIC_1,0,1,0,0,0,0,0,0,0\n"
        + "ISIC_2,1,0,0,0,0,0,0,0,0\n",
    )
    assert [item.lines for item in dataset.items()] == [(2, 4), (3, 5)]
    assert "Lines 3 and 5" in problems(dataset)["ISIC_2"]


def test_2018_takes_lesions_from_its_groupings(tmp_path):
    dataset = opened(
        tmp_path,
        ISIC2018_Task3_Training_GroundTruth="image,MEL,NV,BCC,AKIEC,BKL,DF,VASC\nISIC_1,0.0,1.0,0.0,0.0,0.0,0.0,0.0\n",
        ISIC2018_Task3_Training_LesionGroupings="image,lesion_id,diagnosis_confirm_type\nISIC_1,HAM_1,histopathology\n",
    )
    (item,) = dataset.items()
    assert item.patient == "HAM_1"


def test_2017_with_neither_column_is_a_nevus(tmp_path):
    name = "ISIC-2017_Training_Part3_GroundTruth"
    rows = "image_id,melanoma,seborrheic_keratosis\nISIC_1,0.0,0.0\nISIC_2,1.0,0.0\nISIC_3,0.0,1.0\nISIC_4,,0.0\n"
    dataset = opened(tmp_path, **{name: rows})
    assert answers(dataset) == {
        "ISIC_1": {"melanoma": "absent", "diagnosis": "nevus"},
        "ISIC_2": {"melanoma": "present", "diagnosis": "melanoma"},
        "ISIC_3": {"melanoma": "absent", "diagnosis": "seborrheic keratosis"},
    }
    assert list(problems(dataset)) == ["ISIC_4"]


@pytest.mark.parametrize("header", ["", "img_id,Label\n", "image_id,benign_malignant\n"])
def test_2016_with_and_without_a_header(tmp_path, header):
    text = header + "ISIC_0000000,benign\nISIC_0000002,malignant\n"
    (tmp_path / "ISBI2016_ISIC_Part3_Training_GroundTruth.csv").write_text(text)
    dataset = Isic(Source(tmp_path), {})
    assert [question.name for question in dataset.questions()] == ["Melanoma"]
    assert answers(dataset) == {"ISIC_0000000": {"melanoma": "absent"}, "ISIC_0000002": {"melanoma": "present"}}


def test_ham10000_counts_a_lesion_as_a_patient(tmp_path):
    dataset = opened(
        tmp_path,
        HAM10000_metadata=HAM
        + "HAM_1,ISIC_1,bkl,histo,80.0,male,scalp\n"
        + "HAM_1,ISIC_2,bkl,histo,80.0,male,scalp\n"
        + "HAM_2,ISIC_3,mel,histo,0.0,unknown,unknown\n"
        + "HAM_3,ISIC_4,odd,histo,,female,back\n",
    )
    items = list(dataset.items())
    assert [item.patient for item in items[:3]] == ["HAM_1", "HAM_1", "HAM_2"]
    assert items[2].facts == Facts()
    assert answers(dataset) == {
        "ISIC_1": {"melanoma": "absent", "diagnosis": "benign keratosis"},
        "ISIC_2": {"melanoma": "absent", "diagnosis": "benign keratosis"},
        "ISIC_3": {"melanoma": "present", "diagnosis": "melanoma"},
    }
    assert "'odd'" in problems(dataset)["ISIC_4"]
    assert "lesion" in dataset.notes()[0]


def test_a_malignant_lesion_without_a_diagnosis_is_not_taken_for_a_melanoma(tmp_path):
    table = tmp_path / "metadata.csv"
    table.write_text(
        "isic_id,diagnosis,benign_malignant\nISIC_1,,malignant\nISIC_2,,benign\nISIC_3,basal cell carcinoma,malignant\n"
    )
    dataset = Isic(Source(tmp_path, table=table), {})
    assert answers(dataset) == {
        "ISIC_1": {},
        "ISIC_2": {"melanoma": "absent"},
        "ISIC_3": {"melanoma": "absent", "diagnosis": "basal cell carcinoma"},
    }


def test_ids_find_files_with_a_suffix_in_folders(tmp_path):
    image = tmp_path / "HAM10000_images_part_2" / "ISIC_1.jpg"
    image.parent.mkdir()
    image.write_bytes(b"")
    dataset = opened(tmp_path, HAM10000_metadata=HAM + "HAM_1,ISIC_1,nv,histo,80,male,back\n")
    (item,) = dataset.items()
    assert dataset.images.find(item.file) == image.resolve()


@pytest.mark.parametrize(
    "header, told",
    [("name,MEL,NV,BCC\n", "column of images"), ("image,sex\n", "column of a diagnosis")],
)
def test_a_table_without_what_is_needed_says_so(tmp_path, header, told):
    with pytest.raises(DatasetError, match=told):
        opened(tmp_path, train=header)


def test_a_folder_without_a_table_says_what_was_looked_for(tmp_path):
    with pytest.raises(DatasetError, match="ground truth"):
        Isic(Source(tmp_path), {})


@needs("data/dermoscopy")
def test_the_pack_of_the_archive():
    folder = SHARED / "data" / "dermoscopy"
    dataset = Isic(Source(folder, Options(), table=folder / "labels.csv"), {})
    said = answers(dataset)
    assert len(said) == 250
    assert sum(each["melanoma"] == "present" for each in said.values()) == 132
    assert all(dataset.images.find(item.file) for item in dataset.items())


CELL = st.sampled_from(["0", "1", "0.0", "1.0", "", "2", "x"])


@given(st.lists(st.lists(CELL, min_size=9, max_size=9), min_size=1, max_size=4))
def test_no_row_of_2019_gives_an_answer_that_it_does_not_state(rows):
    with TemporaryDirectory() as name:
        lines = [f"ISIC_{number}," + ",".join(row) for number, row in enumerate(rows)]
        dataset = opened(Path(name), ISIC_2019_Training_GroundTruth=OF_2019 + "\n".join(lines) + "\n")
        said = answers(dataset)
    for number, row in enumerate(rows):
        given_ = said.get(f"ISIC_{number}", {})
        marked = [column for column, cell in enumerate(row) if cell in ("1", "1.0")]
        if given_:
            assert all(cell in ("0", "1", "0.0", "1.0") for cell in row) and len(marked) == 1
            assert given_["melanoma"] == ("present" if marked == [0] else "absent")
