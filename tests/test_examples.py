"""The examples do what their pages say, through the installed clients and against look-alikes of the vendors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contract.test_package import CLIENT_PYTHON
from tests.demo import EXAMPLES, ROOT, SCENES, Clients, install, play


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Clients:
    assert CLIENT_PYTHON.exists(), "the environment of a client is missing: run `make setup`"
    return install(CLIENT_PYTHON, tmp_path_factory.mktemp("site"))


def test_the_demo_plays_every_example() -> None:
    assert sorted(SCENES) == sorted(path.stem for path in EXAMPLES.glob("*.py"))


@pytest.mark.parametrize("name", SCENES)
def test_example_is_short_enough_for_a_readme(name: str) -> None:
    assert len((EXAMPLES / f"{name}.py").read_text(encoding="utf-8").splitlines()) <= 60


@pytest.mark.parametrize("name", SCENES)
def test_example_needs_nothing_but_the_variables_that_it_names(name: str) -> None:
    source = (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")
    documented = set(re.findall(r"[A-Z0-9]+(?:_[A-Z0-9]+)+", source.split('"""')[1]))
    scene, _ = SCENES[name]
    with scene() as (variables, _):
        needed = set(variables)

    assert needed == documented
    assert set(re.findall(r'environ(?:\.get\(|\[)"(\w+)"', source)) <= documented
    assert "127.0.0.1" not in source


def test_diagnostics_name_devices_and_what_failed_most(clients: Clients) -> None:
    report, told = play(clients, "m360_diagnostics")

    assert "350000000000240  iPhone 15 Pro Max 256 GB Space Gray    93%  Battery, Storage, Microphone" in report
    assert report.splitlines()[-1] == "240 sessions; failed most often: Battery (30), Storage (8), Proximity (5)"
    assert told.startswith("3 requests")


def test_top_up_pays_once_although_the_answer_was_lost(clients: Clients) -> None:
    lost, again, told = play(clients, "kolmisoft_top_up")

    assert lost.splitlines()[-1] == "order-4711 is booked; only the answer was lost"
    assert again == "order-4711 is booked already; nothing to do\n"
    assert told == "1 payment in the ledger (25.50 USD)"


def test_import_tells_which_rows_are_missing(clients: Clients) -> None:
    printed, told = play(clients, "monetize360_import")

    assert printed.splitlines() == [
        "18 of 20 rows are there, 12 active, such as Ada",
        "  missing: row 5, Eze <eze at shop.example>",
        "  missing: row 16, Perez <perez at shop.example>",
    ]
    assert told == "18 records after 3 bulk inserts"


def test_users_are_listed_page_by_page_with_one_token(clients: Clients) -> None:
    printed, told = play(clients, "store365_users")

    assert printed.splitlines()[0] == "120 users on 3 pages"
    assert printed.count("page ") == 3
    assert told == "3 pages, 1 login"


def test_make_demo_plays_it() -> None:
    assert "-m tests.demo " in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_rows_of_the_import_are_a_file_beside_it() -> None:
    assert Path(EXAMPLES / "customers.csv").is_file()
