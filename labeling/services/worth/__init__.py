"""Is selection worth it here? Requesting a report, and restoring the strategy that a report has put aside.

`reporting` makes the report, in workers only.
"""

from labeling.services.worth.requests import (
    EVERY,
    NothingToRestore,
    comparable,
    put_aside,
    strategy_restore,
    worth_ask,
    worths_due,
)

__all__ = ["EVERY", "NothingToRestore", "comparable", "put_aside", "strategy_restore", "worth_ask", "worths_due"]
