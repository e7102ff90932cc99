"""The specs of this repository, read once, and small ones as text."""

from __future__ import annotations

import datetime
import functools
from pathlib import Path

from generator.diagnostics import Complaints
from generator.editing.additions import Announcement
from generator.editing.draft import Draft
from generator.spec.source import SpecSource, read_source

ROOT = Path(__file__).parents[2]

ANNOUNCEMENT = Announcement(date=datetime.date(2031, 5, 6), source="observed", quote="Something new.")

LEDGERLY = """\
# The books.
vendor: ledgerly
version: v1
package: ledgerly
title: Ledgerly API

sources:
  pages: { title: Pages, read: 2026-11-21 }

servers:
  live: https://api.ledgerly.example/v1

endpoints:
  # Reads one.
  getInvoice:
    call: GET invoices/{id}      # by id
    effect: read
    query: { draft?: boolean }
    returns: Invoice

  findInvoices:
    call: POST invoices/find
    effect: read
    body:
      state?: InvoiceState
      # The rest is not known.
    returns: list of Invoice

  invoices.send:
    call: POST invoices/{id}/send
    effect: unsafe
    header: { X-Branch?: string }
    body:
      note: string
    returns: nothing

types:
  InvoiceState: one of open, paid
  Invoice:
    doc: What is owed.
    fields:
      id: string       # the number
      state?: { type: InvoiceState?, doc: How it stands. }
      kind?: "one of a, b"
      lines?: list of InvoiceLine
        # Lines come last.
      # So far.
  InvoiceLine:
    text: string

# What came since.
changelog:
  # Of this year.
  - date: 2026-11-02
    source: pages
    quote: Lines.
    kind: additive
    adds: [Invoice.lines, InvoiceLine]

  - date: 2026-01-02
    source: pages
    kind: additive
    adds: Invoice.kind
"""


@functools.cache
def sources() -> tuple[SpecSource, ...]:
    """Return the specs of this repository."""
    complaints = Complaints()
    paths = sorted((ROOT / "specs").rglob("*.yaml"))
    read = [read_source(path, path.relative_to(ROOT).as_posix(), complaints) for path in paths]
    assert not complaints
    return tuple(source for source in read if source is not None)


@functools.cache
def repository_draft(name: str) -> Draft:
    """Return a draft of a spec of this repository; copy it before it is changed."""
    return Draft(sources(), name)


def draft(tmp_path: Path, data: bytes | str = LEDGERLY, *others: str) -> Draft:
    """Return a draft of a spec of its own, read together with others."""
    complaints = Complaints()
    read: list[SpecSource] = []
    for number, content in enumerate((data, *others)):
        path = tmp_path / f"{number}.yaml"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        source = read_source(path, path.name, complaints)
        assert source is not None, complaints.sorted()
        read.append(source)
    return Draft(tuple(read), "0.yaml")
