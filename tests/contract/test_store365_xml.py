"""Answers of Store365 in XML: the same results and errors as in JSON, and nothing that hostile XML could do."""

from __future__ import annotations

import gzip
import resource
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import generated.store365 as package
from tests.contract.store365_sessions import KINDS, Session, session
from tests.stand_ins import wire
from tests.stand_ins.store365 import CLIENT_ID, PASSWORD, USERNAME, Store365, user

ROOT = Path(__file__).parents[2]


@pytest.fixture
def vendor() -> Iterator[Store365]:
    """The vendor's look-alike with 25 users."""
    with Store365(25) as server:
        yield server


@pytest.fixture(params=KINDS, ids=["sync", "async"])
def both(request: pytest.FixtureRequest, vendor: Store365) -> Iterator[tuple[Session, Session]]:
    """A client that asks for JSON and one that asks for XML, from a thread and from a task."""
    with (
        session(vendor, asynchronous=request.param) as json,
        session(vendor, asynchronous=request.param, format="xml") as xml,
    ):
        yield json, xml


@pytest.fixture
def xml(both: tuple[Session, Session]) -> Session:
    """A client that asks for XML."""
    return both[1]


PACKED = {"Content-Encoding": "gzip"}


def saying(content: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> wire.Fault:
    """Answer with XML."""
    return wire.saying(status, content, {"Content-Type": "application/xml", **(headers or {})})


def figures(page: Any) -> tuple[object, ...]:
    return (page.page_number, page.page_size, page.total_number_of_pages, page.total_number_of_records)


def test_content_type_asks_for_xml(xml: Session, vendor: Store365) -> None:
    xml.first()

    (request,) = vendor.resources.requests
    assert request.headers["content-type"] == "application/xml"
    assert request.headers["accept"] == "application/xml"
    assert vendor.tokens.requests[0].headers["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize("size", [1, 10, 100])
@pytest.mark.parametrize("count", [0, 1, 2, 25])
def test_pages_are_the_same(both: tuple[Session, Session], vendor: Store365, count: int, size: int) -> None:
    del vendor.resources.users[count:]

    json, xml = (each.first(page_size=size) for each in both)

    assert figures(json) == figures(xml)
    assert json.items == xml.items
    assert json.has_next_page() == xml.has_next_page()
    assert type(json) is type(xml)


def test_lists_are_the_same(both: tuple[Session, Session]) -> None:
    json, xml = (each.all(page_size=7) for each in both)

    assert json == xml
    assert [found.model_extra for found in xml] == [user(number) for number in range(1, 26)]


def test_user_without_fields_is_a_user(both: tuple[Session, Session], vendor: Store365) -> None:
    vendor.resources.users[:] = [{"id": "a"}]
    document = b"<UserPage><PageNumber>1</PageNumber><TotalNumberOfPages>1</TotalNumberOfPages><Results><User/><User/></Results></UserPage>"
    vendor.resources.fail(saying(document))

    assert [found.model_extra for found in both[1].first().items] == [{}, {}]


def test_names_begin_with_a_small_letter_and_prefixes_fall_off(xml: Session, vendor: Store365) -> None:
    document = (
        b'<?xml version="1.0"?><a:Page xmlns:a="urn:x" xmlns:i="urn:i"><a:PageNumber>1</a:PageNumber>'
        b"<a:TotalNumberOfPages> 1 </a:TotalNumberOfPages><a:Results><a:User><a:FirstName> Ann </a:FirstName>"
        b'<a:URLPath>x</a:URLPath><a:Note i:nil="true"/></a:User></a:Results></a:Page>'
    )
    vendor.resources.fail(saying(document))

    (found,) = xml.first().items

    assert found.model_extra == {"firstName": "Ann", "urlPath": "x", "note": None}


def test_argument_that_the_vendor_refuses_is_the_same_error(both: tuple[Session, Session]) -> None:
    json, xml = (each.error(sort_order="colour") for each in both)

    assert type(json) is type(xml) is package.BadRequestError
    assert (json.status_code, json.code, json.message) == (xml.status_code, xml.code, xml.message)


@pytest.mark.parametrize(
    ("status", "document", "told"),
    [
        (404, b"<Error><Code>404</Code><Message>Gone</Message></Error>", ("404", "Gone")),
        (
            401,
            b"<Error><Error>invalid_grant</Error><Error_description>Bad</Error_description></Error>",
            ("invalid_grant", "Bad"),
        ),
        (
            401,
            b"<Error><Status>401</Status><Error>Unauthorized</Error><Message>Bad</Message></Error>",
            ("Unauthorized", "Bad"),
        ),
        (415, b"", (None, None)),
        (500, b"<html><body>oops</body></html>", (None, None)),
        (503, b'{"code": 503, "message": "Down"}', (None, None)),
    ],
)
def test_errors_are_told_by_their_keys(
    xml: Session, vendor: Store365, status: int, document: bytes, told: tuple[str | None, str | None]
) -> None:
    vendor.resources.fail(*[saying(document, status)] * 5)

    error = xml.error()

    assert isinstance(error, package.APIStatusError)
    assert (error.status_code, error.code, error.message) == (status, *told)


PAGE = b"<UserPage><PageNumber>1</PageNumber><TotalNumberOfPages>1</TotalNumberOfPages><Results><User/></Results></UserPage>"

HOSTILE: dict[str, bytes] = {
    "dtd": b"<!DOCTYPE UserPage>" + PAGE,
    "entities": b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><UserPage>&b;</UserPage>',
    "external entity": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><UserPage>&a;</UserPage>',
    "remote dtd": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">' + PAGE,
    "levels": b"<a>" * 100_000 + b"</a>" * 100_000,
    "open levels": b"<a>" * 100_000,
    "cut": PAGE[:-5],
    "nothing": b"",
    "json": b'{"results": []}',
    "text": b"Back soon",
    "html": b"<html><body>Back soon</body></html>",
    "attributes": b"<a " + b" ".join(b'x%d="1"' % number for number in range(200_000)) + b"/>",
    "not utf-8": b"<UserPage>\xff\xfe</UserPage>",
    "no list": b"<UserPage><Results>text</Results></UserPage>",
    "gzip cut": gzip.compress(PAGE, mtime=0)[:-9],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_answer_is_a_typed_error(xml: Session, vendor: Store365, name: str) -> None:
    vendor.resources.fail(*[saying(HOSTILE[name])] * 3)

    error = xml.error()

    assert isinstance(error, package.APIResponseValidationError), error


def test_encoding_is_not_the_documents_to_choose(xml: Session, vendor: Store365) -> None:
    vendor.resources.fail(saying(b'<?xml version="1.0" encoding="utf-16"?>' + PAGE))

    assert len(xml.first().items) == 1


def test_packed_answer_is_read(both: tuple[Session, Session], vendor: Store365) -> None:
    vendor.resources.fail(saying(gzip.compress(PAGE, mtime=0)), saying(gzip.compress(PAGE, mtime=0), headers=PACKED))

    first, second = both[1].first(), both[1].first()

    assert first.items == second.items
    assert len(first.items) == 1


CHILD = """
import resource, sys
import generated.store365 as package

base, token, kind = sys.argv[1:4]
client = package.Client(username=sys.argv[4], password=sys.argv[5], client_id=sys.argv[6], base_url=base,
                        token_url=token, format=kind, max_retries=0)
client.users.list()
with open("/proc/self/statm") as told:
    pages = int(told.read().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + 64 * 2**20,) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
for _ in range(int(sys.argv[7])):
    try:
        client.users.list()
    except package.APIError as error:
        print("typed", type(error).__name__)
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_AS"), reason="there are no limits of address space here")
@pytest.mark.parametrize("kind", ["json", "xml"])
@pytest.mark.parametrize(
    ("size", "headers"),
    [(2**28, {}), (2**28, PACKED), (2**25, PACKED)],
    ids=["hidden", "told", "told, smaller"],
)
def test_gzip_bomb_ends_within_bounds(vendor: Store365, kind: str, size: int, headers: dict[str, str]) -> None:
    bomb = gzip.compress(b"<a>" + b" " * size, mtime=0)
    vendor.resources.fail(
        lambda turn: turn.send(turn.work().spelled()),
        saying(bomb, headers=headers),
    )
    given = [vendor.resources.url, vendor.tokens.url, kind, USERNAME, PASSWORD, CLIENT_ID, "1"]

    child = subprocess.run(
        [sys.executable, "-c", CHILD, *given], capture_output=True, text=True, check=False, cwd=ROOT, timeout=60
    )

    assert child.stdout.startswith("typed "), child.stderr[-2000:]


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_AS"), reason="there are no limits of address space here")
def test_hostile_answers_end_within_bounds(vendor: Store365) -> None:
    documents = [document for name, document in HOSTILE.items() if name not in ("json", "text")]
    vendor.resources.fail(lambda turn: turn.send(turn.work().spelled()), *map(saying, documents))
    given = [vendor.resources.url, vendor.tokens.url, "xml", USERNAME, PASSWORD, CLIENT_ID, str(len(documents))]

    child = subprocess.run(
        [sys.executable, "-c", CHILD, *given], capture_output=True, text=True, check=False, cwd=ROOT, timeout=60
    )

    assert child.stdout.split("\n")[:-1] == ["typed APIResponseValidationError"] * len(documents), child.stderr[-2000:]
