"""What is read next: filling the queue by the project's strategy, and reordering it after new labels. For workers only.

A job comes to a pick in three steps. `fill.queue_fill` gathers what is known (`context`: `candidates`, `pool`, `strategy`). The
pure `labeling.selection.draw.compose` makes a batch of it. It calls the strategy, one file in `labeling/selection/strategies/`.
"""

from labeling.services.selection.fill import queue_fill, queues_top_up
from labeling.services.selection.reorder import queue_reorder
from labeling.services.selection.reproduce import selection_reproduces
from labeling.services.selection.strategy import StrategyFailed, strategy_check, strategy_try

__all__ = [
    "StrategyFailed",
    "queue_fill",
    "queue_reorder",
    "queues_top_up",
    "selection_reproduces",
    "strategy_check",
    "strategy_try",
]
