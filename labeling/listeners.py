"""How the reading room follows events from the rooms below, and checks the policies that projects hold for it."""

from inference.events import ScoresChanged
from labeling.jobs import blind_request, fill_request, reorder_request, urgency_request
from overread.events import listen
from overread.projects.events import PolicyChanged
from overread.projects.policies import policy_check


@listen(ScoresChanged)
def queue_follow_scores(event: ScoresChanged) -> None:
    if event.anew:
        reorder_request(project=event.project)
    fill_request(project=event.project)


@listen(PolicyChanged)
def queue_follow_policy(event: PolicyChanged) -> None:
    if event.fields & {"blind_first", "blind_share"}:
        blind_request(project=event.project)
    if "strategy" in event.fields:
        reorder_request(project=event.project)
    if event.fields & {"urgent", "urgent_orders_blind"}:
        urgency_request(project=event.project)


@policy_check("strategy")
def strategy_known(name: str) -> None:
    from labeling.services.selection.strategy import strategy_check

    strategy_check(name)
