"""A surface is spelled and parsed back without loss, and a line of the text is one name."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.changes.extraction import surface_of
from generator.changes.spelling import (
    SURFACE_FILE,
    SurfaceTextError,
    parse_surface,
    spell_line,
    spell_surface,
)
from generator.changes.surface import Line, Surface
from tests.golden.building import CASES, FOLDER, spec_of

_WORDS = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True)
_LINES = st.builds(Line, _WORDS, st.text(min_size=1), st.lists(st.tuples(_WORDS, st.text()), max_size=4).map(tuple))
_SURFACES = st.builds(
    Surface,
    package=st.from_regex(r"[a-z][0-9a-z_]{0,8}", fullmatch=True),
    lines=st.lists(_LINES, max_size=5, unique_by=lambda line: (line.kind, line.name)).map(tuple),
    format=st.integers(1, 9999),
)
GENERATED = Path(__file__).parents[2] / "generated"


@given(_SURFACES)
def test_text_reads_back_as_what_was_spelled(surface: Surface) -> None:
    assert parse_surface(spell_surface(surface)) == surface


@given(_LINES)
def test_every_name_takes_one_line(line: Line) -> None:
    assert len(spell_line(line).splitlines()) == 1


@pytest.mark.parametrize("case", CASES)
def test_surface_of_every_golden_case_reads_back(case: str) -> None:
    surface = surface_of(spec_of(FOLDER / case))

    assert parse_surface(spell_surface(surface)) == surface


@pytest.mark.parametrize("package", sorted(path.parent.name for path in GENERATED.glob(f"*/{SURFACE_FILE}")))
def test_committed_surfaces_are_spelled_as_today(package: str) -> None:
    text = (GENERATED / package / SURFACE_FILE).read_text(encoding="utf-8")

    assert spell_surface(parse_surface(text)) == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "line 1 does not say whose surface it is"),
        ("# Something else\n", "line 1 does not say whose surface it is"),
        ("{head}", "the last line has no end"),
        ("{head}\n<<<<<<< ours\n", "line 2 does not begin with a kind"),
        ("{head}\nfield\n", "line 2 does not begin with a kind"),
        ("{head}\nfield \n", "line 2 has no name"),
        ("{head}\nfield User.id: required\nfield User.id: required\n", "line 3 repeats field User.id"),
        ("{head}\nfield User.id: required;type string\n", "line 2 has no '; ' between facts at column 24"),
        ('{head}\nfield User.id: type "string\n', "line 2 has a quoted text that does not end at column 21"),
        ("{head}\nfield User.id: \n", "line 2 has no word for a fact at column 16"),
    ],
)
def test_other_texts_are_refused_with_their_line(text: str, reason: str) -> None:
    head = spell_surface(Surface(package="ledgerly", lines=())).rstrip("\n")

    with pytest.raises(SurfaceTextError) as refused:
        parse_surface(text.replace("{head}", head))

    assert str(refused.value) == reason


def test_a_new_field_is_a_new_line() -> None:
    before = surface_of(spec_of(FOLDER / "changelog"))
    lines = list(before.lines)
    at = max(number for number, line in enumerate(lines) if line.kind == "field")
    lines.insert(at + 1, Line("field", "Invoice.memo", (("optional", ""), ("type", "string"))))
    after = Surface(package=before.package, lines=tuple(lines))

    added = set(spell_surface(after).splitlines()) - set(spell_surface(before).splitlines())
    gone = set(spell_surface(before).splitlines()) - set(spell_surface(after).splitlines())

    assert (added, gone) == ({"field Invoice.memo: optional; type string"}, set())
