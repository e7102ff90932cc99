"""What the nodes say: text as written, and places as an editor counts them."""

from pathlib import Path

import pytest

from generator.diagnostics import Complaints, Position
from generator.spec.source import Mapping, Node, Scalar, Sequence, parse_source


def read(text: str) -> Mapping:
    complaints = Complaints()
    source = parse_source(text.encode(), Path("a.yaml"), "a.yaml", complaints)
    assert [str(complaint) for complaint in complaints.sorted()] == []
    assert source is not None
    return source.root


def value(text: str) -> Node:
    return read(text).entries[0].value


def scalar(text: str) -> Scalar:
    node = value(text)
    assert isinstance(node, Scalar)
    return node


@pytest.mark.parametrize(
    "written",
    ["yes", "no", "on", "1.10", "1:30", "0755", "1e3", "2026-11-21", "~", "null", "true", ".inf", "${a}-${b}", "a:b"],
)
def test_plain_scalar_is_text_as_written(written: str) -> None:
    node = scalar(f"key: {written}\n")

    assert (node.text, node.plain) == (written, True)


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ('"1"', "1"),
        ("'1'", "1"),
        ('"a\\tb"', "a\tb"),
        ("'it''s'", "it's"),
        ("|\n  a\n  b", "a\nb\n"),
        (">-\n  a\n  b", "a b"),
    ],
)
def test_quoted_scalar_is_not_plain(written: str, text: str) -> None:
    node = scalar(f"key: {written}\n")

    assert (node.text, node.plain) == (text, False)


def test_columns_count_characters() -> None:
    root = read("é😀: ü\n名: { ключ: [é, 'ö'] }\n")

    assert [entry.key.position for entry in root.entries] == [Position("a.yaml", 1, 1), Position("a.yaml", 2, 1)]
    assert root.entries[0].value.position == Position("a.yaml", 1, 5)
    inner = root.entries[1].value
    assert isinstance(inner, Mapping)
    items = inner.get("ключ")
    assert isinstance(items, Sequence)
    assert [item.position.column for item in items.items] == [13, 16]


def test_columns_do_not_count_a_byte_order_mark() -> None:
    root = read("\ufeffé: ü\nb: c\n")

    assert root.position == Position("a.yaml", 1, 1)
    assert root.entries[0].value.position == Position("a.yaml", 1, 4)
    assert root.entries[1].value.position == Position("a.yaml", 2, 4)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("key: one of a\n", 9),
        ("key: 'one of a'\n", 10),
        ('key: "one of a"\n', 10),
        ('key: "one\\u0020of a"\n', 6),
        ("key: one\n  of a\n", 6),
    ],
)
def test_place_inside_a_text_is_exact_where_it_stands_as_it_is(text: str, column: int) -> None:
    assert scalar(text).at(3) == Position("a.yaml", 1, column)


def test_mapping_knows_its_keys_in_order() -> None:
    root = read("b: 1\na: 2\n")

    assert root.keys == ("b", "a")
    assert root.get("a") == root.entries[1].value
    assert root.get("c") is None


@pytest.mark.parametrize(
    ("text", "last_line"),
    [
        ("key: a\n", 1),
        ("key: a\n  b\n", 2),
        ("key: [a,\n  b\n  ]\n", 3),
        ("key:\n  a: 1\n  b: { c:\n    d }\n# end\n", 4),
        ("key: |\n  a\n  b\n# end\n", 3),
        ("key:\n- a\n\n- b\n", 4),
        ("key:\n\n", 1),
    ],
)
def test_node_knows_where_it_ends(text: str, last_line: int) -> None:
    assert value(text).last_line == last_line


def test_document_may_begin_with_its_marker() -> None:
    assert read("# about\n---\nvendor: acme\n").keys == ("vendor",)


def test_repeated_key_does_not_hide_the_rest() -> None:
    complaints = Complaints()

    source = parse_source(b"a: 1\na: 2\nb: 3\n", Path("a.yaml"), "a.yaml", complaints)

    assert complaints
    assert source is not None
    assert [(entry.key.text, entry.value.position.line) for entry in source.root.entries] == [("a", 1), ("b", 3)]


def test_places_name_list_items_by_index() -> None:
    complaints = Complaints()

    parse_source(b"changelog:\n  - a: 1\n  - a: 1\n    a: 2\n", Path("a.yaml"), "a.yaml", complaints)

    assert [complaint.place for complaint in complaints.sorted()] == ["changelog.1.a"]


def test_complaints_of_one_file_end() -> None:
    complaints = Complaints()

    parse_source(b"a: 1\n" * 1000, Path("a.yaml"), "a.yaml", complaints)

    assert len(complaints.sorted()) == 101
    assert any("the rest of the file was not read" in complaint.message for complaint in complaints.sorted())
