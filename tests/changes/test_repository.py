"""Git is asked without starting anything that a repository's own settings name."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

import pytest

from generator.repository import RepositoryError, repository_around
from tests.changes.projects import SPEC, Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.write(SPEC)
    made.commit()
    return made


@pytest.mark.parametrize("revision", ["--output=x", "-c", "", "nosuch", "HEAD:specs", "HEAD^{tree}"])
def test_what_is_no_commit_is_refused(project: Project, revision: str) -> None:
    with pytest.raises(RepositoryError):
        repository_around(project.folder).commit(revision)


def test_files_are_read_as_they_were(project: Project) -> None:
    repository = repository_around(project.folder)
    first = repository.commit("HEAD")
    project.write("something else\n")
    project.commit()

    files = repository.files(first, project.settings.specs, (".yaml",))

    assert list(files) == [PurePosixPath("ledgerly.yaml")]
    assert repository.contents(files.values())[files[PurePosixPath("ledgerly.yaml")]] == SPEC.encode()


def test_links_are_no_specs(project: Project) -> None:
    (project.folder / "specs" / "link.yaml").symlink_to("/etc/hostname")
    commit = project.commit()

    assert list(repository_around(project.folder).files(commit, project.settings.specs, (".yaml",))) == [
        PurePosixPath("ledgerly.yaml")
    ]


def test_nothing_of_the_repositorys_own_is_started(project: Project, tmp_path: Path) -> None:
    witness = tmp_path / "started"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ntouch {witness}\n", encoding="utf-8")
    program.chmod(0o755)
    (project.folder / ".git" / "hooks").mkdir(exist_ok=True)
    for hook in ("post-checkout", "post-index-change", "reference-transaction"):
        (project.folder / ".git" / "hooks" / hook).symlink_to(program)
    for key in ("core.fsmonitor", "diff.external", "core.pager", "core.editor", "core.sshCommand"):
        project.git("config", key, str(program))
    project.git("config", "filter.own.smudge", str(program))
    (project.folder / ".gitattributes").write_text("*.yaml filter=own diff=own\n", encoding="utf-8")
    project.git("config", "diff.own.textconv", str(program))
    witness.unlink(missing_ok=True)
    repository = repository_around(project.folder)
    commit = repository.commit("HEAD")

    repository.contents(repository.files(commit, project.settings.specs, (".yaml",)).values())
    repository.text_at(commit, project.spec)

    assert not witness.exists()


def test_folder_outside_a_repository_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    with pytest.raises(RepositoryError, match="not a git repository"):
        repository_around(tmp_path)


def test_settings_of_a_caller_lead_nowhere_else(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")

    assert repository_around(project.folder).top == project.folder.resolve()
