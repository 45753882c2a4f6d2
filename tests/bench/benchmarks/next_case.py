"""From submit to the next 3000² case drawn, read by keyboard in a real browser on the real server, half and full level.

The web process alone is running (gunicorn as in the Procfile, SQLite): no worker competes for the cores. `unhurried`
reads at least READING seconds a case, so that the next case was fetched meanwhile, and presses a key every KEY seconds,
as quick fingers do; `hurried` presses all keys in one burst as soon as the page lets it, so that Enter waits behind the
frames that the keys before it have caused, which a software renderer draws in some 30 ms each; `slow_link` reads
unhurried over 20 Mbit/s with 80 ms of latency. Times run from the key's own time
stamp to the page's word that the graphics card has finished, by a stopwatch of this benchmark. Beside them stand a bare
page in the same browser on the same server: `bare_draw` puts a level's bytes on the card and draws once,
`bare_fetch_draw` fetches them first; `submit_p50_ms` is the request alone, which the next case does not wait for.
`submitted_below_full_count` are reads that were accepted before the full level was on screen: there must be none, also
where the full level is held back and Enter pressed (`held_back`). `memory` reads LONG small cases and tells what has
grown since the first WARM of them: the script's heap, the page's nodes, and the browser's processes by kind.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import Any

import psutil
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from tests.bench.asked import Asked
from tests.bench.deployment import begin, deployment
from tests.bench.measure import percentile_ms
from tests.bench.part import part
from tests.bench.rows import Row
from tests.bench.server import serving

SIDE, READING, KEY = 3000, 3.0, 0.15
SMALL, LONG, WARM = 512, 300, 20
LINK = {"offline": False, "latency": 80, "downloadThroughput": 20e6 / 8, "uploadThroughput": 20e6 / 8}
FINDINGS = ("effusion", "consolidation", "nodule", "cardiomegaly", "pneumothorax")
FLAGS = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"]
HERE = Path(__file__).resolve().parents[1]
PROCESSES = {"renderer": "renderer", "network": "network", "gpu": "gpu-process", "others": "-"}
"""Name → how Chromium's command lines call it. The network's holds the cache of a window that leaves none on disk."""
PATIENCE = 120_000  # ms
Times = list[dict[str, float]]


def run(asked: Asked) -> Iterator[Row]:
    cases = asked.cases or (6 if asked.quick else 50)
    hurried = slow = max(cases // 3, 1)
    for side in asked.sizes or (SIDE,):
        reads = 1 + cases + hurried + slow
        with room_of(side, reads + 3) as (browser, address, room, env):
            yield from held_back(browser, address, room, side)
            yield from read_cases(browser, address, room, side, {"unhurried": cases, "hurried": hurried})
            yield from read_slowly(browser, address, room, side, slow)
            stored = part(told, env=env)
        yield Row(f"{side}/all", "submitted_below_full_count", stored["below_full"])
        yield Row(f"{side}/all", "lost_count", reads - stored["reads"])
        yield Row(f"{side}/all", "double_served_count", stored["reads"] - stored["images"])
    long = 2 * WARM if asked.quick else LONG
    with room_of(SMALL, long + 3) as (browser, address, room, env):
        yield from memory(browser, address, room, long)


@contextmanager
def room_of(side: int, count: int) -> Iterator[tuple[Browser, str, dict[str, Any], dict[str, str]]]:
    """A browser before a server whose queue holds so many films."""
    with deployment() as env:
        room = part(prepare, env=env, side=side, count=count)
        with serving(env) as served, chromium() as browser:
            yield browser, served.address, room, env


def prepare(side: int, count: int) -> dict[str, Any]:
    """A project of `count` films with a model in use and its queue filled, and a reader who is signed in."""
    begin()
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    from labeling.services.selection import queue_fill
    from overread.archive.models import Image
    from overread.archive.services import image_ingest
    from overread.jobs.running import run_all
    from overread.projects.models import Role
    from tests.bench import films
    from tests.factories import in_reference, make_champion, make_member, make_project

    findings = tuple({"slug": name, "name": name.title()} for name in FINDINGS)
    project = make_project(findings=findings, batch_size=count)
    for patient, content in films.dicoms(side, count):
        while in_reference(patient):
            patient += "0"
        image_ingest(project=project, content=content, source="import", patient=patient)
        run_all(queues=("io",))
    make_champion(project)
    queue_fill(project=project, size=count)  # what came after the first batch
    client = Client()
    client.force_login(make_member(project, Role.READER))
    return {
        "worklist": reverse("worklist", args=[project.slug]),
        "cookie": settings.SESSION_COOKIE_NAME,
        "session": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "images": [
            {level: reverse("image-pixels", args=[pk, level]) for level in ("half", "full")}
            for pk in Image.objects.values_list("pk", flat=True)
        ],
    }


def told() -> dict[str, int]:
    """What the database holds afterwards."""
    import django

    django.setup()
    from labeling.models import Read

    reads = Read.objects.all()
    images = reads.values("image").distinct().count()
    return {"reads": reads.count(), "images": images, "below_full": reads.exclude(level="full").count()}


@contextmanager
def chromium() -> Iterator[Browser]:
    names = ("chromium", "chromium-browser", "google-chrome")
    path = os.environ.get("CHROMIUM") or next((found for name in names if (found := shutil.which(name))), None)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


def signed_in(browser: Browser, address: str, room: dict[str, Any]) -> BrowserContext:
    context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": room["cookie"], "value": room["session"], "url": address}])
    context.set_default_timeout(PATIENCE)
    return context


def opened(context: BrowserContext, room: dict[str, Any]) -> Page:
    """The reading page, with the reader's next case."""
    page = context.new_page()
    page.add_init_script(path=HERE / "stopwatch.js")
    page.goto(room["worklist"])
    page.locator("form[action$='/read/'] button[type=submit]").first.click()
    return page


def level_shows(page: Page, level: str) -> None:
    expect(page.locator("body")).to_have_attribute("data-level", level, timeout=PATIENCE)


def answer(page: Page, pause: float = 0.0) -> None:
    for key in ("1", *"a" * len(FINDINGS)):
        page.keyboard.press(key)
        page.wait_for_timeout(pause * 1000)


def submit(page: Page) -> None:
    """Press Enter and wait for the next case, in the page itself: Playwright's `expect` draws up the whole page's
    accessibility tree where it is not met at once, some 60 ms of the page's own time.
    """
    page.keyboard.press("Enter")
    page.wait_for_function("() => window.benchWatch.full", polling=50, timeout=PATIENCE)


def held_back(browser: Browser, address: str, room: dict[str, Any], side: int) -> Iterator[Row]:
    """Answer everything and press Enter while the full level is kept from the page."""
    context = signed_in(browser, address, room)
    held: list[Route] = []
    sent: list[str] = []
    let_go = Event()
    context.route("**/full", lambda route: route.continue_() if let_go.is_set() else held.append(route))
    context.on("request", lambda request: sent.append(request.url) if request.url.endswith("/submit") else None)
    page = opened(context, room)
    level_shows(page, "half")
    answer(page)
    page.keyboard.press("Enter")
    expect(page.locator("#voice")).not_to_be_empty()  # it says why not
    yield Row(f"{side}/held_back", "submitted_below_full_count", len(sent))
    with page.expect_response("**/submit", timeout=PATIENCE):  # the Enter is carried out once the level is there
        let_go.set()
        for route in held:
            route.continue_()
    assert len(sent) == 1
    context.close()


def read_cases(browser: Browser, address: str, room: dict[str, Any], side: int, paces: dict[str, int]) -> Iterator[Row]:
    context = signed_in(browser, address, room)
    page = opened(context, room)
    level_shows(page, "full")
    for pace, cases in paces.items():
        seconds = READING if pace == "unhurried" else 0.0
        yield from level_rows(f"{side}/{pace}", [read_one(page, seconds) for _ in range(cases)], "overread")
    page.close()
    page = context.new_page()
    page.goto(room["worklist"])
    bare = [bare_levels(page, image, side) for image in room["images"][: paces["hurried"]]]
    for pace in paces:
        yield from level_rows(f"{side}/{pace}", [drawn for drawn, _ in bare], "bare_draw")
        yield from level_rows(f"{side}/{pace}", [fetched for _, fetched in bare], "bare_fetch_draw")
    context.close()


def read_slowly(browser: Browser, address: str, room: dict[str, Any], side: int, cases: int) -> Iterator[Row]:
    context = signed_in(browser, address, room)
    page = opened(context, room)
    context.new_cdp_session(page).send("Network.emulateNetworkConditions", LINK)
    level_shows(page, "full")
    spent = [read_one(page, 3 * READING) for _ in range(cases)]
    yield from level_rows(f"{side}/slow_link", spent, "overread")
    context.close()


def memory(browser: Browser, address: str, room: dict[str, Any], cases: int) -> Iterator[Row]:
    context = signed_in(browser, address, room)
    page = opened(context, room)
    level_shows(page, "full")
    for _ in range(WARM):
        read_one(page, 0.0)
    before = held(context, page)
    for _ in range(cases - WARM):
        read_one(page, 0.0)
    after = held(context, page)
    for name, grown in after.items():
        yield Row(f"{SMALL}/memory_{cases}_cases", f"{name}_growth", round(grown - before[name], 2))
    context.close()


def held(context: BrowserContext, page: Page) -> dict[str, float]:
    """What the page and each kind of the browser's processes hold, once what can go has gone: megabytes, and nodes."""
    session = context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    told = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    session.detach()
    resident = dict.fromkeys(PROCESSES, 0.0)
    for each in psutil.Process().children(recursive=True):
        if "chrom" in each.name():
            words = " ".join(each.cmdline())
            resident[next((name for name in PROCESSES if f"={PROCESSES[name]}" in words), "others")] += (
                each.memory_info().rss
            )
    sizes = {f"{name}_mb": size / 2**20 for name, size in resident.items()}
    return {"heap_mb": told["JSHeapUsedSize"] / 2**20, "nodes": told["Nodes"]} | sizes


def read_one(page: Page, seconds: float) -> dict[str, float]:
    """Seconds from Enter to the next case's first and full level, and those of the request, which is waited for."""
    page.wait_for_timeout(seconds * 1000)
    answer(page, KEY if seconds else 0.0)
    submit(page)
    level_shows(page, "full")
    expect(page.locator("body")).to_have_attribute("data-saved", "saved", timeout=PATIENCE)
    watch = page.evaluate("() => window.benchWatch")
    request = page.evaluate(
        "() => performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/submit'))[0].duration"
    )
    first, full = ((watch[level] - watch["pressed"]) / 1000 for level in ("first", "full"))
    return {"first_level": first, "full_level": full, "submit": request / 1000}


def bare_levels(page: Page, image: dict[str, str], side: int) -> tuple[dict[str, float], dict[str, float]]:
    """Seconds to draw each level, and to fetch and draw it."""
    drawn, fetched = {}, {}
    for name, level, pixels in (("first_level", "half", (side + 1) // 2), ("full_level", "full", side)):
        spent = page.evaluate((HERE / "bare.js").read_text(), {"url": image[level], "width": pixels, "height": pixels})
        drawn[name], fetched[name] = spent["draw"] / 1000, (spent["fetch"] + spent["draw"]) / 1000
    return drawn, fetched


def level_rows(case: str, times: Times, system: str) -> Iterator[Row]:
    for name in times[0]:
        for percent in (50, 95):
            value = percentile_ms([each[name] for each in times], percent)
            yield Row(case, f"{name}_p{percent}_ms", value, system)
