"""`like` and `without`: a spec that says only what differs from another."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from generator.diagnostics import Complaints
from generator.spec.document import Spec
from generator.spec.members import ObjectType
from generator.spec.parsing import parse_specs
from generator.spec.source import SpecSource, parse_source
from generator.spec.types import Text

BASE = """
    vendor: ledgerly
    version: v1
    package: ledgerly_v1
    title: Ledgerly, version 1
    servers:
      live: https://api.ledgerly.example/v1
    credentials:
      apiKey: { env: LEDGERLY_API_KEY, secret: true }
    auth:
      bearer: ${apiKey}
    rate_limit:
      requests: 5
      every: 1 second
      quote: Five requests a second.
    endpoints:
      listInvoices:
        call: POST invoices
        effect: read
        doc: Lists invoices.
        query:
          state?: string
          limit?: integer 1..100
        returns: list of Invoice at invoices
      sendInvoice:
        call: POST invoices/{id}/send
        effect: unsafe
        returns: nothing
    types:
      Invoice:
        id: string 36
        dueOn?: date
        note: string
    assumed:
      dates are days in UTC: the vendor does not say
    unknowns:
      - Whether invoices are ever deleted.
"""

IDENTITY = """
    vendor: ledgerly
    version: v2
    package: ledgerly_v2
    title: Ledgerly, version 2
    like: ledgerly/v1
"""


def source(name: str, text: str, complaints: Complaints) -> SpecSource:
    found = parse_source(dedent(text).encode(), Path(name), name, complaints)
    assert found is not None
    return found


def derive(text: str) -> tuple[Spec, Spec]:
    """Return the base, and what a spec becomes that is like it and adds *text*."""
    complaints = Complaints()
    # The derived one first: the order of files does not matter.
    sources = [
        source("v2.yaml", dedent(IDENTITY) + dedent(text), complaints),
        source("v1.yaml", BASE, complaints),
    ]
    specs = parse_specs(sources, complaints)
    assert complaints.sorted() == ()
    return specs["v1.yaml"], specs["v2.yaml"]


def test_everything_but_the_identity_is_taken() -> None:
    base, derived = derive("")

    assert derived.endpoints == base.endpoints
    assert derived.types == base.types
    assert derived.auth == base.auth
    assert (derived.package, derived.title, derived.like) == ("ledgerly_v2", "Ledgerly, version 2", "ledgerly/v1")


def test_what_is_said_of_one_version_is_not_taken() -> None:
    _, derived = derive("")

    assert derived.assumed == {}
    assert derived.unknowns == ()


def test_sections_are_merged_key_by_key() -> None:
    base, derived = derive("""
        servers:
          live: https://api.ledgerly.example/v2
        rate_limit:
          requests: 10
        """)

    assert derived.servers == {"live": "https://api.ledgerly.example/v2"}
    assert base.rate_limit is not None
    assert derived.rate_limit is not None
    assert (derived.rate_limit.requests, derived.rate_limit.quote) == (10, base.rate_limit.quote)


def test_facts_are_replaced_as_a_whole() -> None:
    _, derived = derive("auth:\n  body: { key: '${apiKey}' }")

    assert [part.body_names() for part in derived.auth.parts] == [{"key"}]


def test_parameters_are_merged_and_keep_their_order() -> None:
    _, derived = derive("""
        endpoints:
          listInvoices:
            query:
              limit: integer 1..50
              page?: integer 1..
        """)
    parameters = [(member.name, member.optional) for member in derived.endpoints["listInvoices"].query]

    assert parameters == [("state", True), ("limit", False), ("page", True)]
    assert derived.endpoints["listInvoices"].doc == "Lists invoices."


def test_a_field_that_becomes_optional_replaces_the_one_that_was_not() -> None:
    _, derived = derive("types:\n  Invoice:\n    note?: string 1..500")
    invoice = derived.types["Invoice"]

    assert isinstance(invoice, ObjectType)
    assert [(field.name, field.optional) for field in invoice.fields] == [
        ("id", False),
        ("dueOn", True),
        ("note", True),
    ]
    assert invoice.fields[2].type == Text(1, 500)


@pytest.mark.parametrize(
    ("left_out", "stays"),
    [
        ("endpoints.sendInvoice", {"listInvoices"}),
        ("endpoints.listInvoices.query.state", {"listInvoices", "sendInvoice"}),
        ("endpoints.listInvoices.query.state?", {"listInvoices", "sendInvoice"}),
        ("types.Invoice.dueOn", {"listInvoices", "sendInvoice"}),
        ("rate_limit", {"listInvoices", "sendInvoice"}),
    ],
)
def test_what_stands_under_without_is_left_out(left_out: str, stays: set[str]) -> None:
    base, derived = derive(f"without:\n  - {left_out}")

    assert derived.endpoints.keys() == stays
    assert (derived.endpoints, derived.types, derived.rate_limit) != (base.endpoints, base.types, base.rate_limit)


def test_a_spec_may_be_like_one_that_is_like_another() -> None:
    complaints = Complaints()
    third = IDENTITY.replace("v2", "v3").replace("ledgerly/v1", "ledgerly/v2")
    texts = {"v3.yaml": third, "v2.yaml": f"{IDENTITY}    without: [endpoints.sendInvoice]\n", "v1.yaml": BASE}

    specs = parse_specs([source(name, text, complaints) for name, text in texts.items()], complaints)

    assert complaints.sorted() == ()
    assert specs["v3.yaml"].endpoints.keys() == {"listInvoices"}


def test_types_that_only_the_base_declares_need_no_use() -> None:
    _, derived = derive("""
        endpoints:
          listInvoices:
            returns: unknown
        """)

    assert "Invoice" in derived.types
