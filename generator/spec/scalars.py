"""What a scalar says, for whoever wants text, a number, a truth value or JSON of it.

YAML readers disagree about scalars without quotes: `no`, `1:30`, `0755` and `1e3` are different things to different
ones. Where text is wanted they stay text as written; where the kind is left to the scalar, they are refused.
"""

import re
from decimal import Decimal
from typing import TypeAlias

from generator.diagnostics import Position
from generator.spec.nodes import Mapping, Node, Scalar, Sequence

JsonValue: TypeAlias = "bool | int | Decimal | str | list[JsonValue] | dict[str, JsonValue] | None"

_DIGITS = 18

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
# Only with a point and a signed exponent do YAML 1.1 and 1.2 both see a number.
_JSON_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+[eE][-+][0-9]{1,3}")

_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
_LEADING_ZERO = re.compile(r"[-+]?0(?:[0-9_]+(?:\.[0-9_]*)?|[xob][0-9a-fA-F_]+)")
_TRUTH = re.compile(r"true|false|yes|no|on|off|y|n", re.IGNORECASE)

_DATE = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]*)?)?(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?)?"
)

_AMBIGUOUS = (
    (_TRUTH, "a truth value"),
    (_LEADING_ZERO, "a number with a leading zero"),
    (re.compile(r"[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?"), "a time or a number to the base 60"),
    (_DATE, "a date"),
    (re.compile(r"[-+]?\.(?:inf|nan)", re.IGNORECASE), "a number that is not finite"),
    (re.compile(r"[-+]?(?:\.[0-9_]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?"), "a number"),
    (re.compile(r"<<|="), "a sign of its own"),
)


class NotThatKind(Exception):
    """A node is not what is wanted of it.

    Attributes:
        reason: What is wrong, and what would be right.
        position: Where.
        place: The dotted path from the node that was asked, empty for itself.
        others: Further reasons, where a whole document was asked.
    """

    def __init__(
        self, reason: str, position: Position, place: str = "", others: "tuple[NotThatKind, ...]" = ()
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position
        self.place = place
        self.others = others


def as_text(scalar: Scalar) -> str:
    """Return the text as written, `yes` and `1.10` included.

    Raises:
        NotThatKind: It is nothing (`~`, `null`, left out), or a number with a leading zero, without quotes.
    """
    if scalar.plain:
        if scalar.text in _NOTHING:
            if scalar.text:
                raise _refused(scalar, f'{scalar.text} is nothing to YAML; for the text, quote it: "{scalar.text}"')
            raise _refused(scalar, 'nothing stands here; write the text, or "" for an empty one')
        if _LEADING_ZERO.fullmatch(scalar.text):
            raise _refused(scalar, f"YAML readers disagree about {_shown(scalar)}; quote it")
    return scalar.text


def as_integer(scalar: Scalar) -> int:
    """Return a whole number of up to 18 digits.

    Raises:
        NotThatKind: It is anything else, or in quotes.
    """
    if _is_plain(scalar, _INTEGER):
        _check_digits(scalar)
        return int(scalar.text)
    raise _refused(scalar, f"a whole number is wanted, such as 20, not {_shown(scalar)}")


def as_number(scalar: Scalar) -> Decimal:
    """Return a decimal number with the digits as written, `1.10` with its zero.

    Raises:
        NotThatKind: It is anything else, or in quotes, or has more than 18 digits on a side of its point.
    """
    if _is_plain(scalar, _NUMBER):
        _check_digits(scalar)
        return Decimal(scalar.text)
    raise _refused(scalar, f"a decimal number is wanted, such as 20 or 1.50, not {_shown(scalar)}")


def as_boolean(scalar: Scalar) -> bool:
    """Return the truth value that `true` or `false` says.

    Raises:
        NotThatKind: It is anything else, `yes` and `True` included, or in quotes.
    """
    if scalar.plain and scalar.text in {"true", "false"}:
        return scalar.text == "true"
    raise _refused(scalar, f"write true or false, without quotes, not {_shown(scalar)}")


def as_json(node: Node) -> JsonValue:
    """Return the JSON value that a node says to every YAML reader.

    `true`, `false`, `null` and JSON's numbers are such without quotes; all else is text. Numbers with a point keep
    their digits.

    Raises:
        NotThatKind: Scalars without quotes which readers understand differently; the first, with the others.
    """
    refusals: list[NotThatKind] = []
    value = _json(node, (), refusals)
    if refusals:
        first, *others = refusals
        raise NotThatKind(first.reason, first.position, first.place, tuple(others))
    return value


def _json(node: Node, path: tuple[str, ...], refusals: list[NotThatKind]) -> JsonValue:
    # The depth of the recursion is bounded by that of documents.
    match node:
        case Mapping():
            return {entry.key.text: _json(entry.value, (*path, entry.key.text), refusals) for entry in node.entries}
        case Sequence():
            return [_json(item, (*path, str(index)), refusals) for index, item in enumerate(node.items)]
        case Scalar():
            try:
                return _json_scalar(node)
            except NotThatKind as refusal:
                refusals.append(NotThatKind(refusal.reason, refusal.position, ".".join(path)))
                return None


def _json_scalar(scalar: Scalar) -> JsonValue:
    text = scalar.text
    if not scalar.plain:
        return text
    if text in {"true", "false"}:
        return text == "true"
    if text == "null":
        return None
    if _INTEGER.fullmatch(text):
        return as_integer(scalar)
    if _NUMBER.fullmatch(text):
        return as_number(scalar)
    if _JSON_NUMBER.fullmatch(text):
        _check_digits(scalar)
        return Decimal(text)
    if text in _NOTHING:
        raise _refused(
            scalar, 'write null, or "" for an empty text' if not text else f'write null, or quote it: "{text}"'
        )
    for pattern, kind in _AMBIGUOUS:
        if pattern.fullmatch(text):
            shown = _shown(scalar)
            raise _refused(scalar, f"{shown} looks like {kind}, and YAML readers disagree; for the text, quote it")
    return text


def _is_plain(scalar: Scalar, pattern: re.Pattern[str]) -> bool:
    return scalar.plain and pattern.fullmatch(scalar.text) is not None


def _check_digits(scalar: Scalar) -> None:
    mantissa = re.split("[eE]", scalar.text.removeprefix("-"))[0]
    if any(len(side) > _DIGITS for side in mantissa.split(".")):
        raise _refused(scalar, f"{_shown(scalar)} has more than {_DIGITS} digits; if it is an id, quote it")


def _refused(scalar: Scalar, reason: str) -> NotThatKind:
    return NotThatKind(reason, scalar.position)


def _shown(scalar: Scalar) -> str:
    text = scalar.text if len(scalar.text) <= 40 else scalar.text[:37] + "..."
    if scalar.plain:
        return text or "nothing"
    return f'"{text}" in quotes'
