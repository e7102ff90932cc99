"""One pass of black over what is printed, statement by statement, so that only what changed is formatted again.

A file is cut at its outermost statements. What black makes of one does not depend on the others but for the blank lines
between them, whose rules are few; a file that has anything else in it is one piece. A piece that is not remembered is
taken apart once more, and most of its statements are spelled without black. The golden cases hold each result against
black's own of the whole file.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal, cast

from generator.cache import NO_CACHE, Cache, key
from generator.inputs import tool_versions
from generator.render.frames import is_settled
from generator.render.lines import Unit, UnreadableError, units
from generator.render.spelling import spelled
from generator.render.statements import Definition, Text, put_together, taken_apart
from generator.tree import FileTree

WORTH_A_PROCESS = 2000
"""Lines from which on black is faster in several processes than in one; starting one takes as long as 500 lines."""

Kind = Literal["docstring", "import", "definition", "other"]


@dataclass(frozen=True, slots=True)
class Piece:
    """An outermost statement with the comments before it, or a whole file."""

    kind: Kind
    text: str
    blank_lines: int


@dataclass(frozen=True, slots=True)
class _File:
    """A file in pieces, with what is known of them by their hashes."""

    path: PurePosixPath
    pieces: tuple[tuple[str, Piece], ...]
    known: dict[str, str]


def format_files(tree: FileTree, line_length: int) -> FileTree:
    """Return *tree* with its Python formatted; what is copied later is not touched."""
    return format_packages({"": tree}, line_length)[""]


def format_packages(
    trees: Mapping[str, FileTree], line_length: int, *, cache: Cache = NO_CACHE, jobs: int = 1
) -> dict[str, FileTree]:
    """Format the files of several packages at once.

    Args:
        trees: Package -> what was printed.
        line_length: How long lines may be.
        cache: Holds what black made of the same pieces before.
        jobs: In how many processes black may run.
    """
    cut_up = {
        package: [
            _File(path, _hashed(text), _recall(package, path, line_length, cache)) for path, text in _python(tree)
        ]
        for package, tree in trees.items()
    }
    files = [file for package in cut_up.values() for file in package]
    missing = {name: piece.text for file in files for name, piece in file.pieces if name not in file.known}
    made = dict(zip(missing, _format(tuple(missing.values()), line_length, jobs), strict=True))
    formatted: dict[str, FileTree] = {}
    for package, tree in trees.items():
        texts = dict(tree)
        for file in cut_up[package]:
            now = {name: file.known[name] if name in file.known else made[name] for name, _ in file.pieces}
            if now != file.known:
                cache.write(_entry(package, file.path, line_length), json.dumps(now).encode())
            texts[file.path] = joined([piece for _, piece in file.pieces], [now[name] for name, _ in file.pieces])
        formatted[package] = texts
    return formatted


def _python(tree: FileTree) -> Iterator[tuple[PurePosixPath, str]]:
    yield from ((path, text) for path, text in tree.items() if path.suffix == ".py")


def _hashed(text: str) -> tuple[tuple[str, Piece], ...]:
    return tuple((hashlib.sha256(piece.text.encode()).hexdigest(), piece) for piece in cut(text))


def cut(text: str) -> tuple[Piece, ...]:
    """Cut a file at its outermost statements; one that has anything out of the ordinary is one piece."""
    whole = (Piece("other", text, 0),)
    # What ends a line to Python and not to us, and what tells black to leave something alone.
    if re.search("[\r\f]|# fmt:", text) or not text.strip():
        return whole
    lines = text.split("\n")
    found: list[Piece] = []
    try:
        outermost = _outermost(lines)
    except UnreadableError:
        return whole
    end = 0
    for unit in outermost:
        begin, last = unit.begin, unit.end
        kind = _kind(lines[begin:last])
        if kind is None:
            return whole
        if found and lines[begin].startswith("#"):
            return whole
        body = "\n".join(lines[begin:last])
        if kind == "docstring" and found:
            # A text behind a value tells what it is for; alone, black would take it for the file's own.
            before = found.pop()
            if before.kind != "other":
                return whole
            found.append(Piece("other", "\n".join([before.text, *lines[end:begin], body]), before.blank_lines))
        else:
            found.append(Piece(kind, body, begin - end if found else 0))
        end = last
    return tuple(found)


def _outermost(lines: Sequence[str]) -> list[Unit]:
    """Return the outermost statements, each with its decorators and its body; the file's own comments with the first."""
    found: list[Unit] = []
    goes_on = False
    for unit in units(lines):
        first = lines[unit.begin]
        if found and (unit.indent or goes_on):
            found[-1] = Unit(0, found[-1].begin, unit.end)
        elif unit.indent:
            raise UnreadableError
        else:
            found.append(unit)
        goes_on = not unit.indent and first[0] in "@#"
    return found


_DEFINITION = re.compile(r"@|(?:async )?def |class ")
_VALUE = re.compile(r"[A-Za-z_]\w*(?: = |: )")


def _kind(lines: Sequence[str]) -> Kind | None:
    """Return what an outermost statement is to black's blank lines, None for what has rules of its own."""
    first = next((line for line in lines if not line.startswith("#")), "")
    if _DEFINITION.match(first):
        # Stubs, and bodies behind the colon.
        return "definition" if lines[-1].startswith(" ") and lines[-1].strip() != "..." else None
    if first.startswith(("import ", "from ")):
        return "import"
    if first.startswith('"""'):
        return "docstring"
    is_value = _VALUE.match(first) is not None
    is_import = first.startswith("if ") and all(each.startswith(("    from ", "    import ")) for each in lines[1:])
    return "other" if is_value or is_import else None


def joined(pieces: Sequence[Piece], formatted: Sequence[str]) -> str:
    """Put formatted pieces together with the blank lines that black leaves between them."""
    parts: list[str] = []
    before: Kind | None = None
    for piece, text in zip(pieces, formatted, strict=True):
        if before is not None:
            parts.append("\n" * _blank_lines(before, piece))
        parts.append(text)
        before = piece.kind
    return "".join(parts)


def _blank_lines(before: Kind, piece: Piece) -> int:
    if "definition" in (before, piece.kind):
        return 2
    if before == "docstring" or (before == "import" and piece.kind != "import"):
        return 1
    return min(2, piece.blank_lines)


def _entry(package: str, path: PurePosixPath, line_length: int) -> str:
    """Return where the pieces of a file are remembered: its last ones alone, so that entries do not pile up."""
    return key("format", tool_versions()["black"], *_own_code(), str(line_length), package, str(path))


@functools.cache
def _own_code() -> tuple[bytes, ...]:
    """Return the code that lays out, so that what another one made is not taken for ours."""
    return tuple(
        (Path(__file__).parent / f"{name}.py").read_bytes()
        for name in ("formatting", "frames", "lines", "spelling", "statements")
    )


def _recall(package: str, path: PurePosixPath, line_length: int, cache: Cache) -> dict[str, str]:
    stored = cache.read(_entry(package, path, line_length))
    return {} if stored is None else cast("dict[str, str]", json.loads(stored))


def _format(texts: Sequence[str], line_length: int, jobs: int) -> list[str]:
    """Lay out every piece: each of its statements once, and by black what is out of the ordinary."""
    laid_out: dict[Text, str] = {}
    missing: dict[Text, None] = {}
    whole: dict[str, str | None] = {}
    waiting: dict[str, Definition | Text] = {}
    for text in texts:
        definition = taken_apart(text, line_length) or Text(f"{text}\n", line_length)
        parts = (definition,) if isinstance(definition, Text) else tuple(definition.texts())
        unknown = [part for part in parts if not _is_laid_out(part, laid_out, missing)]
        if unknown:
            waiting[text] = definition
        else:
            whole[text] = _put_together(definition, laid_out)
    laid_out.update(zip(missing, _blackened(tuple(missing), jobs), strict=True))
    whole.update((text, _put_together(definition, laid_out)) for text, definition in waiting.items())
    return [whole[text] or format_text(text, line_length) for text in texts]


def _is_laid_out(part: Text, laid_out: dict[Text, str], missing: dict[Text, None]) -> bool:
    """Lay a part out, if black is not needed for that."""
    if part in laid_out:
        return True
    if part in missing:
        return False
    known = part.text if is_settled(part.text, part.line_length) else spelled(part.text, part.line_length)
    if known is None:
        missing[part] = None
    else:
        laid_out[part] = known
    return known is not None


def _put_together(definition: Definition | Text, laid_out: Mapping[Text, str]) -> str | None:
    return laid_out[definition] if isinstance(definition, Text) else put_together(definition, laid_out)


def _blackened(texts: Sequence[Text], jobs: int) -> Iterable[str]:
    """Run black on every text, in several processes where there is enough to do."""
    lines = sum(each.text.count("\n") for each in texts)
    if jobs < 2 or lines < WORTH_A_PROCESS or len(texts) < 2 * jobs:
        return _format_share(texts)
    import multiprocessing  # noqa: PLC0415 - only work for several processes needs it
    import signal  # noqa: PLC0415 - the same
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415 - the same

    # Small shares: long statements are not spread evenly.
    share = max(1, len(texts) // (jobs * 8))
    shares = [texts[begin : begin + share] for begin in range(0, len(texts), share)]
    with ProcessPoolExecutor(
        jobs,
        mp_context=multiprocessing.get_context("spawn"),
        initializer=signal.signal,
        initargs=(signal.SIGINT, signal.SIG_IGN),
    ) as executor:
        return [text for formatted in executor.map(_format_share, shares) for text in formatted]


def _format_share(texts: Sequence[Text]) -> list[str]:
    return [format_text(each.text, each.line_length) for each in texts]


def format_text(text: str, line_length: int) -> str:
    """Run black on one text."""
    # Imported here: it takes a third of a second, and only what changed needs it.
    import black  # noqa: PLC0415 - see above
    from black.mode import Mode, TargetVersion  # noqa: PLC0415 - see above

    versions = {TargetVersion.PY311, TargetVersion.PY312, TargetVersion.PY313}
    return black.format_str(text, mode=Mode(target_versions=versions, line_length=line_length))
