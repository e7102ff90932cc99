"""What ends is told in time: where it is called, in the log, in a test run, and stronger when the day has come."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.golden.building import made

PACKAGE = "ledgerly_deprecations"

APP = """
import asyncio, json, logging, sys, warnings

sys.path.insert(0, sys.argv[1])
from ledgerly_deprecations import AsyncClient, Client, SunsetWarning
from ledgerly_deprecations.tests.replay import Answer, Replay

PAGE = Answer({"invoices": [], "hasMore": False})
ONE = Answer({"id": "i1"})
logged, told = [], {}


class Handler(logging.Handler):
    def emit(self, record):
        logged.append([record.name, record.levelname, record.filename, record.lineno, record.getMessage()])


logging.getLogger("ledgerly_deprecations").addHandler(Handler())


def noted(name, work):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        work()
    told[name] = [[each.category.__name__, each.filename, each.lineno, str(each.message)] for each in caught]


def sync():
    with Client(http_client=Replay(PAGE, PAGE).client()) as client:
        client.list_invoices()  # sync
        client.list_invoices()


def gone():
    with Client(http_client=Replay(ONE).client()) as client:
        client.with_options(max_retries=0).get_invoice("i1")  # gone


def arguments():
    with Client(http_client=Replay(PAGE, PAGE, PAGE).client()) as client:
        client.find_invoices()
        client.find_invoices(states=["open"])
        client.find_invoices(state="open")  # argument


def nothing():
    with Client(http_client=Replay(ONE).client()) as client:
        client.invoices.get("i1")


def raw():
    with Client(http_client=Replay(PAGE).client()) as client:
        client.with_raw_response.list_invoices()  # raw


def paged():
    async def work():
        async with AsyncClient(http_client=Replay(PAGE).async_client()) as client:
            asked = client.list_invoices()  # paged
            async for _ in asked:
                pass

    asyncio.run(work())


def awaited():
    async def work():
        async with AsyncClient(http_client=Replay(ONE).async_client()) as client:
            await client.get_invoice("i1")  # awaited

    asyncio.run(work())


def task():
    async def work():
        async with AsyncClient(http_client=Replay(ONE).async_client()) as client:
            await asyncio.create_task(client.get_invoice("i1"))

    asyncio.run(work())  # task


def errors():
    raised = []
    vendor = Replay()
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        with Client(http_client=vendor.client()) as client:
            for call in (client.list_invoices, client.list_invoices, lambda: client.get_invoice("i1")):
                try:
                    call()
                except DeprecationWarning as error:
                    raised.append(type(error).__name__)
    told["errors"] = [raised, len(vendor.sent)]


for work in (sync, gone, arguments, nothing, raw, paged, awaited, task):
    logged.clear()
    noted(work.__name__, work)
    told[f"{work.__name__} log"] = list(logged)
errors()
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the package and an app."""
    root = tmp_path_factory.mktemp("deprecations")
    for path, text in made("deprecations").tree.items():
        file = root / PACKAGE / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (root / "app.py").write_text(APP, encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def told(folder: Path) -> dict[str, Any]:
    """Give what an app was told."""
    done = subprocess.run(
        [sys.executable, "app.py", "."], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def line(mark: str) -> int:
    """Return the line of the app that has a mark."""
    return next(number for number, text in enumerate(APP.splitlines(), start=1) if text.endswith(f"# {mark}"))


ENDING = "list_invoices is deprecated since 2026-11-02 and goes away on 2099-12-31; use `find_invoices` instead"
GONE = "get_invoice was to go away on 2026-06-30 and may fail at any time; use `invoices.get` instead (deprecated since 2026-01-01)"
ARGUMENT = "the argument 'state' of find_invoices is deprecated since 2026-10-06; use `states` instead"


@pytest.mark.parametrize(
    ("how", "mark", "kind", "message"),
    [
        ("sync", "sync", "DeprecationWarning", ENDING),
        ("gone", "gone", "SunsetWarning", GONE),
        ("arguments", "argument", "DeprecationWarning", ARGUMENT),
        ("raw", "raw", "DeprecationWarning", ENDING),
        ("paged", "paged", "DeprecationWarning", ENDING),
        ("awaited", "awaited", "SunsetWarning", GONE),
        ("task", "task", "SunsetWarning", GONE),
    ],
)
def test_the_line_that_calls_is_warned_once_with_day_and_replacement(
    told: dict[str, Any], how: str, mark: str, kind: str, message: str
) -> None:
    [[category, file, number, text]] = told[how]

    assert (category, Path(file).name, number, text) == (kind, "app.py", line(mark), message)
    assert told[f"{how} log"] == [[PACKAGE, "WARNING", "app.py", line(mark), message]]


def test_what_does_not_end_warns_of_nothing(told: dict[str, Any]) -> None:
    assert (told["nothing"], told["nothing log"]) == ([], [])


def test_an_error_filter_finds_every_use_before_anything_is_sent(told: dict[str, Any]) -> None:
    assert told["errors"] == [["DeprecationWarning", "DeprecationWarning", "SunsetWarning"], 0]


def test_the_packages_own_tests_pass_with_warnings_as_errors(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", PACKAGE],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout[-3000:]
    for name in ("list_invoices", "get_invoice"):
        assert (
            f"test_{name}_is_found_as_deprecated" in (folder / PACKAGE / "tests" / "test_deprecations.py").read_text()
        )
