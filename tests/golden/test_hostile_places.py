"""Every place of the language that takes free text is filled by a hostile case, or it is told here why it is not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import yaml

from tests.facts.repository import ROOT
from tests.golden.hostile import TWINS

Path = tuple[str, ...]

_PLAIN = re.compile(r"plain[ -]\d\d")

NAMES = frozenset(
    {
        *(
            "auth",
            "filter",
            "pages",
            "poll",
            "without",
            "adds",
            "changes",
            "removes",
            "deprecates",
            "instead",
            "renames",
        ),
        # Patterns are compiled by the check, and the twin has one of them.
        "pattern",
    }
)
"""Keys whose texts name something else of the spec, so that only what is there passes the check."""

ELSEWHERE = {
    "endpoints.*.vectors.[].settings.*": "words of a setting, which are in small letters",
    "endpoints.*.wait.failed": "the word unknown, or the list that a twin has",
}
"""Places that no hostile case fills, each with its reason."""


def free(schema: Mapping[str, Any], path: Path = ()) -> Iterator[Path]:
    """Yield the places of a schema that take any text: no pattern, no words to choose from, no form that it shows."""
    for key in ("anyOf", "oneOf", "allOf"):
        for option in schema.get(key, []):
            yield from free(option, path)
    for name, inner in schema.get("properties", {}).items():
        yield from free(inner, (*path, name))
    for inner in schema.get("patternProperties", {}).values():
        yield from free(inner, (*path, "*"))
    if isinstance(schema.get("additionalProperties"), dict):
        yield from free(schema["additionalProperties"], (*path, "*"))
    if isinstance(schema.get("items"), dict):
        yield from free(schema["items"], (*path, "[]"))
    kinds = schema.get("type", [])
    takes_text = "string" in ([kinds] if isinstance(kinds, str) else kinds)
    if takes_text and not {"pattern", "enum", "const", "examples"} & set(schema) and not NAMES & {*path[-2:]}:
        yield path


def filled(value: object, path: Path = ()) -> Iterator[Path]:
    """Yield where a spec has one of the numbered words."""
    if isinstance(value, Mapping):
        for key, inner in cast("Mapping[str, object]", value).items():
            yield from filled(inner, (*path, key.removesuffix("?")))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in cast("Sequence[object]", value):
            yield from filled(inner, (*path, "[]"))
    elif isinstance(value, str) and _PLAIN.search(value):
        yield path


def fits(place: Path, path: Path) -> bool:
    """Tell whether a path of a document is at a place of the schema."""
    return len(place) == len(path) and all(
        one in ("*", other) for one, other in zip(place, path, strict=True) if one != "[]" or other == "[]"
    )


def test_every_place_for_free_text_is_filled_or_told() -> None:
    schema = json.loads((ROOT / "specs" / "schema.json").read_text(encoding="utf-8"))
    documents = [yaml.load(twin.read_text(encoding="utf-8"), yaml.CSafeLoader) for twin in TWINS.values()]
    texts = {path for document in documents for path in filled(document)}
    places = {place for place in free(schema) if place}
    empty = {".".join(place) for place in places if not any(fits(place, path) for path in texts)}

    assert sorted(empty - set(ELSEWHERE)) == []
    assert sorted(set(ELSEWHERE) - empty) == []
