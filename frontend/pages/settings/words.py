"""The words of the settings page: labels, groups, hints, and what each strategy picks."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from labeling.selection import strategies

GROUPS = (
    (gettext_lazy("What it is for"), ("name", "modality", "description", "intended_use", "not_for")),
    (
        gettext_lazy("Reading protocol"),
        ("blind_first", "blind_share", "ask_contradictions", "reference_readers", "lease_minutes", "snippets"),
    ),
    (
        gettext_lazy("Queue"),
        ("strategy", "batch_size", "patient_cap", "by_minutes", "urgent_orders_blind", "fall_back_to_random"),
    ),
    (
        gettext_lazy("Parts of a batch beside the strategy's"),
        ("audit_share", "relabel_share", "gold_share", "repeat_share", "washout_days"),
    ),
    (gettext_lazy("Data sets"), ("label_mapping",)),
    (gettext_lazy("Learning"), ("retrain_labels", "retrain_hours")),
)
LABELS = {
    "name": gettext_lazy("Name"),
    "modality": gettext_lazy("Modality"),
    "description": gettext_lazy("Description"),
    "intended_use": gettext_lazy("Intended use"),
    "not_for": gettext_lazy("Not for"),
    "strategy": gettext_lazy("Strategy"),
    "blind_first": gettext_lazy("Read blind first"),
    "blind_share": gettext_lazy("Share read blind, where a share is"),
    "ask_contradictions": gettext_lazy("Ask for one key where the model strongly contradicts a blind answer"),
    "reference_readers": gettext_lazy("Readers of each reference case"),
    "lease_minutes": gettext_lazy("Minutes a case is held for its reader"),
    "snippets": gettext_lazy("Comment snippets, one a line"),
    "batch_size": gettext_lazy("Cases in a batch"),
    "audit_share": gettext_lazy("Share drawn at random, for the audit"),
    "relabel_share": gettext_lazy("Share of second looks at labels that others contradict"),
    "gold_share": gettext_lazy("Share of hidden cases with a known answer"),
    "repeat_share": gettext_lazy("Share of cases that their own reader reads again"),
    "washout_days": gettext_lazy("Days before a reader is given an own case again"),
    "by_minutes": gettext_lazy("Prefer what brings more per expected minute of reading"),
    "patient_cap": gettext_lazy("Images of one patient waiting at a time, at most"),
    "urgent_orders_blind": gettext_lazy("Suspected urgent cases go first even where they are read blind"),
    "fall_back_to_random": gettext_lazy("Go back to random order when the strategy is shown to be worse"),
    "label_mapping": gettext_lazy("What names in data sets mean, one a line"),
    "retrain_labels": gettext_lazy("Train after so many new reads (0: never)"),
    "retrain_hours": gettext_lazy("Train after so many hours (0: never)"),
}
HINTS = {
    "modality": gettext_lazy("What is read: chest radiograph, dermoscopy, hand radiograph."),
    "label_mapping": gettext_lazy(
        "Name = finding, such as Pleural effusion = Effusion. Several names may mean one finding. A name with nothing behind "
        "the sign is left out: Support devices ="
    ),
    "strategy": gettext_lazy(
        "What chooses the cases. The default is uherding. Take a name of the list below, or a query function of a library "
        "that whoever runs the server allows, by its path module:function."
    ),
}
MEANINGS = {
    "badge": gettext_lazy("what would change the model most, each case in another direction"),
    "bald": gettext_lazy("what the model answers surely one way or another, depending on what is left out"),
    "dropquery": gettext_lazy("different kinds of cases whose answer changes when a part is left out"),
    "entropy": gettext_lazy("what the model is least sure of, over all findings, in bits"),
    "k_center": gettext_lazy("what lies farthest from everything that was read; poor for rare findings"),
    "margin": gettext_lazy("what the model is least sure of, by its one least sure finding"),
    "maxherding": gettext_lazy("what stands for as many other cases as it can, whatever the model says"),
    "mean_margin": gettext_lazy("what the model is least sure of, over all findings"),
    "random": gettext_lazy("any case, all equally likely"),
    "typiclust": gettext_lazy("the most typical case of each kind not read yet; poor for rare findings"),
    "uherding": gettext_lazy("what stands for as many others that the model is unsure of as it can (the default)"),
}


def strategies_listed() -> list[tuple[str, Any]]:
    """Every strategy by name, with what it picks; "" for a strategy without words of its own here."""
    return [(name, MEANINGS.get(name, "")) for name in strategies.names()]
