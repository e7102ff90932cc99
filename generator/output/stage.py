"""Building the new folder of a package beside the old one, whole and on the disk before anything is exchanged."""

import errno
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from generator.output.compare import HERE, Comparison
from generator.output.errors import OutputError
from generator.output.folder import FILE_MODE, Folder

# A second name for the same file is a saving, never a need.
_CANNOT_LINK = {
    errno.EPERM,
    errno.EACCES,
    errno.EXDEV,
    errno.EMLINK,
    errno.ENOTSUP,
    errno.EOPNOTSUPP,
    errno.ENOSYS,
    errno.EINVAL,
}


def stage_package(stage: Folder, top: Folder, comparison: Comparison) -> None:
    """Build `stage/<package>` from a comparison: the planned files, and what in the old folder is not ours.

    A file that does not change keeps its identity, and so its modification time: it gets its second name here, and
    loses the first one with the old folder. Caches stay behind.
    """
    with stage.make(comparison.package) as new, ExitStack() as stack:
        builder = _Builder()
        old = stack.enter_context(top.open(comparison.package)) if comparison.exists else None
        builder.build(HERE, new, old, comparison)
        builder.sync(new, HERE)
    stage.sync()


def kept_state(top: Folder, comparison: Comparison) -> dict[PurePosixPath, tuple[int, int, int]]:
    """Return the state of everything in a package folder that is not ours, to know later whether it changed."""
    paths = (*comparison.unknown, *comparison.build_products)
    if not paths:
        return {}
    states: dict[PurePosixPath, tuple[int, int, int]] = {}
    with top.open(comparison.package) as folder:
        for path in paths:
            with ExitStack() as stack:
                inner = folder
                for part in path.parts[:-1]:
                    inner = stack.enter_context(inner.open(part))
                _note_states(inner, path, states)
    return states


def _note_states(folder: Folder, path: PurePosixPath, states: dict[PurePosixPath, tuple[int, int, int]]) -> None:
    states[path] = folder.state(path.name)
    if folder.kind(path.name) == "folder":
        with folder.open(path.name) as inner:
            for name in inner.kinds():
                _note_states(inner, path / name, states)


@dataclass(slots=True)
class _Builder:
    """Fills one new package folder; remembers what has to be brought to the disk."""

    written: set[PurePosixPath] = field(default_factory=set[PurePosixPath])

    def build(self, inside: PurePosixPath, new: Folder, old: Folder | None, comparison: Comparison) -> None:
        """Fill the folder *inside* from the plan and from its old self."""
        carried = {path for path in (*comparison.unknown, *comparison.build_products) if path.parent == inside}
        files = {path: data for path, data in comparison.planned.items() if path.parent == inside}
        for path, data in files.items():
            self.put(path, data, new, old, comparison)
        if old is not None:
            for path in sorted(carried):
                self.carry(path, old, new)
        for folder in sorted(_folders_in(inside, comparison)):
            with new.make(folder.name) as inner:
                if old is not None and old.kind(folder.name) == "folder":
                    with old.open(folder.name) as inner_old:
                        self.build(folder, inner, inner_old, comparison)
                else:
                    self.build(folder, inner, None, comparison)

    def put(self, path: PurePosixPath, data: bytes, new: Folder, old: Folder | None, comparison: Comparison) -> None:
        """Give *new* one planned file."""
        self.written.add(path)
        there = comparison.found.get(path)
        same = there is not None and there.data == data and there.mode == FILE_MODE and there.names == 1
        if not (same and old is not None and _link(old, path.name, new)):
            new.write(path.name, data)

    def carry(self, path: PurePosixPath, old: Folder, new: Folder) -> None:
        """Give *new* an entry that is not ours, whatever it is."""
        name = path.name
        kind = old.kind(name)
        if kind == "folder":
            with old.open(name) as source, new.make(name) as target:
                for entry in source.kinds():
                    self.carry(path / entry, source, target)
                target.set_mode(source.mode())
        elif kind is not None and not _link(old, name, new):
            if kind == "link":
                old.copy_link(name, new)
            elif kind == "file":
                content = old.read(name)
                new.write(name, content.data, content.mode)
                self.written.add(path)
            else:
                raise OutputError(f"{old.path}/{name} is a {kind} and cannot be kept here; move it away")

    def sync(self, folder: Folder, inside: PurePosixPath) -> None:
        """Bring files to the disk before the folders that name them."""
        for name, kind in folder.kinds().items():
            if kind == "folder":
                with folder.open(name) as inner:
                    self.sync(inner, inside / name)
            elif kind == "file" and inside / name in self.written:
                folder.sync_file(name)
        folder.sync()


def _folders_in(inside: PurePosixPath, comparison: Comparison) -> set[PurePosixPath]:
    """Return the folders directly in *inside* that planned files or kept entries stand in."""
    found: set[PurePosixPath] = set()
    for path in (*comparison.planned, *comparison.unknown):
        above = [path, *path.parents]
        found.update(folder for folder in above[1:] if folder != HERE and folder.parent == inside)
    return found


def _link(old: Folder, name: str, new: Folder) -> bool:
    try:
        old.link(name, new)
    except OSError as error:
        if error.errno in _CANNOT_LINK:
            return False
        raise
    return True
