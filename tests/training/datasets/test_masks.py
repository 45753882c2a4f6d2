import csv

import pytest

from tests.shared import SHARED, needs
from training.datasets.errors import DatasetError
from training.datasets.layouts.masks import Masks
from training.datasets.options import Options, Source


def opened(folder, files, table="", **options):
    for name in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"not a picture: nothing is decoded here")
    source_table = None
    if table:
        source_table = folder / "labels.csv"
        source_table.write_text(table)
    return Masks(Source(folder, Options(**options), table=source_table), {})


def masks(dataset):
    return {item.file: dict(item.masks) for item in dataset.items() if not item.problem}


def problems(dataset):
    return {item.file: item.problem for item in dataset.items() if item.problem}


def test_folders_of_equal_names_make_pairs(tmp_path):
    dataset = opened(tmp_path, ["images/a.jpg", "images/b.jpg", "masks/a.png", "masks/c.png", "images/.DS_Store"])
    assert masks(dataset) == {"images/a.jpg": {"lungs": ("masks/a.png",)}, "images/b.jpg": {}}
    told = " ".join(dataset.notes())
    assert "1 images have no mask: images/b.jpg" in told
    assert "masks/c.png" in told
    assert dataset.questions() == () and dataset.tables == ()


def test_the_structure_can_be_said(tmp_path):
    dataset = opened(tmp_path, ["images/a.jpg", "masks/a.png"], structure="lesion")
    assert masks(dataset) == {"images/a.jpg": {"lesion": ("masks/a.png",)}}


def test_montgomery_has_a_left_and_a_right_half(tmp_path):
    root = "MontgomerySet"
    left = f"{root}/ManualMask/leftMask/MCUCXR_0001_0.png"
    right = f"{root}/ManualMask/rightMask/MCUCXR_0001_0.png"
    lonely = f"{root}/ManualMask/leftMask/MCUCXR_0002_0.png"
    images = [f"{root}/CXR_png/MCUCXR_0001_0.png", f"{root}/CXR_png/MCUCXR_0002_0.png"]
    dataset = opened(tmp_path, [*images, left, right, lonely])
    assert masks(dataset) == {images[0]: {"lungs": (left, right)}}
    assert "only the left mask" in problems(dataset)[images[1]]


def test_shenzhen_masks_have_an_ending_and_lie_elsewhere(tmp_path):
    image = "ChinaSet_AllFiles/CXR_png/CHNCXR_0001_0.png"
    dataset = opened(tmp_path, [image, "mask/mask/CHNCXR_0001_0_mask.png"])
    assert masks(dataset) == {image: {"lungs": ("mask/mask/CHNCXR_0001_0_mask.png",)}}


def test_both_in_a_folder_called_lung_segmentation(tmp_path):
    image = "Lung Segmentation/CXR_png/CHNCXR_0001_0.png"
    mask = "Lung Segmentation/masks/CHNCXR_0001_0_mask.png"
    assert masks(opened(tmp_path, [image, mask])) == {image: {"lungs": (mask,)}}


def test_scr_outlines_five_structures_in_folders(tmp_path):
    folders = ["heart", "left clavicle", "right clavicle", "left lung", "right lung"]
    files = [f"fold1/masks/{folder}/JPCLN001.gif" for folder in folders]
    dataset = opened(tmp_path, ["images/JPCLN001.png", *files])
    assert masks(dataset) == {
        "images/JPCLN001.png": {
            "heart": (files[0],),
            "clavicles": (files[1], files[2]),
            "lungs": (files[3], files[4]),
        }
    }


def test_structures_beside_the_images(tmp_path):
    dataset = opened(tmp_path, ["images/a.png", "heart/a.png", "lungs/a.png"])
    assert masks(dataset) == {"images/a.png": {"heart": ("heart/a.png",), "lungs": ("lungs/a.png",)}}


def test_splits_hold_other_images_of_the_same_name(tmp_path):
    dataset = opened(tmp_path, ["train/images/1.png", "train/masks/1.png", "test/images/1.png", "test/masks/1.png"])
    assert masks(dataset) == {
        "test/images/1.png": {"lungs": ("test/masks/1.png",)},
        "train/images/1.png": {"lungs": ("train/masks/1.png",)},
    }


def test_a_mask_that_may_belong_to_two_images_belongs_to_none(tmp_path):
    dataset = opened(tmp_path, ["a/images/1.png", "b/images/1.png", "masks/1.png", "masks/x.png", "a/images/x.png"])
    assert masks(dataset) == {"a/images/1.png": {}, "a/images/x.png": {"lungs": ("masks/x.png",)}, "b/images/1.png": {}}
    assert "masks/1.png" in " ".join(dataset.notes())


def test_two_masks_of_one_structure_refuse_the_image(tmp_path):
    dataset = opened(tmp_path, ["images/a.png", "masks/a.png", "masks/a_mask.png"])
    assert "several masks" in problems(dataset)["images/a.png"]


def test_a_folder_without_masks_says_what_was_looked_for(tmp_path):
    dataset = opened(tmp_path, ["images/a.png", "images/b.png"])
    with pytest.raises(DatasetError, match="masks/"):
        list(dataset.items())


def test_a_table_names_image_and_mask(tmp_path):
    table = "image,mask,patient\na.png,m/a.png,7\nb.png,,8\nc.png,m/none.png,9\na.png,m/a.png,7\nd.png,m/a.png\n"
    dataset = opened(tmp_path, ["a.png", "b.png", "c.png", "m/a.png"], table, patient_column="patient")
    assert masks(dataset) == {"a.png": {"lungs": ("m/a.png",)}, "b.png": {}}
    assert [item.patient for item in dataset.items()][:2] == ["7", "8"]
    assert "m/none.png" in problems(dataset)["c.png"]
    assert "cells" in problems(dataset)["d.png"]


def test_columns_tell_structures_and_sides(tmp_path):
    table = "image,left_lung_mask,right_lung_mask,heart\na.png,l.png,r.png,h.png\n"
    columns = ("left_lung_mask", "right_lung_mask", "heart")
    dataset = opened(tmp_path, ["a.png", "l.png", "r.png", "h.png"], table, label_columns=columns)
    assert masks(dataset) == {"a.png": {"lungs": ("l.png", "r.png"), "heart": ("h.png",)}}


@pytest.mark.parametrize("table, told", [("name,mask\n", "images"), ("image,label\n", "masks")])
def test_a_table_without_a_column_says_what_was_looked_for(tmp_path, table, told):
    with pytest.raises(DatasetError, match=told):
        opened(tmp_path, [], table)


@needs("data/lung_masks")
def test_the_pack_by_table_and_by_folders():
    folder = SHARED / "data" / "lung_masks"
    with (folder / "labels.csv").open(newline="") as file:
        truth = {row["image"]: row["mask"] for row in csv.DictReader(file)}
    by_table = Masks(Source(folder, table=folder / "labels.csv"), {})
    by_folders = Masks(Source(folder), {})
    expected = {image: {"lungs": (mask,)} for image, mask in truth.items()}
    assert masks(by_table) == expected
    assert masks(by_folders) == expected
