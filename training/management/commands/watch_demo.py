import time
from typing import Any

from django.core.management.base import BaseCommand

from overread.projects.models import Project
from training.demo import SLUG, demo_state


class Command(BaseCommand):
    help = "Say how far the demo is, until it is ready."

    def handle(self, *args: Any, **options: Any) -> None:
        project = Project.objects.get(slug=SLUG)
        told = ""
        for _ in range(3600):
            line, ready = words(demo_state(project))
            if line != told:
                self.stdout.write(f"Demo: {line}")
                told = line
            if ready:
                return
            time.sleep(1)


def words(state: dict[str, Any]) -> tuple[str, bool]:
    """One line on where the demo stands, and whether it is over."""
    if state["champion"]:
        return (
            "ready: sign in and read." if state["queue"] else "the first model is in use; it scores the films."
        ), bool(state["queue"])
    if state["run"] in ("failed", "cancelled"):
        return f"its first training {state['run']}; see the Training page.", True
    if state["run"] == "finished":
        return "the gate compares the first model with its minima.", False
    if state["run"]:
        progress = state["progress"]
        epoch = f", epoch {progress['epoch']} of {progress['epochs']}" if "epoch" in progress else ""
        return f"its first model is being trained{epoch} (watch it on the Training page).", False
    return f"{state['films'] // 20 * 20} of {state['of']} films drawn and taken in.", False
