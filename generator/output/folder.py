"""The one way to disk: folders held open, names inside them, and no link followed.

A `Folder` is a descriptor, so whoever swaps a folder of the output for a link during a run changes nothing for us: what
was opened stays what it is. Before each operation an audit event `clientmill.file` tells the operation and the path,
which is how tests stop a run, or fail it, at any of them.
"""

import os
import stat
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Literal, NamedTuple, Self

from generator.output.errors import OutputError

EVENT = "clientmill.file"

Kind = Literal["file", "folder", "link", "pipe", "socket", "device"]

FILE_MODE = 0o644
FOLDER_MODE = 0o755
PRIVATE_MODE = 0o700

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A pipe put in a file's place must not make us wait for whoever writes into it.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_WRITE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_PIECE = 1 << 20


class Content(NamedTuple):
    """A file as it was read: its bytes, its permission bits, and how many names it has."""

    data: bytes
    mode: int
    names: int


class Folder:
    """An open folder. Every operation is about one name directly inside it, and follows no link.

    Attributes:
        descriptor: For the calls that Python has no function for.
        path: Where it was opened, for messages only.
    """

    __slots__ = ("descriptor", "path")

    def __init__(self, descriptor: int, path: str) -> None:
        self.descriptor = descriptor
        self.path = path

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self.descriptor)

    def open(self, name: str) -> "Folder":
        """Open a folder inside this one; anything else in its place, a link above all, is an error."""
        with self._doing("open folder", name):
            return Folder(os.open(name, _FOLDER, dir_fd=self.descriptor), f"{self.path}/{name}")

    def make(self, name: str, mode: int = FOLDER_MODE) -> "Folder":
        """Make and open a folder inside this one, with exactly these permission bits."""
        with self._doing("make folder", name):
            os.mkdir(name, PRIVATE_MODE, dir_fd=self.descriptor)
        made = self.open(name)
        try:
            made.set_mode(mode)
        except BaseException:
            os.close(made.descriptor)
            raise
        return made

    def ensure(self, name: str, mode: int = FOLDER_MODE) -> "Folder":
        """Open a folder inside this one, made if it is not there."""
        try:
            return self.make(name, mode)
        except FileExistsError:
            return self.open(name)

    def kinds(self) -> dict[str, Kind]:
        """Return what is in this folder, by name, in the order of the names."""
        with self._doing("list", "."), os.scandir(self.descriptor) as entries:
            return {entry.name: _kind(entry) for entry in sorted(entries, key=_name)}

    def kind(self, name: str) -> Kind | None:
        """Return what stands under *name*, or None."""
        try:
            mode = os.lstat(name, dir_fd=self.descriptor).st_mode
        except FileNotFoundError:
            return None
        return _kind_of(mode)

    def mode(self) -> int:
        """Return the permission bits of this folder."""
        return stat.S_IMODE(os.fstat(self.descriptor).st_mode)

    def set_mode(self, mode: int) -> None:
        """Set the permission bits of this folder, whatever the umask."""
        with self._doing("set mode", "."):
            os.fchmod(self.descriptor, mode)

    def state(self, name: str) -> tuple[int, int, int]:
        """Return what changes when somebody replaces or rewrites an entry."""
        status = os.lstat(name, dir_fd=self.descriptor)
        return status.st_ino, status.st_mtime_ns, status.st_size

    def same(self, name: str, descriptor: int) -> bool:
        """Tell whether *name* still is what was opened as *descriptor*."""
        try:
            return os.path.samestat(os.lstat(name, dir_fd=self.descriptor), os.fstat(descriptor))
        except FileNotFoundError:
            return False

    def read(self, name: str) -> Content:
        """Read a regular file; anything else in its place is an error."""
        with self._doing("read", name):
            descriptor = os.open(name, _READ, dir_fd=self.descriptor)
            try:
                status = os.fstat(descriptor)
                if not stat.S_ISREG(status.st_mode):
                    raise OutputError(f"{self.path}/{name} is not a regular file")
                pieces: list[bytes] = []
                while piece := os.read(descriptor, _PIECE):
                    pieces.append(piece)
            finally:
                os.close(descriptor)
        return Content(b"".join(pieces), stat.S_IMODE(status.st_mode), status.st_nlink)

    def write(self, name: str, data: bytes, mode: int = FILE_MODE) -> None:
        """Write a new file, with exactly these permission bits. It reaches the disk with `sync_file`."""
        with self._doing("create", name):
            descriptor = os.open(name, _WRITE, 0o600, dir_fd=self.descriptor)
        try:
            rest = memoryview(data)
            while rest:
                with self._doing("write", name):
                    rest = rest[os.write(descriptor, rest) :]
            with self._doing("set mode", name):
                os.fchmod(descriptor, mode)
        finally:
            os.close(descriptor)

    def sync_file(self, name: str) -> None:
        """Bring a file's bytes to the disk."""
        with self._doing("sync file", name):
            descriptor = os.open(name, _READ, dir_fd=self.descriptor)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def sync(self) -> None:
        """Bring the names in this folder to the disk."""
        with self._doing("sync folder", "."):
            os.fsync(self.descriptor)

    def rename(self, name: str, target: "Folder", new_name: str) -> None:
        """Move an entry into another folder."""
        with self._doing("rename", name, f"{target.path}/{new_name}"):
            os.rename(name, new_name, src_dir_fd=self.descriptor, dst_dir_fd=target.descriptor)

    def link(self, name: str, target: "Folder") -> None:
        """Give an entry that is no folder its name in another folder as well."""
        with self._doing("link", name, f"{target.path}/{name}"):
            os.link(name, name, src_dir_fd=self.descriptor, dst_dir_fd=target.descriptor, follow_symlinks=False)

    def copy_link(self, name: str, target: "Folder") -> None:
        """Make a symbolic link in another folder that says what the one here says."""
        with self._doing("copy link", name, f"{target.path}/{name}"):
            os.symlink(os.readlink(name, dir_fd=self.descriptor), name, dir_fd=target.descriptor)

    def remove(self, name: str) -> None:
        """Remove an entry that is no folder."""
        with self._doing("remove", name):
            os.unlink(name, dir_fd=self.descriptor)

    def remove_tree(self, name: str) -> None:
        """Remove an entry with everything in it; what links point to stays."""
        if self.kind(name) != "folder":
            return self.remove(name)
        with self.open(name) as inner:
            if inner.mode() & stat.S_IRWXU != stat.S_IRWXU:
                inner.set_mode(PRIVATE_MODE)
            for entry in inner.kinds():
                inner.remove_tree(entry)
        with self._doing("remove folder", name):
            return os.rmdir(name, dir_fd=self.descriptor)

    def open_lock(self, name: str) -> int:
        """Open the file that a lock is taken on, made if it is not there."""
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        with self._doing("open lock", name):
            return os.open(name, flags, FILE_MODE, dir_fd=self.descriptor)

    def sign_lock(self, name: str, descriptor: int, signature: bytes) -> None:
        """Say in a lock file who holds it."""
        with self._doing("sign lock", name):
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, signature, 0)

    def exchange(self, name: str, target: "Folder", call: Callable[[int, bytes, int, bytes], None]) -> None:
        """Let *call* exchange the folders of one name here and there."""
        encoded = os.fsencode(name)
        with self._doing("exchange", name, f"{target.path}/{name}"):
            call(self.descriptor, encoded, target.descriptor, encoded)

    @contextmanager
    def _doing(self, operation: str, name: str, other: str = "") -> Generator[None]:
        path = self.path if name == "." else f"{self.path}/{name}"
        try:
            sys.audit(EVENT, operation, path, other)
            yield
        except OSError as error:
            # A name inside a descriptor says little to whoever reads the message.
            error.filename = path
            raise


def open_root(root: Path, project: Path | None = None, *, create: bool = False) -> Folder | None:
    """Open the folder that holds the packages.

    Args:
        root: The folder.
        project: The folder above which links are nobody's business; between it and the root there may be none. The
            root's parent unless given.
        create: Whether to make what is not there; without it, None is answered.

    Raises:
        OutputError: The root, or a folder on the way to it, is a link or no folder, or cannot be opened or made.
    """
    above = root.parent if project is None else project
    try:
        names = root.relative_to(above).parts
    except ValueError:
        raise OutputError(f"{root} is not inside {above}") from None
    if not names or ".." in names:
        raise OutputError(f"{root} is not a folder inside {above}")
    try:
        if create:
            above.mkdir(parents=True, exist_ok=True)
        sys.audit(EVENT, "open folder", str(above), "")
        folder = Folder(os.open(above, _FOLDER & ~os.O_NOFOLLOW), str(above))
        for name in names:
            with folder:
                _refuse_other_kinds(folder, name)
                folder = folder.ensure(name) if create else folder.open(name)
    except FileNotFoundError:
        if create:
            raise
        return None
    except OSError as error:
        raise OutputError(f"{root} cannot be opened: {explain(error)}") from error
    return folder


def explain(error: OSError) -> str:
    """Say what the system said, without the numbers."""
    what = error.strerror or type(error).__name__
    return f"{what}: {error.filename}" if error.filename else what


def discard(folder: Folder, name: str) -> bool:
    """Remove what nobody needs any more, as far as the system allows; tell whether it is gone."""
    with suppress(OSError):
        if folder.kind(name) is not None:
            folder.remove_tree(name)
    with suppress(OSError):
        return folder.kind(name) is None
    return False


def _refuse_other_kinds(folder: Folder, name: str) -> None:
    kind = folder.kind(name)
    if kind not in {None, "folder"}:
        raise OutputError(f"{folder.path}/{name} is a {kind}, not a folder; clientmill follows no links here")


def _name(entry: os.DirEntry[str]) -> str:
    return entry.name


def _kind(entry: os.DirEntry[str]) -> Kind:
    if entry.is_symlink():
        return "link"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    if entry.is_file(follow_symlinks=False):
        return "file"
    return _kind_of(entry.stat(follow_symlinks=False).st_mode)


def _kind_of(mode: int) -> Kind:
    match stat.S_IFMT(mode):
        case stat.S_IFREG:
            return "file"
        case stat.S_IFDIR:
            return "folder"
        case stat.S_IFLNK:
            return "link"
        case stat.S_IFIFO:
            return "pipe"
        case stat.S_IFSOCK:
            return "socket"
        case _:
            return "device"
