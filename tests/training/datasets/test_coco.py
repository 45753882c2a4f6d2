import json
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.datasets import json_file
from training.datasets.errors import DatasetError
from training.datasets.items import SourceRegion
from training.datasets.layouts.coco import Coco
from training.datasets.options import Options, Source
from training.datasets.translation import Target, Translation

CATEGORIES = [{"id": 1, "name": "Nodule"}, {"id": 2, "name": "Effusion", "supercategory": "chest"}]
BOX = [10.5, 20, 30.0, 40]


def image(number, **more):
    return {"id": number, "file_name": f"{number}.png", "width": 200, "height": 100, **more}


def mark(number, category=1, **more):
    return {"id": 7, "image_id": number, "category_id": category, "bbox": BOX, "iscrowd": 0, **more}


def opened(folder, images, annotations, categories=CATEGORIES, name="instances_train.json", **options):
    path = folder / name
    path.write_text(json.dumps({"info": {}, "images": images, "annotations": annotations, "categories": categories}))
    return Coco(Source(folder, Options(**options)), {})


def answers(dataset):
    translation = Translation(
        dataset.questions(), [Target("nodule", "Nodule", "binary"), Target("effusion", "Effusion", "binary")]
    )
    return {
        item.file: {slug: said.value for slug, said in translation.answers(item).items()}
        for item in dataset.items()
        if not item.problem
    }


def problems(dataset):
    return {item.file: item.problem for item in dataset.items() if item.problem}


def test_an_annotation_says_present_and_nothing_says_absent(tmp_path):
    dataset = opened(tmp_path, [image(1), image(2), image(3)], [mark(1), mark(2, 2), mark(2, 1)])
    assert answers(dataset) == {
        "1.png": {"nodule": "present"},
        "2.png": {"effusion": "present", "nodule": "present"},
        "3.png": {},
    }
    first = next(dataset.items())
    assert first.regions == (SourceRegion("Nodule", "box", ((10.5, 20.0), (40.5, 60.0))),)
    assert (first.number, first.split, first.named, first.complete) == (1, "train", ("Nodule",), False)
    assert "unknown, not absent" in dataset.notes()[0]


def test_who_vouches_for_exhaustive_annotations_gets_absent(tmp_path):
    dataset = opened(tmp_path, [image(1), image(3)], [mark(1), mark(1, 2)], exhaustive=True)
    assert answers(dataset) == {
        "1.png": {"nodule": "present", "effusion": "present"},
        "3.png": {"nodule": "absent", "effusion": "absent"},
    }


def test_a_category_that_nothing_is_annotated_with_is_no_question(tmp_path):
    dataset = opened(tmp_path, [image(1), image(2)], [mark(1)], exhaustive=True)
    assert [question.name for question in dataset.questions()] == ["Nodule"]
    assert answers(dataset) == {"1.png": {"nodule": "present"}, "2.png": {"nodule": "absent"}}
    assert "No annotation is of Effusion." in dataset.notes()


def test_negatives_that_are_declared_are_absent(tmp_path):
    dataset = opened(tmp_path, [image(1, neg_category_ids=[2]), image(2, neg_category_ids=[1])], [mark(1), mark(2, 1)])
    assert answers(dataset) == {"1.png": {"nodule": "present", "effusion": "absent"}}
    assert "declared to be absent" in problems(dataset)["2.png"]


def test_a_category_no_finding_says_absent_of_all(tmp_path):
    categories = [*CATEGORIES, {"id": 3, "name": "No finding"}]
    marks = [mark(1), mark(2, 3, bbox=[0, 0, 1, 1]), mark(3, 3), mark(3, 1)]
    dataset = opened(tmp_path, [image(1), image(2), image(3)], marks, categories)
    items = list(dataset.items())
    assert [question.name for question in dataset.questions()] == ["Nodule"]
    translation = Translation(dataset.questions(), [Target("nodule", "Nodule", "binary")])
    assert translation.answers(items[1])["nodule"].value == "absent"
    assert items[1].regions == ()
    with pytest.raises(DatasetError, match="at once"):
        translation.answers(items[2])


def test_polygons_crowds_run_lengths_and_whole_images(tmp_path):
    outline = [[10, 10, 50, 10, 50, 40], [60, 60, 70, 60, 70, 70, 60, 70]]
    dataset = opened(
        tmp_path,
        [image(1), image(2), image(3), image(4)],
        [
            mark(1, segmentation=outline),
            mark(2, segmentation={"counts": [1, 2], "size": [100, 200]}, iscrowd=1),
            mark(3, bbox=[], segmentation=[]),
            {"image_id": 4, "category_id": 2},
        ],
    )
    regions = [item.regions for item in dataset.items()]
    assert [region.kind for region in regions[0]] == ["polygon", "polygon"]
    assert regions[0][0].points == ((10, 10), (50, 10), (50, 40))
    assert [region.kind for region in regions[1]] == ["box"]
    assert regions[2] == regions[3] == ()
    assert answers(dataset)["4.png"] == {"effusion": "present"}


@pytest.mark.parametrize(
    "change, told",
    [
        ({"bbox": [1, 2, 3]}, "x, y, width, height"),
        ({"bbox": [1, 2, 0, 4]}, "no area"),
        ({"bbox": [1, 2, -3, 4]}, "no area"),
        ({"bbox": ["1", 2, 3, 4]}, "no number"),
        ({"bbox": {"x": 1}}, "no list of numbers"),
        ({"bbox": [1e400, 2, 3, 4]}, "finite"),
        ({"bbox": [150, 20, 100, 10]}, "outside its image"),
        ({"segmentation": [[1, 2, 3]]}, "odd number"),
        ({"segmentation": [[1, 2, 3, 4]]}, "fewer than three"),
        ({"segmentation": [[1, 2, 3, 4, 500, 6]]}, "outside its image"),
        ({"segmentation": {"counts": "abc"}, "bbox": None}, "run-length"),
        ({"category_id": 9}, "category '9'"),
        ({"score": 0.9}, "a model's"),
    ],
)
def test_an_annotation_that_is_not_understood_refuses_its_image_only(tmp_path, change, told):
    text = json.dumps([{**mark(1), **change}]).replace("Infinity", "1e400")
    path = tmp_path / "instances.json"
    rest = json.dumps({"images": [image(1), image(2)], "categories": CATEGORIES})
    path.write_text(rest[:-1] + f', "annotations": {text[:-1]}, {json.dumps(mark(2))}]}}')
    dataset = Coco(Source(tmp_path), {})
    assert told in problems(dataset)["1.png"]
    assert list(answers(dataset)) == ["2.png"]


def test_rounding_beyond_the_border_is_cut_off(tmp_path):
    dataset = opened(tmp_path, [image(1)], [mark(1, bbox=[-0.4, 20, 201.2, 10])])
    assert next(dataset.items()).regions[0].points == ((0.0, 20.0), (200.0, 30.0))


def test_ids_may_be_texts_and_annotations_of_no_image_are_told(tmp_path):
    images = [{"id": "a", "file_name": "x/a.png"}, {"id": 2, "file_name": "x/b.png"}]
    dataset = opened(tmp_path, images, [mark("a"), mark("2", 2), mark("zzz"), {"category_id": 1}])
    assert answers(dataset) == {"x/a.png": {"nodule": "present"}, "x/b.png": {"effusion": "present"}}
    assert any(note.startswith("2 annotations are about no image") for note in dataset.notes())


def test_two_images_of_one_id_are_both_refused(tmp_path):
    dataset = opened(tmp_path, [image(1), image(1, file_name="other.png"), image(2)], [mark(1), mark(2)])
    assert list(problems(dataset)) == ["1.png", "other.png"]


def test_one_file_with_two_ids_is_one_image(tmp_path):
    twins = [image(1, file_name="a.png"), image(2, file_name="a.png"), image(3), image(4, file_name="3.png", width=5)]
    dataset = opened(tmp_path, twins, [mark(1), mark(2, 2)])
    assert answers(dataset) == {"a.png": {"nodule": "present", "effusion": "present"}}
    assert "different sizes" in problems(dataset)["3.png"]


def test_an_image_without_a_name_is_refused(tmp_path):
    dataset = opened(tmp_path, [{"id": 1}, {"id": 2}], [mark(1)])
    assert ["file_name" in item.problem for item in dataset.items()] == [True, True]


def test_roboflow_has_one_file_a_split(tmp_path):
    for split in ("train", "valid"):
        (tmp_path / split).mkdir()
        opened(tmp_path / split, [image(1)], [mark(1)], name="_annotations.coco.json")
    with pytest.raises(DatasetError, match=r"train/_annotations\.coco\.json, valid/"):
        Coco(Source(tmp_path), {})
    dataset = Coco(Source(tmp_path, table=tmp_path / "valid" / "_annotations.coco.json"), {})
    assert next(dataset.items()).split == "validation"


@pytest.mark.parametrize(
    "text, told",
    [
        ("[]", "model's results"),
        ("{}", "no images"),
        ('{"images": [], "annotations": []}', "no categories"),
        ('{"images": {}, "annotations": [], "categories": []}', "no list"),
        ('{"images": [1], "annotations": [], "categories": []}', "no object"),
        ('{"images": [], "annotations": [], "categories": [{"id": 1}]}', "no name"),
        (
            '{"images": [], "annotations": [], "categories": [{"id": 1, "name": "a"}, {"id": 1, "name": "b"}]}',
            "'a' and for 'b'",
        ),
        ("{nonsense", "no JSON: line 1"),
        ('{"images": [NaN]}', "NaN"),
        ("[" * 100_000, "nested"),
    ],
)
def test_a_file_that_is_not_in_the_form_says_why(tmp_path, text, told):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(DatasetError, match=told):
        Coco(Source(tmp_path), {})


def test_a_file_too_large_to_be_read_at_once_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(json_file, "BYTES_AT_MOST", 10)
    with pytest.raises(DatasetError, match="Split it"):
        opened(tmp_path, [image(1)], [])


def test_a_file_that_is_not_utf_8_says_so(tmp_path):
    (tmp_path / "x.json").write_bytes(b'{"images": "\xff"}')
    with pytest.raises(DatasetError, match="UTF-8"):
        Coco(Source(tmp_path), {})


MARKS = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3)), max_size=6)


@given(MARKS)
def test_every_answer_is_annotated_and_every_annotation_of_a_good_image_is_an_answer(marks):
    with TemporaryDirectory() as name:
        images = [image(1), image(2), image(3)]
        dataset = opened(Path(name), images, [mark(number, category) for number, category in marks])
        said = answers(dataset)
    names = {1: "nodule", 2: "effusion"}
    for number in (1, 2, 3):
        of_image = {category for each, category in marks if each == number}
        if 3 in of_image:
            assert f"{number}.png" not in said
        else:
            assert said[f"{number}.png"] == {names[category]: "present" for category in of_image}
