"""What answers are wrapped in, and how the vendor says no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from .errors import APIStatusError, status_error

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorShape:
    """Where an error tells what went wrong; each path is from the whole body."""

    code: Path | None = None
    message: Path | None = None
    details: Path | None = None
    timestamp: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What every answer is wrapped in.

    Attributes:
        success: A boolean that tells the outcome, whatever the HTTP status says.
        data: Where the content is; empty when the body is the content.
        errors: The forms of errors, the first that fits counts.
    """

    success: Path | None = None
    data: Path = ()
    errors: tuple[ErrorShape, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRule:
    """What one of the vendor's codes means."""

    code: str
    raises: type[APIStatusError]


@dataclass(frozen=True, slots=True, kw_only=True)
class VendorError:
    """What the vendor tells about a refusal."""

    code: str | None = None
    message: str | None = None
    details: Mapping[str, object]
    timestamp: datetime | None = None


def find(document: object, path: Path) -> object:
    """Return what stands at *path*, None when nothing does."""
    for name in path:
        if isinstance(document, Mapping):
            document = cast("Mapping[str, object]", document).get(name)
        elif isinstance(document, Sequence) and not isinstance(document, str) and name.isdecimal():
            elements = cast("Sequence[object]", document)
            document = elements[int(name)] if int(name) < len(elements) else None
        else:
            return None
    return document


def is_failure(envelope: Envelope, status_code: int, document: object) -> bool:
    """Tell whether the vendor said no: by status, by its own word for success, or by the form of an error."""
    if not 200 <= status_code < 300:
        return True
    if envelope.success is not None:
        return find(document, envelope.success) is False
    return any(shape.code is not None and find(document, shape.code) is not None for shape in envelope.errors)


def vendor_error(envelope: Envelope, document: object) -> VendorError:
    """Read what the vendor tells, in the first of its forms that fits."""
    for shape in envelope.errors:
        code = find(document, shape.code) if shape.code is not None else None
        message = find(document, shape.message) if shape.message is not None else None
        if code is None and message is None:
            continue
        details = find(document, shape.details) if shape.details is not None else None
        return VendorError(
            code=_word(code),
            message=_word(message),
            # Vendors send an empty list where they have nothing to say and a mapping where they have.
            details=cast("Mapping[str, object]", details) if isinstance(details, Mapping) else _as_mapping(details),
            timestamp=_moment(find(document, shape.timestamp)) if shape.timestamp is not None else None,
        )
    return VendorError(details={})


def error_class(rules: tuple[ErrorRule, ...], status_code: int, code: str | None) -> type[APIStatusError]:
    """Choose the class: by the vendor's code, then by the HTTP status."""
    for rule in rules:
        if rule.code == code:
            return rule.raises
    return status_error(status_code)


def _as_mapping(details: object) -> Mapping[str, object]:
    if isinstance(details, list):
        return {str(index): element for index, element in enumerate(cast("list[object]", details))}
    return {} if details is None else {"": details}


def _moment(value: object) -> datetime | None:
    """Read a moment that knows its offset, None where there is none; the body has it as it came."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return None if moment is None or moment.utcoffset() is None else moment


def _word(value: object) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None
