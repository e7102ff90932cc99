"""Our models once more, declared with what others offer: for the base, the limit and a peer."""

from __future__ import annotations

import datetime
import functools
import importlib
import types
import typing
from typing import Any, cast

import pydantic

# It is there in the environment of the peers only.
msgspec: Any = importlib.import_module("msgspec")


DATETIME: Any = datetime.datetime


def list_of(kind: Any) -> Any:
    """Return the type of a list of what is known only at run time."""
    return list.__class_getitem__(kind)


def wire_name(name: str, field: Any) -> str:
    """Return what a field of ours is called on the wire."""
    return str(field.serialization_alias or name)


@functools.cache
def as_pydantic(model: type[pydantic.BaseModel], base: type[pydantic.BaseModel]) -> type[pydantic.BaseModel]:
    """Return the same fields under their wire names, on another base."""
    fields: dict[str, Any] = {
        wire_name(name, field): (
            _swap(field.annotation, functools.partial(as_pydantic, base=base)),
            ... if field.is_required() else field.default,
        )
        for name, field in model.model_fields.items()
    }
    return pydantic.create_model(model.__name__, __base__=base, **fields)


@functools.cache
def as_struct(model: type[pydantic.BaseModel]) -> Any:
    """Return the same fields as a struct of msgspec."""
    fields: list[Any] = []
    for name, field in model.model_fields.items():
        kind = _swap(field.annotation, as_struct)
        fields.append((wire_name(name, field), kind) if field.is_required() else (wire_name(name, field), kind, None))
    return msgspec.defstruct(model.__name__, fields, kw_only=True)


def _swap(annotation: Any, convert: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, pydantic.BaseModel):
        return convert(annotation)
    origin: Any = typing.get_origin(annotation)
    arguments: tuple[Any, ...] = typing.get_args(annotation)
    if origin is typing.Annotated:
        return _swap(arguments[0], convert)
    if origin in (types.UnionType, typing.Union):
        # An open enum is read as the text that it may be.
        kinds = [each for each in arguments if typing.get_origin(each) is not typing.Literal]
        union: Any = typing.Union
        return union[tuple(_swap(each, convert) for each in kinds)]
    if origin is list:
        return list_of(_swap(arguments[0], convert))
    # Only a name of pydantic's own for a moment that knows its offset.
    return DATETIME if annotation is pydantic.AwareDatetime else cast("Any", annotation)
