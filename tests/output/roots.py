"""Small packages to publish, and what a root looks like."""

import stat
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from generator.output.exchange import ExchangeUnsupportedError
from generator.output.folder import Folder
from generator.output.layout import PRIVATE
from generator.output.manifest import Provenance
from generator.output.publish import Publication, publish
from generator.tree import FileTree

State = Mapping[str, bytes | str | None]


def tree(**texts: str) -> FileTree:
    """Return a tree by file names without `.py`; two underscores are a slash."""
    return {PurePosixPath(name.replace("__", "/") + ".py"): text for name, text in texts.items()}


def provenance(templates: str = "one", generator: str = "1.0.0") -> Provenance:
    return Provenance(
        generator=generator,
        specs={"specs/some.yaml": "5" * 64},
        templates=templates,
        black="26.10.1",
        datamodel_code_generator="0.89.0",
    )


def put(
    root: Path, name: str = "some", /, *, generator: str = "1.0.0", force: bool = False, **texts: str
) -> Publication:
    """Publish one package, from inputs that its texts tell."""
    return publish(root, {name: tree(**texts)}, {name: provenance(str(texts), generator)}, force=force)


def no_link(old: Folder, name: str, new: Folder) -> bool:
    """Stand for a file system on which a file has one name."""
    del old, name, new
    return False


def state(folder: Path) -> State | None:
    """Return everything in a folder: bytes of files, None of folders, the kind of the rest."""
    if not folder.exists():
        return None
    found: dict[str, bytes | str | None] = {}
    for path in sorted(folder.rglob("*")):
        kind = path.lstat().st_mode
        if stat.S_ISREG(kind):
            found[str(path.relative_to(folder))] = path.read_bytes()
        else:
            found[str(path.relative_to(folder))] = None if stat.S_ISDIR(kind) else oct(stat.S_IFMT(kind))
    return found


def leftovers(root: Path) -> list[str]:
    """Return what is in the private folder beyond what stays there."""
    return sorted({path.name for path in (root / PRIVATE).iterdir()} - {"lock", ".gitignore"})


def no_exchange(stage: Folder, top: Folder, name: str) -> None:
    """Stand for a file system that cannot exchange folders."""
    del stage, top, name
    raise ExchangeUnsupportedError
