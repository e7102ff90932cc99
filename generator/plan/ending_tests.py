"""Tests of what ends: each use of it can be found before it fails."""

from __future__ import annotations

from collections.abc import Iterator

from generator.plan import literals
from generator.plan.conversations import Case
from generator.plan.deprecations import end_of
from generator.plan.exchanges import Writer
from generator.plan.operations import Operation

QUIET = 'pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")'
"""What modules begin with whose tests use what ends."""


def ending_cases(writer: Writer, operation: Operation) -> Iterator[Case]:
    """Show that a filter for errors finds the use of an operation that ends, or of an argument."""
    spec = writer.spec
    needed = writer.sampler.arguments(operation.endpoint, required_only=True)
    entry = end_of(spec, operation.wire)
    if entry is not None:
        yield _found(writer, operation, "is_found_as_deprecated", needed, entry.date.isoformat())
        return
    every = writer.sampler.arguments(operation.endpoint)
    for parameter in operation.parameters:
        entry = end_of(spec, f"{operation.wire}.{parameter.wire}")
        if entry is not None and parameter.wire in every:
            given = {**needed, parameter.wire: every[parameter.wire]}
            name = f"is_found_as_deprecated_with_{parameter.name}"
            yield _found(writer, operation, name, given, entry.date.isoformat())


def _found(writer: Writer, operation: Operation, name: str, given: dict[str, object], since: str) -> Case:
    checks = (f"{literals.string(since)} in str(error)", "vendor.sent == []")
    before = ('warnings.simplefilter("error", DeprecationWarning)',)
    return writer.case(operation, name, given, (), checks, raises="DeprecationWarning", before=before)
