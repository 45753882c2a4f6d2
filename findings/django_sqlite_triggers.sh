#!/usr/bin/env bash
# On SQLite Django makes a table anew to change a column: the table's own triggers are gone without a word, and a trigger of
# another table that asks this one makes the change fail.
set -euo pipefail
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/env"
"$work/env/bin/pip" install --quiet Django==5.2.19
cd "$work"
"$work/env/bin/python" - <<'PY'
import sqlite3
import django
from django.conf import settings

settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "films.sqlite3"}})
django.setup()
from django.db import OperationalError, connection, models

class Film(models.Model):
    view = models.CharField(max_length=16, unique=True)

    class Meta:
        app_label = "films"

wider = models.CharField(max_length=32)
wider.model = Film
wider.set_attributes_from_name("view")
refuse = "BEGIN SELECT RAISE(ABORT, 'no'); END"
cursor = connection.cursor()
with connection.schema_editor() as editor:
    editor.create_model(Film)
cursor.execute(f"CREATE TRIGGER own BEFORE DELETE ON films_film {refuse}")
with connection.schema_editor() as editor:
    editor.alter_field(Film, Film._meta.get_field("view"), wider)
left = cursor.execute("SELECT count(*) FROM sqlite_master WHERE type = 'trigger'").fetchone()[0]
cursor.execute("CREATE TABLE reads (film INTEGER)")
asks = "WHEN NOT EXISTS (SELECT 1 FROM films_film WHERE id = NEW.film)"
cursor.execute(f"CREATE TRIGGER others BEFORE INSERT ON reads {asks} {refuse}")
try:
    with connection.schema_editor() as editor:
        editor.alter_field(Film, Film._meta.get_field("view"), wider)
    seen = "changed"
except OperationalError as error:
    seen = str(error)
print("Django", django.get_version(), "SQLite", sqlite3.sqlite_version)
print("the table's own triggers: expected 1, seen", left)
print("a change under another table's trigger: expected 'changed', seen", repr(seen))
assert left == 0 and "no such table: main.films_film" in seen
PY
