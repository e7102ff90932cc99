"""The page about the vendors' pages says what the specs say, and every fact of a spec has its page."""

from __future__ import annotations

import re

import yaml

from tests.facts.repository import ROOT
from tests.facts.vendor_pages import PAGE, page


def test_page_about_the_vendors_pages_is_what_the_specs_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew: make golden"


def test_every_source_of_every_spec_is_in_the_table() -> None:
    told = PAGE.read_text(encoding="utf-8")
    for path in sorted((ROOT / "specs").rglob("*.yaml")):
        document = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        chapter = told.partition(f"## `{document['package']}`")[2].partition("\n## ")[0]
        titles = [source["title"] for source in document["sources"].values()]

        assert [title for title in titles if title not in chapter] == [], path


def test_counts_are_those_of_the_specs() -> None:
    told = PAGE.read_text(encoding="utf-8")
    for path in sorted((ROOT / "specs").rglob("*.yaml")):
        document = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        chapter = told.partition(f"## `{document['package']}`")[2].partition("\n## ")[0]
        counts = re.findall(r"(\d+) (?:open question|contradiction|assumption)", chapter)

        # What a spec does not know and has assumed is its own, whatever it is like.
        assert counts == [str(len(document[key])) for key in ("unknowns", "contradictions", "assumed")], path
