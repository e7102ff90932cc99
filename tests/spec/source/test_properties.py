"""Whatever the bytes of a file are, there is a source or a complaint."""

from contextlib import suppress
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.diagnostics import CODES, Complaints
from generator.spec.source import (
    Mapping,
    Node,
    NotThatKind,
    Scalar,
    as_boolean,
    as_integer,
    as_json,
    as_number,
    as_text,
    parse_source,
)

PIECES = (
    "a", "b", "key", ":", ": ", "- ", "-", "\n", "\n  ", "\n    ", " ", "\t", "[", "]", "{", "}", ",", ", ", "#", " # c", "&a ", "*a", "!",
    "!!str ", "!!int ", "!!timestamp ", "|", ">", "|+\n", ">-\n", "|2\n", '"', "'", "\\", "\\u", "\\x1", "\\UFFFFFFFF", "%YAML 1.2\n", "%",
    "---", "...", "\n---\n", "? ", "<<", "~", "null", "yes", "010", "1:30", "2026-13-45", "1e3", ".inf", "9" * 50, "@", "`", "\r\n", "\r",
    "\0", "\ufeff", "\u2028", "é", "😀", "\x85", "=",
)  # fmt: skip

near_yaml = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


def check(data: bytes) -> None:
    complaints = Complaints()

    source = parse_source(data, Path("a.yaml"), "a.yaml", complaints)

    assert source is not None or complaints
    lines = data.count(b"\n") + 2
    for complaint in complaints.sorted():
        assert complaint.code in CODES
        assert 1 <= complaint.position.line <= lines
        assert 1 <= complaint.position.column <= len(data) + 1
    if source is not None:
        check_node(source.root, source.text)


def check_node(node: Node, text: str) -> None:
    match node:
        case Scalar():
            for reader in (as_text, as_integer, as_number, as_boolean, as_json):
                with suppress(NotThatKind):
                    reader(node)
            if node.lead is not None and node.text:
                line = text.split("\n")[node.position.line - 1]
                start = node.at(0).column - 1
                assert line[start : start + len(node.text)] == node.text
        case Mapping():
            assert len(set(node.keys)) == len(node.keys)
            for entry in node.entries:
                check_node(entry.key, text)
                check_node(entry.value, text)
        case _:
            for item in node.items:
                check_node(item, text)


@settings(max_examples=500, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_give_a_source_or_complaints(data: bytes) -> None:
    check(data)


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=100))
def test_any_text_gives_a_source_or_complaints(text: str) -> None:
    check(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=800, deadline=None)
@given(near_yaml)
def test_anything_like_yaml_gives_a_source_or_complaints(text: str) -> None:
    check(text.encode())


@settings(max_examples=500, deadline=None)
@given(near_yaml)
def test_any_value_of_a_key_gives_a_source_or_complaints(text: str) -> None:
    check(f"vendor: acme\nkey: {text}\nversion: v1\n".encode())
