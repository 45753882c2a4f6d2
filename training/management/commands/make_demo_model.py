import os
import sys
from typing import Any

from django.core.management.base import BaseCommand

from training.demo.model import FOLDER, model_make, shipped_keep


class Command(BaseCommand):
    help = (
        "Make the network that comes with the demo, anew, into the repository: minutes on two cores. "
        "The same versions on the same kind of processor make the same bytes."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        os.environ["CUDA_VISIBLE_DEVICES"] = ""  # a GPU would make other bytes
        bundle = model_make(tell=self._tell)
        shipped_keep(bundle)
        size = sum(len(content) for content in bundle.to_files().values())
        self.stdout.write(f"\n{FOLDER}: {bundle.sha256}, {size / 1e6:.2f} MB")
        for name, figures in bundle.card.facts["held_out"]["findings"].items():
            self.stdout.write(f"  {name:14} AUROC {figures['auroc']:.3f} on patients it never saw")

    def _tell(self, words: str) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r\x1b[K{words}", ending="")
