"""Packages held against their plans: what is wrong with one is told, all of it, and nothing is let out."""

import ast
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from generator.output import inspection, inspection_child
from generator.output.errors import InspectionError
from generator.output.inspection import Expectation, ExpectedParameter, Inspector, inspect_packages
from generator.output.inspection_child import is_refused, source_faults
from generator.output.publish import publish
from tests.output.roots import provenance

HEADER = "# Generated; do not edit.\n"

INIT = """
from ._client import Client
from . import models

__all__ = ["Client", "Lazy", "models"]


def __getattr__(name: str) -> object:
    if name == "Lazy":
        from ._later import Lazy

        return Lazy
    raise AttributeError(name)
"""

CLIENT = """
import functools
import typing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import _resources
    from ._resources import Files


class Client:
    plain: "Files"

    def get(self, one, /, two=1, *more, three, **rest) -> None: ...

    @property
    def files(self) -> "_resources.Files": ...

    @functools.cached_property
    def cached(self) -> "Files": ...
"""

RESOURCES = """
class Versions:
    async def read(self, *, number: int | None = None) -> None: ...


class Files:
    versions: Versions

    def list(self) -> None: ...
"""

MODELS = """
import pydantic


class File(pydantic.BaseModel):
    file_name: str = pydantic.Field(serialization_alias="fileName")
    parent: "File | None" = None
"""

FILES = {
    "__init__": INIT,
    "_client": CLIENT,
    "_resources": RESOURCES,
    "_later": "\nLazy = 1\n",
    "models": MODELS,
    "tests__test_client": "\nimport pytest\nimport some\nfrom some import Client\n",
    "_runtime____init__": "",
    "_runtime__transport": "import httpcore2\nimport httpx2\n",
}

GET = (
    ExpectedParameter("one", "positional_only", has_default=False),
    ExpectedParameter("two", "positional_or_keyword", has_default=True),
    ExpectedParameter("more", "var_positional", has_default=False),
    ExpectedParameter("three", "keyword_only", has_default=False),
    ExpectedParameter("rest", "var_keyword", has_default=False),
)
ALL_OF_GET = (
    "one positional_only, two=... positional_or_keyword, more var_positional, three keyword_only, rest var_keyword"
)
NUMBER = (ExpectedParameter("number", "keyword_only", has_default=True),)

EXPECTED = Expectation(
    package="some",
    header=HEADER,
    exports=("Client", "Lazy", "models"),
    clients={
        "Client": {
            "get": GET,
            "files.list": (),
            "files.versions.read": NUMBER,
            "cached.list": (),
            "plain.versions.read": NUMBER,
        }
    },
    models={"File": {"file_name": "fileName", "parent": "parent"}},
)


def package(root: Path, **changes: str) -> Path:
    """Write the package, with some of its files changed."""
    rendered = {
        name: text if name.startswith("_runtime") else HEADER + text for name, text in (FILES | changes).items()
    }
    publish(root, {"some": _tree(rendered)}, {"some": provenance(str(changes))})
    return root


def _tree(texts: dict[str, str]) -> dict[PurePosixPath, str]:
    special = {"__init__": "__init__.py", "_runtime____init__": "_runtime/__init__.py"}
    return {PurePosixPath(special.get(name) or name.replace("__", "/") + ".py"): text for name, text in texts.items()}


def faults(root: Path, expected: Expectation = EXPECTED) -> list[str]:
    with pytest.raises(InspectionError) as raised:
        inspect_packages(root, [expected])
    return list(raised.value.faults)


def test_a_package_as_planned_passes_and_nothing_is_written(disk: Path) -> None:
    package(disk)
    before = sorted(disk.rglob("*"))

    inspect_packages(disk, [EXPECTED])
    assert sorted(disk.rglob("*")) == before


def test_every_mismatch_is_told_in_one_go(disk: Path) -> None:
    expected = replace(
        EXPECTED,
        exports=("Client", "Other"),
        clients={"Client": {"get": GET[:1], "post": (), "files.gone.read": ()}, "AsyncClient": {"get": ()}},
        models={"File": {"file_name": "filename", "size": "size"}, "Gone": {}},
    )
    told = faults(package(disk), expected)

    assert told == [
        "some: __all__ does not name Other",
        "some: __all__ names Lazy, which is not planned",
        "some: __all__ names models, which is not planned",
        f"some: Client.get takes ({ALL_OF_GET}), planned is (one positional_only)",
        "some: Client.post is not there",
        "some: Client.files.gone.read is not there",
        "some: AsyncClient.get is not there",
        "some: models.File.file_name is fileName on the wire, planned is filename",
        "some: models.File.parent is parent on the wire, planned is none",
        "some: models.File.size is missing on the wire, planned is size",
        "some: models.Gone is not there",
    ]


@pytest.mark.parametrize(
    ("file", "text", "fault"),
    [
        ("_later", "\nLazy = 1 / 0\n", "ZeroDivisionError"),
        ("_later", "\nOther = 1\n", "Lazy is in __all__, but cannot be had"),
        ("_later", "\nimport warnings\nwarnings.warn('old', DeprecationWarning)\nLazy = 1\n", "DeprecationWarning"),
        ("_later", "\nLazy = '\\d'\n", "does not compile"),
        ("_later", "\nLazy = (\n", "does not compile"),
        ("_later", "\nimport requests\nLazy = 1\n", "_later.py:3: imports requests"),
        ("_later", "\nimport os\nopen(os.devnull, 'w')\nLazy = 1\n", "tried open"),
        ("_later", "\nimport os\ntry:\n    os.mkdir('/nowhere/x')\nexcept OSError:\n    Lazy = 1\n", "tried os.mkdir"),
        ("_later", "\nimport socket\nsocket.getaddrinfo('localhost', 1)\n", "tried socket.getaddrinfo"),
        ("_later", "\nimport socket\nsocket.socket().connect(('127.0.0.1', 9))\n", "tried socket.connect"),
        ("_later", "\nimport os\nos.system('true')\n", "tried os.system"),
        ("_later", "\nimport sys\nsys.exit(0)\n", "SystemExit"),
        ("_later", "\nimport os\nprint('loud')\nos._exit(7)\n", "without an answer, with status 7"),
        ("models", MODELS.replace("File | None", "Fail | None"), "models.File cannot be built"),
        ("tests__test_client", "\nimport (\n", "tests/test_client.py: does not compile"),
    ],
)
def test_what_goes_wrong_inside_is_told(disk: Path, file: str, text: str, fault: str) -> None:
    assert fault in "\n".join(faults(package(disk, **{file: text})))


def test_what_a_package_prints_is_not_the_answer(disk: Path) -> None:
    inspect_packages(package(disk, _later='\nprint(\'{"faults": ["loud"]}\')\nLazy = 1\n'), [EXPECTED])


def test_a_package_that_never_ends_is_stopped(disk: Path) -> None:
    package(disk, _later="\nwhile True:\n    pass\n")

    with pytest.raises(InspectionError, match="took longer than 1 seconds"):
        inspect_packages(disk, [EXPECTED], seconds=1)


def test_the_environment_stays_outside(disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_SECRET", "canary")
    monkeypatch.setenv("PYTHONPATH", str(disk))
    package(disk, _later="\nimport os\nraise ValueError(sorted(os.environ))\n")
    told = "\n".join(faults(disk))

    assert "PYDANTIC_DISABLE_PLUGINS" in told
    assert "SOME_SECRET" not in told
    assert "PYTHONPATH" not in told


def test_files_that_are_not_ours_are_not_looked_at(disk: Path) -> None:
    package(disk)
    (disk / "some/mine.py").write_text("this is no Python")

    inspect_packages(disk, [EXPECTED])


@pytest.mark.parametrize("at_a_time", [1, 2, 20])
def test_all_packages_are_inspected_however_many_one_child_looks_at(
    disk: Path, monkeypatch: pytest.MonkeyPatch, at_a_time: int
) -> None:
    monkeypatch.setattr(inspection, "AT_A_TIME", at_a_time)
    package(disk, _later="\nLazy = 1 / 0\n")
    manifest = disk / "other/manifest.json"
    manifest.parent.mkdir()
    manifest.write_text(json.dumps({"files": {}}))
    other = Expectation(package="other", header=HEADER, exports=())

    with pytest.raises(InspectionError) as raised:
        inspect_packages(disk, [replace(EXPECTED, package="gone"), EXPECTED, other])
    assert [fault.partition(":")[0] for fault in raised.value.faults] == ["gone", "some", "other"]


@pytest.fixture
def children(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Return the processes that the test starts, in their order."""
    started: list[subprocess.Popen[bytes]] = []

    class Noted(subprocess.Popen[bytes]):
        def __init__(self, *arguments: Any, **keywords: Any) -> None:
            super().__init__(*arguments, **keywords)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    return started


def test_a_child_that_is_ready_is_the_one_that_looks(disk: Path, children: list[subprocess.Popen[bytes]]) -> None:
    package(disk, _later="\nLazy = 1 / 0\n")

    with Inspector() as ready, pytest.raises(InspectionError, match="ZeroDivisionError"):
        inspect_packages(disk, [EXPECTED], ready=ready)
    assert len(children) == 1


def test_a_child_that_nobody_asks_is_ended(children: list[subprocess.Popen[bytes]]) -> None:
    with pytest.raises(KeyboardInterrupt), Inspector():
        raise KeyboardInterrupt

    assert [child.returncode is not None for child in children] == [True]


def test_a_child_without_a_question_says_nothing() -> None:
    ended = subprocess.run(
        [sys.executable, "-I", "-B", inspection_child.__file__], input=b"", capture_output=True, check=False
    )

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


def test_what_was_compiled_to_be_checked_is_what_is_imported(disk: Path) -> None:
    told = faults(package(disk, _later="\nimport sys\nraise ValueError(sys._getframe().f_code.co_filename)\n"))

    assert told[0].endswith("ValueError: some/_later.py")
    assert "raise ValueError(sys._getframe" in told[0]


def test_what_is_copied_is_compiled_once_for_all_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []
    parse = ast.parse

    def noted(text: str, name: str) -> ast.Module:
        parsed.append(name)
        return parse(text, name)

    monkeypatch.setattr(ast, "parse", noted)
    for name in ("one", "other"):
        for path in ("_runtime/only_here.py", "_client.py"):
            assert not list(source_faults(name, PurePosixPath(path), f"{HEADER}here = 1\n", HEADER))

    assert parsed == ["_runtime/only_here.py", "one/_client.py", "other/_client.py"]


@pytest.mark.parametrize(
    ("path", "line", "imported"),
    [
        ("a.py", "import os.path, httpx2, pydantic.fields", []),
        ("a.py", "from . import b", []),
        ("deep/a.py", "from .. import b", []),
        ("a.py", "from .. import b", [".., outside the package"]),
        ("deep/a.py", "from ...up import b", ["...up, outside the package"]),
        ("a.py", "import requests, yaml.loader", ["requests", "yaml.loader"]),
        ("a.py", "import some", ["some"]),
        ("a.py", "import pytest", ["pytest"]),
        ("a.py", "import httpcore2", ["httpcore2"]),
        ("deep/_runtime/transport.py", "import httpcore2", ["httpcore2"]),
        ("_runtime/transport.py", "import httpcore2", []),
        ("tests/a.py", "import pytest, some.models", []),
        ("tests/a.py", "import httpcore2", ["httpcore2"]),
        ("a.py", "def f():\n    import redis", []),
        ("a.py", "class A:\n    import redis", ["redis"]),
        ("a.py", "try:\n    import redis\nexcept ImportError:\n    import yaml", ["redis", "yaml"]),
        ("a.py", "if TYPE_CHECKING:\n    import redis\nelse:\n    import yaml", ["yaml"]),
        ("a.py", "if typing.TYPE_CHECKING:\n    import redis", []),
        ("a.py", "if True:\n    with x:\n        import redis", ["redis"]),
    ],
)
def test_imports_are_checked_on_the_syntax_tree(path: str, line: str, imported: list[str]) -> None:
    told = source_faults("some", PurePosixPath(path), f"{HEADER}{line}\n", HEADER)

    assert [fault.partition(": imports ")[2] for fault in told] == imported


def test_only_copies_of_the_runtime_come_without_the_header() -> None:
    assert list(source_faults("some", PurePosixPath("_runtime/a.py"), "", HEADER)) == []
    assert list(source_faults("some", PurePosixPath("tests/a.py"), "", HEADER)) == [
        "tests/a.py: does not start with the header"
    ]


@pytest.mark.parametrize(
    ("flags", "refused"),
    [(os.O_RDONLY | os.O_CLOEXEC, False), (os.O_WRONLY, True), (os.O_RDWR, True), (os.O_CREAT, True), (None, False)],
)
def test_opening_is_refused_only_for_writing(flags: int | None, *, refused: bool) -> None:
    assert is_refused("open", ("/x", None, flags)) is refused
