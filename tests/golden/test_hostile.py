"""Texts out of specs are inert wherever they stand: packages differ in texts only, and those read back."""

from __future__ import annotations

import ast
import functools
import inspect
import re
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import cast

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from generator.tree import FileTree
from tests.golden.building import made, printed_from, spec_of
from tests.golden.hostile import EXACT, HARMLESS, PAYLOADS, PROSE, TWINS, fitted, harmless_spec, infected, numbers

_MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


class _Masked(ast.NodeTransformer):
    """A syntax tree without its texts; tests are counted, not called by name, since codes of errors name some."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("text") if isinstance(node.value, str) else node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if node.name.startswith("test_"):
            node.name = "test"
        return self.generic_visit(node)


def structure(text: str) -> str:
    """Return what is left of a Python file without its texts."""
    return ast.dump(_Masked().visit(ast.parse(text)))


def markdown_structure(text: str) -> list[tuple[str, str]]:
    """Return the blocks and the markup of a page of Markdown, without its words."""

    def flat(tokens: list[Token]) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for token in tokens:
            if token.children is not None:
                found += flat(token.children)
            elif token.type != "text":
                found.append((token.type, token.tag))
        return found

    return flat(_MARKDOWN.parse(text))


def texts(tree: FileTree) -> list[str]:
    """Return every text in the Python files of a package, docstrings as `inspect` gives them."""
    found: list[str] = []
    for path, source in tree.items():
        if path.suffix == ".py":
            values = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
            spoken = (value for value in values if isinstance(value, str))
            found += (inspect.cleandoc(value) if "\n" in value else value for value in spoken)
    return found


def folded(text: str) -> str:
    return " ".join(text.split())


@functools.cache
def harmless(case: str = "hostile_text") -> FileTree:
    """Print the package of a hostile case's twin."""
    return _printed(harmless_spec(TWINS[case]))


@functools.cache
def printed_with(payload: str, case: str = "hostile_text") -> FileTree:
    """Print the package of the spec that has one payload in all its places."""
    return _printed(infected(lambda _: PAYLOADS[payload], TWINS[case]))


def _printed(document: str) -> FileTree:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "spec.yaml").write_text(document, encoding="utf-8")
        return printed_from(spec_of(Path(folder)))[1]


@pytest.fixture(params=tuple(PAYLOADS))
def payload(request: pytest.FixtureRequest) -> str:
    return cast("str", request.param)


@pytest.fixture(params=TWINS)
def case(request: pytest.FixtureRequest) -> str:
    return cast("str", request.param)


def test_hostile_case_differs_from_its_twin_in_texts_only(case: str) -> None:
    _hold_against_twin(made(case).printed, case)


def test_payload_changes_texts_only(payload: str, case: str) -> None:
    _hold_against_twin(printed_with(payload, case), case)


def _hold_against_twin(tree: FileTree, case: str) -> None:
    twin = harmless(case)

    assert tree.keys() == twin.keys()
    for path, text in tree.items():
        if path.suffix == ".py":
            assert structure(text) == structure(twin[path]), path


def test_data_reads_back_exactly(payload: str, case: str) -> None:
    found = set(texts(printed_with(payload, case)))

    missing = {number for number in EXACT & numbers(TWINS[case]) if fitted(PAYLOADS[payload], number) not in found}
    # A path has its value inside, and what has several lines was cleaned above as a docstring is.
    lines = {number for number in missing if inspect.cleandoc(fitted(PAYLOADS[payload], number)) in found}
    assert missing - lines == set()


def test_prose_reads_back_with_its_white_space_folded(payload: str, case: str) -> None:
    tree = printed_with(payload, case)
    read = "\n".join(map(folded, texts(tree)))

    expected = PROSE & numbers(TWINS[case])
    assert {number for number in expected if folded(fitted(PAYLOADS[payload], number)) not in read} == set()


def test_python_is_printable_ascii_or_letters(payload: str, case: str) -> None:
    """Nothing in a file moves a cursor, turns text around or hides."""
    for path, text in printed_with(payload, case).items():
        assert all(character == "\n" or character.isprintable() for character in text), path


def test_project_file_has_the_planned_keys_only(payload: str, case: str) -> None:
    path = PurePosixPath("pyproject.toml")
    read = tomllib.loads(printed_with(payload, case)[path])

    twin = tomllib.loads(harmless(case)[path])
    is_title_hostile = 1 in numbers(TWINS[case])

    assert _shape(read) == _shape(twin)
    assert read["project"]["description"] == (
        folded(PAYLOADS[payload]) if is_title_hostile else twin["project"]["description"]
    )


def _shape(value: object) -> object:
    match value:
        case dict():
            return {key: _shape(item) for key, item in cast("Mapping[str, object]", value).items()}
        case list():
            return [_shape(item) for item in cast("list[object]", value)]
        case _:
            return type(value).__name__


@pytest.mark.parametrize("page", ["README.md", "CHANGELOG.md"])
def test_page_has_the_markup_of_its_twin(page: str, payload: str, case: str) -> None:
    path = PurePosixPath(page)
    text, twin = printed_with(payload, case)[path], harmless(case)[path]

    assert len(text.split("\n")) == len(twin.split("\n"))
    assert markdown_structure(text) == markdown_structure(twin)
    assert re.findall(r"(?<!\\)://(?!ledgerly)", re.sub(r"`[^`]*`", "", text)) == []


@pytest.mark.parametrize(
    "name", ['a"b.yaml', "a\n#.yaml", "a # type: ignore.yaml", "coding: utf-7.yaml", "é/\u202e.yaml"]
)
def test_name_of_a_spec_is_inert(name: str) -> None:
    _, tree = printed_from(spec_of(HARMLESS.parent), name)
    header = tree[PurePosixPath("__init__.py")].split("\n")[0]

    assert header.isascii()
    assert "# type" not in header[1:]
    assert "coding:" not in header
    _hold_against_twin(tree, "hostile_text")
