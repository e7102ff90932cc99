"""Additions: the member and its announcement, in their places, and not a character beside them."""

from __future__ import annotations

import copy
import dataclasses
import datetime
import difflib
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from generator.diagnostics import Complaints
from generator.editing.additions import Announcement, Mistake, Wish
from generator.editing.draft import Proposal, Refused
from generator.spec import parsing
from generator.spec.document import SPEC, Spec
from generator.spec.formatting import format_spec
from generator.spec.members import ObjectType
from generator.spec.nodes import Mapping, Scalar
from generator.spec.source import parse_source
from tests.editing.projects import ANNOUNCEMENT, LEDGERLY, draft, repository_draft, sources

TYPES = [
    (source.name, name)
    for source in sources()
    for name, definition in repository_draft(source.name).spec.types.items()
    if isinstance(definition, ObjectType)
]


def changes(proposal: Proposal) -> list[str]:
    """Return the lines that go and come, as a diff marks them."""
    before, after = proposal.before.decode().splitlines(), proposal.after.decode().splitlines()
    return [line for line in difflib.ndiff(before, after) if line[:2] in ("- ", "+ ")]


def added(tmp_path: Path, wish: Wish, announcement: Announcement = ANNOUNCEMENT, text: str = LEDGERLY) -> list[str]:
    """Return what an addition changes in the ledger's spec."""
    work = draft(tmp_path, text)
    work.wish(wish, announcement)
    return changes(work.proposal())


def test_a_field_and_its_announcement_are_seven_lines_with_the_blank_one(tmp_path: Path) -> None:
    lines = added(tmp_path, Wish(member="Invoice.paidOn", type="date?"))

    assert lines == [
        "+       paidOn?: date?",
        "+   - date: 2031-05-06",
        "+     source: observed",
        "+     quote: Something new.",
        "+     kind: additive",
        "+     adds: [Invoice.paidOn]",
        "+ ",
    ]


def test_a_field_stands_behind_the_last_one_and_the_comments_that_are_its_own(tmp_path: Path) -> None:
    work = draft(tmp_path)
    work.wish(Wish(member="Invoice.paidOn", type="date?", doc="The day: in UTC.", required=True), ANNOUNCEMENT)

    assert (
        "        # Lines come last.\n"
        '      paidOn: { type: date?, doc: "The day: in UTC." }\n'
        "      # So far.\n" in work.proposal().after.decode()
    )


def test_the_newest_announcement_stands_first_and_comments_stay_with_theirs(tmp_path: Path) -> None:
    work = draft(tmp_path)
    between = dataclasses.replace(ANNOUNCEMENT, date=datetime.date(2026, 5, 5))
    oldest = dataclasses.replace(ANNOUNCEMENT, date=datetime.date(2025, 5, 5), quote="")
    work.wish(Wish(member="Invoice.a", type="string"), ANNOUNCEMENT)
    work.wish(Wish(member="Invoice.b", type="string"), between)
    work.wish(Wish(member="Invoice.c", type="string"), oldest)
    text = work.proposal().after.decode()

    assert [line.strip() for line in text.splitlines() if "date: 20" in line] == [
        f"- date: {day}" for day in ("2031-05-06", "2026-11-02", "2026-05-05", "2026-01-02", "2025-05-05")
    ]
    assert "\n\n  # Of this year.\n  - date: 2026-11-02\n" in text
    assert text.endswith(
        "    adds: Invoice.kind\n\n  - date: 2025-05-05\n    source: observed\n    kind: additive\n    adds: [Invoice.c]\n"
    )


@pytest.mark.parametrize(
    ("member", "announcement", "line"),
    [
        (
            "Invoice.a",
            Announcement(date=datetime.date(2026, 11, 2), source="pages"),
            "    adds: [Invoice.lines, InvoiceLine, Invoice.a]",
        ),
        (
            "Invoice.a",
            Announcement(date=datetime.date(2026, 1, 2), source="pages"),
            "    adds: [Invoice.kind, Invoice.a]",
        ),
    ],
)
def test_an_entry_of_the_same_day_and_source_is_joined(
    tmp_path: Path, member: str, announcement: Announcement, line: str
) -> None:
    lines = added(tmp_path, Wish(member=member, type="string"), announcement)

    assert len(lines) == 3
    assert lines[0] == "+       a?: string"
    assert f"+ {line}" in lines


def test_other_words_of_the_vendor_are_another_announcement(tmp_path: Path) -> None:
    announcement = Announcement(date=datetime.date(2026, 11, 2), source="pages", quote="Other words.")

    assert "+   - date: 2026-11-02" in added(tmp_path, Wish(member="Invoice.a", type="string"), announcement)


@pytest.mark.parametrize(
    ("wish", "line"),
    [
        (Wish(member="getInvoice.asOf", type="date"), "+     query: { draft?: boolean, asOf?: date }"),
        (Wish(member="getInvoice.kind", type="one of a, b"), '+     query: { draft?: boolean, kind?: "one of a, b" }'),
        (Wish(member="findInvoices.limit", type="integer 1..100 = 20"), "+       limit?: integer 1..100 = 20"),
        (Wish(member="invoices.send.X-Trace", type="string", place="header"), "+     header: { X-Branch?: string, X-Trace?: string }"),
        (Wish(member="invoices.send.copy", type="boolean", place="body"), "+       copy?: boolean"),
        (Wish(member="invoices.send.fast", type="boolean", place="query"), "+     query:"),
        (Wish(member="InvoiceState", values=("late",)), "+   InvoiceState: one of open, paid, late"),
        (Wish(member="Invoice.kind", values=("c", "d")), '+       kind?: "one of a, b, c, d"'),
    ],
    ids=lambda given: given.member if isinstance(given, Wish) else "",
)  # fmt: skip
def test_each_addition_has_its_place(tmp_path: Path, wish: Wish, line: str) -> None:
    assert line in added(tmp_path, wish)


def test_an_endpoint_follows_the_others_in_their_manner(tmp_path: Path) -> None:
    work = draft(tmp_path)
    work.wish(
        Wish(member="invoices.list", type="list of Invoice", call="GET invoices", doc="Lists them."), ANNOUNCEMENT
    )

    assert (
        "    returns: nothing\n\n"
        "  invoices.list:\n"
        "    call: GET invoices\n"
        "    effect: read\n"
        "    doc: Lists them.\n"
        "    source: observed\n"
        "    returns: list of Invoice\n\n"
        "types:\n" in work.proposal().after.decode()
    )


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        (Wish(member="Invoice.id", type="string"), "'Invoice.id' is there already"),
        (Wish(member="Invoice.id?", type="string"), "'Invoice.id' is there already"),
        (Wish(member="Invoyce.x", type="string"), "no type or endpoint is called 'Invoyce'; did you mean 'Invoice.x'?"),
        (Wish(member="Invoice.x", type="strng"), "'strng' is not a type: no type is called 'strng'; did you mean 'string'?"),
        (Wish(member="Invoice.x", type="list of InvoiceLin"), "no type is called 'InvoiceLin'; did you mean 'InvoiceLine'?"),
        (Wish(member="Invoice.x"), "its type is missing; say for example: Invoice.x 'string?'"),
        (Wish(member="Invoice.x y", type="string"), "'x y' is not a name on the wire"),
        (Wish(member="InvoiceState.late", type="string"), "words of a 'one of' are added by --value"),
        (Wish(member="InvoiceState", values=("open",)), "'open' is among the words already"),
        (Wish(member="InvoiceState", values=("a, b",)), "it is a text without a comma"),
        (Wish(member="Invoice.id", values=("a",)), "'string' has no words"),
        (Wish(member="InvoiceStat", values=("a",)), "did you mean 'InvoiceState'?"),
        (Wish(member="invoices.send.x", type="string"), "has parameters in: header and body; say --in with one of"),
        (Wish(member="x.y", type="string", call="get x"), "write GET"),
        (Wish(member="x.y", type="string", call="POST x"), "--effect says what a POST does: one of read,"),
        (Wish(member="x.y", type="Invoce", call="GET x"), "did you mean 'Invoice'?"),
        (Wish(member="getInvoice", type="Invoice", call="GET x"), "'getInvoice' is there already"),
    ],
    ids=lambda given: f"{given.member} {given.type}" if isinstance(given, Wish) else "",
)  # fmt: skip
def test_a_mistake_says_what_would_be_right(tmp_path: Path, wish: Wish, told: str) -> None:
    with pytest.raises(Mistake) as mistake:
        added(tmp_path, wish)

    assert told in str(mistake.value)


@pytest.mark.parametrize(
    ("wish", "announcement", "code"),
    [
        (Wish(member="Invoice.x", type="string"), dataclasses.replace(ANNOUNCEMENT, source="page"), "S052"),
        (Wish(member="Invoice.ID", type="string"), ANNOUNCEMENT, "S062"),
        (Wish(member="getInvoice.x", type="string", place="path"), ANNOUNCEMENT, "S041"),
    ],
)
def test_what_the_check_would_refuse_is_not_proposed(
    tmp_path: Path, wish: Wish, announcement: Announcement, code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        added(tmp_path, wish, announcement)

    assert code in {each.code for each in refusal.value.diagnostics}
    assert (tmp_path / "0.yaml").read_text() == LEDGERLY


@pytest.mark.parametrize("end", ["", "changelog: []", "changelog: []  # none", "changelog:   []   # none"])
def test_the_first_announcement_makes_the_section(tmp_path: Path, end: str) -> None:
    text = LEDGERLY[: LEDGERLY.index("# What came")].rstrip() + "\n" + f"\n{end}\n" * bool(end)
    after = draft(tmp_path, text)
    after.wish(Wish(member="Invoice.x", type="string"), ANNOUNCEMENT)
    proposed = after.proposal().after.decode()

    assert "\n\nchangelog:" + ("  # none" if "#" in end else "") + "\n  - date: 2031-05-06\n" in proposed
    assert proposed.endswith("    adds: [Invoice.x]\n")


@pytest.mark.parametrize("final", ["\n", ""], ids=["with its end", "without one"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "with a mark"])
def test_bytes_that_are_not_added_stay(tmp_path: Path, mark: str, ending: str, final: str) -> None:
    spelled = (mark + LEDGERLY.rstrip("\n") + final).replace("\n", ending).encode()
    work = draft(tmp_path, spelled)
    work.wish(Wish(member="Invoice.x", type="string"), ANNOUNCEMENT)
    oldest = dataclasses.replace(ANNOUNCEMENT, date=datetime.date(2020, 1, 1))
    work.wish(Wish(member="InvoiceLine.y", type="string"), oldest)
    after = work.proposal().after

    assert after.startswith(mark.encode() + b"# The books.")
    assert after.endswith(b"adds: [InvoiceLine.y]" + final.replace("\n", ending).encode())
    assert after.count(b"\r") == (after.count(b"\n") if ending == "\r\n" else 0)


def test_a_spec_that_is_like_another_gets_what_is_its_own(tmp_path: Path) -> None:
    heir = "vendor: ledgerly\nversion: v2\npackage: ledgerly_two\ntitle: Ledgerly, version 2\nlike: ledgerly/v1\n"
    work = draft(tmp_path, heir, LEDGERLY)
    work.wish(Wish(member="Invoice.x", type="InvoiceState"), ANNOUNCEMENT)
    work.wish(Wish(member="findInvoices.y", type="string"), ANNOUNCEMENT)
    proposal = work.proposal()

    assert proposal.after.decode() == heir + (
        "\ntypes:\n  Invoice:\n    fields:\n      x?: InvoiceState\n"
        "\nchangelog:\n  - date: 2031-05-06\n    source: observed\n    quote: Something new.\n    kind: additive\n"
        "    adds: [Invoice.x, findInvoices.y]\n"
    ).replace("\ntypes:", "\nendpoints:\n  findInvoices:\n    body:\n      y?: string\n\ntypes:")


def test_specs_that_are_like_the_changed_one_are_named(tmp_path: Path) -> None:
    heir = "vendor: ledgerly\nversion: v2\npackage: ledgerly_two\ntitle: Ledgerly, version 2\nlike: ledgerly/v1\n"
    work = draft(tmp_path, LEDGERLY, heir)
    work.wish(Wish(member="Invoice.x", type="string"), ANNOUNCEMENT)

    assert work.proposal().heirs == ("1.yaml",)


def test_an_addition_that_spoils_a_spec_that_is_like_the_changed_one_is_refused(tmp_path: Path) -> None:
    heir = (
        "vendor: ledgerly\nversion: v2\npackage: ledgerly_two\ntitle: Ledgerly, version 2\nlike: ledgerly/v1\n"
        "\ntypes:\n  Invoice:\n    fields:\n      paid_on: string\n"
    )
    work = draft(tmp_path, LEDGERLY, heir)
    work.wish(Wish(member="Invoice.paidOn", type="string"), ANNOUNCEMENT)

    with pytest.raises(Refused) as refused:
        work.proposal()
    assert {each.position.file for each in refused.value.diagnostics} == {"1.yaml"}
    assert not refused.value.before


def test_only_specs_that_build_on_the_changed_one_are_parsed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    really = parsing._parse  # pyright: ignore[reportPrivateUsage] - it is counted

    def noted(root: Mapping, complaints: Complaints) -> Spec | None:
        package = root.get("package")
        parsed.append(package.text if isinstance(package, Scalar) else "")
        return really(root, complaints)

    monkeypatch.setattr(parsing, "_parse", noted)
    other = LEDGERLY.replace("vendor: ledgerly", "vendor: stationer").replace("package: ledgerly", "package: stationer")
    work = draft(tmp_path, LEDGERLY, other, other.replace("stationer", "broken").replace("effect: read", "effect: odd"))
    work.wish(Wish(member="Invoice.x", type="string"), ANNOUNCEMENT)

    assert work.proposal().heirs == ()
    assert parsed == ["ledgerly", "ledgerly"]


@pytest.mark.parametrize(("name", "owner"), TYPES, ids=[f"{name} {owner}" for name, owner in TYPES])
def test_every_type_of_our_specs_takes_a_field(name: str, owner: str) -> None:
    work = copy.copy(repository_draft(name))
    work.wish(Wish(member=f"{owner}.somethingNew", type="string?"), ANNOUNCEMENT)
    proposal = work.proposal()

    _only_adds(proposal)
    _stays_canonical(proposal)


NAMES = st.from_regex(r"[A-Za-z_][0-9A-Za-z_.\[\]-]{0,20}", fullmatch=True)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co")), max_size=200)


@settings(max_examples=20, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(where=st.sampled_from(TYPES), name=NAMES, doc=TEXTS, quote=TEXTS)
def test_any_name_and_any_words_are_added_and_nothing_is_lost(
    where: tuple[str, str], name: str, doc: str, quote: str
) -> None:
    spec, owner = where
    work = copy.copy(repository_draft(spec))
    announcement = dataclasses.replace(ANNOUNCEMENT, quote=quote.strip())
    proposal = None
    told: set[str] = set()
    try:
        work.wish(Wish(member=f"{owner}.{name}", type="integer", doc=doc.strip()), announcement)
        proposal = work.proposal()
    except Mistake as mistake:
        told = {str(mistake)} - {f"'{owner}.{name}' is there already"}
    except Refused as refusal:
        # Two names that become one in Python, and what looks like a secret.
        told = {each.code for each in refusal.diagnostics} - {"S062", "S063"}

    assert told == set()
    if proposal is not None:
        _only_adds(proposal)


def _only_adds(proposal: Proposal) -> None:
    """Take the new lines out again: what was there is there, in its order; an empty list of announcements is opened."""
    before = (
        proposal.before.decode()
        .replace("changelog: []", "changelog:")
        .replace("fields: {}", "fields:")
        .splitlines(keepends=True)
    )
    after = proposal.after.decode().splitlines(keepends=True)
    lines = iter(after)

    assert all(line in lines for line in before)
    assert len(before) < len(after) <= len(before) + 12
    assert _without(after, before) == before


def _without(after: list[str], before: list[str]) -> list[str]:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    opcodes = matcher.get_opcodes()
    assert {tag for tag, *_ in opcodes} <= {"equal", "insert"}
    return [line for tag, _, _, start, end in opcodes if tag == "equal" for line in after[start:end]]


def _stays_canonical(proposal: Proposal) -> None:
    complaints = Complaints()
    read = parse_source(proposal.after, proposal.path, proposal.name, complaints)
    assert read is not None
    assert format_spec(read, SPEC.order).encode() == proposal.after
