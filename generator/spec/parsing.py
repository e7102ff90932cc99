"""From sources to specs: the only place where a spec author's mistakes are found, all of them in one run."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import replace

from generator.diagnostics import Complaints, Diagnostic
from generator.inputs import older_versions
from generator.spec.checker import Checker
from generator.spec.checks import check, check_secrets
from generator.spec.document import SPEC, Spec
from generator.spec.examples import check_examples
from generator.spec.form_checks import check_vectors
from generator.spec.inheritance import inherit, reference_of
from generator.spec.locating import locate
from generator.spec.nodes import Mapping, Scalar, Sequence
from generator.spec.renaming_checks import check_old_names
from generator.spec.shape import Place, Unreadable
from generator.spec.source import SpecSource, file_of

_OTHER_LANGUAGES = {"openapi": "OpenAPI", "swagger": "OpenAPI (Swagger)", "asyncapi": "AsyncAPI", "paths": "OpenAPI"}
_UNUSED = ("S051", "S056")


def parse_specs(
    sources: Iterable[SpecSource], complaints: Complaints, only: Container[str] | None = None
) -> dict[str, Spec]:
    """Read all specs of a run at once, since one may be like another and no two may claim one package.

    Args:
        sources: The documents as they were read.
        complaints: Takes what the authors have to mend.
        only: Names of the files that are wanted, and of all those that they build on; the others count as vendors,
            versions and packages that are taken. None wants all.

    Returns:
        The specs without a mistake, by the names of their files, in the order of *sources*. A spec whose base has a
        mistake has it as well.
    """
    sources = tuple(sources)
    named = _by_reference(sources, complaints)
    # What a file is told by the reader or about its identity hides what others would miss in it.
    unread = {each.position.file for each in complaints.found}
    unread |= {source.name for source in sources if reference_of(source) is None}
    # Of what stands twice, one is not read, and what only that speaks of is not told as unused.
    repeated = {each.position.file for each in complaints.found if each.code == "S011"}
    found: dict[str, Complaints] = {}
    read: dict[str, Spec] = {}
    roots: dict[str, Mapping] = {}
    wanted = tuple(source for source in sources if only is None or source.name in only)
    for source in wanted:
        own = found.setdefault(source.name, Complaints())
        root = inherit(source, named, unread, own)
        spec = _parse(root, own) if root is not None else None
        if root is not None and spec is not None:
            read[source.name], roots[source.name] = spec, root
    read = _with_older(sources, read, found)
    for name, spec in read.items():
        check_old_names(Checker(spec, roots[name], found[name]))
    for source in wanted:
        for diagnostic in found[source.name].found:
            if diagnostic.position.file in repeated and diagnostic.code in _UNUSED:
                continue
            if diagnostic.position.file == source.name:
                complaints.found.add(diagnostic)
            elif diagnostic not in found.get(diagnostic.position.file, Complaints()).found:
                complaints.found.add(_at_home(diagnostic, source))
    _claims(sources, complaints)
    spoiled = {diagnostic.position.file for diagnostic in complaints.found}
    return {name: spec for name, spec in read.items() if not found[name] and name not in spoiled}


def _by_reference(sources: tuple[SpecSource, ...], complaints: Complaints) -> dict[str, SpecSource]:
    """Return the specs by vendor and version; no two may be of one."""
    named: dict[str, SpecSource] = {}
    for source in sources:
        reference = reference_of(source)
        if reference is None:
            continue
        first = named.setdefault(reference, source)
        if first is not source and _package(first) != _package(source):
            message = f"{first.name} is of vendor and version {reference} as well; each version has one spec"
            complaints.add(locate(source.root, ("version",)), "S065", "version", message)
    return named


def _with_older(
    sources: tuple[SpecSource, ...], read: dict[str, Spec], found: dict[str, Complaints]
) -> dict[str, Spec]:
    """Return the specs, each with those of older versions that have no mistake."""
    files = [file_of(source) for source in sources]
    older = {
        file.name: tuple(
            read[each.name] for each in older_versions(file, files) if each.name in read and not found[each.name]
        )
        for file in files
        if file.name in read
    }
    return {name: replace(spec, older=older[name]) if older[name] else spec for name, spec in read.items()}


def _claims(sources: tuple[SpecSource, ...], complaints: Complaints) -> None:
    """Complain of packages that several specs claim, at each of them."""
    packages: dict[str, list[SpecSource]] = {}
    for source in sources:
        if _package(source):
            packages.setdefault(_package(source), []).append(source)
    for claims in packages.values():
        for source in claims if len(claims) > 1 else ():
            others = " and ".join(sorted(other.name for other in claims if other is not source))
            message = f"{others} makes the same package; each spec has one of its own, such as the vendor's name and its version"
            complaints.add(locate(source.root, ("package",)), "S064", "package", message)


def _package(source: SpecSource) -> str:
    """Return the name of a spec's package, or nothing."""
    node = source.root.get("package")
    return node.text if isinstance(node, Scalar) else ""


def _at_home(diagnostic: Diagnostic, source: SpecSource) -> Diagnostic:
    """Lay a complaint about what a spec took from its base at the line that causes it: the base by itself is right."""
    there = diagnostic.position
    message = f"{diagnostic.message} (taken from {there.file}:{there.line}:{there.column})"
    cause = locate(source.root, ("like",))
    without = source.root.get("without")
    for item in without.items if isinstance(without, Sequence) else ():
        if isinstance(item, Scalar) and f"'{item.text.rpartition('.')[2]}'" in diagnostic.message:
            cause = item.position
    return replace(diagnostic, position=cause, message=message)


def _parse(root: Mapping, complaints: Complaints) -> Spec | None:
    check_secrets(root, complaints)
    foreign = next((entry.key for entry in root.entries if entry.key.text in _OTHER_LANGUAGES), None)
    if foreign is not None and root.get("vendor") is None:
        message = (
            f"this is an {_OTHER_LANGUAGES[foreign.text]} document, which is not read; a spec is written from the "
            "vendor's pages, and begins with vendor, package, title, servers and endpoints, as specs/README.md shows"
        )
        complaints.add(foreign.position, "S020", foreign.text, message)
        return None
    try:
        spec = SPEC.read(root, Place(complaints))
    except Unreadable:
        return None
    check(spec, root, complaints)
    if not complaints:
        # What does not hold together has no types to hold examples against.
        check_examples(Checker(spec, root, complaints))
        check_vectors(Checker(spec, root, complaints))
    return spec
