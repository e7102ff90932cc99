"""Filters: a text in a query that is built from a field, an operator and a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from generator.spec import words
from generator.spec.shape import ChoiceShape, Key, MapShape, ParsedShape, RecordShape, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class FilterForm:
    """How the vendor spells a filter: the separator, and the word for each operator that Python has."""

    separator: str
    operators: Mapping[str, str]
    doc: str
    source: str | None


def parse_form(text: str) -> str:
    """Read `field:operator:value` and return what stands between the parts."""
    found = re.fullmatch(r"field([^0-9A-Za-z\s]{1,3})operator\1value", text)
    if found is None:
        raise ValueError(
            f"{shown(text)} is not the form of a filter; write field:operator:value with the sign between", 0
        )
    return found[1]


_OPERATORS = {
    "==": "equals",
    "!=": "does not equal",
    ">": "is greater",
    "<": "is less",
    ">=": "is greater or equal",
    "<=": "is less or equal",
    "contains": "has the text in it",
    "in": "is one of several, whose spelling is the caller's",
}

FILTER_FORM = RecordShape(
    FilterForm,
    {
        "separator": Key(
            ParsedShape(parse_form, "the form of a filter", "S090", "field:operator:value"),
            "How a filter is spelled.",
            name="form",
        ),
        "operators": Key(
            MapShape(ChoiceShape(_OPERATORS), r"[A-Za-z][0-9A-Za-z_]*", "the vendor's word for an operator"),
            "What each of the vendor's words means.",
        ),
        "doc": Key(words.doc, "What a caller should know of it.", default=""),
        "source": Key(words.source_name, words.SOURCE_DOC, default=None),
    },
    "a filter",
)

FILTERS = MapShape(FILTER_FORM, r"[a-z][0-9a-z_]*", "the name of a filter")
