"""Models: the list of them, each one's card, the gate beside it, and the decisions a person signs there."""

from frontend.pages.model.deciding import judge, promote, roll_back
from frontend.pages.model.listing import listing
from frontend.pages.model.showing import gate_live, page, verdict

__all__ = ["gate_live", "judge", "listing", "page", "promote", "roll_back", "verdict"]
