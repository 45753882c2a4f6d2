"""The pages ask the apps that own the data, by services and queries, and never the models themselves."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
MANAGER = re.compile(r"\b(objects|_default_manager|_base_manager)\b\.")


def test_no_page_asks_a_model() -> None:
    files = sorted((ROOT / "frontend").rglob("*.py"))
    asking = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in files
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if MANAGER.search(line)
    ]
    assert len(files) > 50 and asking == []
