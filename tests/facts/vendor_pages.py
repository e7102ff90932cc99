"""The page about the vendors' pages: `python -m tests.facts.vendor_pages` writes it anew from the specs.

Which pages were read, what of the clients rests on each, and what is open. A test compares it with what is committed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import cast

from generator.diagnostics import Complaints
from generator.spec.document import Spec
from generator.spec.endpoints import Endpoint
from generator.spec.parsing import parse_specs
from generator.spec.source import read_source
from generator.spec.types import Anything, ListOf
from tests.facts.repository import ROOT

PAGE = ROOT / "docs" / "vendors.md"

HEAD = """# What the clients rest on

Which of the vendors' pages were read for each package, what rests on each, and what is open. `make golden` writes this page
from the specs, which say more: the questions themselves and the choices with their reasons stand under `unknowns`,
`contradictions` and `assumed` of each spec, and in each package's README. A page with nothing by itself bears out what
another says, or is told of in sentences and comments only.
"""

SECTIONS = ("auth", "rate_limit", "testing", "filters", "endpoints", "webhooks", "types", "changelog")


def specs() -> list[tuple[str, Spec]]:
    """Return all specs with their paths below the project, in the order of their paths."""
    paths = sorted((ROOT / "specs").rglob("*.yaml"))
    complaints = Complaints()
    sources = [read_source(path, path.relative_to(ROOT).as_posix(), complaints) for path in paths]
    parsed = parse_specs([source for source in sources if source is not None], complaints)
    return [(path, parsed[path]) for path in (each.relative_to(ROOT).as_posix() for each in paths)]


def cited(spec: Spec) -> Mapping[str, list[str]]:
    """Return what rests on each source: endpoints and types by name, other sections as such."""
    found: dict[str, list[str]] = {name: [] for name in spec.sources}
    for section in SECTIONS:
        value: object = getattr(spec, section)
        parts = cast("Mapping[str, object]", value) if isinstance(value, Mapping) else {"": value}
        named = section in ("endpoints", "types")
        for name, part in parts.items():
            what = f"`{name}`" if named else section.replace("_", " ")
            for source in _sources(part):
                if source in found and what not in found[source]:
                    found[source].append(what)
    return found


def _sources(value: object) -> Iterator[str]:
    """Yield the sources that are named anywhere in a part of a spec."""
    if isinstance(value, Mapping):
        for item in cast("Mapping[str, object]", value).values():
            yield from _sources(item)
    elif isinstance(value, tuple):
        for item in cast("tuple[object, ...]", value):
            yield from _sources(item)
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            inner: object = getattr(value, field.name)
            if field.name == "source" and isinstance(inner, str):
                yield inner
            else:
                yield from _sources(inner)


def answers_unknown(endpoint: Endpoint) -> bool:
    """Tell whether nobody knows what an endpoint answers."""
    of = endpoint.returns.type
    return of in (Anything(unknown=True), ListOf(Anything(unknown=True)))


def page() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *(_chapter(path, spec) for path, spec in specs())])


def _chapter(path: str, spec: Spec) -> str:
    unknown = [f"`{name}`" for name, endpoint in spec.endpoints.items() if answers_unknown(endpoint)]
    known = len(spec.endpoints) - len(unknown)
    rests = cited(spec)
    figures = (
        f"{_count(len(spec.endpoints), 'endpoint')}, {known} with a known answer; "
        f"{_count(len(spec.unknowns), 'open question')}, {_count(len(spec.contradictions), 'contradiction')}, "
        f"{_count(len(spec.assumed), 'assumption')}."
    )
    lines = [
        f"## `{spec.package}`: {spec.title}",
        "",
        f"[{path}](../{path}): {figures}",
        "",
        "| page | read | what rests on it | contradictions |",
        "|---|---|---|---|",
    ]
    for name, source in spec.sources.items():
        title = source.title if source.page is None else f"[{source.title}]({source.page})"
        disputes = [entry.about for entry in spec.contradictions if name in entry.pages]
        covered = ", ".join(rests[name]) or "nothing by itself"
        lines.append(f"| {title} | {source.read} | {covered} | {len(disputes) or ''} |")
    if unknown:
        lines += ["", f"Answers that nobody knows, given as the parsed document: {', '.join(unknown)}."]
    return "\n".join((*lines, ""))


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def main() -> None:
    """Write the page."""
    Path(PAGE).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
