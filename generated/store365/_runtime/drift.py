"""What a vendor sends that its spec does not know: fields and words, told by name and kind and never by value."""

from __future__ import annotations

import functools
import re
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, cast

from pydantic import BaseModel

if TYPE_CHECKING:
    import logging

    from .operations import Operation

DEEPEST = 64
"""How deep an answer is looked into."""

MOST_NAMES = 50
"""Of so many unknown names in one object, the names are data."""

ANY_NAME = "*"
"""What stands for a name that may be data."""

_NAME = re.compile(r"[A-Za-z_][0-9A-Za-z_-]{0,63}")
_MOST_DIGITS = 4

Kind: TypeAlias = Literal["field", "word"]


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Drift:
    """Something in an answer that the spec does not know.

    Attributes:
        package: The package of the client.
        operation: The operation's name.
        path: Where, from what the operation returns: `[]` is any element of a list, `*` any key of a map.
        owner: The model that the field is in; empty where a word stands by itself.
        kind: A `field` that the model does not have, or a `word` that its field does not list.
        name: The field's name on the wire; `*` where the name may be data.
        type: JSON's word for what it holds: null, boolean, integer, number, string, array or object.
        count: How often, in this answer.
    """

    package: str
    operation: str
    path: str
    owner: str
    kind: Kind
    name: str
    type: str
    count: int = 1


OnDrift: TypeAlias = Callable[[Drift], object]
"""What is told of each finding; it may be called from any thread, and must not wait."""


class Watch:
    """Looks at answers for somebody who wants to know.

    Args:
        package: The package of the client.
        tell: Is told. What it raises is logged, and the call goes on.
        logger: Takes that.
    """

    def __init__(self, package: str, tell: OnDrift, logger: logging.Logger) -> None:
        self._package = package
        self._tell = tell
        self._logger = logger

    def look(self, operation: Operation[Any], value: object) -> None:
        """Tell what is unknown in what an operation returned."""
        try:
            look = _Look(self._package, operation.name)
            look.into(value, "", _Spot("", "", _words(operation.returns)), 0)
            for drift in look.findings():
                self._tell(drift)
        except Exception as error:  # noqa: BLE001 - an answer that came is not lost for what is said about it
            self._logger.warning("on_drift failed with %s", type(error).__name__)


class _Spot(NamedTuple):
    """The field that a value stands in, and the words that are known there."""

    owner: str
    name: str
    words: frozenset[str] | None


class _Look:
    """One look at one answer; findings of one kind at one place are counted."""

    def __init__(self, package: str, operation: str) -> None:
        self._package = package
        self._operation = operation
        self._found: dict[tuple[str, str, Kind, str, str], int] = {}

    def findings(self) -> list[Drift]:
        return [
            Drift(
                package=self._package, operation=self._operation, path=path, owner=owner, kind=kind, name=name,
                type=type_, count=count,
            )
            for (path, owner, kind, name, type_), count in self._found.items()
        ]  # fmt: skip

    def into(self, value: object, path: str, spot: _Spot, depth: int) -> None:
        if isinstance(value, str):
            if spot.words is not None and value not in spot.words:
                self._note(path, spot.owner, "word", spot.name, "string")
        elif depth > DEEPEST:
            return
        elif isinstance(value, BaseModel):
            self._model(value, path, depth)
        elif isinstance(value, list):
            for item in cast("list[object]", value):
                self.into(item, f"{path}[]", spot, depth + 1)
        elif isinstance(value, Mapping):
            # The keys are data: whatever they are, they are not looked at.
            for item in cast("Mapping[str, object]", value).values():
                self.into(item, _joined(path, ANY_NAME), spot, depth + 1)

    def _model(self, model: BaseModel, path: str, depth: int) -> None:
        kind = type(model)
        owner = _owner(kind)
        extra = model.model_extra
        if extra:
            crowd = len(extra) > MOST_NAMES
            for wire, value in extra.items():
                name = wire if not crowd and _is_name(wire) else ANY_NAME
                self._note(_joined(path, name), owner, "field", name, json_type(value))
        for attribute, wire, words in _fields(kind):
            value = getattr(model, attribute)
            if value is not None:
                self.into(value, _joined(path, wire), _Spot(owner, wire, words), depth + 1)

    def _note(self, path: str, owner: str, kind: Kind, name: str, type_: str) -> None:
        key = (path, owner, kind, name, type_)
        self._found[key] = self._found.get(key, 0) + 1


def json_type(value: object) -> str:
    """Return JSON's word for what a value is."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case int():
            return "integer"
        case Mapping():
            return "object"
        case Sequence():
            return "array"
        case _:
            return "number"


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _is_name(wire: str) -> bool:
    """Tell whether a name is one that a vendor would give a field, and no number, key or address."""
    return _NAME.fullmatch(wire) is not None and sum(map(str.isdigit, wire)) <= _MOST_DIGITS


def _owner(kind: type[BaseModel]) -> str:
    origin = kind.__pydantic_generic_metadata__["origin"]
    return kind.__name__ if origin is None else origin.__name__.removesuffix("Of")


@functools.cache
def _fields(kind: type[BaseModel]) -> tuple[tuple[str, str, frozenset[str] | None], ...]:
    """Return those fields of a model that may hold something unknown: attribute, name on the wire, known words."""
    found: list[tuple[str, str, frozenset[str] | None]] = []
    for attribute, field in kind.model_fields.items():
        words = _words(field.annotation)
        if words is not None or _holds_models(field.annotation):
            wire = field.validation_alias if isinstance(field.validation_alias, str) else attribute
            found.append((attribute, wire, words))
    return tuple(found)


def _words(annotation: object) -> frozenset[str] | None:
    """Return the words that a type lists; None where it lists none."""
    if typing.get_origin(annotation) is Literal:
        return frozenset(word for word in typing.get_args(annotation) if isinstance(word, str))
    inner = [words for part in _parts(annotation) if (words := _words(part)) is not None]
    return frozenset[str]().union(*inner) if inner else None


def _holds_models(annotation: object) -> bool:
    """Tell whether a value of a type may have models in it, or be anything."""
    if isinstance(annotation, type) and not typing.get_args(annotation):
        return issubclass(annotation, BaseModel)
    return isinstance(annotation, typing.TypeVar) or any(map(_holds_models, _parts(annotation)))


def _parts(annotation: object) -> tuple[object, ...]:
    if typing.get_origin(annotation) is Literal:
        return ()
    return typing.get_args(annotation)
