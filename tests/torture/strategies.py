"""Whole specs by chance, good ones and nearly good ones, for property tests."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.torture.corpus import PAYLOADS
from tests.torture.mutation import quoted

Document = dict[str, Any]

_NAMES = st.sampled_from(
    (
        "amount",
        "dueOn",
        "ID",
        "totalRAMSize",
        "class",
        "from",
        "list",
        "copy",
        "model_config",
        "self",
        "a-b",
        "x1",
    )
)
_SCALARS = st.sampled_from(
    (
        *(
            "string",
            "string 36",
            "string 3..100",
            "integer",
            "integer 1..100",
            "decimal",
            "boolean",
            "datetime",
            "date",
            "uuid",
        ),
        *("url", "any", "one of a, b", "string?", "integer | string", "unknown"),
    )
)
_SENT = st.sampled_from(
    ("string", "string 3..100", "integer", "integer 1..100", "decimal", "boolean", "date", "one of a, b")
)
_PROSE = st.sampled_from(PAYLOADS).filter(lambda text: text.strip() != "" and len(text) < 400)
_TYPE_NAMES = ("Invoice", "Line", "Owner", "Thing")


@st.composite
def _types(draw: st.DrawFn) -> Document:
    """Draw named types that need only those after them, and may hold any in lists and where they may be absent."""
    names = _TYPE_NAMES[: draw(st.integers(1, len(_TYPE_NAMES)))]
    found: Document = {}
    for number, name in enumerate(names):
        fields: Document = {}
        for field in draw(st.lists(_NAMES, min_size=1, max_size=5, unique_by=str.lower)):
            kind = draw(st.integers(0, 5))
            later = names[number + 1 :]
            if kind == 0 and later:
                fields[field] = draw(st.sampled_from(later))
            elif kind == 1:
                fields[field] = f"list of {draw(st.sampled_from(names))}"
            elif kind == 2:
                fields[f"{field}?"] = draw(st.sampled_from(names))
            elif kind == 3:
                fields[field] = f"map of {draw(_SCALARS.filter(lambda text: '?' not in text and '|' not in text))}"
            elif kind == 4:
                fields[field] = {"type": draw(_SCALARS), "doc": draw(_PROSE)}
            else:
                fields[field] = draw(_SCALARS)
        found[name] = fields
    return found


@st.composite
def good_specs(draw: st.DrawFn) -> Document:
    """Draw a spec without a mistake, with texts of the corpus as prose."""
    types = draw(_types())
    endpoints: Document = {}
    for number, name in enumerate(
        draw(st.lists(st.sampled_from(("getIt", "makeIt", "list", "async")), min_size=1, unique=True))
    ):
        method = draw(st.sampled_from(("GET", "POST", "PUT", "DELETE")))
        effect = "read" if method == "GET" else draw(st.sampled_from(("read", "idempotent", "unsafe", "money")))
        endpoint: Document = {"call": f"{method} place{number}", "effect": effect, "doc": draw(_PROSE)}
        place = "query" if method in ("GET", "DELETE") else draw(st.sampled_from(("query", "body")))
        members = draw(st.lists(_NAMES, max_size=3, unique_by=str.lower))
        if members:
            endpoint[place] = {f"{member}?": {"type": draw(_SENT), "doc": draw(_PROSE)} for member in members}
        endpoint["returns"] = draw(st.sampled_from((*types, *(f"list of {each}" for each in types), "any")))
        endpoints[name] = endpoint
    used = " ".join(str(each["returns"]) for each in endpoints.values())
    if not any(name in used for name in types):
        endpoints["makeAll"] = {"call": "GET all", "effect": "read", "returns": next(iter(types))}
    # A type that nobody needs is a mistake.
    endpoints["allOfThem"] = {"call": "GET allOfThem", "effect": "read", "returns": "AllOfThem"}
    auth = {"bearer": draw(st.sampled_from(("${key}", "live.${key}", "x${key}y")))}
    return {
        "vendor": "ledgerly",
        "version": "v1",
        "package": "ledgerly_drawn",
        "title": draw(_PROSE),
        "servers": {"live": "https://api.ledgerly.example/v1"},
        "credentials": {"key": {"env": "LEDGERLY_KEY", "secret": "!true", "doc": draw(_PROSE)}},
        "auth": auth,
        "endpoints": endpoints,
        "types": {**types, "AllOfThem": {f"{name.lower()}?": name for name in types}},
    }


@st.composite
def nearly_good_specs(draw: st.DrawFn) -> str:
    """Draw the text of a spec with a mistake or two: keys and values that are gone, twice, swapped, or something else."""
    lines = spelled(draw(good_specs())).split("\n")
    for _ in range(draw(st.integers(1, 2))):
        place = draw(st.integers(0, len(lines) - 1))
        kind = draw(st.integers(0, 5))
        line = lines[place]
        if kind == 0:
            del lines[place]
        elif kind == 1:
            lines.insert(place, line)
        elif kind == 2:
            lines[place] = line.partition(":")[0] + ": " + quoted(draw(st.sampled_from(PAYLOADS)))
        elif kind == 3:
            other = draw(st.integers(0, len(lines) - 1))
            lines[place], lines[other] = lines[other], line
        elif kind == 4:
            at = draw(st.integers(0, len(line)))
            lines[place] = line[:at] + draw(st.characters(codec="utf-8")) + line[at:]
        else:
            lines[place] = " " + line
        lines = lines or [""]
    return "\n".join(lines)


def spelled(document: Document, indent: int = 0) -> str:
    """Spell a drawn spec as YAML."""
    lines: list[str] = []
    for key, value in document.items():
        name = f"{'  ' * indent}{quoted(key)}:"
        if isinstance(value, dict):
            lines += [name, spelled(value, indent + 1)]  # pyright: ignore[reportUnknownArgumentType] - a drawn document
        else:
            # What is no text in YAML stands as it is.
            text = str(value)
            lines.append(f"{name} {text[1:] if text.startswith('!') and text == '!true' else quoted(text)}")
    return "\n".join(lines)


def harmless_twin(document: Document) -> Document:
    """Return the same spec with plain words as its prose."""
    twin: Document = {}
    for key, value in document.items():
        if isinstance(value, dict):
            twin[key] = harmless_twin(value)  # pyright: ignore[reportUnknownArgumentType] - a drawn document
        else:
            twin[key] = "Plain words." if key in ("doc", "title") else value
    return twin
