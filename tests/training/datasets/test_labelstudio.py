import json

import pytest

from training.datasets.errors import DatasetError
from training.datasets.items import SourceRegion
from training.datasets.label_studio_file import addresses_of
from training.datasets.layouts.labelstudio import LabelStudio
from training.datasets.options import Options, Source
from training.datasets.translation import Target, Translation


def result(control, kind, value, number="r1", **more):
    return {
        "id": number,
        "from_name": control,
        "to_name": "image",
        "type": kind,
        "value": value,
        "origin": "manual",
        "original_width": 200,
        "original_height": 100,
        "image_rotation": 0,
        **more,
    }


def ticked(*choices, control="finding", number="c1", **more):
    return result(control, "choices", {"choices": list(choices)}, number, **more)


def drawn(label="Nodule", number="r1", rotation=0, **more):
    corner = {"x": 10, "y": 10, "width": 20, "height": 20, "rotation": rotation}
    return result("bbox", "rectanglelabels", {**corner, "rectanglelabels": [label]}, number, **more)


def annotation(*results, by=3, **more):
    return {"id": 5, "completed_by": by, "was_cancelled": False, "ground_truth": False, "result": list(results), **more}


def task(number, *annotations, image=None, **more):
    data = {"image": image or f"{number}.png"}
    return {"id": number, "data": data, "annotations": list(annotations), "drafts": [], "predictions": [], **more}


def opened(folder, *tasks, **options):
    (folder / "export.json").write_text(json.dumps(tasks))
    return LabelStudio(Source(folder, Options(**options)), {})


def answers(dataset):
    questions = dataset.questions()
    targets = [Target(question.name.lower(), question.name, question.kind, question.options) for question in questions]
    translation = Translation(questions, targets)
    return {
        item.file: {slug: said.value for slug, said in translation.answers(item).items()}
        for item in dataset.items()
        if not item.problem
    }


def problems(dataset):
    return {item.file: item.problem for item in dataset.items() if item.problem}


def test_a_tick_is_present_and_no_tick_is_unknown(tmp_path):
    dataset = opened(
        tmp_path,
        task(1, annotation(ticked("Effusion", "Edema"))),
        task(2, annotation(ticked("Edema"))),
        task(3, annotation()),
        task(4),
        task(5, annotation(ticked("Normal"))),
    )
    assert answers(dataset) == {
        "1.png": {"effusion": "present", "edema": "present"},
        "2.png": {"edema": "present"},
        "3.png": {},
        "4.png": {},
        "5.png": {"effusion": "absent", "edema": "absent"},
    }


def test_who_vouches_for_exhaustive_annotations_gets_absent_where_somebody_looked(tmp_path):
    dataset = opened(
        tmp_path,
        task(1, annotation(ticked("Effusion", "Edema"))),
        task(2, annotation(drawn())),
        task(3, annotation()),
        task(4),
        task(5, annotation(drawn()), annotation(by=4)),
        exhaustive=True,
    )
    assert answers(dataset) == {
        "1.png": {"effusion": "present", "edema": "present", "nodule": "absent"},
        "2.png": {"effusion": "absent", "edema": "absent", "nodule": "present"},
        "3.png": {"effusion": "absent", "edema": "absent", "nodule": "absent"},
        "4.png": {},
    }
    assert "different findings" in problems(dataset)["5.png"]


def test_yes_and_no_answer_the_controls_own_name_and_single_choices_are_options(tmp_path):
    dataset = opened(
        tmp_path,
        task(1, annotation(ticked("Yes", control="Pneumonia"), ticked("good", control="Quality", number="q"))),
        task(2, annotation(ticked("No", control="Pneumonia"), ticked("bad", control="Quality", number="q"))),
    )
    assert answers(dataset) == {
        "1.png": {"pneumonia": "present", "quality": "good"},
        "2.png": {"pneumonia": "absent", "quality": "bad"},
    }


def test_numbers_are_measured_and_ratings_are_options(tmp_path):
    dataset = opened(
        tmp_path,
        *(
            task(n, annotation(result("Age", "number", {"number": n}), result("Stars", "rating", {"rating": n}, "s")))
            for n in (1, 2, 3)
        ),
        task(4, annotation(result("Age", "number", {"number": 5.5}))),
    )
    assert {question.name: question.kind for question in dataset.questions()} == {
        "Age": "measurement",
        "Stars": "categorical",
    }
    assert answers(dataset)["3.png"] == {"age": "3", "stars": "3"}
    assert answers(dataset)["4.png"] == {"age": "5.5"}


def test_a_rectangle_is_a_box_in_pixels_and_a_turned_one_a_polygon(tmp_path):
    dataset = opened(tmp_path, task(1, annotation(drawn())), task(2, annotation(drawn(rotation=30))))
    straight, turned = (item.regions[0] for item in dataset.items())
    assert straight == SourceRegion("Nodule", "box", ((20, 10), (60, 30)), "annotator 3")
    # As label-studio-sdk 2.1.2 turns it.
    expected = [(20, 10), (54.641016, 30), (44.641016, 47.320508), (10, 27.320508)]
    assert turned.kind == "polygon"
    assert [pytest.approx(point, abs=1e-5) for point in expected] == list(turned.points)
    assert answers(dataset) == {"1.png": {"nodule": "present"}, "2.png": {"nodule": "present"}}


def test_a_polygon_is_scaled_and_a_brush_is_present_without_a_region(tmp_path):
    points = {"points": [[10, 10], [20, 10], [20, 30]], "closed": True, "polygonlabels": ["Mass"]}
    brush = {"format": "rle", "rle": [1, 2], "brushlabels": ["Edema"]}
    dataset = opened(
        tmp_path, task(1, annotation(result("p", "polygonlabels", points), result("b", "brushlabels", brush, "b")))
    )
    (item,) = dataset.items()
    assert item.regions == (SourceRegion("Mass", "polygon", ((20, 10), (40, 10), (40, 30)), "annotator 3"),)
    assert answers(dataset) == {"1.png": {"mass": "present", "edema": "present"}}


def test_predictions_drafts_and_cancelled_annotations_say_nothing(tmp_path):
    dataset = opened(
        tmp_path,
        task(
            1,
            annotation(drawn(), was_cancelled=True),
            predictions=[{"result": [drawn("Mass")]}],
            drafts=[annotation(drawn())],
        ),
        task(2, annotation(ticked("Edema", "Nodule"))),
    )
    assert answers(dataset)["1.png"] == {}
    assert [question.name for question in dataset.questions()] == ["Edema", "Nodule"]


def test_an_answer_about_a_region_is_not_about_the_image(tmp_path):
    placed = {"x": 1, "y": 1, "width": 5, "height": 5, "choices": ["Malignant"]}
    dataset = opened(
        tmp_path,
        task(1, annotation(drawn(), ticked("Benign", control="kind", number="r1"))),
        task(2, annotation(result("kind", "choices", placed, "z"))),
    )
    assert answers(dataset) == {"1.png": {"nodule": "present"}, "2.png": {}}
    assert "Not read: 2 × answers about a region." in dataset.notes()


def test_annotators_who_differ_refuse_the_image_unless_a_ground_truth_is_marked(tmp_path):
    first, second = annotation(ticked("Edema", "Mass")), annotation(ticked("Mass"), by=4)
    dataset = opened(
        tmp_path,
        task(1, first, second),
        task(2, first, annotation(ticked("Mass", "Edema"), by=4)),
        task(3, first, {**second, "ground_truth": True}),
        task(4, first, annotation(by=4)),
    )
    assert answers(dataset) == {
        "2.png": {"edema": "present", "mass": "present"},
        "3.png": {"mass": "present"},
        "4.png": {"edema": "present", "mass": "present"},
    }
    assert "differ in 'finding'" in problems(dataset)["1.png"]


def test_older_exports_speak_of_completions_and_honeypots(tmp_path):
    old = {"id": 1, "data": {"image": "1.png"}}
    first = {"result": [ticked("Edema", "Mass")]}
    second = {"result": [ticked("Mass")], "honeypot": True}
    skipped = {"result": [ticked("Edema")], "skipped": True}
    dataset = opened(tmp_path, {**old, "completions": [first, second, skipped]})
    assert answers(dataset) == {"1.png": {"mass": "present"}}


def test_boxes_of_several_annotators_all_stand_with_their_reader(tmp_path):
    who = {"id": 9, "email": "name@hospital.example", "first_name": "N"}
    dataset = opened(
        tmp_path, task(1, annotation(drawn()), annotation(drawn("Mass"), by=who), annotation(drawn(), by="x@y.z"))
    )
    (item,) = dataset.items()
    assert [(region.name, region.reader) for region in item.regions] == [
        ("Nodule", "annotator 3"),
        ("Mass", "annotator 9"),
        ("Nodule", ""),
    ]


def test_a_no_against_a_box_refuses_the_image(tmp_path):
    dataset = opened(
        tmp_path,
        task(1, annotation(drawn(), ticked("no", control="Nodule"))),
        task(2, annotation(drawn(), ticked("yes", control="Nodule"))),
    )
    assert "says no" in problems(dataset)["1.png"]
    assert answers(dataset) == {"2.png": {"nodule": "present"}}


@pytest.mark.parametrize(
    "wrong, told",
    [
        (drawn(original_width=None), "no number"),
        (drawn(original_width=0), "without a size"),
        (drawn(image_rotation=90), "turned"),
        (drawn(label=""), "without a name"),
        (drawn(rotation="x"), "no number"),
        (ticked(""), "no text"),
        (ticked("A", control=""), "no control"),
        (result("finding", "choices", {"choices": "A"}), "no list"),
        (result("p", "polygonlabels", {"points": [[1]], "polygonlabels": ["A"]}), "not x, y"),
        (result("p", "polygonlabels", {"polygonlabels": ["A"], "points": [[1, 1], [2, 2]]}), "fewer than three"),
        (
            result("b", "rectanglelabels", {"x": 90, "y": 1, "width": 50, "height": 5, "rectanglelabels": ["A"]}),
            "outside",
        ),
    ],
)
def test_a_result_that_is_not_understood_refuses_its_image_only(tmp_path, wrong, told):
    dataset = opened(tmp_path, task(1, annotation(wrong)), task(2, annotation(drawn())))
    assert told in problems(dataset)["1.png"]
    assert list(answers(dataset)) == ["2.png"]


def test_what_began_as_a_prediction_is_told(tmp_path):
    dataset = opened(tmp_path, task(1, annotation(drawn(origin="prediction-changed"))))
    assert any("had seen the model" in note for note in dataset.notes())


def test_controls_may_be_chosen(tmp_path):
    both = annotation(drawn(), ticked("Edema", "Mass"))
    dataset = opened(tmp_path, task(1, both), label_columns=("bbox",))
    assert answers(dataset) == {"1.png": {"nodule": "present"}}


@pytest.mark.parametrize(
    "address, names",
    [
        ("a/b.png", ["a/b.png", "b.png"]),
        ("/data/local-files/?d=set%20one/b.png", ["set one/b.png", "b.png"]),
        (
            "/data/upload/1/0a1b2c3d-b.png",
            ["data/upload/1/0a1b2c3d-b.png", "upload/1/0a1b2c3d-b.png", "1/0a1b2c3d-b.png"],
        ),
        ("https://host/x/b%20c.png?token=1", ["x/b c.png", "b c.png"]),
        ("s3://bucket/x/b.png", ["x/b.png", "b.png"]),
        ("C:\\x\\b#1.png", ["C:/x/b#1.png", "x/b#1.png", "b#1.png"]),
    ],
)
def test_the_names_that_an_address_may_have_below_the_folder(address, names):
    assert addresses_of(address)[: len(names)] == names


def test_an_uploaded_file_is_found_by_its_own_name(tmp_path):
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "b.png").write_bytes(b"")
    dataset = opened(tmp_path, task(1, annotation(drawn()), image="/data/upload/1/0a1b2c3d-b.png"))
    assert [item.file for item in dataset.items()] == ["images/b.png"]


def test_two_images_that_only_one_file_is_left_of_are_refused(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "1.png").write_bytes(b"")
    tasks = [task(number, annotation(drawn()), image=f"{folder}/1.png") for number, folder in enumerate("ab")]
    dataset = opened(tmp_path, *tasks)
    assert "nothing says whose" in problems(dataset)["a/1.png"]
    assert len(list(dataset.items())) == 1


def test_no_address_leads_out_of_the_folder(tmp_path):
    folder = tmp_path / "set"
    folder.mkdir()
    (tmp_path / "secret.png").write_bytes(b"")
    dataset = opened(folder, task(1, annotation(drawn()), image="/data/local-files/?d=../secret.png"))
    (item,) = dataset.items()
    with pytest.raises(DatasetError):
        dataset.images.find(item.file)


def min_records():
    """As label-studio-sdk 2.1.2 writes them: one tick is a bare text, two are an object; an annotation that says nothing, and a
    task without one, are records."""
    last = {"created_at": "1", "updated_at": "1", "lead_time": 1}
    box = {"x": 10, "y": 10, "width": 20, "height": 20, "rotation": 0, "rectanglelabels": ["Nodule"]}
    size = {"original_width": 200, "original_height": 100}
    two = {"choices": ["Effusion", "Edema"], **size}
    age = [{"number": 5, **size}]
    return [
        {"image": "1.png", "ward": "A3", "id": 1, "bbox": [{**box, **size}], "finding": two, "age": age, "note": "seen"}
        | {"annotator": "a@b.example", "annotation_id": 5}
        | last,
        {"image": "2.png", "ward": "A4", "id": 2, "annotator": 4, "annotation_id": 7, **last},
        {"image": "3.png", "ward": "A4", "id": 3, "finding": "Effusion", "annotator": 4, "annotation_id": 8, **last},
        {"image": "3.png", "ward": "A4", "id": 3, "finding": "Edema", "annotator": 5, "annotation_id": 9, **last},
        {"image": "4.png", "ward": "A4", "id": 4, "annotator": None, "annotation_id": None},
    ]


def test_json_min_is_read_as_json_is(tmp_path):
    dataset = opened(tmp_path, *min_records())
    assert answers(dataset) == {
        "1.png": {"effusion": "present", "edema": "present", "nodule": "present", "age": "5"},
        "2.png": {},
        "4.png": {},
    }
    assert "differ" in problems(dataset)["3.png"]
    first = next(dataset.items())
    assert first.regions == (SourceRegion("Nodule", "box", ((20, 10), (60, 30)), ""),)


def test_json_min_with_nothing_but_texts_asks_which_are_labels(tmp_path):
    records = [{"image": "1.png", "ward": "A3", "finding": "Edema", "annotation_id": 1}]
    with pytest.raises(DatasetError, match="JSON-MIN"):
        opened(tmp_path, *records)
    more = {"image": "2.png", "ward": "A3", "finding": "Mass", "annotation_id": 2}
    dataset = opened(tmp_path, *records, more, label_columns=("finding",))
    assert answers(dataset) == {"1.png": {"finding": "Edema"}, "2.png": {"finding": "Mass"}}


def test_a_task_without_an_image_or_with_two_is_refused(tmp_path):
    tasks = [{"id": 1, "data": {"text": "hello"}}, {"id": 2, "data": {"a": "a.png", "b": "b.png"}}]
    dataset = opened(tmp_path, *tasks, task(3, annotation(drawn())))
    assert ["image" in item.problem for item in dataset.items()] == [True, True, False]
    dataset = opened(tmp_path, tasks[1], image_column="b")
    assert [item.file for item in dataset.items()] == ["b.png"]


def test_a_file_that_is_no_export_says_so(tmp_path):
    (tmp_path / "export.json").write_text('{"a": 1}')
    with pytest.raises(DatasetError, match="no list of tasks"):
        LabelStudio(Source(tmp_path), {})
