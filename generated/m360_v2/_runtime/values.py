"""Data classes that load quickly.

The standard library writes seven methods as text for each data class and compiles them, which takes 0.3 to 0.5 ms a class:
with some sixty of them, a sixth of the import of a client. These go by their list of fields, which takes a twentieth of
that, and are data classes for all who ask: type checkers, `dataclasses.replace` and `inspect.signature`.
"""

from __future__ import annotations

import dataclasses
import inspect
import operator
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

T = TypeVar("T")

__all__ = ["dataclass"]


def value_class(
    *, frozen: bool = False, kw_only: bool = False, eq: bool = True, init: bool = True
) -> Callable[[type[T]], type[T]]:
    """Make a class a data class; the words mean what they mean to `dataclasses.dataclass`.

    Args:
        frozen: Whether fields keep what they are made with.
        kw_only: Whether fields are given by name only.
        eq: Whether values are compared by their fields; else each is only itself.
        init: Whether it is made from its fields; else the class has an `__init__` of its own, which sets each of them
            by `object.__setattr__`.
    """

    def made(cls: type[T]) -> type[T]:
        bare = dataclasses.dataclass(init=False, repr=False, eq=False, kw_only=kw_only)(cls)
        fields = dataclasses.fields(bare)  # type: ignore[arg-type] # the line before has made it one, whatever it was
        methods: dict[str, object] = {"__repr__": _shown(fields)}
        if frozen:
            methods |= {"__setattr__": _refuse, "__delattr__": _refuse}
        if init:
            initialiser = _initialiser(cls.__qualname__, fields, getattr(cls, "__post_init__", None))
            methods |= {"__init__": initialiser, "__signature__": _Signature(fields)}
        if eq:
            methods |= _comparison(fields, hashed=frozen)
        for name, method in methods.items():
            # What a class writes itself counts; that it has no hash is said for it where it has another `__eq__`.
            if cls.__dict__.get(name) is None:
                setattr(cls, name, method)
        return cls

    return made


if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    dataclass = value_class


class _Signature:
    """How a class is called, made out only when somebody asks."""

    def __init__(self, fields: Sequence[dataclasses.Field[Any]]) -> None:
        self._fields = fields

    def __get__(self, instance: object, owner: type) -> inspect.Signature:
        # In the order in which they may be given: a keyword may stand before what has a place.
        fields = sorted(self._fields, key=lambda field: field.kw_only is True)
        return inspect.Signature(
            [
                inspect.Parameter(
                    field.name,
                    inspect.Parameter.KEYWORD_ONLY if field.kw_only else inspect.Parameter.POSITIONAL_OR_KEYWORD,
                    default=inspect.Parameter.empty if _is_required(field) else field.default,
                    annotation=field.type,
                )
                for field in fields
            ],
            return_annotation=None,
        )


def _is_required(field: dataclasses.Field[Any]) -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _initialiser(
    name: str, fields: Sequence[dataclasses.Field[Any]], then: Callable[[object], None] | None
) -> Callable[..., None]:
    known = frozenset(field.name for field in fields)
    places = tuple(field.name for field in fields if not field.kw_only)
    defaults = {field.name: field.default for field in fields if field.default is not dataclasses.MISSING}
    factories = {
        field.name: field.default_factory for field in fields if field.default_factory is not dataclasses.MISSING
    }

    def __init__(self: object, /, *positional: object, **given: object) -> None:  # noqa: N807 - tracebacks name it
        if positional:
            given = _placed(name, places, positional, given)
        values = {**defaults, **given}
        for field, make in factories.items():
            if field not in values:
                values[field] = make()
        if values.keys() != known:
            raise _mistake(name, known, values)
        self.__dict__.update(values)
        if then is not None:
            then(self)

    return __init__


def _placed(
    name: str, places: tuple[str, ...], positional: tuple[object, ...], given: Mapping[str, object]
) -> dict[str, object]:
    if len(positional) > len(places):
        raise TypeError(f"{name}() takes {len(places)} positional arguments but {len(positional)} were given")
    placed = dict(zip(places, positional, strict=False))
    if not given:
        return placed
    twice = sorted(placed.keys() & given.keys())
    if twice:
        raise TypeError(f"{name}() got multiple values for {', '.join(twice)}")
    return {**placed, **given}


def _mistake(name: str, known: frozenset[str], values: Mapping[str, object]) -> TypeError:
    missing, unknown = sorted(known - values.keys()), sorted(values.keys() - known)
    if unknown:
        return TypeError(f"{name}() got an unexpected keyword argument {unknown[0]!r}")
    return TypeError(f"{name}() is missing {', '.join(missing)}")


def _shown(fields: Sequence[dataclasses.Field[Any]]) -> Callable[[object], str]:
    names = tuple(field.name for field in fields if field.repr)

    def __repr__(self: object) -> str:  # noqa: N807 - tracebacks name it
        return f"{type(self).__qualname__}({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"

    return __repr__


def _comparison(fields: Sequence[dataclasses.Field[Any]], *, hashed: bool) -> dict[str, object]:
    names = [field.name for field in fields]
    values: Callable[[object], object] = operator.attrgetter(*names) if names else lambda _: ()

    def __eq__(self: object, other: object) -> bool:  # noqa: N807 - tracebacks name it
        return values(self) == values(other) if type(other) is type(self) else NotImplemented

    def __hash__(self: object) -> int:  # noqa: N807 - tracebacks name it
        return hash(values(self))

    return {"__eq__": __eq__, "__hash__": __hash__ if hashed else None}


def _refuse(_: object, name: str, *_value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to or delete field {name!r}")
