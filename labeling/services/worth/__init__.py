"""Is selection worth it here? Asking for a report, and going back to the strategy that one has put aside. Making the
report is `reporting`'s, for workers only.
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
