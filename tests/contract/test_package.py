"""Where it is: a folder that is a package, installable, movable, and with nothing in it that a client does not use."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.contract.callers import GENERATED, ROOT, VERSIONS
from tests.stand_ins.m360 import AUTH_CODE, AUTH_TOKEN, M360, record, record_v1

CLIENT_PYTHON = ROOT / ".venv-client" / "bin" / "python"
"""An environment with the dependencies of a client and nothing else; `make setup` makes it."""

ENVIRONMENT = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}

USE = """
import sys, warnings
warnings.simplefilter("error")
sys.path.insert(0, {folder!r})
import {name} as package
with package.Client(auth_code={code!r}, auth_token={token!r}, base_url={url!r}, requests_per_second=100) as client:
    print(*(record.session_id for record in client.get_history(limit=2)))
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


def copy(version: str, target: Path) -> Path:
    return shutil.copytree(GENERATED / f"m360_{version}", target, ignore=shutil.ignore_patterns("__pycache__"))


def modules(version: str) -> Iterator[tuple[Path, ast.Module]]:
    folder = GENERATED / f"m360_{version}"
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


@pytest.fixture(scope="module", params=VERSIONS)
def installed(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, client_python: Path
) -> tuple[str, Path, Path]:
    """A version, the folder that it was installed from, and the folder that it was installed into."""
    version: str = request.param
    folder = tmp_path_factory.mktemp(version)
    source, target = copy(version, folder / f"m360_{version}"), folder / "site"
    pip = (client_python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index")
    run(*pip, "--target", target, source)
    return version, source, target


@pytest.fixture
def stocked() -> Iterator[M360]:
    with M360([record(1), record(2), record(3)]) as vendor:
        yield vendor


def test_installed_package_works_with_its_dependencies_alone(
    installed: tuple[str, Path, Path], client_python: Path, stocked: M360
) -> None:
    version, _, target = installed
    stocked.records = [(record if version == "v2" else record_v1)(number) for number in range(3)]
    code = USE.format(
        folder=str(target), name=f"m360_{version}", code=AUTH_CODE, token=AUTH_TOKEN, url=stocked.url(version)
    )
    printed = run(client_python, "-I", "-c", code).split()

    assert [one[:8] for one in printed[:3]] == ["00000002", "00000001", "00000000"]
    assert Path(printed[3]).is_relative_to(target)


def test_installing_leaves_the_source_as_it_was(installed: tuple[str, Path, Path]) -> None:
    version, source, _ = installed

    assert files(source) == files(GENERATED / f"m360_{version}")


def test_what_is_installed_is_the_package_without_its_tests(installed: tuple[str, Path, Path]) -> None:
    version, source, target = installed
    expected = {name for name in files(source) if name.endswith(".py") and not name.startswith("tests/")}

    assert set(files(target / f"m360_{version}")) == {*expected, "py.typed"}
    assert not (target / "tests").exists()


def test_distribution_says_what_it_is_and_needs(installed: tuple[str, Path, Path]) -> None:
    version, _, target = installed
    [information] = target.glob("*.dist-info")
    told = (information / "METADATA").read_text(encoding="utf-8").partition("\n\n")[0].splitlines()

    assert f"Name: m360_{version}-client" in told
    assert "Classifier: Private :: Do Not Upload" in told
    assert "Requires-Python: >=3.11" in told
    needed = [line for line in told if line.startswith("Requires-Dist") and "extra ==" not in line]
    assert sorted(line.split()[1].partition("<")[0] for line in needed) == ["httpx2", "pydantic"]
    extras = [line for line in told if line.startswith("Requires-Dist") and line not in needed]
    assert [line.split()[1].partition("<")[0] for line in extras] == ["redis"]


def test_wheel_is_built_by_hatchling_without_the_tests(version: str, tmp_path: Path, client_python: Path) -> None:
    source = copy(version, tmp_path / f"m360_{version}")
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
    assert settings["tool"]["hatch"]["build"]["targets"]["wheel"]["sources"] == {"": f"m360_{version}"}
    assert not [name for name in names if "tests" in name.split("/")]
    assert f"m360_{version}/py.typed" in names


def test_copied_folder_works_under_another_name(
    version: str, tmp_path: Path, client_python: Path, stocked: M360
) -> None:
    copy(version, tmp_path / "elsewhere" / "renamed_vendor")
    stocked.records = [(record if version == "v2" else record_v1)(number) for number in range(3)]
    code = USE.format(
        folder=str(tmp_path / "elsewhere"),
        name="renamed_vendor",
        code=AUTH_CODE,
        token=AUTH_TOKEN,
        url=stocked.url(version),
    )
    printed = run(client_python, "-I", "-c", code).split()

    assert printed[3].endswith("renamed_vendor/__init__.py")


def test_nothing_is_imported_but_the_two_dependencies_and_the_standard_library(version: str) -> None:
    foreign = {
        (path.as_posix(), name.partition(".")[0])
        for path, tree in modules(version)
        for level, name in imported(tree)
        if level == 0 and name.partition(".")[0] not in sys.stdlib_module_names
    }

    assert {name for _, name in foreign} == {"httpx2", "httpcore2", "pydantic"}
    assert {path for path, name in foreign if name == "httpcore2"} == {"_runtime/transport.py"}


def test_imports_inside_the_package_are_relative(version: str) -> None:
    absolute = {name for _, tree in modules(version) for level, name in imported(tree) if level == 0}

    assert not {name for name in absolute if name.startswith(("m360", "generated", "generator", "clientmill"))}


def test_client_of_a_json_vendor_has_no_xml_code(version: str) -> None:
    names = {name for _, tree in modules(version) for _, name in imported(tree)}

    assert not {name for name in names if "xml" in name.lower() or "expat" in name.lower()}
    assert not {path.as_posix() for path, _ in modules(version) if "xml" in path.name.lower()}


def test_importing_the_package_brings_in_few_others(version: str, tmp_path: Path, client_python: Path) -> None:
    copy(version, tmp_path / f"m360_{version}")
    code = (
        f"import sys; before = set(sys.modules); sys.path.insert(0, {str(tmp_path)!r}); import m360_{version}; "
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before} - sys.stdlib_module_names))"
    )
    # The standard library's own, named after the machine.
    brought = {name for name in run(client_python, "-I", "-c", code).split() if not name.startswith("_sysconfigdata")}

    assert brought <= {
        f"m360_{version}",
        # The dependencies and what they need themselves.
        *("httpx2", "httpcore2", "h11", "idna", "anyio", "truststore"),
        *("pydantic", "pydantic_core", "annotated_types", "typing_extensions", "typing_inspection"),
    }


def test_every_rendered_file_begins_with_where_it_comes_from(version: str) -> None:
    folder = GENERATED / f"m360_{version}"
    rendered = [path for path in folder.rglob("*.py") if "_runtime" not in path.parts and path.name != "replay.py"]
    first = f"# Generated by clientmill from specs/m360/{version}.yaml: do not edit. Edit the spec, then run: clientmill generate"

    assert rendered
    assert {path.read_text(encoding="utf-8").partition("\n")[0] for path in rendered} == {first}


def test_runtime_files_are_copies(version: str) -> None:
    runtime = GENERATED / f"m360_{version}" / "_runtime"
    originals = {path.name: path.read_bytes() for path in (ROOT / "generator" / "runtime").glob("*.py")}

    assert {name: originals[name] for name in files(runtime)} == files(runtime)


def test_manifest_holds_the_versions_and_hashes_and_nothing_else_does(version: str) -> None:
    folder = GENERATED / f"m360_{version}"
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    marks = [*manifest["tools"].values(), manifest["templates"], *manifest["specs"].values()]
    others = {path: text for path, text in files(folder).items() if path != "manifest.json"}

    assert set(manifest["tools"]) == {"black", "datamodel-code-generator"}
    assert manifest["generator"]
    assert set(manifest["files"]) == set(others)
    assert not [(path, mark) for path, text in others.items() for mark in marks if mark.encode() in text]


def test_no_file_names_the_machine_that_made_it(version: str) -> None:
    texts = files(GENERATED / f"m360_{version}")

    assert not [path for path, text in texts.items() if str(ROOT).encode() in text or str(Path.home()).encode() in text]


def test_readme_changelog_types_and_tests_come_with_it(version: str) -> None:
    names = set(files(GENERATED / f"m360_{version}"))

    assert {"README.md", "CHANGELOG.md", "py.typed", "pyproject.toml", "tests/__init__.py"} <= names


def test_readme_names_every_operation(version: str) -> None:
    readme = (GENERATED / f"m360_{version}" / "README.md").read_text(encoding="utf-8")
    operations = ["get_history", "schedule_blacklist_check", "get_blacklist_checks_by_batch_id"]
    operations += ["get_external_reports", "generate_report"] if version == "v2" else []

    assert not [name for name in operations if f"`{name}`" not in readme]
    assert "pip install" in readme
