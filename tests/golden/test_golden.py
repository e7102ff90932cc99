"""Each golden case: the package is what is expected, and what every package has to be."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import tokenize
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import black
import pytest
from black.mode import Mode, TargetVersion

from generator.render.environment import templates_folder
from tests.golden.building import CASES, expected_folder, made, shown
from tests.golden.hostile import TWINS, hostile_spec

_MODE = Mode(target_versions={TargetVersion.PY311, TargetVersion.PY312, TargetVersion.PY313}, line_length=120)

_IMPORT_ALL = """
import importlib, sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
for path in sorted(Path(sys.argv[1]).rglob("*.py")):
    module = path.relative_to(sys.argv[1]).with_suffix("")
    if "tests" not in module.parts:
        importlib.import_module(".".join(module.parts).removesuffix(".__init__"))
"""


def python_of(case: str) -> Iterator[tuple[PurePosixPath, str]]:
    """Yield the Python files of a case's package that are printed."""
    for path, text in made(case).printed.items():
        if path.suffix == ".py":
            yield path, text


@pytest.mark.parametrize("case", CASES)
def test_package_is_what_is_expected(case: str) -> None:
    folder = expected_folder(case)
    there = {
        PurePosixPath(path.relative_to(folder).as_posix()): path.read_bytes().decode()
        for path in folder.rglob("*")
        if path.is_file()
    }

    assert there == dict(shown(case)), "run `make golden` and read the diff"


@pytest.mark.parametrize("case", CASES)
def test_python_compiles_without_a_warning(case: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for path, text in python_of(case):
            compile(text, f"{case}/{path}", "exec", dont_inherit=True)


@pytest.mark.parametrize("case", CASES)
def test_second_formatting_changes_nothing(case: str) -> None:
    for path, text in shown(case).items():
        if path.suffix == ".py":
            assert black.format_str(text, mode=_MODE) == text, path


@pytest.mark.parametrize("case", CASES)
def test_comments_are_those_of_the_templates(case: str) -> None:
    """So no text of a spec can be a directive to a checker, a linter, a formatter or the interpreter."""
    header = made(case).plan.header
    ours = {
        line.strip()
        for template in templates_folder().rglob("*.j2")
        for line in template.read_text(encoding="utf-8").splitlines()
        if re.fullmatch(r"# [^{]*", line.strip())
    }
    for path, text in python_of(case):
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        found = {token.string for token in tokens if token.type == tokenize.COMMENT}

        assert found <= ours | {header}, path
        assert text.startswith(f"{header}\n"), path


@pytest.mark.parametrize("case", CASES)
def test_no_function_hides_another(case: str) -> None:
    for path, text in python_of(case):
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Module | ast.ClassDef):
                names = Counter(
                    each.name
                    for each in node.body
                    if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
                    # Signatures for type checkers stand before what they are of.
                    and "overload" not in map(ast.unparse, each.decorator_list)
                )
                assert [name for name, count in names.items() if count > 1] == [], path


def test_packages_are_imported_without_a_warning(packages: Path) -> None:
    command = [sys.executable, "-I", "-B", "-W", "error", "-c", _IMPORT_ALL, str(packages)]
    child = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (child.returncode, child.stderr) == (0, "")


def test_tests_of_the_packages_pass(packages: Path) -> None:
    command = [sys.executable, "-B", "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "-c", "/dev/null"]
    child = subprocess.run(
        [*command, "--import-mode=prepend", "--rootdir", str(packages), str(packages)],
        capture_output=True,
        text=True,
        check=False,
        cwd=packages,
    )

    assert child.returncode == 0, child.stdout[-6000:]


@pytest.mark.parametrize("case", TWINS)
def test_hostile_case_has_a_text_in_every_place(case: str) -> None:
    text = (expected_folder(case).parent / "spec.yaml").read_text(encoding="utf-8")

    assert text == hostile_spec(case), "run `make golden` and read the diff"
