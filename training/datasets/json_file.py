"""A JSON file that somebody else wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NoReturn

from training.datasets.errors import DatasetError

BYTES_AT_MOST = 256 * 2**20  # it is read whole, at about five times its size in memory


def read_json(path: Path) -> object:
    """What it holds. Raises DatasetError where it is none, or too large to be read at once."""
    size = path.stat().st_size
    if size > BYTES_AT_MOST:
        raise DatasetError(
            f"{path.name} has {size // 2**20} MB, more than {BYTES_AT_MOST // 2**20}. Split it by images and import the parts."
        )
    try:
        content: object = json.loads(path.read_text("utf-8-sig"), parse_constant=_refused)
    except UnicodeDecodeError:
        raise DatasetError(f"{path.name} is not UTF-8 text.") from None
    except json.JSONDecodeError as error:
        raise DatasetError(f"{path.name} is no JSON: line {error.lineno}, {error.msg}.") from None
    except RecursionError:
        raise DatasetError(f"{path.name} is nested too deeply.") from None
    return content


def objects(value: object, what: str) -> list[dict[str, object]]:
    """A list of objects. Raises DatasetError for anything else."""
    if not isinstance(value, list):
        raise DatasetError(f"Its {what} are no list.")
    found: list[dict[str, object]] = []
    for each in value:
        if not isinstance(each, dict):
            raise DatasetError(f"Number {len(found) + 1} of its {what} is no object.")
        found.append(each)
    return found


def text_of(value: object) -> str:
    """A text or a number as text, 3.0 as 3; "" for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _refused(constant: str) -> NoReturn:
    raise DatasetError(f"It holds {constant}, which JSON has no such number for.")
