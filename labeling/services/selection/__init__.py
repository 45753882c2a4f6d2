"""What is read next: filling the queue by the project's strategy, and ordering it anew after new labels. For workers
only.
"""

from labeling.services.selection.filling import queue_fill, queues_top_up
from labeling.services.selection.ordering import queue_reorder
from labeling.services.selection.replaying import selection_replays
from labeling.services.selection.strategy import StrategyFailed, strategy_check
from labeling.services.selection.trying import strategy_try

__all__ = [
    "StrategyFailed",
    "queue_fill",
    "queue_reorder",
    "queues_top_up",
    "selection_replays",
    "strategy_check",
    "strategy_try",
]
