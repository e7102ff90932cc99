"""Conversations with a stand-in of the vendor, and the modules of tests that hold them."""

from __future__ import annotations

import builtins
from collections.abc import Iterable
from dataclasses import dataclass, replace

from generator.plan import literals
from generator.plan.code import Import, import_lines, names_in
from generator.plan.migration import MigrationTests
from generator.plan.samples import Sampler
from generator.plan.webhook_tests import WebhookTests


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One conversation with a stand-in of the vendor: its answers, one call, and what has to hold after it."""

    name: str
    answers: tuple[str, ...]
    client: str
    async_client: str
    before: tuple[str, ...]
    call: str
    async_call: str
    raises: str
    checks: tuple[str, ...]

    @property
    def keeps(self) -> str:
        """What the result is assigned to, where a check looks at it."""
        return "result = " if any("result" in names_in(check) for check in self.checks) else ""

    @property
    def catches(self) -> bool:
        """Whether a check looks at the error."""
        return any("error" in names_in(check) for check in self.checks)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestModule:
    """A module of tests."""

    __test__ = False

    name: str
    header: str
    docstring: str
    imports: tuple[str, ...]
    cases: tuple[Case, ...]
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Submodule:
    """A module that the README imports from, by the package's own name and from the tests."""

    name: str
    relative: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadmeTest:
    """The test that runs the code of the README, each piece against its answers."""

    header: str
    docstring: str
    package: str
    answers: tuple[str, ...]
    environment: tuple[str, ...]
    submodules: tuple[Submodule, ...]
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TestPlan:
    """All tests of a package."""

    __test__ = False

    header: str
    modules: tuple[TestModule, ...]
    webhooks: WebhookTests | None
    migration: MigrationTests | None
    readme: ReadmeTest
    docstring: str


def _apart(cases: Iterable[Case]) -> tuple[Case, ...]:
    """Number the cases whose names are the same, so that each is a test of its own."""
    seen: dict[str, int] = {}
    found: list[Case] = []
    for case in cases:
        number = seen[case.name] = seen.get(case.name, 0) + 1
        found.append(case if number == 1 else replace(case, name=f"{case.name}_{number}"))
    return tuple(found)


def plan_test_module(
    sampler: Sampler,
    header: str,
    name: str,
    docstring: str,
    cases: Iterable[Case],
    *,
    builders: tuple[str, ...] = (),
    marks: tuple[str, ...] = (),
) -> TestModule:
    """Make a module of cases, each a test of its own, with the imports that they need; *builders* are of filters."""
    cases = _apart(cases)
    pieces = (part for case in cases for part in (*case.answers, *case.before, *case.checks, case.call))
    spoken_of = frozenset[str]().union(*map(names_in, pieces))
    used: set[Import] = {
        Import("asyncio"),
        Import("..", "AsyncClient"),
        Import("..", "Client"),
        Import(".replay", "Answer"),
        Import(".replay", "Replay"),
    }
    used |= {Import("..", case.raises) for case in cases if case.raises and not hasattr(builtins, case.raises)}
    if marks or any(case.raises for case in cases):
        used.add(Import("pytest"))
    for word, needed in (
        ("Sent", Import(".replay", "Sent")),
        ("Limiter", Import("..", "Limiter")),
        ("datetime", Import("datetime")),
        ("Decimal", Import("decimal", "Decimal")),
        ("uuid", Import("uuid")),
        ("warnings", Import("warnings")),
    ):
        if word in spoken_of:
            used.add(needed)
    used |= {Import("..filters", builder) for builder in builders if builder in spoken_of}
    used |= sampler.imports(spoken_of)
    if not any(case.answers for case in cases):
        used.discard(Import(".replay", "Answer"))
    return TestModule(
        name=name,
        header=header,
        docstring=literals.docstring((docstring,)),
        imports=import_lines(used),
        cases=cases,
        marks=marks,
    )
