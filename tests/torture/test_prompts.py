"""Nothing in a package is run by those who look for prompts in it."""

from __future__ import annotations

import ast
import doctest
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.golden.building import CASES, made

GENERATED = Path(__file__).resolve().parents[2] / "generated"


def prompts(source: str) -> Iterator[str]:
    """Yield what a run of doctests would run."""
    parser = doctest.DocTestParser()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            for example in parser.get_examples(ast.get_docstring(node, clean=False) or ""):
                yield example.source


@pytest.mark.parametrize("case", CASES)
def test_no_docstring_of_a_package_has_a_prompt(case: str) -> None:
    found = [prompt for path, text in made(case).tree.items() if path.suffix == ".py" for prompt in prompts(text)]

    assert found == []


def test_a_page_has_no_prompt_of_a_text() -> None:
    pages = [text for case in CASES for path, text in made(case).tree.items() if path.suffix == ".md"]

    assert [prompt for page in pages for prompt in doctest.DocTestParser().get_examples(page)] == []


def test_a_prompt_would_be_found() -> None:
    assert list(prompts('def f():\n    """Add.\n\n    >>> 1 + 1\n    2\n    """\n')) == ["1 + 1\n"]
