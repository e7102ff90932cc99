"""What a shell offers while a command is written: specs, members, sources. Whatever is wrong, it offers nothing."""

from __future__ import annotations

from pathlib import Path

import click

from generator.pipeline import Settings, spec_paths


def complete_spec(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Offer the specs of the project."""
    settings = _settings()
    names = [] if settings is None else [settings.name_of(path) for path in spec_paths(settings)]
    return [name for name in names if name.startswith(incomplete)]


def complete_member(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Offer the types and endpoints of the spec that was named, and behind a dot their members."""
    document = _document(context)
    found: set[str] = set()
    for section in ("endpoints", "types"):
        for name, inside in document.get(section, {}).items():
            found.add(name)
            if incomplete.startswith(f"{name}."):
                found |= {f"{name}.{key}" for key in inside}
    return sorted(name for name in found if name.startswith(incomplete))


def complete_source(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Offer the sources of the spec that was named."""
    names = [*_document(context).get("sources", {}), "observed", "third-party"]
    return [name for name in names if name.startswith(incomplete)]


def complete_kind(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Offer the kinds of announcements."""
    from generator.spec.changelog import KINDS  # noqa: PLC0415 - see nothing_to_do

    return [kind for kind in KINDS if kind.startswith(incomplete)]


def _settings() -> Settings | None:
    from generator.cli.settings import load_settings  # noqa: PLC0415 - see nothing_to_do

    try:
        return load_settings(Path.cwd(), None, None, None)
    except (click.ClickException, OSError):
        return None


def _document(context: click.Context) -> dict[str, dict[str, list[str]]]:
    """Return the names in the sections of a spec, and the names of what is in each."""
    from generator.diagnostics import Complaints  # noqa: PLC0415 - see nothing_to_do
    from generator.spec.endpoints import GROUPS  # noqa: PLC0415 - see nothing_to_do
    from generator.spec.members import is_long_object  # noqa: PLC0415 - see nothing_to_do
    from generator.spec.nodes import Mapping  # noqa: PLC0415 - see nothing_to_do
    from generator.spec.source import read_source  # noqa: PLC0415 - see nothing_to_do

    path = context.params.get("spec")
    if not isinstance(path, Path):
        # Behind an option that waits for its value, click has not told arguments apart yet.
        if not context.args:
            return {}
        path = Path(context.args[0])
    source = read_source(path, str(path), Complaints())
    found: dict[str, dict[str, list[str]]] = {}
    for section in () if source is None else source.root.entries:
        if not isinstance(section.value, Mapping):
            continue
        names = found.setdefault(section.key.text, {})
        for entry in section.value.entries:
            node = entry.value
            inside = [node.get("fields") if is_long_object(node) else node] if isinstance(node, Mapping) else []
            if section.key.text == "endpoints" and isinstance(node, Mapping):
                inside = [node.get(group) for group in GROUPS]
            names[entry.key.text] = [
                key.removesuffix("?") for each in inside if isinstance(each, Mapping) for key in each.keys
            ]
    return found
