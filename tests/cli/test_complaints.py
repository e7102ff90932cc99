"""Complaints as text, as JSON and as workflow commands."""

import json

import pytest

from generator.cli.complaints import Style, render
from generator.diagnostics import Diagnostic, Position

PLAIN = Diagnostic(Position("specs/x.yaml", 6, 3), "S013", "auth.heder", "unknown key; did you mean 'header'?")
WHOLE = Diagnostic(Position("specs/y.yaml"), "S001", "", "cannot be read: no such file")

STYLES: tuple[Style, ...] = ("text", "json", "github")


def test_text_is_a_line_each() -> None:
    assert render([PLAIN, WHOLE]) == (
        "specs/x.yaml:6:3: S013: auth.heder: unknown key; did you mean 'header'?\n"
        "specs/y.yaml:1:1: S001: cannot be read: no such file\n"
    )


def test_text_is_what_a_diagnostic_says_of_itself() -> None:
    assert render([PLAIN, WHOLE]) == f"{PLAIN}\n{WHOLE}\n"


def test_colours_are_there_only_when_wanted() -> None:
    assert render([WHOLE], color=True) == (
        "\033[1mspecs/y.yaml\033[0m:1:1: \033[31mS001\033[0m: cannot be read: no such file\n"
    )
    assert all("\033" not in render([WHOLE], style, color=False) for style in STYLES)


def test_json_is_a_list_of_objects() -> None:
    assert json.loads(render([PLAIN, WHOLE], "json")) == [
        {
            "file": "specs/x.yaml",
            "line": 6,
            "column": 3,
            "code": "S013",
            "place": "auth.heder",
            "message": "unknown key; did you mean 'header'?",
        },
        {
            "file": "specs/y.yaml",
            "line": 1,
            "column": 1,
            "code": "S001",
            "place": "",
            "message": "cannot be read: no such file",
        },
    ]


def test_github_is_a_command_each() -> None:
    assert render([PLAIN, WHOLE], "github") == (
        "::error file=specs/x.yaml,line=6,col=3,title=S013::auth.heder: unknown key; did you mean 'header'?\n"
        "::error file=specs/y.yaml,line=1,col=1,title=S001::cannot be read: no such file\n"
    )


def test_github_escapes_what_ends_a_property_or_a_command() -> None:
    diagnostic = Diagnostic(Position("a,b:c%d.yaml"), "S013", "", "100%, a: b\n::error::forged\r")

    assert render([diagnostic], "github") == (
        "::error file=a%2Cb%3Ac%25d.yaml,line=1,col=1,title=S013::100%25, a: b\\n::error::forged\\r\n"
    )


def test_nothing_to_complain_of_is_nothing_to_read() -> None:
    assert [render([], style) for style in STYLES] == ["", "[]\n", ""]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "character",
    [
        "\0", "\x1b", "\r", "\n", "\t", "\x7f", "\x85", "\x9b", "\xad", "\u061c", "\u200b", "\u200d", "\u200e", "\u2028", "\u202e", "\u2066",
        "\ufeff", "\u3164", "\ufe0f", "\U000e0001", "\U000e0100", "\ud800", "\uffff", "\ue000",
    ],
)  # fmt: skip
def test_unseen_character_is_shown_escaped(style: Style, character: str) -> None:
    around = render([Diagnostic(Position("a.yaml"), "S013", "x", "y")], style)
    shown = render([Diagnostic(Position(f"a{character}.yaml"), "S013", f"x{character}", f"y{character}")], style)

    assert shown.count(character) == around.count(character)
    assert shown != around
    shown.encode("utf-8")


def test_json_gives_a_program_the_very_characters() -> None:
    message = "\0\x1b\x7f\u202e\ufeff😀é"

    (found,) = json.loads(render([Diagnostic(Position("a.yaml"), "S013", "", message)], "json"))

    assert found["message"] == message


def test_text_in_any_script_is_shown_as_it_is() -> None:
    message = "ключ 名 é 😀 مفتاح"

    assert message in render([Diagnostic(Position("a.yaml"), "S013", "", message)])
