"""Where it is: a folder that is a package, installable, movable, and with nothing in it that a client does not use."""

from __future__ import annotations

import ast
import functools
import json
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.contract.callers import GENERATED, ROOT
from tests.contract.every import JSON, VENDORS, Vendor

CLIENT_PYTHON = ROOT / ".venv-client" / "bin" / "python"
"""An environment with the dependencies of a client and nothing else; `make setup` makes it."""

ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}

USE = """
import sys, warnings
warnings.simplefilter("error")
sys.path.insert(0, {folder!r})
import {name} as package
from functools import reduce
with package.Client(**{setting!r}) as client:
    result = reduce(getattr, {question.name!r}.split("."), client)(**{question.given!r})
    print(*(type(record).__name__ for record in result))
print(package.__file__)
"""


def run(*command: str | Path) -> str:
    done = subprocess.run(
        list(map(str, command)), env=ENVIRONMENT, check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def files(folder: Path) -> Mapping[str, bytes]:
    found = sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def copy(vendor: Vendor, target: Path) -> Path:
    return shutil.copytree(GENERATED / vendor.package, target, ignore=shutil.ignore_patterns("__pycache__"))


def use(vendor: Vendor, stand_in: Any, folder: Path, name: str) -> str:
    """Return a script that reads with the package of this name in *folder*."""
    setting = {**vendor.right(), **vendor.address(stand_in), **vendor.fast}
    return USE.format(folder=str(folder), name=name, setting=setting, question=vendor.read)


def modules(vendor: Vendor) -> Iterator[tuple[Path, ast.Module]]:
    folder = GENERATED / vendor.package
    for path in sorted(folder.rglob("*.py")):
        if "tests" not in path.relative_to(folder).parts:
            yield path.relative_to(folder), ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Give the level and the name of everything that is imported."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.level, node.module or ""


@pytest.fixture(scope="module")
def client_python() -> Path:
    assert CLIENT_PYTHON.exists(), "the environment of a client is missing: run `make setup`"
    return CLIENT_PYTHON


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """The folder of each package that it is installed from."""
    folder = tmp_path_factory.mktemp("sources")
    return {vendor.package: copy(vendor, folder / vendor.package) for vendor in VENDORS}


@pytest.fixture(scope="module")
def target(sources: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory, client_python: Path) -> Path:
    """The folder that all packages are installed into."""
    site = tmp_path_factory.mktemp("site")
    pip = (client_python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index")
    run(*pip, "--target", site, *sources.values())
    return site


def test_installed_package_works_with_its_dependencies_alone(
    package: Vendor, target: Path, client_python: Path, stand_in: Any
) -> None:
    printed = run(client_python, "-I", "-c", use(package, stand_in, target, package.package)).split()

    assert printed[0] == package.model
    assert Path(printed[1]).is_relative_to(target)


def test_installing_leaves_the_source_as_it_was(package: Vendor, target: Path, sources: Mapping[str, Path]) -> None:
    assert (target / package.package).is_dir()
    assert files(sources[package.package]) == files(GENERATED / package.package)


def test_what_is_installed_is_the_package_without_its_tests(
    package: Vendor, target: Path, sources: Mapping[str, Path]
) -> None:
    source = files(sources[package.package])
    expected = {name for name in source if name.endswith(".py") and not name.startswith("tests/")}

    assert set(files(target / package.package)) == {*expected, "py.typed"}
    assert not (target / "tests").exists()


def test_distribution_says_what_it_is_and_needs(package: Vendor, target: Path) -> None:
    [information] = target.glob(f"{package.package}_client-*.dist-info")
    told = (information / "METADATA").read_text(encoding="utf-8").partition("\n\n")[0].splitlines()

    assert f"Name: {package.package}-client" in told
    assert "Classifier: Private :: Do Not Upload" in told
    assert not [line for line in told if "licen" in line.lower()]
    assert not [path for path in information.rglob("*") if "licen" in path.name.lower()]
    assert "Requires-Python: >=3.11" in told
    needed = [line for line in told if line.startswith("Requires-Dist") and "extra ==" not in line]
    assert sorted(line.split()[1].partition("<")[0] for line in needed) == ["httpx2", "pydantic"]
    extras = [line for line in told if line.startswith("Requires-Dist") and line not in needed]
    # What is shared through Redis is a limit or a token: Kolmisoft's pages tell of neither.
    shared = [] if package.package == "kolmisoft_m4" else ["redis"]
    assert [line.split()[1].partition("<")[0] for line in extras] == shared


def test_wheel_is_built_by_hatchling_without_the_tests(package: Vendor, tmp_path: Path, client_python: Path) -> None:
    source = copy(package, tmp_path / package.package)
    run(
        client_python,
        "-c",
        "import os, sys, hatchling.build as build; os.chdir(sys.argv[1]); build.build_wheel(sys.argv[2])",
        source,
        tmp_path,
    )
    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    settings = tomllib.loads((source / "pyproject.toml").read_text(encoding="utf-8"))

    assert settings["build-system"]["build-backend"] == "hatchling.build"
    assert settings["tool"]["hatch"]["build"]["targets"]["wheel"]["sources"] == {"": package.package}
    assert not [name for name in names if "tests" in name.split("/")]
    assert f"{package.package}/py.typed" in names


def test_copied_folder_works_under_another_name(
    package: Vendor, tmp_path: Path, client_python: Path, stand_in: Any
) -> None:
    copy(package, tmp_path / "elsewhere" / "renamed_vendor")
    printed = run(client_python, "-I", "-c", use(package, stand_in, tmp_path / "elsewhere", "renamed_vendor")).split()

    assert printed[0] == package.model
    assert printed[1].endswith("renamed_vendor/__init__.py")


def test_nothing_is_imported_but_the_two_dependencies_and_the_standard_library(package: Vendor) -> None:
    foreign = {
        (path.as_posix(), name.partition(".")[0])
        for path, tree in modules(package)
        for level, name in imported(tree)
        if level == 0 and name.partition(".")[0] not in sys.stdlib_module_names
    }

    assert {name for _, name in foreign} == {"httpx2", "httpcore2", "pydantic"}
    assert {path for path, name in foreign if name == "httpcore2"} == {"_runtime/transport.py"}


def test_imports_inside_the_package_are_relative(package: Vendor) -> None:
    absolute = {name for _, tree in modules(package) for level, name in imported(tree) if level == 0}

    assert not {name for name in absolute if name.startswith((package.package, "generated", "generator", "clientmill"))}


@pytest.mark.parametrize("package", [each for each in VENDORS if each.speaks == {JSON}], ids=lambda each: each.package)
def test_client_of_a_json_vendor_has_no_xml_code(package: Vendor) -> None:
    names = {name for _, tree in modules(package) for _, name in imported(tree)}

    assert not {name for name in names if "xml" in name.lower() or "expat" in name.lower()}
    assert not {path.as_posix() for path, _ in modules(package) if "xml" in path.name.lower()}


def test_importing_the_package_brings_in_few_others(package: Vendor, tmp_path: Path, client_python: Path) -> None:
    copy(package, tmp_path / package.package)
    code = (
        f"import sys; before = set(sys.modules); sys.path.insert(0, {str(tmp_path)!r}); import {package.package}; "
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names))"
    )
    # The standard library's own, named after the machine.
    brought = {name for name in run(client_python, "-I", "-c", code).split() if not name.startswith("_sysconfigdata")}

    assert brought <= {
        package.package,
        # The dependencies and what they need themselves.
        *("httpx2", "httpcore2", "h11", "idna", "anyio", "truststore"),
        *("pydantic", "pydantic_core", "annotated_types", "typing_extensions", "typing_inspection"),
    }


def test_every_rendered_file_begins_with_where_it_comes_from(package: Vendor) -> None:
    folder = GENERATED / package.package
    rendered = [path for path in folder.rglob("*.py") if "_runtime" not in path.parts and path.name != "replay.py"]
    first = f"# Generated by clientmill from specs/{package.spec}: do not edit. Edit the spec, then run: clientmill generate"

    assert rendered
    assert {path.read_text(encoding="utf-8").partition("\n")[0] for path in rendered} == {first}


def test_runtime_files_are_copies(package: Vendor) -> None:
    runtime = GENERATED / package.package / "_runtime"
    originals = {path.name: path.read_bytes() for path in (ROOT / "generator" / "runtime").glob("*.py")}

    assert {name: originals[name] for name in files(runtime)} == files(runtime)


def test_manifest_holds_the_versions_and_hashes_and_nothing_else_does(package: Vendor) -> None:
    folder = GENERATED / package.package
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    marks = [*manifest["tools"].values(), manifest["templates"], *manifest["specs"].values()]
    others = {path: text for path, text in files(folder).items() if path != "manifest.json"}

    assert set(manifest["tools"]) == {"black", "datamodel-code-generator"}
    assert manifest["generator"]
    assert set(manifest["files"]) == set(others)
    assert not [(path, mark) for path, text in others.items() for mark in marks if mark.encode() in text]


def test_no_file_names_the_machine_that_made_it(package: Vendor) -> None:
    texts = files(GENERATED / package.package)

    assert not [path for path, text in texts.items() if str(ROOT).encode() in text or str(Path.home()).encode() in text]


def test_readme_changelog_types_and_tests_come_with_it(package: Vendor) -> None:
    names = set(files(GENERATED / package.package))

    assert {"README.md", "CHANGELOG.md", "py.typed", "pyproject.toml", "tests/__init__.py"} <= names


def test_readme_names_every_operation(package: Vendor) -> None:
    readme = (GENERATED / package.package / "README.md").read_text(encoding="utf-8")
    assert not [name for name in package.operations if f"`{name}`" not in readme]
    assert "pip install" in readme


def test_readme_s_quick_starts_run(package: Vendor, stand_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    made = ModuleType(package.package)

    def here(kind: Any, **setting: Any) -> Any:
        return kind(**{**setting, **package.address(stand_in)})

    for name in ("Client", "AsyncClient"):
        # The quick start talks to the vendor, so its look-alike takes the vendor's place.
        setattr(made, name, functools.partial(here, getattr(package.module, name)))
    monkeypatch.setitem(sys.modules, package.package, made)
    for variable, value in package.credentials.values():
        monkeypatch.setenv(variable, value)
    readme = (GENERATED / package.package / "README.md").read_text(encoding="utf-8")
    quick_start = readme.partition("## Quick start")[2].partition("\n## ")[0]
    snippets = [part.partition("```")[0] for part in quick_start.split("```python\n")[1:]]
    for snippet in snippets:
        exec(compile(snippet, "README.md", "exec"), {"__name__": "__main__"})  # noqa: S102 - it is ours

    assert len(snippets) == 2
    assert len(package.server(stand_in).requests) == 2
