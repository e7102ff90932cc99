"""Spec files as they lie on the disk: bytes to text to nodes with positions.

A file is untrusted. It is opened without waiting for anybody, read up to a limit, taken as strict UTF-8, and parsed as
a strict subset of YAML. Whatever is wrong with it becomes a complaint; nothing else leaves this module.
"""

import codecs
import hashlib
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from generator.diagnostics import Complaints, Position
from generator.inputs import SpecFile
from generator.spec.nodes import Entry, Mapping, Node, Scalar, Sequence
from generator.spec.scalars import JsonValue, NotThatKind, as_boolean, as_integer, as_json, as_number, as_text
from generator.spec.yaml_subset import MOST_COMPLAINTS, parse_yaml

__all__ = [
    "MAXIMUM_BYTES",
    "Entry",
    "JsonValue",
    "Mapping",
    "Node",
    "NotThatKind",
    "Scalar",
    "Sequence",
    "SpecSource",
    "as_boolean",
    "as_integer",
    "as_json",
    "as_number",
    "as_text",
    "file_of",
    "parse_source",
    "read_source",
]

MAXIMUM_BYTES = 2 * 1024 * 1024

# Beside controls: what breaks lines in some readers only, what turns text around for those who review it, and what
# is no character at all. U+000D is left to the message about line ends.
_REFUSED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufeff\ufffe\uffff"
    + "".join(chr(plane + low) for plane in range(0x10000, 0x110000, 0x10000) for low in (0xFFFE, 0xFFFF))
    + "]"
)

# What most files are made of, so that the slow look at every character is seldom needed.
_HARMLESS = b"\t\n" + bytes(range(0x20, 0x7F))

_OTHER_ENCODINGS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


@dataclass(frozen=True, slots=True)
class SpecSource:
    """A spec file that could be read.

    Attributes:
        path: Where it lies.
        name: How the run names it; the positions carry it.
        text: The file without a byte-order mark, with LF line ends and one at its end.
        root: The document.
        digest: SHA-256 of `text`, in hex, so that a checkout with CRLF has the same.
    """

    path: Path
    name: str
    text: str
    root: Mapping
    digest: str


def file_of(source: SpecSource) -> SpecFile:
    """Return who a spec is."""

    def text(key: str) -> str:
        node = source.root.get(key)
        return node.text if isinstance(node, Scalar) else ""

    return SpecFile(
        name=source.name,
        digest=source.digest,
        package=text("package"),
        reference=f"{text('vendor')}/{text('version')}",
        like=text("like"),
    )


def read_source(path: Path, name: str, complaints: Complaints) -> SpecSource | None:
    """Read a spec file.

    Complaints may be there although a source is returned: a repeated key, say, does not hide the mistakes of the rest.
    So a caller goes on to check it, and generates nothing from a file that has complaints.

    Args:
        path: The file.
        name: How complaints name it.
        complaints: Takes what is wrong.

    Returns:
        The source, or None when there is no tree that could be checked any further.
    """
    data = _read_bytes(path, name, complaints)
    return None if data is None else parse_source(data, path, name, complaints)


def parse_source(data: bytes, path: Path, name: str, complaints: Complaints) -> SpecSource | None:
    """Parse the bytes of a spec file, as `read_source` does."""
    if len(data) > MAXIMUM_BYTES:
        _too_large(name, complaints)
        return None
    text = _decode(data, name, complaints)
    if text is None:
        return None
    root = parse_yaml(text, name, complaints)
    if root is None:
        return None
    return SpecSource(path, name, text, root, hashlib.sha256(text.encode()).hexdigest())


def _read_bytes(path: Path, name: str, complaints: Complaints) -> bytes | None:
    try:
        # Asked before opening, since opening alone can do things to a device.
        kind = _irregular(path.stat().st_mode)
        if kind is None:
            return _read_regular(path, name, complaints)
    except FileNotFoundError:
        kind = None
        reason = "a link to nothing" if path.is_symlink() else "no such file"
    except PermissionError:
        reason = "no permission to read it"
    except (OSError, ValueError) as error:
        # ValueError: a name with NUL. The words of an OSError are without the path, which the position has.
        reason = (error.strerror if isinstance(error, OSError) else None) or "its name cannot be that of a file"
    else:
        reason = f"{kind}; a spec is a regular file"
    complaints.add(Position(name), "S001", "", f"cannot be read: {reason}")
    return None


def _read_regular(path: Path, name: str, complaints: Complaints) -> bytes | None:
    # Non-blocking, so that a pipe put there in between is not waited for; the flags are missing on some systems.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags)
    with os.fdopen(descriptor, "rb") as file:
        kind = _irregular(os.fstat(descriptor).st_mode)
        if kind is not None:
            complaints.add(Position(name), "S001", "", f"cannot be read: {kind}; a spec is a regular file")
            return None
        data = file.read(MAXIMUM_BYTES + 1)
    if len(data) > MAXIMUM_BYTES:
        _too_large(name, complaints)
        return None
    return data


def _irregular(mode: int) -> str | None:
    if stat.S_ISREG(mode):
        return None
    return next((kind for is_kind, kind in _KINDS if is_kind(mode)), "no regular file")


def _too_large(name: str, complaints: Complaints) -> None:
    message = f"the file is larger than {MAXIMUM_BYTES // 1024 // 1024} MiB; write one spec per vendor and version"
    complaints.add(Position(name), "S003", "", message)


def _decode(data: bytes, name: str, complaints: Complaints) -> str | None:
    for mark, encoding in _OTHER_ENCODINGS:
        if data.startswith(mark):
            complaints.add(Position(name), "S002", "", f"the file is {encoding}; save it as UTF-8")
            return None
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start].decode()
        message = f"the byte 0x{data[error.start]:02X} is not UTF-8; save the file as UTF-8"
        complaints.add(_position(name, before, len(before)), "S002", "", message)
        return None
    text = text.replace("\r\n", "\n")
    if data.translate(None, _HARMLESS) and _REFUSED.search(text):
        _complain_of_characters(text, name, complaints)
        return None
    # YAML readers disagree about a last line without an end in a block of text.
    return text if text.endswith("\n") else text + "\n"


def _complain_of_characters(text: str, name: str, complaints: Complaints) -> None:
    for number, match in enumerate(_REFUSED.finditer(text)):
        if number == MOST_COMPLAINTS:
            break
        character = match.group()
        code = ord(character)
        if character == "\0":
            if text.index("\0") < match.start():
                continue
            message = "the character U+0000 (NUL); if the file is UTF-16, save it as UTF-8"
        elif character == "\r":
            message = "a carriage return without a line feed; end lines with LF or CRLF"
        else:
            escape = f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
            message = f"the invisible character U+{code:04X}; remove it, or write {escape} in double quotes"
        complaints.add(_position(name, text, match.start()), "S002", "", message)


def _position(name: str, text: str, index: int) -> Position:
    return Position(name, text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index))
