"""What answers are wrapped in, and how the vendor says no."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import cast

from .errors import APIStatusError
from .values import dataclass

Path = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class ErrorShape:
    """Where an error tells what went wrong; each path is from the whole body.

    Attributes:
        code: The vendor's code.
        message: Its words.
        details: What else it tells, which may be absent.
        when: Paths, and the words there without which this is not the form.
        anywhere: The name of an element that, wherever it stands, tells a failure: by its text, or by the text of its
            child `message`.
        is_text: Whether the form is a short plain text instead of a document.
    """

    code: Path | None = None
    message: Path | None = None
    details: Path | None = None
    when: tuple[tuple[Path, str], ...] = ()
    anywhere: str | None = None
    is_text: bool = False
    timestamp: Path | None = None


@dataclass(frozen=True, kw_only=True)
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


@dataclass(frozen=True, kw_only=True)
class ErrorRule:
    """What one of the vendor's codes or messages means.

    Attributes:
        raises: The class.
        code: The code.
        message: How the message begins, where the vendor has no codes; case and the end's punctuation do not count.
        temporary: Whether it may pass by itself, so that a call that may be repeated is.
    """

    raises: type[APIStatusError]
    code: str | None = None
    message: str | None = None
    temporary: bool = False


@dataclass(frozen=True, kw_only=True)
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
    return any(_fits(shape, document) for shape in envelope.errors)


def vendor_error(envelope: Envelope, document: object) -> VendorError:
    """Read what the vendor tells, in the first of its forms that fits, or else in the first of which a part is there."""
    for fits in (_fits, _fits_in_part):
        for shape in envelope.errors:
            if fits(shape, document):
                return _told(shape, document)
    return VendorError(details={})


def error_rule(rules: tuple[ErrorRule, ...], said: VendorError) -> ErrorRule | None:
    """Return what the vendor's code means, else its words: the rule that knows most of them."""
    for rule in rules:
        if rule.code is not None and rule.code == said.code:
            return rule
    message = plain_words(said.message or "")
    known = [rule for rule in rules if rule.message is not None and message.startswith(plain_words(rule.message))]
    return max(known, key=lambda rule: len(rule.message or ""), default=None)


def plain_words(text: str) -> str:
    """Return *text* without what vendors change between two pages: case, spaces, the punctuation at its end."""
    return " ".join(text.split()).rstrip(".!:; ").casefold()


def _fits(shape: ErrorShape, document: object) -> bool:
    """Tell whether all that the form has is there."""
    if shape.is_text or isinstance(document, str):
        return shape.is_text and isinstance(document, str)
    if shape.anywhere is not None:
        return any(True for _ in _named(document, shape.anywhere))
    declared = [path for path in (shape.code, shape.message) if path is not None]
    return (
        bool(declared or shape.when)
        and all(_is_word(find(document, path), word) for path, word in shape.when)
        and all(_word(find(document, path)) is not None for path in declared)
    )


def _fits_in_part(shape: ErrorShape, document: object) -> bool:
    """Tell whether a form that is known by its paths alone is there in part."""
    if shape.when or isinstance(document, str):
        return False
    return any(path is not None and find(document, path) is not None for path in (shape.code, shape.message))


def _told(shape: ErrorShape, document: object) -> VendorError:
    if isinstance(document, str):
        return VendorError(message=document, details={})
    if shape.anywhere is not None:
        found = next(_named(document, shape.anywhere))
        return VendorError(message=_first_word(found), details={})
    details = find(document, shape.details) if shape.details is not None else None
    return VendorError(
        code=_word(find(document, shape.code)) if shape.code is not None else None,
        message=_word(find(document, shape.message)) if shape.message is not None else None,
        # Vendors send an empty list where they have nothing to say and a mapping where they have.
        details=cast("Mapping[str, object]", details) if isinstance(details, Mapping) else _as_mapping(details),
        timestamp=_moment(find(document, shape.timestamp)) if shape.timestamp is not None else None,
    )


def _named(document: object, name: str) -> Iterator[object]:
    """Yield what stands under *name*, however deep; the outer comes first."""
    following = [document]
    while following:
        element = following.pop(0)
        if isinstance(element, Mapping):
            entries = cast("Mapping[str, object]", element)
            if name in entries:
                yield entries[name]
            following += [value for value in entries.values() if isinstance(value, (Mapping, list))]
        elif isinstance(element, list):
            following += cast("list[object]", element)


def _first_word(found: object) -> str | None:
    if isinstance(found, list):
        return next((word for each in cast("list[object]", found) if (word := _first_word(each)) is not None), None)
    if isinstance(found, Mapping):
        return _word(cast("Mapping[str, object]", found).get("message"))
    return _word(found)


def _is_word(found: object, word: str) -> bool:
    told = _word(found)
    return told is not None and plain_words(told) == plain_words(word)


def unmet(success: tuple[tuple[Path, str], ...], document: object) -> tuple[Path, str | None] | None:
    """Return the first place where the vendor does not say that it did what was asked, with what it says instead."""
    for path, word in success:
        found = find(document, path)
        if not _is_word(found, word):
            return path, _word(found)
    return None


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
