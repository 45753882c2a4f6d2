"""The chain's signed head, written outside the database at every seal: whoever cuts off the end of the log must cut it here, too.

One line of JSON a seal, appended to AUDIT_ANCHORS and, where AUDIT_ANCHOR_LOG is set, told to the log, which can be kept
on another machine.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from overread.audit.lines import line_append

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Anchor:
    """States that the chain had this hash at this position at that time (ISO 8601)."""

    position: int
    hash: str
    at: str
    signature: str

    @classmethod
    def sign(cls, *, position: int, hash: str, at: str) -> Anchor:
        text = f"anchor:{position}:{hash}:{at}".encode()
        return cls(position, hash, at, hmac.new(settings.AUDIT_KEY.encode(), text, hashlib.sha256).hexdigest())

    def is_ours(self) -> bool:
        """Whether it was signed under the deployment's audit key."""
        ours = self.sign(position=self.position, hash=self.hash, at=self.at)
        return hmac.compare_digest(self.signature, ours.signature)


def anchor_append(anchor: Anchor) -> None:
    """Append it durably. A full disk stops no seal: the next anchor covers this one."""
    line = json.dumps(asdict(anchor), separators=(",", ":"))
    log.info("anchor %s", line)
    try:
        settings.AUDIT_ANCHORS.parent.mkdir(parents=True, exist_ok=True)
        line_append(settings.AUDIT_ANCHORS, line.encode(), durable=True)
    except OSError as error:
        log.error("The audit chain could not be anchored in %s: %s", settings.AUDIT_ANCHORS, error.strerror or error)


def anchors_read(path: Path) -> Iterator[Anchor | None]:
    """Every line of the file; None for one that is no anchor. Nothing where there is no file. Lines from a log will do."""
    if not path.exists():
        return
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                said = json.loads(line[line.index("{") :])
                yield Anchor(int(said["position"]), str(said["hash"]), str(said["at"]), str(said["signature"]))
            except (ValueError, KeyError, TypeError):
                yield None
