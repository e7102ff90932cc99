"""What earlier runs have worked out, by the hash of all that went in: safe to delete, to share and to copy.

It stands in `.clientmill/cache` of the project and is never committed. Each entry is a file that is replaced whole and
carries a digest of itself, so that two runs at once, a crash or a bad copy cost an entry and never a wrong one.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

MOST_BYTES = 256 * 1024 * 1024
"""How large all entries together may be after a run; the oldest go first."""

_DIGEST = hashlib.sha256().digest_size


def key(*parts: str | bytes) -> str:
    """Return the name of what *parts* lead to; each of them counts, and where one ends and the next begins as well."""
    whole = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        whole.update(b"%d:" % len(data))
        whole.update(data)
    return whole.hexdigest()


class Cache:
    """Entries by their names; without a folder it holds nothing."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder

    def read(self, name: str) -> bytes | None:
        """Return what an earlier run has stored, None where it is not there as it was stored."""
        if self.folder is None:
            return None
        try:
            stored = (self.folder / name).read_bytes()
        except OSError:
            return None
        digest, data = stored[:_DIGEST], stored[_DIGEST:]
        return data if hashlib.sha256(data).digest() == digest else None

    def write(self, name: str, data: bytes) -> None:
        """Store *data*; where that cannot be done, the next run works it out again."""
        if self.folder is None:
            return
        # Imported here: a run with nothing to do writes nothing.
        import tempfile  # noqa: PLC0415 - see above

        try:
            if not self.folder.is_dir():
                self.folder.mkdir(parents=True)
                # Nobody commits it, whatever the project ignores.
                (self.folder / ".gitignore").write_text("*\n", encoding="ascii")
            descriptor, beside = tempfile.mkstemp(dir=self.folder, prefix=".")
            with os.fdopen(descriptor, "wb") as file:
                file.write(hashlib.sha256(data).digest() + data)
            Path(beside).replace(self.folder / name)
        except OSError:
            return

    def trim(self, most: int = MOST_BYTES) -> None:
        """Remove the oldest entries until all of them together are at most *most* bytes."""
        if self.folder is None:
            return
        try:
            with os.scandir(self.folder) as found:
                entries = [(each.stat(), each.path) for each in found if each.name != ".gitignore"]
            size = sum(state.st_size for state, _ in entries)
            for state, path in sorted(entries, key=lambda entry: entry[0].st_mtime):
                if size <= most:
                    return
                Path(path).unlink(missing_ok=True)
                size -= state.st_size
        except OSError:
            return


NO_CACHE = Cache()
"""Remembers nothing."""
