"""How a vendor's names become Python's, the same way for every vendor.

`connectionTimeMin` becomes `connection_time_min`, `MDMState` becomes `mdm_state`, `m360id` stays. A name that Python,
pydantic or a call option already owns gets an underscore at its end.
"""

from __future__ import annotations

import functools
import keyword
import re
import unicodedata
from collections.abc import Iterable

# A capital begins a word after a small letter or a digit; the last of several capitals does so before a small letter.
_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEPARATORS = re.compile(r"[^0-9A-Za-z]+")

CALL_OPTIONS = frozenset({"timeout", "extra_headers", "extra_query", "extra_body", "idempotency_key"})
"""Keywords that every operation takes, so that no parameter of a vendor may be called so."""

_KEYWORDS = frozenset(keyword.kwlist) | {"self", "cls"}

# What the bodies of methods call by a name that a parameter may have as well.
_CALLED = frozenset({"send_parts", "send_parts_async", "shaped", "wait_for", "wait_for_async"})

_CLIENT_MEMBERS = frozenset({"aclose", "base_url", "close", "with_options", "with_raw_response"})

# Modules that annotations of the client's own methods speak of; a method so called would hide one.
_ANNOTATION_MODULES = frozenset({"builtins", "datetime", "decimal", "httpx2", "uuid"})

# Constants that generated modules have beside those of the operations.
_CONSTANTS = frozenset({"OMIT", "SERVICE"})

# What pydantic's BaseModel owns: a field of such a name would hide a method, warn, or fail.
_MODEL_MEMBERS = frozenset(
    {"construct", "copy", "dict", "from_orm", "json", "parse_file", "parse_obj", "parse_raw", "schema", "schema_json"}
    | {"update_forward_refs", "validate", "model_config", "model_computed_fields", "model_construct", "model_copy"}
    | {"model_extra", "model_fields", "model_fields_set", "model_json_schema", "model_parametrized_name"}
    | {"model_post_init", "model_rebuild"}
)

# Pydantic warns of every field in these families of names.
_MODEL_PREFIXES = ("model_dump", "model_validate")

# Names of types that later annotations of the same class body need: a field that hides one breaks them.
_ANNOTATION_NAMES = frozenset(
    {"bool", "bytes", "date", "datetime", "decimal", "dict", "float", "int", "list", "str", "uuid"}
)


# More names than these help nobody who looks for one.
_MOST_NAMES = 30


@functools.lru_cache(maxsize=4096)
def snake_case(name: str) -> str:
    """Return *name* in lower case with underscores between its words, folded to what Python's parser sees."""
    folded = unicodedata.normalize("NFKC", name)
    words = _SEPARATORS.sub("_", _WORD_START.sub("_", folded)).strip("_").lower()
    return words or "unnamed"


def _identifier(name: str) -> str:
    snake = snake_case(name)
    return f"n{snake}" if snake[0].isdigit() else snake


def parameter_name(wire: str) -> str:
    """Name a parameter of an operation: `async` becomes `async_`, `timeout` becomes `timeout_`."""
    name = _identifier(wire)
    return f"{name}_" if name in _KEYWORDS | CALL_OPTIONS | _CALLED else name


def method_name(wire: str) -> str:
    """Name an operation: `getHistory` becomes `get_history`."""
    name = _identifier(wire)
    return f"{name}_" if name in _KEYWORDS | _CLIENT_MEMBERS | _ANNOTATION_MODULES else name


def attribute_name(wire: str) -> str:
    """Name a field of a model, clear of what pydantic's models own."""
    name = _identifier(wire)
    taken = name in _KEYWORDS or name in _MODEL_MEMBERS or name in _ANNOTATION_NAMES or name.startswith(_MODEL_PREFIXES)
    return f"{name}_" if taken else name


def constant_name(wire: str) -> str:
    """Name a module constant: `getHistory` becomes `GET_HISTORY`."""
    name = _identifier(wire).upper()
    return f"{name}_" if name in _CONSTANTS else name


def class_name(wire: str) -> str:
    """Name a class: `device_session` becomes `DeviceSession`, `OemCheckResult` stays."""
    is_one = re.fullmatch(r"[A-Z][0-9A-Za-z]*", wire)
    name = wire if is_one else "".join(word[:1].upper() + word[1:] for word in _identifier(wire).split("_"))
    return f"{name}_" if name in _KEYWORDS else name


def old_names_class(table: str, version: str) -> str:
    """Name the type of the names in a table of an older version's: `detail_keys` of v1 is `DetailKeysFromV1`."""
    return class_name(f"{table}_from_{version}")


def old_names_constant(table: str, version: str) -> str:
    """Name the table itself: `detail_keys` of v1 is `DETAIL_KEYS_FROM_V1`."""
    return constant_name(f"{table}_from_{version}")


def event_class_name(event: str) -> str:
    """Name the class of a webhook's event: `workflow.completed` becomes `WorkflowCompletedEvent`."""
    return f"{class_name(snake_case(event))}Event"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the one of *known* that somebody who wrote *word* most likely meant, if any is close."""
    # Imported here: only a mistake needs it.
    import difflib  # noqa: PLC0415 - see above

    close = difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return close[0] if close else None


def hint(word: str, known: Iterable[str], *, what: str = "known here") -> str:
    """Say what would have been right instead of *word*: the nearest name, else all of them."""
    names = sorted(known)
    close = nearest(word, names)
    if close is not None:
        return f"did you mean '{close}'?"
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"{what}: {', '.join(names[:_MOST_NAMES])}{more}" if names else f"{what}: nothing"
