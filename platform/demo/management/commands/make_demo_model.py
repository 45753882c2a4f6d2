import os
import sys
from typing import Any

from django.core.management.base import BaseCommand

from demo.model import FOLDER, model_make, shipped_keep

# Sums in another order are other bytes: no GPU, and of every x86 processor no more than most have. Read when torch is loaded.
EVERYWHERE = {
    "CUDA_VISIBLE_DEVICES": "",
    "ATEN_CPU_CAPABILITY": "avx2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "MKL_CBWR": "COMPATIBLE",
}


class Command(BaseCommand):
    help = (
        "Make the network that comes with the demo, anew, into the repository: minutes on two cores. "
        "The same versions on the same kind of processor make the same bytes."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        os.environ.update(EVERYWHERE)
        bundle = model_make(tell=self._tell)
        shipped_keep(bundle)
        size = sum(len(content) for content in bundle.to_files().values())
        self.stdout.write(f"\n{FOLDER}: {bundle.sha256}, {size / 1e6:.2f} MB")
        for name, figures in bundle.card.facts["held_out"]["findings"].items():
            self.stdout.write(f"  {name:14} AUROC {figures['auroc']:.3f} on patients it never saw")

    def _tell(self, words: str) -> None:
        if sys.stderr.isatty():
            self.stderr.write(f"\r\x1b[K{words}", ending="")
