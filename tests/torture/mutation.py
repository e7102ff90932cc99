"""Every place of a spec, keys included, with another text in it: the spec is refused with located complaints, or the text is inert."""

from __future__ import annotations

import ast
import builtins
import functools
import random
import re
import tomllib
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from generator.diagnostics import CODES, Complaints
from generator.plan.package import plan_client
from generator.render.environment import create_environment
from generator.render.package import render_package
from generator.spec.document import Spec
from generator.spec.nodes import Mapping, Node, Scalar, Sequence
from generator.spec.parsing import parse_specs
from generator.spec.source import parse_source
from generator.tree import FileTree
from tests.golden.building import CASES, FOLDER
from tests.spec.source.test_properties import PIECES
from tests.torture.corpus import PAYLOADS

NAME = "spec.yaml"
Step = tuple[str, int]
Place = tuple[Step, ...]
"""The way to a scalar: `key`, `value` or `item`, and the number among its neighbours."""


@dataclass(slots=True)
class Findings:
    """What came of many specs.

    Attributes:
        refused: How many were refused with complaints.
        inert: How many became packages like those of their harmless twins.
        largest: The most bytes that any of them took beyond what was there.
        faults: What must not be, such as a traceback, a complaint without a place, or other code.
    """

    refused: int = 0
    inert: int = 0
    largest: int = 0
    faults: list[str] = field(default_factory=list[str])

    @property
    def tried(self) -> int:
        """How many there were."""
        return self.refused + self.inert + len(self.faults)


def bases() -> tuple[str, ...]:
    """Return the cases whose specs stand by themselves."""
    return tuple(case for case in CASES if "\nlike:" not in text_of(case))


def places(node: Node, before: Place = ()) -> Iterator[Place]:
    """Yield the way to every scalar, keys included."""
    match node:
        case Scalar():
            yield before
        case Mapping():
            for number, entry in enumerate(node.entries):
                yield (*before, ("key", number))
                yield from places(entry.value, (*before, ("value", number)))
        case Sequence():
            for number, item in enumerate(node.items):
                yield from places(item, (*before, ("item", number)))


def spelled(node: Node, at: Place | None, text: str, indent: int = 0) -> str:
    """Spell a document as YAML, with *text* at one place."""
    blank = "  " * indent
    match node:
        case Scalar():
            return f" {_scalar(node, text if at == () else None)}\n"
        case Mapping() if not node.entries:
            return " {}\n"
        case Sequence() if not node.items:
            return " []\n"
        case Mapping():
            lines: list[str] = []
            for number, entry in enumerate(node.entries):
                key = _scalar(entry.key, text if at == (("key", number),) else None)
                lines.append(f"{blank}{key}:" + spelled(entry.value, _below(at, ("value", number)), text, indent + 1))
            return ("\n" if indent else "") + "".join(lines)
        case Sequence():
            items = [
                f"{blank}-" + spelled(item, _below(at, ("item", number)), text, indent + 1)
                for number, item in enumerate(node.items)
            ]
            return "\n" + "".join(items)


def quoted(text: str) -> str:
    """Spell any text as a YAML scalar in double quotes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if " " <= c <= "~" else f"\\U{ord(c):08x}" for c in escaped) + '"'


def try_mutations(seed: int, count: int, findings: Findings | None = None) -> Findings:
    """Put *count* payloads, chosen by *seed*, at places of specs."""
    found = Findings() if findings is None else findings
    chance = random.Random(seed)  # noqa: S311 - chance that can be repeated
    cases = bases()
    for _ in range(count):
        case = chance.choice(cases)
        place = chance.choice(_places(case))
        text = chance.choice(PAYLOADS)
        try:
            _try(case, place, text, found)
        except Exception as error:  # noqa: BLE001 - a traceback is what is looked for
            found.faults.append(f"{case} {place} {text[:60]!a}: {type(error).__name__}: {str(error)[:300]}")
    return found


def nearly_yaml(seed: int, count: int) -> Iterator[bytes]:
    """Yield documents that are nearly YAML: pieces of its syntax by chance, and specs with some bytes changed."""
    chance = random.Random(seed)  # noqa: S311 - chance that can be repeated
    cases = bases()
    for number in range(count):
        if number % 50:
            yield "".join(chance.choices(PIECES, k=chance.randint(0, 40))).encode()
            continue
        data = bytearray(text_of(chance.choice(cases)).encode())
        for _ in range(chance.randint(1, 8)):
            place = chance.randrange(len(data))
            data[place : place + chance.randint(0, 2)] = chance.choice(PIECES).encode()
        yield bytes(data)


def package_of(case: str) -> FileTree:
    """Return the package of a case as it is."""
    spec, complaints = read(spelled(_root(case), None, ""))
    assert spec is not None, complaints.sorted()
    return printed(spec)


def read(text: str) -> tuple[Spec | None, Complaints]:
    """Read a spec that stands alone."""
    complaints = Complaints()
    source = parse_source(text.encode("utf-8", "surrogatepass"), Path(NAME), NAME, complaints)
    specs = {} if source is None else parse_specs([source], complaints)
    return specs.get(NAME), complaints


def printed(spec: Spec) -> FileTree:
    """Return the package of a spec, without the files of the runtime."""
    return render_package(plan_client(spec, PurePosixPath(NAME)), create_environment())


def complaints_are_located(complaints: Complaints, text: str) -> str:
    """Return what is wrong with complaints about *text*; nothing when each says where, and can be shown."""
    lines = text.count("\n") + 2
    for each in complaints.sorted():
        if each.code not in CODES or each.position.file != NAME or not 1 <= each.position.line <= lines:
            return f"{each.code} at {each.position}"
        if not each.message or each.position.column < 1:
            return f"{each.code} without a word or a column"
    return ""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """What the code of a package is made of, apart from texts and the names of members.

    Attributes:
        statements: How often each kind of statement is there that is neither an import nor an assignment.
        kinds: Every kind of node.
        called: Names of the interpreter's own that are used.
    """

    statements: Counter[str]
    kinds: frozenset[str]
    called: frozenset[str]


_BUILTINS = frozenset(name for name, value in vars(builtins).items() if callable(value))
_GROUPED = re.compile(r"[a-z]+(\.[a-z]+)+")
_FREE = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign)


def skeleton(tree: FileTree) -> Skeleton:
    """Look at what the interpreter would make of a package; its own tests aside.

    Raises:
        SyntaxError: A file does not compile without a warning.
        TOMLDecodeError: The project's file is broken.
    """
    statements: Counter[str] = Counter()
    kinds: set[str] = set()
    called: set[str] = set()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for path, text in tree.items():
            if path.suffix == ".py":
                module = ast.parse(text)
                compile(text, str(path), "exec", dont_inherit=True)
                if path.parts[0] == "tests":
                    continue
                for node in ast.walk(module):
                    kinds.add(type(node).__name__)
                    if isinstance(node, ast.stmt) and not isinstance(node, _FREE):
                        statements[type(node).__name__] += 1
                    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _BUILTINS:
                        called.add(node.func.id)
            elif path.suffix == ".toml":
                tomllib.loads(text)
    return Skeleton(statements, frozenset(kinds), frozenset(called))


def _try(case: str, place: Place, text: str, found: Findings) -> None:
    document = spelled(_root(case), place, text)
    spec, complaints = read(document)
    if spec is None:
        wrong = complaints_are_located(complaints, document) if complaints else "refused without a word"
        if wrong:
            found.faults.append(f"{case} {place} {text[:60]!a}: {wrong}")
        else:
            found.refused += 1
        return
    wrong = difference(printed(spec), case)
    if wrong and not _makes_what_its_twin_makes(case, place, text, spec):
        found.faults.append(f"{case} {place} {text[:60]!a}: other code: {wrong}")
    else:
        found.inert += 1


def _makes_what_its_twin_makes(case: str, place: Place, text: str, spec: Spec) -> bool:
    """Tell whether a name of words with dots between them, which is a group and its operation, does no more than that."""
    if _GROUPED.fullmatch(text) is None:
        return False
    words = ".".join(f"word{number}" for number in range(text.count(".") + 1))
    twin, _ = read(spelled(_root(case), place, words))
    return twin is not None and skeleton(printed(spec)) == skeleton(printed(twin))


def difference(tree: FileTree, case: str) -> str:
    """Return what the code of a package has that no package has, or more than that of the case; nothing when it is alike."""
    found = skeleton(tree)
    kinds, called = _vocabulary()
    more = dict(found.statements - _skeleton(case).statements)
    strange = (found.kinds - kinds) | (found.called - called)
    return f"{more or ''}{sorted(strange) or ''}"


@functools.cache
def _vocabulary() -> tuple[frozenset[str], frozenset[str]]:
    """Return the kinds of nodes, and the interpreter's own functions, that packages have."""
    skeletons = [_skeleton(case) for case in bases()]
    return (
        frozenset(kind for each in skeletons for kind in each.kinds),
        frozenset(name for each in skeletons for name in each.called),
    )


def _below(at: Place | None, step: Step) -> Place | None:
    return at[1:] if at and at[0] == step else None


def _scalar(node: Scalar, replacement: str | None) -> str:
    if replacement is not None:
        return quoted(replacement)
    return node.text if node.plain else quoted(node.text)


def text_of(case: str) -> str:
    """Return the spec of a case."""
    return (FOLDER / case / NAME).read_text(encoding="utf-8")


@functools.cache
def _root(case: str) -> Node:
    source = parse_source(text_of(case).encode(), Path(NAME), NAME, Complaints())
    assert source is not None
    return source.root


@functools.cache
def _places(case: str) -> tuple[Place, ...]:
    return tuple(places(_root(case)))


@functools.cache
def _skeleton(case: str) -> Skeleton:
    return skeleton(package_of(case))
