"""True histories of a vendor: the spec after each announcement, from the dates and members of the vendor's changelog.

Each history is a folder with the specs `1.yaml`, `2.yaml`, ... `expected.txt` tells for each step what changed, which
lines of the package moved, and what the old tests say of the new client. Days that the vendor does not tell are the last
ones of the time that is known.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from generator.changes.report import told
from generator.history import Proof, at_revision, prove, reports, working_tree
from generator.pipeline import build, read_specs
from generator.tree import FileTree
from tests.changes.projects import Project

FOLDER = Path(__file__).parent / "histories"

_SPEC = "specs/kolmisoft.yaml"


@dataclass(frozen=True, slots=True)
class Step:
    """One announcement, and what it made of the package.

    Attributes:
        told: What `clientmill diff` says.
        moved: The lines of the package that are new or gone, by file, where nothing breaks; the copied runtime is left out.
        proof: What the old tests say; None where the package has another name.
    """

    told: str
    moved: tuple[str, ...]
    proof: Proof | None

    def text(self) -> str:
        """Spell the step for its golden file."""
        passed = "not run, for the package has another name" if self.proof is None else self._summary(self.proof)
        lines = "".join(f"{line}\n" for line in ("", *self.moved)) if self.moved else ""
        return f"{self.told}\nold tests: {passed}\n{lines}"

    def _summary(self, proof: Proof) -> str:
        return "all pass" if proof.passed else "some fail"


def replayed(name: str, folder: Path) -> Iterator[Step]:
    """Walk through a history in a project of its own, a commit for each announcement."""
    project = Project(folder)
    before: FileTree | None = None
    for path in sorted((FOLDER / name).glob("*.yaml")):
        (folder / "specs").mkdir(exist_ok=True)
        (folder / _SPEC).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
        selection = read_specs(project.settings)
        if selection.diagnostics:
            raise ValueError("\n".join(map(str, selection.diagnostics)))
        spec = selection.specs[_SPEC]
        after = build(selection, (_SPEC,), project.settings, _unseen).trees[spec.package]
        _publish(folder / "generated" / spec.package, after)
        if before is not None:
            found = reports(at_revision(project.settings, "HEAD"), working_tree(project.settings))
            # Who breaks something looks at all of it anyway.
            moved = () if found[0].worst == "breaking" else tuple(_moved(before, after))
            yield Step(told(found), moved, prove(project.settings, "HEAD", spec.package))
        before = after
        project.commit()


def _unseen(_what: str, _done: int, _all: int) -> None:
    """Show no progress."""


def _publish(folder: Path, tree: FileTree) -> None:
    for path, text in tree.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    (folder / "manifest.json").write_text("{}\n", encoding="utf-8")


def _moved(before: FileTree, after: FileTree) -> Iterator[str]:
    for path in sorted(before.keys() | after.keys()):
        if path.parts[0] != "_runtime":
            yield from _moved_in(path, before.get(path, ""), after.get(path, ""))


def _moved_in(path: PurePosixPath, before: str, after: str) -> Iterator[str]:
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    moved = [line for line in lines if line[:1] in "+-" and line[2:].strip()]
    if moved:
        yield f"{path}"
        yield from moved


def text(name: str, folder: Path) -> str:
    """Tell a whole history."""
    return f"\n{'-' * 80}\n\n".join(step.text() for step in replayed(name, folder))


def names() -> tuple[str, ...]:
    """Return the names of all histories."""
    return tuple(sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir()))
