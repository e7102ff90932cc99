"""What a run publishes, keeps, removes and says."""

from __future__ import annotations

import pytest

from tests.pipeline.projects import Project, spec

BROKEN = spec("ledgerly_three").replace("effect: read", "efect: read")


def test_run_says_what_it_published(project: Project) -> None:
    project.write("specs/three.yaml", spec("ledgerly_three"))

    run = project.run("generate")

    assert (run.status, run.stdout) == (0, "")
    assert run.stderr.splitlines() == ["ledgerly_three: published", "2 packages up to date"]
    assert project.packages() == ["ledgerly_one", "ledgerly_three", "ledgerly_two"]


def test_broken_spec_does_not_stop_the_others_and_all_mistakes_are_told(project: Project) -> None:
    project.write("specs/one.yaml", spec("ledgerly_one", doc="Reads one."))
    project.write("specs/three.yaml", BROKEN)
    project.write("specs/four.yaml", spec("ledgerly_four").replace("title:", "tilte:"))

    run = project.run("generate")

    assert run.status == 1
    assert "specs/three.yaml:18:5: S020" in run.stderr
    assert "specs/four.yaml:4:1: S020" in run.stderr
    assert "ledgerly_one: published" in run.stderr
    assert project.packages() == ["ledgerly_one", "ledgerly_two"]


def test_package_of_a_spec_that_broke_stays(project: Project) -> None:
    before = project.files()
    project.write("specs/one.yaml", spec("ledgerly_one").replace("effect: read", "efect: read"))

    run = project.run("generate")

    assert run.status == 1
    assert {path: text for path, text in project.files().items() if path.startswith("generated/")} == {
        path: text for path, text in before.items() if path.startswith("generated/")
    }


def test_package_of_a_spec_that_is_no_yaml_stays(project: Project) -> None:
    project.write("specs/one.yaml", "vendor: [\n")
    (project.root / "specs/deeper/two.yaml").unlink()

    run = project.run("generate")

    assert run.status == 1
    assert project.packages() == ["ledgerly_one", "ledgerly_two"]


def test_package_whose_spec_is_gone_goes_and_is_named(project: Project) -> None:
    (project.root / "specs/deeper/two.yaml").unlink()

    run = project.run("generate")

    assert run.status == 0
    assert "ledgerly_two: removed" in run.stderr
    assert project.packages() == ["ledgerly_one"]


def test_no_spec_at_all_removes_nothing(project: Project) -> None:
    (project.root / "specs/deeper/two.yaml").unlink()
    (project.root / "specs/one.yaml").unlink()

    run = project.run("generate")

    assert run.status == 2
    assert "there is no spec in specs" in run.stderr
    assert project.packages() == ["ledgerly_one", "ledgerly_two"]


def test_no_spec_at_all_is_no_clean_check(project: Project) -> None:
    (project.root / "specs/deeper/two.yaml").unlink()
    (project.root / "specs/one.yaml").unlink()

    run = project.run("check")

    assert (run.status, run.stdout) == (2, "")
    assert "there is no spec in specs" in run.stderr


def test_package_with_another_name_takes_the_place_of_the_old_one(project: Project) -> None:
    project.write("specs/one.yaml", spec("ledgerly_first", version="ledgerly_one"))

    run = project.run("generate")

    assert run.status == 0
    assert "ledgerly_first: published" in run.stderr
    assert "ledgerly_one: removed" in run.stderr
    assert project.packages() == ["ledgerly_first", "ledgerly_two"]


def test_file_edited_by_hand_stops_its_package_with_a_diff(project: Project) -> None:
    edited = project.write("generated/ledgerly_one/_client.py", "mine = 1\n")
    project.write("specs/one.yaml", spec("ledgerly_one", doc="Reads one."))
    project.write("specs/deeper/two.yaml", spec("ledgerly_two", doc="Reads two."))

    run = project.run("generate")

    assert run.status == 1
    assert "-mine = 1\n" in run.stdout
    assert "ledgerly_one: refused: changed by hand since it was generated, or not generated at all: _client.py" in (
        run.stderr
    )
    assert "ledgerly_two: published" in run.stderr
    assert edited.read_text(encoding="utf-8") == "mine = 1\n"


def test_force_overwrites_what_was_edited_by_hand(project: Project) -> None:
    whole = project.files()
    project.write("generated/ledgerly_one/_client.py", "mine = 1\n")

    run = project.run("generate", "--force")

    assert run.status == 0
    assert project.files() == whole


def test_file_that_is_not_ours_is_kept_and_reported(project: Project) -> None:
    mine = project.write("generated/ledgerly_one/notes.txt", "mine\n")
    project.write("specs/one.yaml", spec("ledgerly_one", doc="Reads one."))

    run = project.run("generate")

    assert run.status == 0
    assert "ledgerly_one: kept notes.txt, which clientmill did not make" in run.stderr
    assert mine.read_text(encoding="utf-8") == "mine\n"


def test_file_that_is_not_ours_outlives_its_package(project: Project) -> None:
    mine = project.write("generated/ledgerly_one/notes.txt", "mine\n")
    (project.root / "specs/one.yaml").unlink()

    run = project.run("generate")

    assert run.status == 0
    assert "ledgerly_one: kept notes.txt, which clientmill did not make" in run.stderr
    assert [path.name for path in mine.parent.iterdir()] == ["notes.txt"]


def test_file_that_is_missing_comes_back(project: Project) -> None:
    whole = project.files()
    (project.root / "generated/ledgerly_one/README.md").unlink()

    run = project.run("generate")

    assert run.status == 0
    assert project.files() == whole


def test_one_spec_leaves_the_packages_of_the_others(project: Project) -> None:
    before = project.times()
    project.write("specs/one.yaml", spec("ledgerly_one", doc="Reads one."))
    project.write("specs/deeper/two.yaml", spec("ledgerly_two", doc="Reads two."))

    run = project.run("generate", "specs/one.yaml")

    after = project.times()
    changed = {path for path in after if before.get(path) != after[path]}
    assert run.status == 0
    assert run.stderr.splitlines() == ["ledgerly_one: published"]
    assert not any(path.startswith("generated/ledgerly_two") for path in changed)


def test_one_spec_does_not_remove_the_package_of_another_that_is_gone(project: Project) -> None:
    (project.root / "specs/deeper/two.yaml").unlink()

    run = project.run("generate", "specs/one.yaml")

    assert run.status == 0
    assert project.packages() == ["ledgerly_one", "ledgerly_two"]


def test_name_that_is_no_spec_is_told(project: Project) -> None:
    run = project.run("generate", "specs/three.yaml")

    assert run.status == 2
    assert "specs/three.yaml is not among the specs in specs" in run.stderr


def test_nothing_to_do_rewrites_nothing(project: Project) -> None:
    before = project.times()

    run = project.run("generate")

    assert (run.status, run.stdout, run.stderr) == (0, "", "2 packages up to date\n")
    assert project.times() == before


def test_changed_times_of_files_are_nothing_to_do(project: Project) -> None:
    for path in project.root.rglob("*.yaml"):
        path.touch()
    before = project.times()

    run = project.run("generate")

    assert (run.status, run.stderr) == (0, "2 packages up to date\n")
    assert project.times() == before


@pytest.mark.parametrize("inside", ["specs", "specs/deeper", "generated/ledgerly_one"])
def test_run_in_a_folder_of_the_project_is_a_run_in_the_project(project: Project, inside: str) -> None:
    project.write("specs/one.yaml", spec("ledgerly_one", doc="Reads one."))
    elsewhere = project.run("generate", inside=inside)
    again = project.run("generate", "--check")

    assert (elsewhere.status, again.status) == (0, 0)


def test_spec_is_named_from_where_one_is(project: Project) -> None:
    project.write("specs/one.yaml", spec("ledgerly_one", doc="Reads one."))

    run = project.run("generate", "../one.yaml", inside="specs/deeper")

    assert (run.status, run.stderr) == (0, "ledgerly_one: published\n")


def test_project_below_a_hidden_folder_has_its_specs(
    generated: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    hidden = generated.copy(tmp_path_factory.mktemp("hidden") / ".cache" / "books")

    assert hidden.run("check").stderr == "2 specs checked, no mistakes\n"


def test_output_that_is_a_link_is_refused(project: Project) -> None:
    real = (project.root / "generated").rename(project.root / "elsewhere")
    (project.root / "generated").symlink_to(real)
    project.write("specs/one.yaml", spec("ledgerly_one", doc="Reads one."))

    run = project.run("generate")

    assert run.status == 2
    assert run.stderr.startswith("Error: ")
    assert "Traceback" not in run.stderr
