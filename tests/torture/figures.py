"""The figures of the page: what is promised, and how it is measured, a slice of it or all."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.runtime.counting import most_in_a_window, seen_by_vendor, used
from tests.runtime.redis_server import redis_server
from tests.spec.source.test_properties import check
from tests.torture import bombs, deaths, deliveries, money, mutation, neighbours, oldest, sharing, texts
from tests.torture.corpus import PAYLOADS
from tests.torture.guards import GUARDS, VARIABLE

ROOT = Path(__file__).resolve().parents[2]
_PASSED = re.compile(r"(\d+) passed")
_FAILED = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Scale:
    """How much of it is done.

    Attributes:
        is_full: Whether all of it is, or a slice of some minutes.
        seed: Where chance begins.
    """

    is_full: bool = False
    seed: int = 1

    def of(self, part: int, whole: int) -> int:
        """Return *part*, or the *whole* when all is done."""
        return whole if self.is_full else part


@dataclass(frozen=True, slots=True)
class Measured:
    """What a measurement saw.

    Attributes:
        tried: How often.
        what: What was tried, in words that stand after the number.
        faults: What must not be.
    """

    tried: int
    what: str
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table.

    Attributes:
        number: Its number.
        goal: What is promised.
        measure: How it is measured.
        short: What is missing to the figure, in words; nothing when it is reached by the whole run.
        together: A word that figures share which come of the same tries.
        is_alone: Whether nothing else may run beside it.
        has_one_size: Whether a slice of it is all of it.
    """

    number: int
    goal: str
    measure: Callable[[Scale], Measured]
    short: str = ""
    together: str = ""
    is_alone: bool = False
    has_one_size: bool = False


def tests(*nodes: str) -> Callable[[Scale], Measured]:
    """Measure by running tests; how often is how many there are."""

    def measure(_: Scale) -> Measured:
        return _ran("tests", *nodes)

    return measure


def _ran(what: str, *nodes: str) -> Measured:
    run = _pytest(*nodes)
    passed = _PASSED.search(run.stdout)
    faults = tuple(_FAILED.findall(run.stdout))
    if run.returncode and not faults:
        faults = (run.stdout.strip().split("\n")[-1][:200],)
    return Measured(0 if passed is None else int(passed[1]), what, faults)


def _pytest(*arguments: str, off: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    environment = {**os.environ, **({VARIABLE: off} if off else {})}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def _hostile(scale: Scale) -> Measured:
    findings = mutation.Findings()
    for payload in PAYLOADS[:: scale.of(6, 1)]:
        texts.try_text(payload, findings)
    mutation.try_mutations(scale.seed, scale.of(500, 20_000), findings)
    what = f"texts in places: {findings.refused} refused, {findings.inert} inert"
    return Measured(findings.tried, what, tuple(findings.faults))


def _awkward(scale: Scale) -> Measured:
    findings = mutation.Findings()
    for payload in PAYLOADS[:: scale.of(20, 2)]:
        texts.try_reading_back(payload, findings)
    return Measured(findings.tried, "awkward texts in places for data, read back", tuple(findings.faults))


def _fuzzed(scale: Scale) -> Measured:
    count, faults = scale.of(20_000, 1_000_000), list[str]()
    for document in mutation.nearly_yaml(scale.seed, count):
        try:
            check(document)
        except Exception as error:  # noqa: BLE001 - a traceback is what is looked for
            faults.append(f"{document[:80]!r}: {type(error).__name__}")
    return Measured(count, "documents that are nearly YAML", tuple(faults))


def _located(scale: Scale) -> Measured:
    findings = mutation.try_mutations(scale.seed + 1, scale.of(300, 5_000))
    return Measured(findings.refused, "specs refused, each complaint with its line and column", tuple(findings.faults))


def _schedules(pick: Callable[[money.Findings], list[str]]) -> Callable[[Scale], Measured]:
    def measure(scale: Scale) -> Measured:
        found = [*_money(scale), *_deaths(scale)]
        return Measured(
            sum(each.schedules for each in found), _told(found), tuple(x for each in found for x in pick(each))
        )

    return measure


_KNOWN: dict[Scale, list[money.Findings]] = {}


def _money(scale: Scale) -> list[money.Findings]:
    if scale not in _KNOWN:
        share = scale.of(1_700, 3_400)
        seeds = range(scale.seed * 1_000_000, scale.seed * 1_000_000 + share)
        _KNOWN[scale] = [
            money.run(vendor, seeds, asynchronous=asynchronous) for vendor in VENDORS for asynchronous in (False, True)
        ]
    return _KNOWN[scale]


_DEAD: dict[Scale, list[money.Findings]] = {}


def _deaths(scale: Scale) -> list[money.Findings]:
    if scale not in _DEAD:
        seeds = range(scale.seed * 1_000_000, scale.seed * 1_000_000 + scale.of(60, 300))
        ways = (deaths.kills, deaths.forks, deaths.forks_inside)
        _DEAD[scale] = [way(vendor, seeds) for way in ways for vendor in VENDORS]
    return _DEAD[scale]


def _told(found: list[money.Findings]) -> str:
    done = sum(each.outcomes["done"] for each in found)
    unknown = sum(count for each in found for words, count in each.outcomes.items() if "may have" in words)
    repeated = sum(each.repeated for each in found)
    return (
        "payments under faults, a third of them with keys, some of processes that were killed or forked: "
        f"{done} told as done, {unknown} as unknown, the others not carried out; {repeated} sent again with a key"
    )


def _limits(scale: Scale) -> Measured:
    limit, window, windows = 60, 3.0, scale.of(4, 20)
    ran = tests("tests/runtime/test_limits.py", "tests/runtime/test_shared_limits.py", f"{CONTRACT}/test_limits.py")
    measured, told, faults = ran(scale), list[str](), list[str]()
    with tempfile.TemporaryDirectory() as folder, redis_server(Path(folder)) as address:
        for name, where in (("a file", f"{folder}/account.limit"), ("Redis", address)):
            for by_tasks in (False, True):
                seconds = (windows + 0.2) * window
                seen = seen_by_vendor(where, limit, window, processes=8, callers=8, seconds=seconds, by_tasks=by_tasks)
                most, part = most_in_a_window(seen, window), used(seen, limit, window, windows)
                told.append(f"{'tasks' if by_tasks else 'threads'} by {name}: at most {most}, {part:.0%} used")
                if most > limit or part < 0.9:
                    faults.append(told[-1])
                time.sleep(window)
    what = f"tests; 8 processes with 8 callers each and one limit of {limit} in {window:g} s, {'; '.join(told)}"
    return Measured(measured.tried, what, (*measured.faults, *faults))


def _wrong_answers(scale: Scale) -> Measured:
    calls = scale.of(100, 1_000)
    found = [sharing.threads(64, calls), sharing.forks(4, calls)]
    faults = tuple(x for each in found for x in each.faults)
    return Measured(sum(each.tried for each in found), "answers to 64 threads, 4 children and their parent", faults)


def _beside_a_broken_one(scale: Scale) -> Measured:
    ran, findings = tests("tests/pipeline/test_generate.py")(scale), neighbours.try_broken(19)
    what = f"tests; of 20 specs with a broken one among them, {findings.inert} became their packages"
    return Measured(ran.tried, what, (*ran.faults, *findings.faults))


def _depended_on(scale: Scale) -> Measured:
    ran = tests("tests/facts/test_repository.py", f"{CONTRACT}/test_package.py")(scale)
    findings = oldest.try_oldest()
    what = "tests; the packages generated and tested with the oldest versions that are allowed"
    return Measured(ran.tried, what, (*ran.faults, *findings.faults))


def _grown(scale: Scale) -> Measured:
    ran = tests("tests/spec/source/test_bombs.py", f"{CONTRACT}/test_kolmisoft_hostile.py", TRANSPORT)(scale)
    findings = bombs.try_bombs()
    what = (
        f"tests; {findings.tried} answers that grow to 1 GiB, read by a process that takes at most "
        f"{findings.largest >> 20} MiB for one"
    )
    return Measured(ran.tried, what, (*ran.faults, *findings.faults))


def _cancelled(scale: Scale) -> Measured:
    tasks, threads = sharing.cancellations(scale.of(300, 1_000)), sharing.interruptions(scale.of(2_200, 6_600))
    what = f"times, each at the next step or place: {tasks.tried} tasks cancelled, {threads.tried} threads interrupted"
    return Measured(tasks.tried + threads.tried, what, (*tasks.faults, *threads.faults))


def _webhooks(scale: Scale) -> Measured:
    findings = deliveries.try_deliveries(scale.seed, scale.of(50_000, 1_000_000))
    what = f"deliveries: {findings.refused} refused, {findings.inert} taken"
    return Measured(findings.refused + findings.inert, what, tuple(findings.faults))


def _switched_off(_: Scale) -> Measured:
    # A test that fails to be collected says nothing about the guard.
    statuses = {name: _pytest("-x", "-p", "tests.torture.guards", each.test, off=name) for name, each in GUARDS.items()}
    needless = tuple(name for name, run in statuses.items() if run.returncode != 1 or "failed" not in run.stdout)
    return Measured(len(GUARDS), "guards switched off, each missed by a test", needless)


VENDORS: tuple[money.Vendor, ...] = ("golden", "kolmisoft", "keyed")
CONTRACT = "tests/contract"
TRANSPORT = "tests/runtime/test_transport.py"

FIGURES: tuple[Figure, ...] = (
    Figure(1, "hostile texts in specs are refused or inert", _hostile),
    Figure(2, "awkward texts are accepted and read back exactly", _awkward),
    Figure(
        3, "no traceback, whatever the document", _fuzzed, "bounds of time and memory are held by tests of single bombs"
    ),
    Figure(4, "every complaint has its place", _located),
    Figure(
        5,
        "packages compile, import without a warning, pass strict checks, stay as formatted",
        tests("tests/golden/test_golden.py", "tests/golden/test_types.py"),
        has_one_size=True,
    ),
    Figure(
        6,
        "killed at every operation on files: the old package or the new one",
        tests("tests/output/test_kills.py"),
        has_one_size=True,
    ),
    Figure(7, "any write fails: what was there stays", tests("tests/output/test_failures.py"), has_one_size=True),
    Figure(8, "runs at once leave no mixed package", tests("tests/output/test_together.py"), has_one_size=True),
    Figure(
        9,
        "nothing is written outside, nothing of anybody's is lost",
        tests("tests/output/test_publish.py", "tests/output/test_compare.py", "tests/output/test_folder.py"),
        has_one_size=True,
    ),
    Figure(
        10,
        "a broken spec does not stop the others",
        _beside_a_broken_one,
        has_one_size=True,
    ),
    Figure(
        11,
        "the same bytes in all surroundings",
        tests("tests/pipeline/test_same_bytes.py"),
        "six surroundings, which have each value beside several of the others, and not all 72; Python 3.11 and 3.13",
        has_one_size=True,
    ),
    Figure(
        12,
        "each fault ends in the stated outcome within the deadline",
        tests(
            TRANSPORT,
            "tests/runtime/test_secure_transport.py",
            f"{CONTRACT}/test_kolmisoft_money.py",
            f"{CONTRACT}/test_repetition.py",
            "tests/torture/test_matrix.py",
        ),
        has_one_size=True,
    ),
    Figure(
        13,
        "no payment is carried out twice",
        _schedules(lambda found: found.twice),
        together="money",
    ),
    Figure(
        14,
        "no payment is told as failed though carried out, or as done though not",
        _schedules(
            lambda found: [*found.failed_though_executed, *found.done_though_not, *found.untold, *found.strange]
        ),
        together="money",
    ),
    Figure(
        15,
        "nothing is sent again without a key that may have been carried out",
        _schedules(lambda found: found.sent_again),
        together="money",
    ),
    Figure(
        16,
        "no secret in any sink",
        tests(
            "tests/runtime/test_secrets.py",
            "tests/torture/test_sweep.py",
            *(f"{CONTRACT}/test_{name}secrets.py" for name in ("", "kolmisoft_", "store365_")),
        ),
        has_one_size=True,
    ),
    Figure(17, "no answer reaches another call", _wrong_answers),
    Figure(18, "a call that is cancelled or interrupted leaves the client good", _cancelled),
    Figure(
        19,
        "what grows is refused before it fills the memory",
        _grown,
        has_one_size=True,
    ),
    Figure(
        20,
        "one token, however many ask at once",
        tests(
            f"{CONTRACT}/test_store365_tokens.py",
            f"{CONTRACT}/test_store365_logins.py",
            f"{CONTRACT}/test_store365_shared_tokens.py",
        ),
        is_alone=True,
        has_one_size=True,
    ),
    Figure(
        21,
        "the vendor never sees more than its limit, and nine tenths of it are used",
        _limits,
        "counted as they leave the machine: what is on its way for more than a tenth of the window without an answer may "
        "arrive with those of the next",
        is_alone=True,
    ),
    Figure(22, "changed deliveries are refused by one error, good ones taken", _webhooks),
    Figure(
        23,
        "credentials, keys and bodies go to no other origin",
        tests(
            f"{CONTRACT}/test_surroundings.py",
            "tests/runtime/test_client.py",
            f"{CONTRACT}/test_store365_logins.py::test_password_follows_no_redirect",
            f"{CONTRACT}/test_store365_logins.py::test_token_goes_to_the_resource_host_alone",
        ),
        has_one_size=True,
    ),
    Figure(
        24,
        "vendors' protocols, requests and answers",
        tests(
            *(f"{CONTRACT}/test_{name}.py" for name in ("kolmisoft", "monetize360", "store365", "arguments", "results"))
        ),
        has_one_size=True,
    ),
    Figure(25, "each guard is needed", _switched_off, has_one_size=True),
    Figure(
        26,
        "a client has two dependencies, and all are pinned by hashes",
        _depended_on,
        has_one_size=True,
    ),
)
