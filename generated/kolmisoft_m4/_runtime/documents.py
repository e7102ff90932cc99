"""What an answer's bytes become before they are typed, where they are not JSON."""

from __future__ import annotations

from typing import Protocol


class Malformed(Exception):
    """A body that is not what the documentation says.

    Attributes:
        path: Where, from the whole body.
        reason: Why, without the value.
    """

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(reason)
        self.path = path
        self.reason = reason


class AnswerForm(Protocol):
    """A form in which answers come, other than JSON."""

    @property
    def is_text(self) -> bool:
        """Whether plain text is the form of a good answer."""
        ...

    def read(self, content: bytes, /) -> object:
        """Return the document in *content*: nested mappings, or the text where it is nothing but that.

        Raises:
            Malformed: It is neither.
        """
        ...

    def typed(self, document: object, /) -> object:
        """Return what is held against the types; it may be *document* itself, changed.

        Raises:
            Malformed: There is nothing of this form in it.
        """
        ...
