"""Rows about generated clients; what is timed runs in the environment of the peers, or in that of a client's user."""

from __future__ import annotations

import functools

from benchmarks import inputs
from benchmarks.measuring import OURS, Goal, Row, Samples, alternate
from benchmarks.places import CLIENT_PYTHON, PEERS, Project, measured_inside, timed

_PYTHON = PEERS / "python"


def _wide() -> Project:
    """Make the client whose answers are wide, ours and the peer's, with its answers as files."""
    specs = {
        "wide.yaml": inputs.wide_spec(),
        "money.yaml": inputs.money_spec(),
        "wide_xml.yaml": inputs.wide_xml_spec(),
        "small.yaml": inputs.spec("small", 20),
    }
    project = Project("clients", specs)
    project.generate()
    if not all((project.folder / "elsewhere" / path.removesuffix(".yaml")).is_dir() for path in specs):
        project.generate_elsewhere()
    (project.folder / "wide.json").write_bytes(inputs.wide_answer(100))
    (project.folder / "wide.xml").write_bytes(inputs.wide_document(1000))
    return project


def _inside(script: str, *arguments: str) -> Samples:
    return measured_inside(script, _PYTHON, _wide().folder, *arguments)


_IMPORTS = {
    "httpx2 and pydantic": "import httpx2, pydantic; pydantic.BaseModel",
    "the same with a model": "import httpx2, pydantic\nclass Plain(pydantic.BaseModel):\n    id: str",
    OURS: "from small import Client; from small.models import Things0",
    "httpx2, a client made": "import httpx2, pydantic; pydantic.BaseModel; httpx2.Client()",
    "ours, a client made": "from small import Client; from small.models import Things0; Client(api_key='x')",
}


def _imports() -> Samples:
    folder = _wide().folder / "generated"
    sides = {side: functools.partial(timed, (CLIENT_PYTHON, "-c", code), folder) for side, code in _IMPORTS.items()}
    # Once for the bytecode.
    alternate(sides, 1)
    return alternate(sides, 15)


ROWS = (
    Row(
        name="decode",
        what="decoding 100 records of some 60 nested fields in their envelope",
        measure=lambda: _inside("decode", "wide"),
        goals=(
            Goal(than="validate_json", times=1.2),
            Goal(than="openapi-python-client", times=0.55),
            Goal(than="openai", times=0.08),
        ),
    ),
    Row(
        name="decode-money",
        what="the same with amounts, of which every digit counts and no key may be there twice",
        measure=lambda: _inside("decode", "money"),
        goals=(),
    ),
    Row(
        name="call",
        what="one call over loopback",
        measure=lambda: _inside("call"),
        goals=(Goal(than="httpx2", times=1.1), Goal(than="openai", times=0.75)),
    ),
    Row(
        name="call-async",
        what="one call over loopback, asynchronous",
        measure=lambda: _inside("call_async"),
        goals=(Goal(than="httpx2", times=1.1), Goal(than="openai", times=0.75)),
    ),
    Row(
        name="import",
        what="import of a client and its first model",
        measure=_imports,
        goals=(
            Goal(than="httpx2 and pydantic", times=1.1),
            Goal(than="the same with a model", times=1.1),
            Goal(than="httpx2, a client made", times=1.1, side="ours, a client made"),
        ),
    ),
    Row(
        name="second",
        what="a second client in a process",
        measure=lambda: _inside("second_client"),
        goals=(Goal(plus=0.001),),
    ),
    Row(
        name="paging",
        what="paging 100,000 records, beside paging 200",
        measure=lambda: _inside("paging"),
        goals=(Goal(than="two pages", times=1.1, plus=1e5, measure="memory"),),
    ),
    Row(
        name="xml",
        what="reading 1,000 records of XML",
        measure=lambda: _inside("xml_answer"),
        goals=(Goal(than="ElementTree, dict, pydantic", times=1.3),),
    ),
)
