import time
from typing import Any

from django.core.management.base import BaseCommand

from demo.loading import SLUG, DemoState, demo_state
from overread.projects.models import Project


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


def words(state: DemoState) -> tuple[str, bool]:
    """One line on where the demo stands, and whether there is nothing more to wait for."""
    if state.passed is False:
        return "the network did not pass the gate (see Models). Read without suggestions, or start a run.", True
    if state.scored and state.queue:
        more = state.of - state.films
        if more > 0:
            return f"ready: sign in and read. {more} more films come in slowly beside.", True
        return "ready: sign in and read.", True
    if state.passed:
        return "the network passed the gate; it scores the films.", False
    return f"{state.films // 10 * 10} films drawn and taken in; the gate needs some sixty.", False
