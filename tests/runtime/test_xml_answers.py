"""XML as mappings, bare texts, forms and digests, without a call around them."""

from __future__ import annotations

import gzip

import pytest

from generator.runtime.credentials import Secret
from generator.runtime.digest import digest
from generator.runtime.documents import Malformed
from generator.runtime.envelope import Envelope, ErrorRule, ErrorShape, error_rule, is_failure, vendor_error
from generator.runtime.errors import NotFoundError, PermissionDeniedError
from generator.runtime.forms import FormBody
from generator.runtime.request import BodyValue
from generator.runtime.text_answers import TextAnswer
from generator.runtime.xml_answers import ListAt, XmlAnswer, unpacked

XML = XmlAnswer(roots=("page",))


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ("<page/>", {"page": None}),
        ("<page> 1 </page>", {"page": "1"}),
        ("<page>1<!-- one -->2<![CDATA[<3]]></page>", {"page": "12<3"}),
        ("<page><a/><b> </b><c>x</c></page>", {"page": {"a": None, "b": None, "c": "x"}}),
        ("<page><a>1</a><a>2</a><a/></page>", {"page": {"a": ["1", "2", None]}}),
        ('<page><a b="1"><c>2</c></a></page>', {"page": {"a": {"b": "1", "c": "2"}}}),
        ('<page><a c="1"><c>2</c></a></page>', {"page": {"a": {"c": "2"}}}),
        ('<page><a b="1"/></page>', {"page": {"a": {"b": "1"}}}),
        ('<page><a b="1">text</a></page>', {"page": {"a": "text"}}),
        ("<html><?xml version='1.0'?><page>1</page></html>", {"page": "1"}),
        ("<!DOCTYPE html><HTML><body><br><page>1</page></body></HTML>", {"page": "1"}),
        ("\ufeff<?xml version='1.0' encoding='UTF-8'?><page>\u017d</page>", {"page": "\u017d"}),
    ],
)
def test_xml_becomes_a_mapping(text: str, document: object) -> None:
    assert XML.read(text.encode()) == document
    assert XML.read(gzip.compress(text.encode(), mtime=0)) == document


@pytest.mark.parametrize(
    "text",
    [
        "<page>1<a/>2</page>",
        "<page> <a> </a> </page>",
        '<page a="1" b="2"><a>3</a><a>4</a></page>',
        '<page a="1">text</page>',
        "<page><a><b>1</b></a><a>2</a></page>",
        "<page>&lt;&#65;&amp;</page>",
    ],
)
def test_an_ordinary_document_is_what_a_careful_reader_makes_of_it(text: str) -> None:
    # A comment behind the document is not ordinary, and changes nothing.
    assert XML.read(text.encode()) == XML.read(f"{text}<!-- -->".encode())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<page><a>1</page>", "mismatched tag"),
        ("<page" + "><a" * 100 + "/>" + "</a>" * 99 + "</page>", "more than 100 levels"),
        ("<page " + " ".join(f"a{number}=''" for number in range(101)) + "/>", "too many"),
        ("<page><a:b/></page>", ""),
    ],
)
def test_what_is_refused_is_refused_for_the_same_reason_by_both_readers(text: str, reason: str) -> None:
    told: list[object] = []
    for document in (text, f"{text}<!-- -->"):
        try:
            told.append(XML.read(document.encode()))
        except Malformed as refusal:
            told.append(refusal.reason)

    assert told[0] == told[1]
    assert reason in str(told[0])


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("<page/>", {"page": {"users": []}}),
        ("<page><users/></page>", {"page": {"users": []}}),
        ("<page><users><user/></users></page>", {"page": {"users": []}}),
        ("<page><users><user>1</user></users></page>", {"page": {"users": ["1"]}}),
        ("<page><users><user>1</user><user>2</user></users></page>", {"page": {"users": ["1", "2"]}}),
        ("<page>text</page>", {"page": "text"}),
    ],
)
def test_a_list_is_one_however_often_its_element_is_there(text: str, listed: object) -> None:
    form = XmlAnswer(lists=(ListAt(path=("page", "users"), item="user"),))

    assert form.typed(form.read(text.encode())) == listed


def test_lists_inside_of_lists_are_found() -> None:
    form = XmlAnswer(
        lists=(ListAt(path=("page", "users"), item="user"), ListAt(path=("page", "users", "ids"), item="id"))
    )
    text = b"<page><users><user><ids><id>1</id></ids></user><user><ids/></user></users></page>"

    assert form.typed(form.read(text)) == {"page": {"users": [{"ids": ["1"]}, {"ids": []}]}}


def test_a_bare_value_is_taken_out_of_its_markup() -> None:
    form = TextAnswer(roots=("page",))

    values = [form.typed(form.read(text)) for text in (b" 60.0 \n", b"<code>60.0</code>", b"<p>60.0<br>", b"60.0")]

    assert values == ["60.0"] * 4


def test_packed_members_are_one_body() -> None:
    assert unpacked(gzip.compress(b"<page>", mtime=0) + gzip.compress(b"</page>", mtime=0)) == b"<page></page>"


def test_what_grows_beyond_measure_is_refused() -> None:
    with pytest.raises(Malformed, match="more than it may be"):
        unpacked(gzip.compress(b" " * 20_000_000, mtime=0))


def test_a_form_spells_names_and_values_once() -> None:
    fields: dict[str, BodyValue] = {"a b": "1 + 1 = 2 & more", "key": Secret.of("50 %"), "list": ["1", "\u017d"]}

    assert FormBody().encode(fields) == b"a%20b=1%20%2B%201%20%3D%202%20%26%20more&key=50%20%25&list=1&list=%C5%BD"


def test_a_digest_has_nothing_between_its_values() -> None:
    assert digest("sha1", ("12", Secret.of("3"))) == digest("sha1", ("1", "23"))


def test_the_longest_message_that_is_known_counts() -> None:
    rules = (
        ErrorRule(message="User", raises=PermissionDeniedError),
        ErrorRule(message="User was not found", raises=NotFoundError),
    )
    envelope = Envelope(errors=(ErrorShape(message=("page", "error")),))

    found = error_rule(rules, vendor_error(envelope, {"page": {"error": " user WAS not found! "}}))

    assert found is rules[1]


def test_a_shape_with_words_needs_them() -> None:
    envelope = Envelope(errors=(ErrorShape(message=("page", "text"), when=((("page", "state"), "failed"),)),))

    assert is_failure(envelope, 200, {"page": {"state": "Failed", "text": "no"}})
    assert not is_failure(envelope, 200, {"page": {"state": "ok", "text": "no"}})
