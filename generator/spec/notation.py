"""The short notation of types: `string 3..100`, `list of User`, `one of a, b`, `integer 1..100 = 20`, `User?`."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from generator import naming
from generator.spec.types import (
    Anything,
    Boolean,
    Date,
    DateTime,
    DecimalNumber,
    Integer,
    ListOf,
    MapOf,
    Nullable,
    OneOf,
    Reference,
    Text,
    Type,
    Union,
    Url,
    Uuid,
    type_words,
)

_WORDS: dict[str, Type] = {
    "any": Anything(),
    "boolean": Boolean(),
    "date": Date(),
    "datetime": DateTime(),
    "decimal": DecimalNumber(),
    "integer": Integer(),
    "string": Text(),
    "unknown": Anything(unknown=True),
    "url": Url(),
    "uuid": Uuid(),
}
assert tuple(_WORDS) == type_words  # noqa: S101 - two lists of one thing, held together at import

_RANGE = re.compile(r"(?P<exact>-?[0-9]{1,18})|(?P<low>-?[0-9]{1,18})?\.\.(?P<high>-?[0-9]{1,18})?")
_NAME = re.compile(r"[A-Za-z][0-9A-Za-z_]*")
_DEPTH = 8

# What people write who know these things from elsewhere.
_ELSEWHERE = {
    "None": "a '?' at the end of the type", "array": "list of ...", "bool": "boolean", "date-time": "datetime", "dict": "map of any", "double": "decimal",
    "email": "string", "enum": "one of a, b", "float": "decimal", "int": "integer", "list": "list of ...",
    "long": "integer", "map": "map of ...", "money": "decimal", "null": "a '?' at the end of the type",
    "number": "decimal", "object": "map of any", "one": "one of a, b", "str": "string", "text": "string", "timestamp": "datetime", "uri": "url",
}  # fmt: skip


_NO_RANGE = "'{}' takes no range; a length or a range goes with string, integer, decimal and list"


class NotationError(Exception):
    """The text is not a type.

    Attributes:
        reason: What is wrong, and what would be right.
        offset: Where in the text, counted from 0.
    """

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.offset = offset


@dataclass(frozen=True, slots=True)
class Notation:
    """A type as one line of a spec says it, with the default that the vendor documents."""

    type: Type
    default: str | None = None


def parse_notation(text: str) -> Notation:
    """Read a type from its notation.

    Raises:
        NotationError: The text is not a type; says where and what would be right.
    """
    written, equals, default = text.partition(" = ")
    if (equals and not default.strip()) or text.rstrip().endswith(" ="):
        raise NotationError("a default is missing after '='", text.rindex("="))
    return Notation(_union(written, 0), default.strip() if equals else None)


def spell_notation(of: Type) -> str:
    """Spell a type as `parse_notation` reads it; a pattern is no part of the notation."""
    match of:
        case Text(minimum, maximum):
            exact = minimum is not None and minimum == maximum
            return f"string {minimum}" if exact else f"string{_spelled_range(minimum, maximum)}"
        case Integer(minimum, maximum):
            return f"integer{_spelled_range(minimum, maximum)}"
        case DecimalNumber(minimum, maximum):
            return f"decimal{_spelled_range(minimum, maximum)}"
        case OneOf(words):
            return f"one of {', '.join(words)}"
        case ListOf(item, minimum, maximum):
            return f"list of {spell_notation(item)}{_spelled_range(minimum, maximum)}"
        case MapOf(value):
            return f"map of {spell_notation(value)}"
        case Reference(name):
            return name
        case Union(options):
            return " | ".join(map(spell_notation, options))
        case Nullable(inner):
            return f"{spell_notation(inner)}?"
        case _:
            return next(word for word, known in _WORDS.items() if known == of)


def _spelled_range(minimum: int | None, maximum: int | None) -> str:
    if minimum is None and maximum is None:
        return ""
    return f" {'' if minimum is None else minimum}..{'' if maximum is None else maximum}"


def _union(text: str, offset: int) -> Type:
    nullable = text.rstrip().endswith("?")
    body = text.rstrip()[:-1] if nullable else text
    options: list[Type] = []
    at = offset
    for part in body.split("|"):
        options.append(_single(part, at, depth=0))
        at += len(part) + 1
    if len(set(options)) < len(options):
        raise NotationError("the same type stands twice in this union", offset)
    result = options[0] if len(options) == 1 else Union(tuple(options))
    return Nullable(result) if nullable else result


def _single(text: str, offset: int, *, depth: int) -> Type:
    start = offset + len(text) - len(text.lstrip())
    text = text.strip()
    if not text:
        raise NotationError("a type is missing here; for example 'string 36', 'list of User', 'one of a, b'", start)
    if depth > _DEPTH:
        raise NotationError(f"more than {_DEPTH} levels of 'list of' and 'map of'; give the inner type a name", start)
    if text.startswith("one of "):
        return _one_of(text[7:], start + 7)
    for prefix, build in (("list of ", ListOf), ("map of ", MapOf)):
        if text.startswith(prefix):
            rest = text[len(prefix) :]
            if build is MapOf:
                return MapOf(_single(rest, start + len(prefix), depth=depth + 1))
            return _list(rest, start + len(prefix), depth)
    word, _, limits = text.partition(" ")
    if word in _ELSEWHERE:
        raise NotationError(f"no type is called '{word}'; write {_quoted(_ELSEWHERE[word])}", start)
    if not _NAME.fullmatch(word):
        raise NotationError(_no_name(word), start)
    found = _WORDS.get(word)
    if found is None:
        if word[0].islower():
            raise NotationError(
                f"no type is called '{_clipped(word)}'; {naming.hint(word, type_words, what='types are')}", start
            )
        if limits:
            raise NotationError(_NO_RANGE.format(_clipped(word)), start)
        return Reference(word)
    if not limits:
        return found
    if not isinstance(found, Text | Integer | DecimalNumber):
        raise NotationError(_NO_RANGE.format(word), start)
    low, high = _limits(limits, start + len(word) + 1, lengths=isinstance(found, Text))
    return replace(found, minimum=low, maximum=high)


def _list(text: str, offset: int, depth: int) -> Type:
    """Read what follows `list of`: a last word that looks like a range is the list's length, so `list of string 1..10`."""
    inner, _, last = text.rstrip().rpartition(" ")
    if inner and _RANGE.fullmatch(last):
        low, high = _limits(last, offset + len(inner) + 1, lengths=True)
        return ListOf(_single(inner, offset, depth=depth + 1), low, high)
    return ListOf(_single(text, offset, depth=depth + 1))


def _one_of(text: str, offset: int) -> OneOf:
    words: dict[str, None] = {}
    at = offset
    for part in text.split(","):
        word = part.strip()
        if not word:
            raise NotationError("a word is missing between commas; write 'one of a, b, c'", at)
        if word in words:
            raise NotationError(f"'{_clipped(word)}' stands twice", at + len(part) - len(part.lstrip()))
        words[word] = None
        at += len(part) + 1
    return OneOf(tuple(words))


def _limits(text: str, offset: int, *, lengths: bool) -> tuple[int | None, int | None]:
    """Read a range; one of lengths may be a single number and has nothing below zero."""
    text = text.strip()
    found = _RANGE.fullmatch(text)
    if found is None or not any(found.groups()):
        raise NotationError(f"'{_clipped(text)}' is not a range; write {_ranges(lengths=lengths)}", offset)
    if found["exact"] and not lengths:
        raise NotationError(f"'{text}' is not a range of numbers; write {_ranges(lengths=lengths)}", offset)
    lowest, highest = found["exact"] or found["low"], found["exact"] or found["high"]
    low = int(lowest) if lowest else None
    high = int(highest) if highest else None
    if lengths and any(limit is not None and limit < 0 for limit in (low, high)):
        raise NotationError(f"'{text}' is not a range of lengths; write {_ranges(lengths=lengths)}", offset)
    if low is not None and high is not None and low > high:
        raise NotationError(f"the range is empty: {low} is more than {high}; write '{high}..{low}'", offset)
    return low, high


def _ranges(*, lengths: bool) -> str:
    return "'36', '3..100', '1..' or '..100'" if lengths else "'1..100', '1..' or '..100'"


def _no_name(word: str) -> str:
    """Say what would be right instead of something that is no name at all."""
    bare = word.rstrip("?")
    if bare in _WORDS or (bare != word and _NAME.fullmatch(bare)):
        return "a '?' stands at the end of the whole type and says that it may be null"
    if word.endswith("[]") and _NAME.fullmatch(word[:-2]):
        return f"'{_clipped(word)}' is not a type; write 'list of {_clipped(word[:-2])}'"
    generic = re.fullmatch(r"(Optional|[Ll]ist|[Ss]equence)\[([0-9A-Za-z_]+)\]", word)
    if generic is not None:
        right = f"{generic[2]}?" if generic[1] == "Optional" else f"list of {generic[2]}"
        return f"'{_clipped(word)}' is not a type; write '{_clipped(right)}'"
    known = re.match(r"[a-z]+", word)
    example = "string 36" if known is None or known[0] not in ("integer", "decimal") else f"{known[0]} 1..100"
    return f"'{_clipped(word)}' is not the name of a type; write for example '{example}', 'list of User', 'one of a, b'"


def _quoted(right: str) -> str:
    return right if right.startswith("a ") else f"'{right}'"


def _clipped(word: str) -> str:
    return word if len(word) <= 60 else word[:57] + "..."
