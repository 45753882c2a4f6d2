from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand

from overread.archive.models import Image
from overread.archive.rereading import Outcome, image_reread

SAID: dict[Outcome, str] = {
    "same": "as they were",
    "changed": "described anew",
    "metadata": "described anew, with metadata inside their pixel data",
    "refused": "would be refused today",
    "damaged": "missing or damaged",
}


class Command(BaseCommand):
    help = (
        "Describe the stored originals as this version would, and have them rendered again. "
        "Predictions and reads stay as they are. Can be stopped and started again at any time."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        found: Counter[Outcome] = Counter()
        for image in Image.objects.order_by("created_at", "pk").iterator():
            reread = image_reread(image=image)
            found[reread.outcome] += 1
            if reread.reason:
                self.stdout.write(f"{image.pk}: {SAID[reread.outcome]}. {reread.reason}")
        for outcome, words in SAID.items():
            if found[outcome]:
                self.stdout.write(f"{found[outcome]} images {words}")
