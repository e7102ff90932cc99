import json
from dataclasses import replace
from pathlib import PurePosixPath

import pytest

from generator.output.manifest import ManifestError, digest, manifest_text, read_manifest, version_key
from tests.output.roots import provenance

FILES = {PurePosixPath("b.py"): b"2", PurePosixPath("a/c.py"): b"1"}


def test_a_manifest_is_the_same_whatever_the_order_of_what_goes_in() -> None:
    one = manifest_text(replace(provenance(), specs={"b": "2", "a": "1"}), FILES)
    other = manifest_text(replace(provenance(), specs={"a": "1", "b": "2"}), dict(reversed(FILES.items())))

    assert one == other
    assert one.endswith("}\n")


def test_a_manifest_says_what_went_in_and_what_came_out() -> None:
    assert json.loads(manifest_text(provenance("all of it"), FILES)) == {
        "made_by": "clientmill",
        "format": 1,
        "generator": "1.0.0",
        "specs": {"specs/some.yaml": "5" * 64},
        "templates": "all of it",
        "tools": {"black": "26.10.1", "datamodel-code-generator": "0.89.0"},
        "files": {"a/c.py": digest(b"1"), "b.py": digest(b"2")},
    }


@pytest.mark.parametrize("spec", ["/home/me/a.yaml", "../a.yaml", "./a.yaml", "a//b.yaml"])
def test_a_manifest_names_no_place_outside_the_project(spec: str) -> None:
    with pytest.raises(ValueError, match="not a path inside the project"):
        manifest_text(replace(provenance(), specs={spec: "1"}), FILES)


def test_what_is_written_is_what_is_read() -> None:
    manifest = read_manifest(manifest_text(provenance(generator="1.2.3"), FILES).encode())

    assert (manifest.format, manifest.generator) == (1, "1.2.3")
    assert manifest.files == {path: digest(data) for path, data in FILES.items()}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<<<<<<< ours\n",
        "[]",
        "{}",
        '{"made_by": "somebody"}',
        '{"made_by": "clientmill"}',
        '{"made_by": "clientmill", "format": 1, "generator": "new", "files": {}}',
        '{"made_by": "clientmill", "format": 1, "generator": "1.0", "files": {"a": 1}}',
        "[" * 100_000,
        "\xff",
    ],
)
def test_what_is_no_manifest_of_ours_is_not_taken_for_one(text: str) -> None:
    with pytest.raises(ManifestError):
        read_manifest(text.encode("latin-1"))


def test_versions_are_ordered_as_packages_are() -> None:
    ordered = ["0.9", "1.0.dev1", "1.0a1", "1.0b2", "1.0rc1.dev2", "1.0rc1", "1.0", "1.0.post1", "1.0.1", "1.10"]

    assert sorted(ordered, key=version_key) == ordered
    assert version_key("1.0") == version_key("1.0.0")


@pytest.mark.parametrize(
    ("written_by", "read_by", "newer"),
    [("1.0", "1.0", False), ("1.0", "1.1", False), ("1.1", "1.0", True), ("1.0", "1.0rc1", True)],
)
def test_a_manifest_of_a_newer_generator_is_known_as_such(written_by: str, read_by: str, *, newer: bool) -> None:
    manifest = read_manifest(manifest_text(provenance(generator=written_by), FILES).encode())

    assert bool(manifest.newer_than(read_by)) is newer
