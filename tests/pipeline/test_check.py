"""`generate --check` compares, tells by its status, and writes nothing."""

from __future__ import annotations

import shutil

from tests.pipeline.projects import Project, Run, spec


def checked(project: Project) -> Run:
    """Compare, and see that nothing was written."""
    before = project.times()
    run = project.run("generate", "--check")

    assert project.times() == before
    return run


def test_clean_packages_are_0(project: Project) -> None:
    run = checked(project)

    assert (run.status, run.stdout, run.stderr) == (0, "", "2 packages up to date\n")


def test_file_of_somebody_else_is_0(project: Project) -> None:
    project.write("generated/ledgerly_one/notes.txt", "mine\n")

    assert checked(project).status == 0


def test_edited_file_is_1_with_a_diff(project: Project) -> None:
    file = project.root / "generated/ledgerly_one/_client.py"
    project.write("generated/ledgerly_one/_client.py", file.read_text(encoding="utf-8") + "mine = 1\n")

    run = checked(project)

    assert run.status == 1
    assert "-mine = 1\n" in run.stdout
    assert "ledgerly_one: changed by hand since it was generated, or not generated at all: _client.py" in run.stderr
    assert "ledgerly_two" not in run.stdout + run.stderr


def test_stale_package_is_1_with_a_diff(project: Project) -> None:
    project.write("specs/one.yaml", spec("ledgerly_one", doc="Reads one."))

    run = checked(project)

    assert run.status == 1
    assert "+++ ledgerly_one/README.md (generated)" in run.stdout
    assert "Reads one." in run.stdout
    assert "ledgerly_one is not what its spec says; run: clientmill generate" in run.stderr


def test_missing_package_is_1_and_told_in_a_line(project: Project) -> None:
    shutil.rmtree(project.root / "generated/ledgerly_one")

    run = checked(project)

    assert (run.status, run.stdout) == (1, "")
    assert run.stderr == "ledgerly_one is missing; run: clientmill generate\n"


def test_missing_output_is_1_and_told_in_a_line_a_package(project: Project) -> None:
    shutil.rmtree(project.root / "generated")

    run = checked(project)

    assert (run.status, run.stdout) == (1, "")
    assert run.stderr.splitlines() == [
        f"ledgerly_{name} is missing; run: clientmill generate" for name in ("one", "two")
    ]


def test_package_without_a_spec_is_1_and_told_in_a_line(project: Project) -> None:
    (project.root / "specs/one.yaml").unlink()

    run = checked(project)

    assert (run.status, run.stdout) == (1, "")
    assert run.stderr == "ledgerly_one has no spec any more; clientmill generate would remove it\n"


def test_broken_spec_is_1_and_told(project: Project) -> None:
    project.write("specs/one.yaml", spec("ledgerly_one").replace("effect: read", "effect: reed"))

    run = checked(project)

    assert run.status == 1
    assert "specs/one.yaml:18:" in run.stderr


def test_link_in_the_place_of_a_file_is_1_and_told(project: Project) -> None:
    file = project.root / "generated/ledgerly_one/README.md"
    file.rename(project.root / "README.md")
    file.symlink_to(project.root / "README.md")

    run = checked(project)

    assert run.status == 1
    assert "ledgerly_one: README.md is a link" in run.stderr
