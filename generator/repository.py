"""A git repository, read without running anything of its own: no hooks, no filters, no programs of its settings."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

_TIMEOUT = 60.0

# What a repository's own settings could make git start.
_HARMLESS = (
    "--no-optional-locks",
    "--no-pager",
    "-c",
    "core.fsmonitor=false",
    "-c",
    f"core.hooksPath={os.devnull}",
    "-c",
    "protocol.allow=never",
)
_LARGEST = 8_000_000  # bytes; a spec stays far below


class RepositoryError(Exception):
    """Git cannot tell what it is asked; says why in words for the user."""


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository around a folder.

    Attributes:
        top: Its working tree.
    """

    top: Path

    def commit(self, revision: str) -> str:
        """Return the commit that a revision names.

        Raises:
            RepositoryError: There is none.
        """
        # Git would take it for an option; nothing that people call a revision begins so.
        if revision.startswith("-") or not revision:
            raise RepositoryError(f"{revision!r} is not a revision; write a branch, a tag, a commit or HEAD~1")
        try:
            found = _git(self.top, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
        except RepositoryError:
            raise RepositoryError(f"git knows no commit called {revision!r}") from None
        return found.decode().strip()

    def files(self, commit: str, folder: Path, suffixes: tuple[str, ...]) -> Mapping[PurePosixPath, str]:
        """Return the regular files below a folder of the working tree as a commit has them, with what names their content.

        Raises:
            RepositoryError: The folder is not in the repository, or git fails.
        """
        inside = self.inside(folder)
        listed = _git(self.top, "ls-tree", "-r", "-z", "--full-tree", commit)
        prefix = "" if inside == PurePosixPath() else f"{inside}/"
        found: dict[PurePosixPath, str] = {}
        for entry in listed.split(b"\0"):
            facts, _, name = entry.partition(b"\t")
            path = os.fsdecode(name)
            mode, _, rest = facts.partition(b" ")
            if mode.startswith(b"100") and path.startswith(prefix) and path.endswith(suffixes):
                found[PurePosixPath(path.removeprefix(prefix))] = rest.split(b" ")[-1].decode()
        return found

    def untracked(self) -> frozenset[PurePosixPath]:
        """Return the files of the working tree that the next commit will not have, but for those that git is to ignore.

        Raises:
            RepositoryError: Git fails.
        """
        listed = _git(self.top, "ls-files", "-z", "--others", "--exclude-standard")
        return frozenset(PurePosixPath(os.fsdecode(name)) for name in listed.split(b"\0") if name)

    def contents(self, names: Iterable[str]) -> Mapping[str, bytes]:
        """Return what is named, all by one call.

        Raises:
            RepositoryError: Something is missing, or too large to be a spec.
        """
        names = tuple(dict.fromkeys(names))
        answer = _git(self.top, "cat-file", "--batch", sent="".join(f"{name}\n" for name in names).encode())
        found: dict[str, bytes] = {}
        at = 0
        for name in names:
            end = answer.index(b"\n", at)
            words = answer[at:end].split(b" ")
            if len(words) != 3 or words[1] != b"blob" or int(words[2]) > _LARGEST:
                raise RepositoryError(f"git has no file {name} of a size that a spec may have")
            found[name] = answer[end + 1 : end + 1 + int(words[2])]
            at = end + 2 + int(words[2])
        return found

    def text_at(self, commit: str, path: Path) -> str | None:
        """Return the text of one file as a commit has it; None where it has none."""
        try:
            answer = _git(self.top, "cat-file", "blob", f"{commit}:{self.inside(path)}")
            return answer.decode()
        except (RepositoryError, UnicodeDecodeError):
            return None

    def inside(self, path: Path) -> PurePosixPath:
        """Return a path as the repository names it.

        Raises:
            RepositoryError: It is elsewhere.
        """
        absolute = path.resolve()
        if not absolute.is_relative_to(self.top):
            raise RepositoryError(f"{path} is not in the git repository at {self.top}")
        return PurePosixPath(absolute.relative_to(self.top).as_posix())


def repository_around(folder: Path) -> Repository:
    """Return the repository that a folder is in.

    Raises:
        RepositoryError: There is none, git is not installed, or git does not trust it.
    """
    try:
        found = _git(folder, "rev-parse", "--show-toplevel")
    except RepositoryError as error:
        if "not a git repository" in str(error):
            raise RepositoryError(f"{folder} is in no git repository, so there is nothing to compare with") from None
        raise
    return Repository(Path(os.fsdecode(found.removesuffix(b"\n"))).resolve())


def _git(folder: Path, *arguments: str, sent: bytes | None = None) -> bytes:
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    surroundings |= {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program, with arguments that are no options
            ("git", *_HARMLESS, *arguments),  # noqa: S607 - wherever the user has his git
            cwd=folder,
            env=surroundings,
            input=sent,
            stdin=subprocess.DEVNULL if sent is None else None,
            capture_output=True,
            timeout=_TIMEOUT,
            check=False,
        )
    except FileNotFoundError:
        raise RepositoryError("git is not installed, or not on the PATH") from None
    except subprocess.TimeoutExpired:
        raise RepositoryError(f"git gave no answer in {_TIMEOUT:.0f} seconds") from None
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise RepositoryError(said[0].removeprefix("fatal: ") if said else f"git {arguments[0]} failed")
    return done.stdout
