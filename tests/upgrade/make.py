"""`python -m tests.upgrade.make` makes the older build's database and its answers anew: older.json and answers.json."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.bench.builds import BEFORE, build, environment_of
from tests.upgrade.rows import packed
from tests.upgrade.upgrade import KEYS

HERE = Path(__file__).parent
STORED_WORDS = 6  # letters of a stored text that is looked for on the pages


def main() -> None:
    with build(BEFORE) as root, tempfile.TemporaryDirectory(prefix="overread-older-") as data:
        run = _Run(root, Path(data))
        run("-m", "django", "migrate", "-v0")
        questions = run(str(HERE / "older.py"), "fill")
        older = json.loads(run(str(HERE / "older.py"), "rows"))
        answers = json.loads(run(str(HERE / "older.py"), "answers", told=questions))
    kept = {"build": BEFORE, **older, "rows": packed(older["rows"])}
    (HERE / "older.json").write_text(_lines(kept))
    (HERE / "answers.json").write_text(
        _lines({asked: _shortened(answer, older["rows"]) for asked, answer in answers.items()})
    )


class _Run:
    """Runs Python in the older build; what it prints comes back."""

    def __init__(self, root: Path, data: Path) -> None:
        foreign = ("DATABASE_URL", "REDIS_URL", "S3_BUCKET")
        known = {name: value for name, value in os.environ.items() if name not in foreign}
        self.root = root
        self.env = known | environment_of(root) | KEYS | {"OVERREAD_DATA": str(data)}

    def __call__(self, *words: str, told: str = "") -> str:
        done = subprocess.run(
            [sys.executable, *words],
            cwd=self.root,
            env=self.env,
            input=told,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout


def _shortened(answer: dict[str, Any], rows: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Of a page, what it shows of the database: the stored texts in it. The words around them may change."""
    if "text" not in answer:
        return answer
    stored = {value for table in rows.values() for row in table for value in row.values() if _is_words(value)}
    return {"status": answer["status"], "words": sorted(word for word in stored if word in answer["text"])}


def _is_words(value: Any) -> bool:
    """Whether it is something that a person wrote or reads, and no key, digest or state."""
    return (
        isinstance(value, str) and len(value) >= STORED_WORDS and (" " in value or value[:1].isupper() or "@" in value)
    )


def _lines(told: dict[str, Any]) -> str:
    """JSON with a line to a row, so that a change of it shows."""
    return _braced({name: _rows(value) if name == "rows" else _line(value) for name, value in told.items()}) + "\n"


def _rows(tables: dict[str, list[Any]]) -> str:
    return _braced({table: "[\n" + ",\n".join(map(_line, held)) + "\n]" for table, held in tables.items()})


def _braced(members: dict[str, str]) -> str:
    return "{\n" + ",\n".join(f"{_line(name)}: {text}" for name, text in members.items()) + "\n}"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    main()
