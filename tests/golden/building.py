"""The packages of the golden cases, made once a run."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from generator.pipeline import Settings, read_specs
from generator.plan.package import ClientPlan, plan_client
from generator.render.environment import create_environment
from generator.render.formatting import format_files
from generator.render.package import render_package
from generator.render.runtime_files import runtime_files
from generator.spec.document import Spec
from generator.tree import FileTree

FOLDER = Path(__file__).parent / "cases"
CASES = tuple(sorted(folder.name for folder in FOLDER.iterdir() if folder.is_dir()))

SHOWN_TESTS = frozenset({"bearer_auth", "error_codes", "last_record_pagination_total", "own_errors"})
"""Cases whose generated tests are among what is expected; those of the others would only repeat them."""

_SPEC = "spec.yaml"
_LINE_LENGTH = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """What a spec becomes.

    Attributes:
        plan: The decisions.
        printed: What the templates printed, formatted where somebody reads it.
        copied: What is copied beside it.
    """

    plan: ClientPlan
    printed: FileTree
    copied: FileTree

    @property
    def tree(self) -> FileTree:
        """The whole package."""
        return {**self.printed, **self.copied}


def expected_folder(case: str) -> Path:
    """Return the folder with the package that a case should become."""
    return FOLDER / case / "expected"


def shown(case: str) -> Mapping[PurePosixPath, str]:
    """Return the files of a case's package that are held against what is expected."""
    package = made(case)
    return {path: text for path, text in package.printed.items() if _is_shown(case, path)}


@functools.cache
def made(case: str) -> Package:
    """Make the package of a case; of the tests, only those that are shown are formatted."""
    plan, printed = printed_from(spec_of(FOLDER / case))
    formatted = format_files({path: text for path, text in printed.items() if _is_shown(case, path)}, _LINE_LENGTH)
    return Package(plan=plan, printed={**printed, **formatted}, copied=runtime_files(printed))


def spec_of(folder: Path) -> Spec:
    """Read the spec of a case, and those beside it that it is like."""
    selection = read_specs(Settings(project=folder, specs=folder, output=folder / "expected"))
    if selection.diagnostics:
        raise ValueError("\n".join(map(str, selection.diagnostics)))
    return selection.specs[_SPEC]


def printed_from(spec: Spec, path: str = _SPEC) -> tuple[ClientPlan, FileTree]:
    """Plan a package and print it, without formatting."""
    plan = plan_client(spec, PurePosixPath(path))
    return plan, render_package(plan, create_environment())


def _is_shown(case: str, path: PurePosixPath) -> bool:
    return path.parts[0] != "tests" or case in SHOWN_TESTS
