"""What the packs say of their films, as the starter's outputs. What a pack does not say is unknown."""

from collections.abc import Mapping

from inference.engine.outputs import Output, OutputLayout

NIH = (
    *("Atelectasis", "Cardiomegaly", "Consolidation", "Edema", "Effusion", "Emphysema", "Fibrosis", "Infiltration"),
    *("Mass", "Nodule", "Pleural_Thickening", "Pneumonia", "Pneumothorax"),
)
NO_FINDING = "No_Finding"
ABNORMAL = "abnormal"
CHILD_PNEUMONIA = "pneumonia in children"
CHILD_BACTERIAL = "bacterial pneumonia in children"
MALE = "male"
LYING = "anteroposterior"
AGE = "age"
OLDEST = 100.0  # years; a few ages in NIH's table are beyond any patient's
LAYOUT = OutputLayout(
    (
        *(Output(name, "binary") for name in (*NIH, ABNORMAL, CHILD_PNEUMONIA, CHILD_BACTERIAL, MALE, LYING)),
        Output(AGE, "measurement", unit="years"),
    )
)
Row = Mapping[str, str]


def labels_of(row: Row) -> dict[str, float]:
    """The known labels of a row of a pack's table, by the names of `LAYOUT`.

    Only NIH's own rows say which findings are absent: in the mixed pack COVID-19 is as good as the name of a hospital.
    """
    if "label" in row:
        return _child(row)
    labels = _person(row)
    if row["source"].startswith("NIH"):
        found = row["findings"].split("|")
        for name in NIH:
            labels[name] = float(name in found)
        labels[ABNORMAL] = float(found != [NO_FINDING])
    return labels


def _child(row: Row) -> dict[str, float]:
    labels = {CHILD_PNEUMONIA: float(row["label"] == "PNEUMONIA")}
    if row["aetiology"]:
        labels[CHILD_BACTERIAL] = float(row["aetiology"] == "bacteria")
    return labels


def _person(row: Row) -> dict[str, float]:
    """Sex, view and age, where the row says them: the body is to be known as well as its findings."""
    labels = {}
    if row.get("sex") in ("M", "F"):
        labels[MALE] = float(row["sex"] == "M")
    if row.get("view"):
        labels[LYING] = float(row["view"].startswith("AP"))
    if row.get("age"):
        labels[AGE] = min(float(row["age"]), OLDEST)
    return labels
