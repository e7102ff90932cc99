"""Long lists sent in parts: what became of each row is told, whatever goes wrong on the way."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from dataclasses import field
from typing import Any, Generic, Literal, TypeVar, cast

from .decode import at
from .envelope import Path
from .errors import (
    APIError,
    APIStatusError,
    ArgumentError,
    BadRequestError,
    ConflictError,
    UnprocessableEntityError,
)
from .operations import Operation
from .request import CallOptions
from .values import dataclass

T = TypeVar("T")

Outcome = Literal["created", "failed", "mixed", "unknown", "not_sent"]
"""What became of a part: `mixed` when some of its rows failed and the vendor does not tell which."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Parts(Generic[T]):
    """How a list is sent in parts.

    Attributes:
        operation: What sends one part.
        rows: The parameter with the list, by its Python name.
        created: Where an answer tells how many rows were created.
        failed: Where it tells how many were not.
    """

    operation: Operation[T]
    rows: str
    created: Path
    failed: Path


@dataclass(frozen=True)
class Part(Generic[T]):
    """Some rows that went out together.

    Attributes:
        rows: Their numbers in the whole list, from 0.
        outcome: What became of them.
        created: How many were created, as far as is known.
        failed: How many certainly were not.
        answer: The vendor's answer, where there is one.
        error: What went wrong, where something did.
    """

    rows: range
    outcome: Outcome
    created: int = 0
    failed: int = 0
    answer: T | None = None
    error: APIError | None = field(default=None, repr=False)


@dataclass(frozen=True)
class PartsReport(Generic[T]):
    """What became of a long list."""

    parts: tuple[Part[T], ...]

    @property
    def created(self) -> int:
        """How many rows were created, as the vendor counts."""
        return sum(part.created for part in self.parts)

    @property
    def failed(self) -> int:
        """How many rows were not created although they were sent."""
        return sum(part.failed for part in self.parts)

    @property
    def complete(self) -> bool:
        """Whether all rows were created."""
        return all(part.outcome == "created" for part in self.parts)

    @property
    def created_rows(self) -> list[int]:
        """Numbers of the rows that were created."""
        return self._rows("created")

    @property
    def failed_rows(self) -> list[int]:
        """Numbers of the rows that were refused: none of them was created."""
        return self._rows("failed")

    @property
    def mixed_rows(self) -> list[int]:
        """Numbers of the rows of parts in which some failed; the vendor does not tell which."""
        return self._rows("mixed")

    @property
    def unknown_rows(self) -> list[int]:
        """Numbers of the rows that may have been created or not: look before you send them again."""
        return self._rows("unknown")

    @property
    def unsent_rows(self) -> list[int]:
        """Numbers of the rows that were not sent, since something before them went wrong."""
        return self._rows("not_sent")

    @property
    def errors(self) -> list[APIError]:
        """What went wrong, in order."""
        return [part.error for part in self.parts if part.error is not None]

    def _rows(self, outcome: Outcome) -> list[int]:
        return [row for part in self.parts if part.outcome == outcome for row in part.rows]


_Question = Mapping[str, object]
_Steps = Generator[_Question, Any, "PartsReport[T]"]


def send_parts(
    call: Callable[[Operation[Any], _Question, CallOptions], Any],
    parts: Parts[T],
    arguments: _Question,
    size: int,
    options: CallOptions,
) -> PartsReport[T]:
    """Send a list part by part."""
    # Imported here, as below: a client that is not used loads nothing that only a call needs.
    from .drivers import driven  # noqa: PLC0415 - see above

    return driven(_steps(parts, arguments, size), lambda question: call(parts.operation, question, options))


async def send_parts_async(
    call: Callable[[Operation[Any], _Question, CallOptions], Awaitable[Any]],
    parts: Parts[T],
    arguments: _Question,
    size: int,
    options: CallOptions,
) -> PartsReport[T]:
    """Send a list part by part."""
    from .drivers import driven_async  # noqa: PLC0415 - see above

    return await driven_async(_steps(parts, arguments, size), lambda question: call(parts.operation, question, options))


def _steps(parts: Parts[T], arguments: _Question, size: int) -> _Steps[T]:
    if not isinstance(cast("object", size), int) or isinstance(size, bool) or size < 1:
        raise ArgumentError("size must be a whole number, 1 or more")
    rows = _checked(parts, arguments[parts.rows])
    done: list[Part[T]] = []
    for start in range(0, len(rows), size):
        numbers = range(start, min(start + size, len(rows)))
        try:
            answer = yield {**arguments, parts.rows: rows[start : start + size]}
        except APIError as error:
            part: Part[T] = _refused(numbers, error)
            done.append(part)
            if not _concerns_the_rows(error):
                done.extend(_unsent(numbers.stop, len(rows)))
                break
        except BaseException as error:
            # What went out before was carried out, whatever became of this part.
            told = any(part.created or part.outcome == "unknown" for part in done)
            if told:
                error.may_have_executed = True  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue] - it is told on the object itself
            raise
        else:
            done.append(_answered(parts, numbers, answer))
    return PartsReport(tuple(done))


def _checked(parts: Parts[Any], given: object) -> Sequence[object]:
    """Check all rows before the first is sent."""
    [rule] = [parameter.rule for parameter in parts.operation.parameters if parameter.name == parts.rows]
    return cast("Sequence[object]", rule.check(parts.rows, given))


def _answered(parts: Parts[T], rows: range, answer: T) -> Part[T]:
    created, failed = _count(at(answer, parts.created)), _count(at(answer, parts.failed))
    outcome: Outcome = "mixed"
    if created == len(rows) and not failed:
        outcome = "created"
    elif failed == len(rows) and not created:
        outcome = "failed"
    return Part(rows, outcome, created, failed, answer)


def _refused(rows: range, error: APIError) -> Part[Any]:
    if error.may_have_executed:
        return Part(rows, "unknown", error=error)
    if isinstance(error, APIStatusError):
        return Part(rows, "failed", failed=len(rows), error=error)
    return Part(rows, "not_sent", error=error)


def _concerns_the_rows(error: APIError) -> bool:
    """Tell whether other rows may fare better than these; all else would meet the same again."""
    rows = (BadRequestError, ConflictError, UnprocessableEntityError)
    return isinstance(error, rows) and not error.may_have_executed


def _unsent(start: int, stop: int) -> list[Part[Any]]:
    return [Part(range(start, stop), "not_sent")] if start < stop else []


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0
