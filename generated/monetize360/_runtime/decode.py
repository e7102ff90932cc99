"""From the bytes of an answer to typed values, in one pass; only what fails is looked at as plain JSON."""

from __future__ import annotations

import decimal
import functools
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, create_model

from .documents import Malformed
from .values import dataclass

if TYPE_CHECKING:
    from .documents import AnswerForm
    from .envelope import Envelope, ErrorShape, Path
    from .operations import Operation

__all__ = ["Decoded", "Decoder", "Malformed", "at", "decoder", "parse"]


_WRAPPER = ConfigDict(extra="allow", hide_input_in_errors=True, protected_namespaces=(), allow_inf_nan=False)


@dataclass(init=False)
class Decoded:
    """A body that is what it should be.

    Attributes:
        value: What the operation returns: the content, or the records of a page.
        content: What the envelope holds, for `at`.
        is_doubtful: Whether an error may stand in the same body, so that it has to be looked at as a whole.
    """

    value: Any
    content: object
    is_doubtful: bool = False

    def __init__(self, value: object, content: object, *, is_doubtful: bool = False) -> None:
        self.value = value
        self.content = content
        self.is_doubtful = is_doubtful


class Decoder:
    """Reads the answers of one operation."""

    def __init__(self, operation: Operation[Any], envelope: Envelope) -> None:
        # Imported here: pages are told about before anything is declared.
        from .operations import PagedOperation  # noqa: PLC0415 - see above

        self._data = envelope.data
        self._empty = operation.returns is None
        self._exact = operation.exact
        self._may_be_empty = operation.may_be_empty
        # A word for success decides by itself.
        self._errors = envelope.errors if envelope.success is None else ()
        leaves: dict[Path, Any] = {}
        if envelope.success is not None:
            # Only true counts: whatever else stands there is a refusal, or not this vendor's answer.
            leaves[envelope.success] = Literal[True]
        if isinstance(operation, PagedOperation):
            pages = operation.pages
            self._value: Path = envelope.data + pages.items
            leaves[self._value] = list[operation.returns]  # type: ignore[name-defined] # a type made at run time
            for path, kind in pages.told().items():
                leaves[envelope.data + path] = (bool | None) if kind == "boolean" else (int | None)
            self._optional = frozenset(envelope.data + path for path in pages.told())
        else:
            self._value = envelope.data + operation.at
            self._optional = frozenset[tuple[str, ...]]()
            if not self._empty:
                leaves[self._value] = operation.returns
        self._checks = bool(leaves)
        self._adapter = TypeAdapter[Any](_wrap(leaves, self._optional))

    def build(self) -> None:
        """Build what is otherwise built with the first answer."""
        self._adapter.rebuild()

    def decode(self, content: bytes) -> Decoded:
        """Read *content*.

        Raises:
            Malformed: It is not what the operation returns.
        """
        if self._empty and (not self._checks or not content.strip()):
            return Decoded(None, None, is_doubtful=bool(self._errors and content.strip()))
        if self._may_be_empty and not content.strip():
            return Decoded(None, None)
        try:
            if self._exact or _holds(content, b"NaN") or _holds(content, b"Infinity"):
                document = self._adapter.validate_python(
                    parse(content, exact=self._exact), by_alias=True, by_name=False
                )
            else:
                document = self._adapter.validate_json(content, by_alias=True, by_name=False)
            return Decoded(
                None if self._empty else at(document, self._value),
                at(document, self._data),
                is_doubtful=any(_may_stand(shape, document, content) for shape in self._errors),
            )
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            malformed = Malformed(".".join(map(str, first["loc"])), first["msg"])
        except Malformed as error:
            malformed = Malformed(error.path, error.reason)
        raise malformed

    def decode_document(self, document: object, form: AnswerForm) -> Decoded:
        """Read a *document* that is no JSON.

        Raises:
            Malformed: It is not what the operation returns.
        """
        if self._empty:
            return Decoded(None, document)
        try:
            typed = form.typed(document)
            value = self._adapter.validate_python(typed, by_alias=True, by_name=False)
            return Decoded(at(value, self._value), at(value, self._data))
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            malformed = Malformed(".".join(map(str, first["loc"])), first["msg"])
        except Malformed as error:
            malformed = Malformed(error.path, error.reason)
        except MemoryError:
            malformed = Malformed("", "too large")
        raise malformed


@functools.cache
def decoder(operation: Operation[Any], envelope: Envelope) -> Decoder:
    """Return the one decoder of an operation; made when it is first needed."""
    return Decoder(operation, envelope)


def at(document: object, path: Path) -> object:
    """Return what stands at *path* of a decoded body, None when nothing does."""
    for wire in path:
        if isinstance(document, BaseModel):
            document = _attribute(document, wire)
        elif isinstance(document, Mapping):
            document = cast("Mapping[str, object]", document).get(wire)
        elif isinstance(document, list) and wire.isdecimal():
            elements = cast("list[object]", document)
            document = elements[int(wire)] if int(wire) < len(elements) else None
        else:
            return None
    return document


def _may_stand(shape: ErrorShape, document: object, content: bytes) -> bool:
    """Tell whether a form of errors may stand in a body that was read as something else.

    What a type does not know is kept as it came, so the places of an error can be seen without reading the body again.
    """
    if shape.is_text:
        return isinstance(document, str)
    if shape.anywhere is not None:
        # JSON may spell any letter by its number.
        return shape.anywhere.encode() in content or b"\\u" in content
    places = (shape.code, shape.message, *(path for path, _ in shape.when))
    return all(path is None or at(document, path) is not None for path in places)


def parse(content: bytes, *, exact: bool = False) -> object:
    """Read *content* as plain JSON; with *exact*, numbers keep every digit and a repeated key is refused.

    Raises:
        Malformed: It is not JSON.
    """
    reason = ""
    try:
        return (_EXACT if exact else _PLAIN).decode(content.decode())
    except Malformed as error:
        reason = error.reason
    except UnicodeDecodeError:
        reason = "not UTF-8"
    except RecursionError:
        reason = "nested too deeply"
    except ValueError as error:
        reason = f"not JSON: {error}" if isinstance(error, json.JSONDecodeError) else "a number with too many digits"
    raise Malformed("", reason)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) != len(pairs):
        raise Malformed("", "a key is there twice")
    return entries


def _refuse_constant(name: str) -> None:
    raise Malformed("", f"{name} is not a number that JSON knows")


_PLAIN = json.JSONDecoder(parse_constant=_refuse_constant)
_EXACT = json.JSONDecoder(parse_float=decimal.Decimal, parse_constant=_refuse_constant, object_pairs_hook=_unique)


def _holds(content: bytes, word: bytes) -> bool:
    """Tell whether *word* is in *content*.

    A single letter is found forty times as fast as a word: looking for two words took a tenth of reading 100 records.
    """
    first = content.find(word[:1])
    return first >= 0 and content.find(word, first) >= 0


def _wrap(
    leaves: Mapping[Path, Any], optional: frozenset[Path], prefix: Path = ()
) -> Any:  # noqa: ANN401 - a type, which has no type that all checkers agree on
    """Build the type of a document from the types at its paths."""
    if () in leaves and len(leaves) == 1:
        return leaves[()]
    below: dict[str, dict[Path, Any]] = {}
    for path, kind in leaves.items():
        if path:
            below.setdefault(path[0], {})[path[1:]] = kind
    fields: dict[str, Any] = {}
    for index, (wire, inner) in enumerate(below.items()):
        # What holds nothing but what may be missing may be missing as well.
        missable = all((*prefix, wire, *rest) in optional for rest in inner)
        kind = _wrap(inner, optional, (*prefix, wire))
        fields[f"field_{index}"] = (
            (kind | None) if missable else kind,
            Field(None if missable else ..., validation_alias=wire),
        )
    return create_model("Body", __config__=_WRAPPER, **fields)


def _attribute(document: BaseModel, wire: str) -> object:
    name = _names(type(document)).get(wire)
    if name is not None:
        return cast("object", getattr(document, name))
    return (document.model_extra or {}).get(wire)


@functools.cache
def _names(model: type[BaseModel]) -> dict[str, str]:
    return {
        field.validation_alias if isinstance(field.validation_alias, str) else name: name
        for name, field in model.model_fields.items()
    }
