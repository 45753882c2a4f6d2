"""Which tests a change can touch, a path a line: `python bin/changed.py [COMMIT]`. bin/test --changed asks it.

By imports, and by what a test is brought by name: a page or a view by the word of its address, a job by run_all. What is
brought to every test (migrations, settings, addresses, requirements) touches everything.
"""

import re
import subprocess
import sys
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("config", "demo", "phantom", "overread", "inference", "labeling", "training", "frontend", "tests")
SHOWN, PAGES = re.compile(r"frontend/(templates|src|static|fonts)/|.*\.ts$"), {"tests/frontend", "tests/browser"}
BY_ALL = re.compile(r"config\.|.*\.(migrations\.\w+|urls|apps)$")
QUOTED = re.compile(r"[\"']([a-z_]\w*(?:\.\w+)+)[\"']")  # may be the name of a module, or of what stands in one
ADDRESS = re.compile(r"frontend\.pages\.(\w+)|(?:.*\.)?(\w+)\.api$|.*\.api\.(\w+)$")
BY_JOB = re.compile(r".*\.(handlers|listeners)$")
ASKING = {"client", "reverse", "url"}  # the words of a test that asks for an address
WHOLE = ("tests.browser.", "tests.services.", "tests.upgrade.", "tests.api.test_schema", "tests.test_permissions")
"""These use all of it."""


def changed(commit: str = "", root: Path = ROOT) -> set[str]:
    """Paths that differ from `commit`, else from where the branch left its upstream, else from the last commit."""

    def git(*words: str) -> list[str]:
        return subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True).stdout.split("\0")

    if not commit:
        upstream = subprocess.run(
            ["git", "merge-base", "HEAD", "@{upstream}"], cwd=root, capture_output=True, text=True
        )
        commit = upstream.stdout.strip() or "HEAD"
    new = git("ls-files", "-z", "--others", "--exclude-standard")
    return {path for path in [*git("diff", "-z", "--name-only", "--no-renames", commit, "--"), *new] if path}


def brought(name: str, sources: dict[str, str]) -> set[str]:
    """The modules that a module is brought by name. sources: module → its text."""
    text = sources[name]
    found = {each for said in QUOTED.findall(text) for each in (said, said.rpartition(".")[0])} & sources.keys()
    if "iter_modules" in text:  # a registry
        found |= {each for each in sources if each.startswith(f"{name}.")}
    if ".test_" in name:  # not what tests share: it would bring everything to each of them
        words, whole = set(re.findall(r"[a-z_]+", text)), name.startswith(WHOLE)
        for each in sources:
            address = ADDRESS.match(each)
            by_address = address and address[address.lastindex or 0] in words and ASKING & words
            by_job = BY_JOB.match(each) and "run_all" in words
            found |= {each} if by_address or by_job or (whole and not each.startswith("tests.")) else set()
    return found - {name}


def touched(paths: set[str], graph: grimp.ImportGraph, files: dict[str, str], sources: dict[str, str]) -> set[str]:
    """The test files, or folders of them, that these paths can touch. files: path → module; sources: module → its text."""
    tests = {module: path for path, module in files.items() if Path(path).name.startswith("test_")}
    found: set[str] = set()
    for path in paths:
        module = files.get(path, "")
        if path.endswith(".md"):
            found |= {tests[name] for name in tests if Path(path).name in sources[name]}
        elif SHOWN.match(path):
            found |= PAGES
        elif path.endswith("/conftest.py"):
            found.add(str(Path(path).parent))
        elif not module or BY_ALL.match(module) or module in sources.get("config.settings", ""):
            return {"tests"}
        else:
            found |= {tests[name] for name in tests.keys() & (graph.find_downstream_modules(module) | {module})}
    return found


def tests_of(paths: set[str]) -> set[str]:
    """`touched` of this repository."""
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    homes = [ROOT / name if (ROOT / name).is_dir() else ROOT / "platform" / name for name in PACKAGES]
    places = (str(path.relative_to(ROOT)) for home in homes for path in home.rglob("*.py"))
    files = {path: path[:-3].replace("/", ".").removeprefix("platform.").removesuffix(".__init__") for path in places}
    sources = {module: (ROOT / path).read_text() for path, module in files.items() if module in graph.modules}
    for name in sources:
        for each in brought(name, sources):
            graph.add_import(importer=name, imported=each)
    return touched(paths, graph, files, sources)


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT / "platform"), str(ROOT)]
    try:
        paths = changed(*sys.argv[1:2])
    except subprocess.CalledProcessError as failure:
        sys.exit(failure.stderr.strip())
    print(*sorted(tests_of(paths)), sep="\n")
