"""Docstrings give back the text that they were spelled from, and are as easy to read as they can be."""

from __future__ import annotations

import ast
import inspect

import black
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator.plan import literals

TROUBLE = st.text(st.sampled_from("\"'\\\n >x\r\t\x00\u2028é{%") | st.characters(codec="utf-8"), max_size=40)

examples = [
    *(
        '"',
        '""',
        '"""',
        '""""',
        '"a"',
        'a"',
        'a""',
        'a"""b',
        '\\"',
        "\\",
        '"\n"',
        'a "b" c',
        ">>> x",
        '\\"""',
        '"\n',
        '" ',
    ),
]


@pytest.mark.parametrize("text", examples)
def test_docstring_reads_back(text: str) -> None:
    assert read(text) == laid_out(text)


@given(TROUBLE)
@settings(max_examples=300, deadline=None)
@example('x"""\nraise SystemExit("ran")\n"""')
def test_any_docstring_reads_back(text: str) -> None:
    assert read(text) == laid_out(text)


@given(TROUBLE)
@settings(max_examples=60, deadline=None)
@example('"begins and ends"')
def test_formatting_leaves_a_docstring_s_text_alone(text: str) -> None:
    source = f"def f() -> None:\n    {literals.docstring((f' {text}',), indent=4)}\n    return None\n"
    [function] = ast.parse(black.format_str(source, mode=black.Mode(line_length=120))).body
    assert isinstance(function, ast.FunctionDef)
    told = ast.get_docstring(function)

    assert (told or "").split() == inspect.cleandoc(text).split()


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ('The setting "API allow Payments" has to be on.', '"""The setting "API allow Payments" has to be on."""'),
        ('Called "x".', '"""Called "x"."""'),
        ('Called "x"', '"""Called "x\\""""'),
        ('"x" is called', '"""\\"x" is called"""'),
        ('three """ of them', '"""three \\"\\"\\" of them"""'),
        ("a \\ b", '"""a \\\\ b"""'),
    ],
)
def test_quotes_are_escaped_where_they_would_do_harm_only(text: str, spelled: str) -> None:
    assert literals.docstring((text,)) == spelled


def laid_out(text: str) -> str:
    """Return what a docstring of a text holds that is not wrapped."""
    return f" {text}\n" if "\n" in text else f" {text}"


def read(text: str) -> object:
    """Spell a text that is not wrapped, and read it back."""
    found: object = ast.literal_eval(literals.docstring((f" {text}",)))
    return found
