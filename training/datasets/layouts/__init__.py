"""The layouts by name: one file each, which holds one class with the methods of `Dataset`."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from training.datasets.items import ColumnKind, Dataset
from training.datasets.layouts.boneage import BoneAge
from training.datasets.layouts.chexpert import Chexpert
from training.datasets.layouts.coco import Coco
from training.datasets.layouts.folders import Folders
from training.datasets.layouts.isic import Isic
from training.datasets.layouts.labelstudio import LabelStudio
from training.datasets.layouts.masks import Masks
from training.datasets.layouts.nih import Nih
from training.datasets.layouts.overread import Overread
from training.datasets.layouts.padchest import Padchest
from training.datasets.layouts.table import Table
from training.datasets.layouts.vindr import Vindr
from training.datasets.options import Source

Layout = Callable[[Source, Mapping[str, ColumnKind]], Dataset]
"""Opens a data set. The mapping holds the kind of each finding of the project, by `plain` of every name it goes by. Raises
DatasetError where what the layout needs is not there.
"""

LAYOUTS: dict[str, Layout] = {
    "boneage": BoneAge,
    "chexpert": Chexpert,
    "coco": Coco,
    "folders": Folders,
    "isic": Isic,
    "labelstudio": LabelStudio,
    "masks": Masks,
    "nih": Nih,
    "overread": Overread,
    "padchest": Padchest,
    "table": Table,
    "vindr": Vindr,
}
