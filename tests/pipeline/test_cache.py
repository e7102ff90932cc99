"""What a run remembers of earlier ones: counted in what is worked out again, never in seconds."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from generator import cache as caches
from generator.cache import Cache, key
from generator.plan import declarations, models, package
from generator.render import formatting
from tests.pipeline.projects import Project, spec

TYPED = """\
  {name}:
    call: GET {name}
    effect: read
    doc: {doc}
    returns: Invoice
"""


def typed(*docs: str) -> str:
    """Return a spec of operations with a type."""
    operations = "".join(TYPED.format(name=f"read{index}", doc=doc) for index, doc in enumerate(docs))
    return spec("ledgerly_typed") + operations + "types:\n  Invoice:\n    number: string\n    total?: decimal\n"


class Work:
    """What is worked out while it watches: pieces laid out, of them texts by black, and modules of models."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.formatted: list[str] = []
        self.pieces: list[str] = []
        self.modules = 0
        black, dcg = formatting.format_text, declarations.declared

        def format_text(text: str, line_length: int) -> str:
            self.formatted.append(text)
            return black(text, line_length)

        lay_out = formatting._format  # pyright: ignore[reportPrivateUsage] - it is counted

        def format_pieces(texts: Sequence[str], line_length: int, jobs: int) -> list[str]:
            self.pieces += texts
            return lay_out(texts, line_length, jobs)

        def generate(schema: dict[str, object], aliases: dict[str, str]) -> str:
            self.modules += 1
            return dcg(schema, aliases)

        monkeypatch.setattr(formatting, "format_text", format_text)
        monkeypatch.setattr(formatting, "_format", format_pieces)
        monkeypatch.setattr(declarations, "declared", generate)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    return Work(monkeypatch)


@pytest.fixture
def books(project: Project) -> Project:
    """Give the project with a spec that has a type."""
    project.write("specs/typed.yaml", typed("Reads one.", "Reads another."))
    assert project.run("generate", "-j", "1").status == 0
    return project


def test_an_edited_operation_formats_what_speaks_of_it_and_makes_no_models(books: Project, work: Work) -> None:
    books.write("specs/typed.yaml", typed("Reads one.", "Reads another, with care."))

    run = books.run("generate", "-j", "1")

    assert run.status == 0
    assert work.modules == 0
    assert 0 < len(work.pieces) <= 2
    assert all("with care" in piece for piece in work.pieces)
    assert len(work.formatted) <= 2


def test_what_is_remembered_changes_no_byte(books: Project, work: Work) -> None:
    before = books.files()

    books.run("generate", "--force", "-j", "1")
    remembered = (len(work.pieces), work.modules, books.files())
    books.run("generate", "--force", "-j", "1", "--no-cache")

    assert remembered == (0, 0, before)
    assert work.modules == 1
    assert work.pieces
    assert books.files() == before


def test_a_cache_may_be_deleted_and_carried_elsewhere(books: Project, work: Work, tmp_path: Path) -> None:
    other = books.copy(tmp_path / "other")
    shutil.rmtree(other.root / ".clientmill")
    shutil.copytree(books.root / ".clientmill", other.root / ".clientmill")
    other.run("generate", "--force", "-j", "1")
    carried = list(work.pieces)
    shutil.rmtree(books.root / ".clientmill")

    run = books.run("generate", "--force", "-j", "1")

    assert carried == []
    assert run.status == 0
    assert books.files() == other.files()


def test_a_new_version_of_a_tool_is_not_answered_from_memory(
    books: Project, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    versions = {"black": "99.0", "datamodel_code_generator": "99.0"}
    monkeypatch.setattr(formatting, "tool_versions", lambda: versions)
    monkeypatch.setattr(models, "tool_versions", lambda: versions)

    books.run("generate", "--force", "-j", "1")

    assert work.modules == 1
    assert work.pieces


def test_another_length_of_lines_is_not_answered_from_memory(books: Project, work: Work) -> None:
    books.run("generate", "-j", "1", "--line-length", "79")

    assert work.pieces


def test_a_damaged_entry_is_none(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    cache.write("whole", b"text")
    cache.write("damaged", b"text")
    damaged = tmp_path / "cache" / "damaged"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"T")

    assert cache.read("whole") == b"text"
    assert cache.read("damaged") is None
    assert cache.read("missing") is None


def test_a_cache_is_bounded_and_the_oldest_entries_go_first(tmp_path: Path) -> None:
    import os

    cache = Cache(tmp_path / "cache")
    for number in range(4):
        cache.write(str(number), b"x" * 1000)
        os.utime(tmp_path / "cache" / str(number), (number, number))

    cache.trim(most=2500)

    assert [cache.read(str(number)) is not None for number in range(4)] == [False, False, True, True]
    assert caches.MOST_BYTES <= 1 << 28


def test_a_folder_that_cannot_be_written_costs_time_only(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    cache = Cache(tmp_path / "file" / "cache")

    cache.write("name", b"text")
    cache.trim()

    assert cache.read("name") is None


def test_parts_of_a_key_do_not_run_into_each_other() -> None:
    assert key("ab", "c") != key("a", "bc")


def test_a_run_tells_where_its_time_went(project: Project) -> None:
    run = project.run("generate", "--force", "-j", "1", "--profile")

    assert [
        stage for stage in ("read", "plan", "render", "format", "inspect", "publish") if stage not in run.stderr
    ] == []


@pytest.mark.parametrize(
    "text",
    [
        '"""Doc."""\nimport os\nx = 1\n',
        '# Header\n"""Doc."""\n\n\n\nfrom a import b\nimport c\n\n\n\n\nX = 1\n"""About X."""\nY = {"a": 1}\n',
        "import os\nclass A:\n  x = 1\ndef f(): return 1\nZ = 2\n@decorated\n\ndef g(): pass\n",
        "x = 1\n# About y.\ny = 2\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import os\ndef f() -> None: ...\ndef g() -> None: ...\n",
        "x = 1; y = 2\n",
        "for x in y: pass\nelse: pass\nz = 1\n",
        'x = """\ntext\n"""\n\n\n\ny = 1  # end\n# end of all\n',
        "x = [1,\n2,]  # fmt: skip\ny   =   2\n",
        "",
        '"""Doc."""\n',
        '"""Doc."""\nclass A: pass\n',
        '"""Doc."""\n"""Another."""\nx = 1\n',
    ],
)
def test_black_makes_of_pieces_what_it_makes_of_the_whole(text: str) -> None:
    pieces = formatting.cut(text)

    assert formatting.joined(pieces, [formatting.format_text(piece.text, 120) for piece in pieces]) == (
        formatting.format_text(text, 120)
    )


def test_types_that_are_called_like_groups_plan_a_package_twice_however_many(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    planned = package._planned  # pyright: ignore[reportPrivateUsage] - it is counted
    times = 0

    def count(*arguments: object) -> object:
        nonlocal times
        times += 1
        return planned(*arguments)  # type: ignore[arg-type]  # whatever it takes

    monkeypatch.setattr(package, "_planned", count)
    groups = [f"group{number}" for number in range(5)]
    endpoints = "".join(
        f"  {name}.get:\n    call: GET {name}\n    effect: read\n    returns: {name.title()}\n" for name in groups
    )
    types = "".join(f"  {name.title()}:\n    id: string\n" for name in groups)
    (project.root / "specs" / "clashing.yaml").write_text(
        f"{spec('ledgerly_clashing', 'v9')}{endpoints}types:\n{types}"
    )

    run = project.run("generate", "-j", "1", "specs/clashing.yaml")

    assert run.status == 0
    assert times == 2
