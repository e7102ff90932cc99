"""The demo: the examples, run through the installed clients against look-alikes of the vendors on this machine.

Run as: python -m tests.demo CLIENT_PYTHON
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.stand_ins import kolmisoft, m360, monetize360, store365
from tests.stand_ins.wire import reset_after_reading

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = ROOT / "examples"

Told = Callable[[], str]
"""What the vendor has to say when an example has run."""


@dataclass(frozen=True, slots=True)
class Clients:
    """The clients as their users have them: installed, with their own dependencies and nothing else."""

    python: Path
    site: Path

    def run(self, example: str, variables: Mapping[str, str]) -> str:
        """Run an example with these variables; return what it printed."""
        done = subprocess.run(
            [self.python, "-W", "error", EXAMPLES / f"{example}.py"],
            env={**_plain_environment(), "PYTHONPATH": str(self.site), **variables},
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
        if done.returncode:
            raise RuntimeError(f"{example} ended with {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout


def install(python: Path, site: Path) -> Clients:
    """Install all clients into the folder *site*; *python* is of an environment with their dependencies."""
    packages = sorted(path.parent for path in (ROOT / "generated").glob("*/manifest.json"))
    offline = ("--quiet", "--no-deps", "--no-build-isolation", "--no-index")
    command: list[str | Path] = [python, "-m", "pip", "install", *offline, "--target", site, *packages]
    subprocess.run(command, env=_plain_environment(), check=True, timeout=120)
    return Clients(python, site)


def _plain_environment() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


@contextmanager
def m360_diagnostics() -> Generator[tuple[dict[str, str], Told], None, None]:
    """A workshop with 240 devices, of which some have failed."""
    every = {"Battery": 8, "Storage": 30, "Proximity": 44, "Microphone": 60, "Camera": 70}
    records = [
        m360.record(
            number,
            batteryHealthPercent=f"{70 + number % 31}%",
            diagnosticsResults=[
                {
                    "finishedTime": "2026-08-26T05:20:00+00:00",
                    "tests": [
                        {"testId": name, "result": "Failed" if number % each == 0 else "Passed"}
                        for name, each in every.items()
                    ],
                }
            ],
        )
        for number in range(1, 241)
    ]
    with m360.M360(records) as vendor:
        variables = {
            "M360_AUTH_CODE": m360.AUTH_CODE,
            "M360_AUTH_TOKEN": m360.AUTH_TOKEN,
            "M360_BASE_URL": vendor.url("v2"),
        }
        yield variables, lambda: f"{len(vendor.requests)} requests, never more than one a second"


@contextmanager
def kolmisoft_top_up() -> Generator[tuple[dict[str, str], Told], None, None]:
    """A server that books the payment, and then breaks the connection instead of answering."""
    with kolmisoft.Kolmisoft() as vendor:
        vendor.fail(reset_after_reading, at="payment_create")
        variables = {
            "KOLMISOFT_USERNAME": kolmisoft.ADMIN,
            "KOLMISOFT_SECRET_KEY": kolmisoft.KEY,
            "KOLMISOFT_BASE_URL": vendor.url,
            "TOP_UP_USER": "2",
            "TOP_UP_AMOUNT": "25.50",
            "TOP_UP_CURRENCY": "USD",
            "TOP_UP_REFERENCE": "order-4711",
        }

        def told() -> str:
            booked = ", ".join(f"{each['amount']} {each['currency']}" for each in vendor.ledger.payments)
            return f"{len(vendor.ledger.payments)} payment in the ledger ({booked})"

        yield variables, told


@contextmanager
def monetize360_import() -> Generator[tuple[dict[str, str], Told], None, None]:
    """An Object that takes no customer without an address."""
    with monetize360.Monetize360() as vendor:
        variables = {
            "MONETIZE360_API_KEY": monetize360.API_KEY,
            "MONETIZE360_BASE_URL": vendor.url,
            "IMPORT_MOBJECT": "customers",
            "IMPORT_FILE": str(EXAMPLES / "customers.csv"),
            "IMPORT_PART": "8",
        }
        yield variables, lambda: f"{len(vendor.records['customers'])} records after {vendor.work['bulk']} bulk inserts"


@contextmanager
def store365_users() -> Generator[tuple[dict[str, str], Told], None, None]:
    """A company with 120 users."""
    with store365.Store365(120) as vendor:
        variables = {
            "STORE365_USERNAME": store365.USERNAME,
            "STORE365_PASSWORD": store365.PASSWORD,
            "STORE365_CLIENT_ID": store365.CLIENT_ID,
            "STORE365_BASE_URL": vendor.resources.url,
            "STORE365_TOKEN_URL": vendor.tokens.url,
        }
        yield variables, lambda: f"{vendor.resources.listed} pages, {vendor.logins} login"


SCENES = {
    "m360_diagnostics": (m360_diagnostics, 1),
    "kolmisoft_top_up": (kolmisoft_top_up, 2),
    "monetize360_import": (monetize360_import, 1),
    "store365_users": (store365_users, 1),
}
"""What stands in for each example's vendor, and how often the example runs."""


def play(clients: Clients, example: str) -> Iterator[str]:
    """Run an example as often as its scene says, each time giving what it printed; then what the vendor says."""
    scene, times = SCENES[example]
    with scene() as (variables, told):
        for _ in range(times):
            yield clients.run(example, variables)
        yield told()


def main(client_python: Path) -> None:
    """Run all examples and print what they print."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        clients = install(client_python, Path(folder))
        for example in SCENES:
            *printed, told = play(clients, example)
            for text in printed:
                print(f"$ python examples/{example}.py\n{text}")  # noqa: T201 - what a demo is for
            print(f"(the vendor's stand-in: {told})\n")  # noqa: T201 - the same
    print(f"{time.monotonic() - began:.0f} seconds in all")  # noqa: T201 - the same


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
