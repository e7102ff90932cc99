"""Operations whose answers hold what only the caller knows: the same operation, read into the caller's own model."""

from __future__ import annotations

import functools
from dataclasses import replace
from typing import Any, TypeVar, cast

from .operations import Operation

OperationT = TypeVar("OperationT", bound=Operation[Any])


def shaped(
    operation: OperationT,
    generic: Any,  # noqa: ANN401 - a generic model, which has no type before it is given its parameter
    model: object,
) -> OperationT:
    """Return *operation* with answers in *generic* of the caller's *model*; as it is when there is none."""
    return operation if model is None else cast("OperationT", _shaped(operation, generic, model))


@functools.lru_cache(maxsize=256)
def _shaped(
    operation: Operation[Any],
    generic: Any,  # noqa: ANN401 - see above
    model: object,
) -> Operation[Any]:
    return replace(operation, returns=generic[model])
