"""How a vendor's names become Python's."""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Callable

import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import naming

# The examples of the contract, word for word.
CONTRACT = (
    ("getHistory", "get_history"),
    ("connectionTimeMin", "connection_time_min"),
    ("MDMState", "mdm_state"),
    ("totalRAMSize", "total_ram_size"),
    ("m360id", "m360id"),
    ("SortOrder", "sort_order"),
)


@pytest.mark.parametrize(("wire", "python"), CONTRACT)
def test_name_is_snake_case(wire: str, python: str) -> None:
    assert naming.snake_case(wire) == python
    assert naming.parameter_name(wire) == python
    assert naming.method_name(wire) == python
    assert naming.attribute_name(wire) == python


@pytest.mark.parametrize(
    ("wire", "python"),
    [
        ("async", "async_"),
        ("timeout", "timeout_"),
        ("waitFor", "wait_for_"),
        ("secret", "secret"),
        ("extra_headers", "extra_headers_"),
        ("extraBody", "extra_body_"),
        ("self", "self_"),
        ("class", "class_"),
        ("None", "none"),
        ("__class__", "class_"),
        ("id", "id"),
        ("list", "list"),
    ],
)
def test_parameter_gives_way_to_keywords_and_call_options(wire: str, python: str) -> None:
    assert naming.parameter_name(wire) == python


@pytest.mark.parametrize(
    ("wire", "python"),
    [
        ("close", "close_"),
        ("withOptions", "with_options_"),
        ("import", "import_"),
        ("timeout", "timeout"),
        ("list", "list"),
    ],
)
def test_method_gives_way_to_the_clients_own(wire: str, python: str) -> None:
    assert naming.method_name(wire) == python


@pytest.mark.parametrize(
    ("wire", "python"),
    [
        ("copy", "copy_"),
        ("json", "json_"),
        ("schema", "schema_"),
        ("modelName", "model_name"),
        ("modelConfig", "model_config_"),
        ("model_dump_json", "model_dump_json_"),
        ("date", "date_"),
        ("from", "from_"),
        ("_links", "links"),
        ("2fa", "n2fa"),
        ("@type", "type"),
    ],
)
def test_attribute_gives_way_to_models(wire: str, python: str) -> None:
    assert naming.attribute_name(wire) == python


def test_no_attribute_hides_a_member_of_a_model() -> None:
    members = [name for name in dir(pydantic.BaseModel) if not name.startswith("_")]

    hidden = [name for name in members if naming.attribute_name(name) == name]

    assert hidden == []


@pytest.mark.parametrize(
    ("wire", "folded"),
    [
        ("\ufb01le", "file"),  # a ligature
        ("\uff49\uff44", "id"),  # letters of full width
        ("\u212aelvin", "kelvin"),  # the sign of kelvin
        ("x\u00b2", "x2"),
    ],
)
def test_name_is_folded_as_the_parser_folds_it(wire: str, folded: str) -> None:
    assert naming.snake_case(wire) == folded
    assert unicodedata.normalize("NFKC", folded) == folded


@pytest.mark.parametrize("wire", ["", "_", "---", "\u0000", "\u4e2d\u6587", "\u202e", "'\"\\", "\n"])
def test_name_without_a_letter_is_a_name_still(wire: str) -> None:
    assert naming.snake_case(wire) == "unnamed"


@pytest.mark.parametrize(
    ("wire", "python"),
    [
        ("device_session", "DeviceSession"),
        ("OemCheckResult", "OemCheckResult"),
        ("None", "None_"),
        ("none", "None_"),
        ("2fa", "N2fa"),
    ],
)
def test_class_is_pascal_case(wire: str, python: str) -> None:
    assert naming.class_name(wire) == python


def test_constant_is_in_capitals() -> None:
    assert naming.constant_name("getHistory") == "GET_HISTORY"


@pytest.mark.parametrize(
    "derive",
    [naming.parameter_name, naming.method_name, naming.attribute_name, naming.constant_name, naming.class_name],
)
@given(wire=st.text(max_size=30))
def test_any_text_becomes_an_identifier(derive: Callable[[str], str], wire: str) -> None:
    name = derive(wire)

    assert name.isidentifier()
    assert name.isascii()
    assert not keyword.iskeyword(name)
    assert not name.startswith("_")


@given(st.text(max_size=30))
def test_a_python_name_stays(wire: str) -> None:
    name = naming.snake_case(wire)

    assert naming.snake_case(name) == name


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("heder", "did you mean 'header'?"),
        ("x", "known here: body, header"),
    ],
)
def test_hint_names_the_nearest_or_all(word: str, told: str) -> None:
    assert naming.hint(word, ("header", "body")) == told


def test_hint_of_nothing_says_so() -> None:
    assert naming.hint("x", ()) == "known here: nothing"


def test_hint_does_not_list_without_end() -> None:
    told = naming.hint("x", [f"name{number:03}" for number in range(500)])

    assert told.endswith("and 470 more")
