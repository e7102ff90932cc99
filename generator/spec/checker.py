"""What every check has at hand: the spec, the document that it was read from, and whom to tell."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from generator import naming
from generator.diagnostics import Complaints
from generator.spec.document import Spec
from generator.spec.locating import Document
from generator.spec.members import Member, ObjectType, is_long_object
from generator.spec.nodes import Mapping
from generator.spec.secrecy import redacted

Path = tuple[str, ...]

# Somebody who has made more mistakes than these needs no guess for the next one; each guess looks at all names.
_MOST_HINTS = 50


class Checker:
    """Looks at one spec and complains by path, so that a complaint finds its place in whichever file that stands."""

    def __init__(self, spec: Spec, root: Mapping, complaints: Complaints) -> None:
        self.spec = spec
        self.complaints = complaints
        has_slips = any(each.code == "S020" for each in complaints.found)
        self.document = Document(root, has_slips=has_slips)

    def written(self, *path: str) -> tuple[str, ...]:
        """Return the keys that the author wrote at *path*, whether or not what stands under them could be read."""
        node = self.document.at(path)
        return node.keys if isinstance(node, Mapping) else ()

    def is_broken(self, *path: str) -> bool:
        """Tell whether something at *path* or below has a complaint already, so that what follows from it has none."""
        place = ".".join(path)
        return any(each.place == place or each.place.startswith(f"{place}.") for each in self.complaints.found)

    def complain(self, path: Path, code: str, message: str, *, key: bool = False, word: str = "") -> None:
        """Note a complaint about what stands at *path*, or about its key, or about one word of its text."""
        position = self.document.locate(path, key=key, word=word)
        self.complaints.add(position, code, ".".join(path), redacted(message))

    def known(self, path: Path, code: str, name: str, names: Collection[str], kind: str, *, key: bool = False) -> bool:
        """Complain unless *name* is one of *names*."""
        if name in names:
            return True
        message = f"no {kind} is called '{name}'"
        if len(self.complaints.found) < _MOST_HINTS:
            message += f"; {naming.hint(name, names, what='known are')}"
        self.complain(path, code, message, key=key, word=name)
        return False

    def members(self) -> Iterator[tuple[Path, Member]]:
        """Yield every parameter and field with its path in the document."""
        for name, endpoint in self.spec.endpoints.items():
            for group, members in endpoint.groups():
                for member in members:
                    yield ("endpoints", name, group, written(member)), member
        for name, definition in self.spec.types.items():
            if isinstance(definition, ObjectType):
                for member in definition.fields:
                    yield (*self.fields_of(name), written(member)), member

    def fields_of(self, name: str) -> Path:
        """Return the path of the fields of a type, which may stand in it directly."""
        node = self.document.at(("types", name))
        return ("types", name, "fields") if node is not None and is_long_object(node) else ("types", name)

    def type_at(self, path: Path) -> Path:
        """Return the path of the notation of what is written at *path*, in its short or its long form."""
        node = self.document.at(path)
        return (*path, "type") if isinstance(node, Mapping) and "type" in node.keys else path


def written(member: Member) -> str:
    """Return a member's key as the author wrote it."""
    return f"{member.name}?" if member.optional else member.name
