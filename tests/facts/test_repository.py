"""What is committed: pinned dependencies, one version, one schema, nothing of anybody's machine."""

from __future__ import annotations

import re
import tomllib
from typing import Any, cast

import jsonschema
import pytest
import yaml
from packaging.requirements import Requirement
from referencing.jsonschema import EMPTY_REGISTRY

from generator.inputs import VERSION
from generator.plan.package import DEPENDENCIES
from generator.spec.editor import editor_schema
from tests.facts.repository import MACHINE_PATH, ROOT, own_files

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
REQUIREMENTS = ("requirements/benchmarks.txt", "requirements/client.txt", "requirements/development.txt")
FOLDERS = (
    *("benchmarks", "docs", "examples", "generated", "generator", "requirements", "specs", "templates", "tests"),
    *("generator/cli", "generator/output", "generator/plan", "generator/render", "generator/runtime", "generator/spec"),
    *("tests/cli", "tests/facts", "tests/generated", "tests/golden", "tests/output", "tests/pipeline", "tests/runtime"),
    *("tests/spec", "tests/torture"),
)

# Spelled in pieces, so that this file is not found by its own search.
_INDEX = re.compile("|".join(("py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.org")))

_LINE = re.compile(r"[a-z0-9._-]+==[0-9][^ ]*(?: ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}(?: \\)?")


class _CoreLoader(yaml.CSafeLoader):
    """Reads YAML by the core schema of YAML 1.2, as editors do."""


_CoreLoader.yaml_implicit_resolvers = {}
for _tag, _pattern, _first in (
    ("null", r"null|Null|NULL|~|", "nN~"),
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
):
    cast("Any", _CoreLoader).add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(f"^(?:{_pattern})$"), [*_first]
    )


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_requirements_are_pinned_with_hashes_and_name_no_place(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()

    assert [line for line in lines if not _LINE.fullmatch(line)] == []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if not line.startswith(" "):
            assert following.startswith("    --hash="), line


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_requirements_are_what_the_project_asks_for(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([a-z0-9._-]+)==([^ ]+)", text, re.MULTILINE))
    wanted = PROJECT["project"]["dependencies"] if "development" in name else DEPENDENCIES

    for requirement in map(Requirement, wanted):
        assert requirement.specifier.contains(pinned[requirement.name]), requirement


def test_a_client_is_tested_with_the_oldest_versions_that_it_takes() -> None:
    text = (ROOT / "requirements" / "client.txt").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"^([a-z0-9._-]+)==([^ ]+)", text, re.MULTILINE))
    oldest = {
        requirement.name: [each.version for each in requirement.specifier if each.operator == ">="]
        for requirement in map(Requirement, DEPENDENCIES)
    }

    assert oldest == {name: [pinned[name]] for name in oldest}


def test_tools_that_shape_the_output_have_one_version() -> None:
    exact = {each.name for each in map(Requirement, PROJECT["project"]["dependencies"]) if "==" in str(each.specifier)}

    assert exact == {"black", "datamodel-code-generator"}


def test_version_is_that_of_the_distribution() -> None:
    assert PROJECT["project"]["version"] == VERSION


def test_schema_is_what_the_command_prints() -> None:
    assert (ROOT / "specs" / "schema.json").read_text(encoding="utf-8") == editor_schema()


def test_schema_is_a_schema() -> None:
    import json

    jsonschema.Draft202012Validator.check_schema(json.loads(editor_schema()))


@pytest.mark.parametrize("path", sorted((ROOT / "specs").rglob("*.yaml")), ids=lambda path: path.stem)
def test_spec_passes_the_schema_in_an_editor(path: Any) -> None:
    import json

    document = yaml.load(path.read_text(encoding="utf-8"), _CoreLoader)  # noqa: S506 - a safe loader with fewer rules
    validator = jsonschema.Draft202012Validator(json.loads(editor_schema()), registry=EMPTY_REGISTRY)
    found = cast("Any", validator).iter_errors(document)

    assert [(list(error.absolute_path), error.message) for error in found] == []


def test_nothing_names_a_machine_or_a_place_of_packages() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in own_files()
        for pattern in (MACHINE_PATH, _INDEX)
        for match in pattern.finditer(path.read_text(encoding="utf-8", errors="replace"))
    ]

    assert found == []


@pytest.mark.parametrize("folder", FOLDERS)
def test_folder_has_a_page_of_one_screen(folder: str) -> None:
    page = ROOT / folder / "README.md"

    assert page.is_file(), f"{folder}/README.md is missing"
    # That of the specs is the reference of their language, which has more to say.
    assert folder == "specs" or len(page.read_text(encoding="utf-8").splitlines()) <= 60


STYLES = re.compile(r"\b(?:LastRecord|Offset|PageNumber)Pagination\b")


def test_a_style_of_paging_is_named_in_files_called_pagination_only() -> None:
    naming = {
        path.relative_to(ROOT).as_posix()
        for folder in ("generator", "templates")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in (".py", ".j2") and STYLES.search(path.read_text(encoding="utf-8"))
    }

    assert naming == {f"generator/{part}/pagination.py" for part in ("spec", "changes", "plan", "runtime")}


LONGEST_FILE = 450
"""Lines of a file of the generator; what grows beyond falls apart somewhere."""


def test_no_file_of_the_generator_is_too_long() -> None:
    lengths = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8").count("\n")
        for path in (ROOT / "generator").rglob("*.py")
    }

    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}
