"""One pass of black over each printed Python file."""

from __future__ import annotations

from generator.tree import FileTree


def format_files(tree: FileTree, line_length: int) -> FileTree:
    """Return *tree* with its Python formatted; what is copied later is not touched."""
    # Imported here: it takes a third of a second, and only what changed needs it.
    import black  # noqa: PLC0415 - see above
    from black.mode import Mode, TargetVersion  # noqa: PLC0415 - see above

    mode = Mode(
        target_versions={TargetVersion.PY311, TargetVersion.PY312, TargetVersion.PY313}, line_length=line_length
    )
    return {path: black.format_str(text, mode=mode) if path.suffix == ".py" else text for path, text in tree.items()}
