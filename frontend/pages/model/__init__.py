"""Models: their list, each one's card with the gate's verdict, and the decisions a person signs."""

from frontend.pages.model.decisions import judge, promote, roll_back
from frontend.pages.model.index import listing
from frontend.pages.model.views import gate_live, page, verdict

__all__ = ["gate_live", "judge", "listing", "page", "promote", "roll_back", "verdict"]
