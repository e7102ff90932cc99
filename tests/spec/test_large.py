"""Specs of a size that no vendor has: read whole, each part looked at once, or refused with all their mistakes."""

from __future__ import annotations

from pathlib import Path

from generator.diagnostics import Complaints
from generator.spec.document import Spec
from generator.spec.parsing import parse_specs
from generator.spec.source import parse_source

HEAD = """\
vendor: ledgerly
version: v1
package: ledgerly
title: Ledgerly
servers: { live: https://api.ledgerly.example }
"""


def parse(text: str, complaints: Complaints) -> Spec | None:
    source = parse_source((HEAD + text).encode(), Path("ledgerly.yaml"), "ledgerly.yaml", complaints)
    return parse_specs([source], complaints).get("ledgerly.yaml") if source is not None else None


def operations(count: int, rest: str) -> str:
    lines = (f"  get{number}: {{ call: GET a{number}, {rest.format(number)} }}\n" for number in range(count))
    return "endpoints:\n" + "".join(lines)


def test_ten_thousand_operations_are_read() -> None:
    complaints = Complaints()

    spec = parse(operations(10_000, "effect: read, returns: unknown"), complaints)

    assert complaints.sorted() == ()
    assert spec is not None
    assert len(spec.endpoints) == 10_000


def test_a_hundred_thousand_words_are_read() -> None:
    complaints = Complaints()
    words = ", ".join(f"w{number}" for number in range(100_000))

    spec = parse(f"{operations(1, 'effect: read, returns: Word')}types:\n  Word: one of {words}\n", complaints)

    assert complaints.sorted() == ()
    assert spec is not None


def test_a_long_chain_of_types_is_no_ring() -> None:
    complaints = Complaints()
    links = "".join(f"  T{number}: {{ next: T{number + 1} }}\n" for number in range(5_000))

    spec = parse(f"{operations(1, 'effect: read, returns: T0')}types:\n{links}  T5000: {{ end: string }}\n", complaints)

    assert complaints.sorted() == ()
    assert spec is not None


def test_a_long_ring_of_types_is_told_once() -> None:
    complaints = Complaints()
    links = "".join(f"  T{number}: {{ next: T{(number + 1) % 2_000} }}\n" for number in range(2_000))

    parse(f"{operations(1, 'effect: read, returns: T0')}types:\n{links}", complaints)

    (diagnostic,) = complaints.sorted()

    assert diagnostic.code == "S033"
    assert len(diagnostic.message) < 300


def test_thousands_of_mistakes_are_all_told() -> None:
    complaints = Complaints()

    parse(operations(3_000, "effect: raed, returns: Tpye{}") + "types:\n  Type: string\n", complaints)
    codes = [diagnostic.code for diagnostic in complaints.sorted()]

    assert codes.count("S024") == 3_000
    assert codes.count("S032") == 3_000


def test_unknown_keys_beyond_counting_are_not_told_one_by_one() -> None:
    complaints = Complaints()
    keys = "".join(f"vendro{number}: x\n" for number in range(20_000))

    parse(operations(1, "effect: read, returns: unknown") + keys, complaints)

    assert 0 < len(complaints.sorted()) <= 50


def test_no_message_repeats_a_whole_text() -> None:
    complaints = Complaints()
    word = "x" * 200_000

    parse(operations(1, f"effect: {word}, returns: {word}, pages: {word}, source: {word}"), complaints)

    assert complaints
    assert max(len(str(diagnostic)) for diagnostic in complaints.sorted()) < 2_000
