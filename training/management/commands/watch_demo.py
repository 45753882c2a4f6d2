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
    if state["over"]:
        return (
            f"no model passed the gate in {state['tries']} tries. Read without one, or start a run on the Training page.",
            True,
        )
    if state["run"] in ("finished", "failed"):
        return "the gate compares the model with its minima.", False
    if state["run"]:
        progress, model = state["progress"], "its first model" if state["tries"] == 1 else "a model with more time"
        epoch = f", epoch {progress['epoch']} of about {progress['epochs']}" if "epoch" in progress else ""
        return f"{model} is being trained{epoch} (watch it on the Training page).", False
    return f"{state['films'] // 20 * 20} of {state['of']} films drawn and taken in.", False
