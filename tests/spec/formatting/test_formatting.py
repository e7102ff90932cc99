"""The canonical form: cases as folders, and what holds for every file."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.diagnostics import Complaints
from generator.spec.formatting import ITEM, format_spec
from generator.spec.source import Mapping, Node, Scalar, SpecSource, parse_source

SECTIONS = (
    "vendor", "version", "package", "title", "like", "without", "sources", "servers", "credentials", "settings", "auth", "format", "envelope",
    "errors", "rate_limit", "testing", "pagination", "filters", "endpoints", "webhooks", "types", "assumed", "unknowns", "contradictions",
    "renamed_from", "changelog",
)  # fmt: skip


def order(path: tuple[str, ...]) -> tuple[str, ...] | None:
    match path:
        case ():
            return SECTIONS
        case ("rate_limit",):
            return ("requests", "every", "setting", "quote", "source")
        case ("endpoints", _):
            return ("call", "effect", "doc", "body", "returns")
        case ("changelog", item) if item == ITEM:
            return ("date", "source", "quote", "kind", "adds")
        case _:
            return None


def alphabetical(path: tuple[str, ...]) -> tuple[str, ...] | None:
    """Put everything into order, so that much moves."""
    return tuple("abcdef") if len(path) < 9 else None


def read(text: str) -> SpecSource | None:
    complaints = Complaints()
    source = parse_source(text.encode(), Path("a.yaml"), "a.yaml", complaints)
    return None if complaints else source


def formatted(text: str) -> str:
    source = read(text)
    assert source is not None
    return format_spec(source, order)


CASES = sorted(path for path in (Path(__file__).parent / "cases").iterdir() if path.is_dir())


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_case_becomes_what_stands_beside_it(case: Path) -> None:
    before, after = ((case / name).read_text(encoding="utf-8") for name in ("before.yaml", "after.yaml"))

    assert formatted(before) == after
    assert formatted(after) == after


def content(node: Node) -> object:
    """Return what a node says, without its place and the order of its keys."""
    match node:
        case Scalar():
            return (node.text, node.plain)
        case Mapping():
            return {entry.key.text: content(entry.value) for entry in node.entries}
        case _:
            return [content(item) for item in node.items]


def comments(text: str) -> Counter[str]:
    return Counter(line[line.index("#") :].rstrip() for line in text.split("\n") if "#" in line)


def check(text: str) -> None:
    source = read(text)
    if source is None:
        return

    once = format_spec(source, alphabetical)

    again = read(once)
    assert again is not None
    assert content(again.root) == content(source.root)
    assert comments(once) == comments(source.text)
    assert format_spec(again, alphabetical) == once
    assert once.endswith("\n")
    assert not once.startswith("\n")


COMMENTS = st.sampled_from(
    ["", "", "", "# c1\n", "  # c2\n", "    # c3\n", "\n", "\n\n# c4\n", "# c5\n\n# c6\n", "      # c7\n\n"]
)
SCALARS = st.sampled_from(
    [
        "1",
        "text",
        "'q'",
        '"d"',
        "two words",
        "[x, y]",
        "{ b: 1, a: 2 }",
        "",
        "1  # end",
        "text   ",
        "{ x:  # c\n    1 }",
        "~",
    ]
)
LONG = st.sampled_from(
    [
        "|\n{i}t1\n\n{i}  # t2\n",
        "|+\n{i}k1\n\n\n",
        ">-\n{i}f1\n{i}f2\n\n",
        '"q1  \n\n{i}# q2"\n',
        "p1\n{i}p2\n",
        "[x,  # c\n{i}y]\n",
        "|2+\n{i}z\n",
    ]
)


@st.composite
def values(draw: st.DrawFn, indent: int, depth: int) -> str:
    """Draw what stands behind a colon, the end of its line included."""
    kind = draw(st.sampled_from(["scalar", "long", "mapping", "list"] if depth else ["scalar", "long"]))
    match kind:
        case "scalar":
            return " " + draw(SCALARS) + "\n"
        case "long":
            return " " + draw(LONG).replace("{i}", " " * (indent + 2))
        case "mapping":
            return (
                draw(st.sampled_from(["", "  # end"]))
                + "\n"
                + draw(mappings(indent + draw(st.sampled_from([1, 2, 4])), depth - 1))
            )
        case _:
            return "\n" + draw(lists(indent + draw(st.sampled_from([0, 2])), depth - 1))


@st.composite
def mappings(draw: st.DrawFn, indent: int, depth: int, *, dashed: bool = False) -> str:
    keys = draw(st.lists(st.sampled_from("fedcbazyx"), min_size=1, max_size=4, unique=True))
    text = ""
    for number, key in enumerate(keys):
        beginning = "" if dashed and number == 0 else draw(COMMENTS) + " " * indent
        text += beginning + key + ":" + draw(values(indent, depth))
    return text + draw(COMMENTS)


@st.composite
def lists(draw: st.DrawFn, indent: int, depth: int) -> str:
    text = ""
    for _ in range(draw(st.integers(1, 3))):
        text += draw(COMMENTS) + " " * indent + "-"
        match draw(st.sampled_from(["scalar", "mapping", "list", "below"] if depth else ["scalar"])):
            case "scalar":
                text += draw(values(indent, 0))
            case "mapping":
                text += " " + draw(mappings(indent + 2, depth - 1, dashed=True))
            case "list":
                text += " " + draw(lists(indent + 2, depth - 1)).lstrip(" #c1234567\n")
            case _:
                text += "\n" + draw(mappings(indent + 2, depth - 1))
    return text + draw(COMMENTS)


@settings(max_examples=300, deadline=None)
@given(mappings(0, 3))
def test_meaning_and_comments_stay_and_a_second_time_changes_nothing(text: str) -> None:
    check(text)


@settings(max_examples=150, deadline=None)
@given(
    mappings(0, 1),
    st.sampled_from(["# top\n", "# top\n\n", "\n# top\n# of all\n\n\n", "---\n", "# top\n---\n# second\n"]),
)
def test_top_of_the_file_stays(text: str, top: str) -> None:
    check(top + text)

    source = read(top + text)
    if source is not None:
        assert format_spec(source, alphabetical).startswith(top.strip("\n").partition("\n")[0])
