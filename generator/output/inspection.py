"""Holding staged packages against their plans, in a child process, before anything is published."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, cast

from generator.output.errors import InspectionError

ParameterKind = Literal["positional_only", "positional_or_keyword", "var_positional", "keyword_only", "var_keyword"]

_CHILD = Path(__file__).with_name("inspection_child.py")

# Where the interpreter finds its own libraries. Everything else of the environment stays outside.
_KEPT_VARIABLES = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT")


@dataclass(frozen=True, slots=True)
class ExpectedParameter:
    """One parameter of a method, `self` not counted."""

    name: str
    kind: ParameterKind
    has_default: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What the plan promises of one package.

    Attributes:
        package: Its name, and that of its folder.
        header: The text that every rendered Python file starts with; what is copied has none: files in
            `_runtime/`, and `tests/replay.py`.
        exports: The names in `__all__` of the package.
        clients: Client class -> dotted method name, such as `workflows.executions.list` -> its parameters in order.
        models: Model in `<package>.models` -> field in Python -> its name on the wire. All fields of it.
    """

    package: str
    header: str
    exports: tuple[str, ...]
    clients: Mapping[str, Mapping[str, tuple[ExpectedParameter, ...]]] = field(
        default_factory=dict[str, Mapping[str, tuple[ExpectedParameter, ...]]]
    )
    models: Mapping[str, Mapping[str, str]] = field(default_factory=dict[str, Mapping[str, str]])


class Inspector:
    """A child process that looks at packages, once.

    It may be started before there is a question: meanwhile it loads what packages import, which takes half as long as
    looking at one. As a context it is ended at the end, asked or not.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603  # the interpreter that runs us, on a file of ours
            [sys.executable, "-I", "-B", "-X", "utf8", "-W", "error", os.fspath(_CHILD)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(),
            cwd=os.sep,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        # Reads what is left, closes the pipes and waits.
        self._process.communicate()

    def look(self, folder: Path, seconds: float, expectations: Sequence[Expectation]) -> tuple[str, ...]:
        """Return the faults of packages in a folder."""
        question = {"folder": os.fspath(folder.absolute()), "packages": [asdict(one) for one in expectations]}
        try:
            answer, said = self._process.communicate(json.dumps(question).encode(), timeout=seconds)
        except subprocess.TimeoutExpired:
            return (f"importing them took longer than {seconds:g} seconds",)
        faults = _faults(answer)
        if faults is None:
            told = said.decode(errors="backslashreplace").strip()
            faults = (
                f"the inspection ended without an answer, with status {self._process.returncode}: {told[-2000:]}",
            )
        return faults


AT_A_TIME = 20
"""Packages that one child looks at: loading httpx2 and pydantic once for so many is cheap, and what it holds is bounded."""


def inspect_packages(
    folder: Path, expectations: Sequence[Expectation], *, ready: Inspector | None = None, seconds: float = 120.0
) -> None:
    """Parse, compile and import packages, and compare them with what was planned.

    Child processes do it, one for every few packages and as many at once as there are processors, without network, without
    the environment, and without writing anything. Of each package they look at the files that its manifest names.

    Args:
        folder: Where the package folders stand: the stage of a run, or the root.
        expectations: What the packages have to be.
        ready: A child that waits to be asked; the caller ends it.
        seconds: How long a child may take.

    Raises:
        InspectionError: With every fault found.
    """
    shares = [expectations[begin : begin + AT_A_TIME] for begin in range(0, len(expectations), AT_A_TIME)]
    children = [ready, *[None] * len(shares)][: len(shares)]

    def look(share: Sequence[Expectation], child: Inspector | None) -> tuple[str, ...]:
        if child is not None:
            return child.look(folder, seconds, share)
        with Inspector() as started:
            return started.look(folder, seconds, share)

    if len(shares) < 2:
        found = list(map(look, shares, children))
    else:
        # Imported here: most runs have one child.
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - see above

        with ThreadPoolExecutor(min(len(shares), os.cpu_count() or 1)) as executor:
            found = list(executor.map(look, shares, children))
    faults = tuple(fault for faults in found for fault in faults)
    if faults:
        raise InspectionError(faults)


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    # A plugin of pydantic that happens to be installed here is no part of the packages.
    return kept | {"PYDANTIC_DISABLE_PLUGINS": "__all__"}


def _faults(answer: bytes) -> tuple[str, ...] | None:
    try:
        document: object = json.loads(answer)
    except ValueError:
        return None
    faults = cast("dict[str, object]", document).get("faults") if isinstance(document, dict) else None
    return tuple(str(fault) for fault in cast("list[object]", faults)) if isinstance(faults, list) else None
