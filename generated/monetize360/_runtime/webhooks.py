"""Webhooks: a delivery becomes a typed event, after its signature was checked or without a check.

Nothing here knows a vendor: which header carries a signature, and how it is made, is in a `Scheme`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import math
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Generic, Literal, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from .credentials import Secret
from .decode import Malformed, parse
from .errors import ArgumentError
from .forks import begin_in_each_process
from .values import dataclass

E = TypeVar("E")

MOST_BYTES: Final = 1024 * 1024
"""Bytes of one delivery; more is refused before anything is computed over it."""

_MOST_SIGNATURES = 16
_LONGEST_HEADER = 4096
_SHORTEST_SECRET = 8

Headers = Mapping[str, str] | Iterable[tuple[str, str]]


class WebhookError(ValueError):
    """A delivery that is not to be trusted, or not to be understood; the message shows nothing of it.

    Attributes:
        reason: What is wrong in one word: `size`, `header`, `signature`, `timestamp`, `window`, `seen` or `body`.
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


@dataclass(frozen=True, kw_only=True)
class Scheme:
    """How a signature is made: an HMAC over parts of the delivery, under a secret that both sides have.

    Attributes:
        digest: The digest of the HMAC.
        encoding: How the signature is spelled.
        prefix: What stands before it, such as `sha256=` or `v1,`; other signatures in the header are passed over.
        separator: What stands between several signatures in the header; None when there is one.
        signed: What is signed: `body`, `timestamp` and `id` stand for these, all else for itself.
        timestamp_header: The header with the moment of sending, in Unix seconds; without one, the event's own time counts.
        id_header: The header with the delivery's id.
    """

    digest: Literal["sha256", "sha384", "sha512"] = "sha256"
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""
    separator: str | None = None
    signed: tuple[str, ...] = ("body",)
    timestamp_header: str | None = None
    id_header: str | None = None

    def __post_init__(self) -> None:
        if "body" not in self.signed:
            raise ArgumentError("signed must have the body in it: what is not signed proves nothing")
        for part, header in (("timestamp", self.timestamp_header), ("id", self.id_header)):
            if (part in self.signed) != (header is not None):
                raise ArgumentError(
                    f"{part}_header and {part!r} in signed go together: an unsigned {part} proves nothing"
                )
        if self.separator is not None and not self.separator:
            raise ArgumentError("separator must not be empty; None says that there is one signature")


class SeenDeliveries:
    """Remembers the deliveries of the last while, so that a repeated one is noticed; give one to all `verify` calls."""

    def __init__(self, most: int = 100_000) -> None:
        if most < 1:
            raise ArgumentError("most must be at least 1")
        self._most = most
        self._until: OrderedDict[bytes, float] = OrderedDict()
        begin_in_each_process(self, SeenDeliveries._begin)

    def _begin(self) -> None:
        self._lock = threading.Lock()

    def note(self, mark: bytes, now: float, until: float) -> bool:
        """Note a delivery; False when it was there before."""
        with self._lock:
            while self._until and (next(iter(self._until.values())) < now or len(self._until) >= self._most):
                self._until.popitem(last=False)
            if self._until.get(mark, -math.inf) >= now:
                return False
            self._until[mark] = until
            return True


@dataclass(frozen=True, kw_only=True, eq=False)
class EventReader(Generic[E]):
    """The events of a vendor.

    Attributes:
        event: The field that names the event.
        time: The field that tells its moment.
        kinds: What each known event is.
        unknown: What any other event is.
    """

    event: str
    time: str
    kinds: tuple[tuple[str, type[Any]], ...]
    unknown: type[Any]

    def parse(self, body: bytes | str) -> E:
        """Return the event of a delivery. It verifies nothing.

        Raises:
            WebhookError: It is too long, or no event.
        """
        content = _content(body)
        reason = ""
        document: object = None
        try:
            document = parse(content)
        except Malformed as malformed:
            reason = malformed.reason
        if reason or not isinstance(document, dict):
            raise WebhookError("body", f"the delivery is no event: {reason or 'not an object'}")
        named = cast("dict[str, object]", document).get(self.event)
        kind = dict(self.kinds).get(named, self.unknown) if isinstance(named, str) else self.unknown
        where = ""
        try:
            return cast("E", TypeAdapter[Any](kind).validate_json(content, by_alias=True, by_name=False))
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            where = f"{'.'.join(map(str, first['loc'])) or 'the body'}: {first['msg']}"
        raise WebhookError("body", f"the delivery is not what the documentation says: {where}")

    def verify(
        self,
        body: bytes,
        headers: Headers,
        *,
        secrets: tuple[Secret, ...],
        header: str,
        scheme: Scheme,
        tolerance: float = 300.0,
        seen: SeenDeliveries | None = None,
        now: float | None = None,
    ) -> E:
        """Return the event of a delivery whose signature is good and whose moment is near.

        Raises:
            WebhookError: It is not.
            ArgumentError: A secret or a setting cannot be meant.
        """
        if isinstance(cast("object", tolerance), bool) or not 0 < tolerance < math.inf:
            raise ArgumentError("tolerance must be a number of seconds above 0: without a window, old deliveries pass")
        if not isinstance(cast("object", body), (bytes, bytearray, memoryview)):
            raise ArgumentError("body must be the bytes as they came: a text may have been decoded and changed")
        content = _content(bytes(body))
        told = _Told(headers)
        signed = scheme.signed
        parts = {"body": content}
        sent: float | None = None
        if scheme.timestamp_header is not None:
            text = told.one(scheme.timestamp_header)
            sent = _unix_seconds(text)
            parts["timestamp"] = text.encode("ascii")
        if scheme.id_header is not None:
            parts["id"] = _delivery_id(told.one(scheme.id_header))
        message = b"".join(parts[part] if part in parts else part.encode() for part in signed)
        if not _is_signed(told.one(header), message, secrets, scheme):
            raise WebhookError("signature", "no signature of the delivery is good")
        event = self.parse(content)
        if sent is None:
            sent = self._moment(event)
        at = time.time() if now is None else now
        if abs(at - sent) > tolerance:
            raise WebhookError("window", "the delivery is older or newer than the tolerance allows")
        if seen is not None and not seen.note(hashlib.sha256(message).digest(), at, sent + tolerance):
            raise WebhookError("seen", "the delivery was there before")
        return event

    def _moment(self, event: object) -> float:
        moment = getattr(event, self.time, None)
        if not isinstance(moment, datetime) or moment.utcoffset() is None:
            raise WebhookError("timestamp", "the delivery does not tell when it was sent")
        return moment.timestamp()


class _Told:
    """Headers by small letters; one that is there twice is refused when it is asked for."""

    def __init__(self, headers: Headers) -> None:
        pairs = cast("Iterable[tuple[str, str]]", headers.items() if isinstance(headers, Mapping) else headers)
        self._values: dict[str, list[object]] = {}
        for name, value in pairs:
            self._values.setdefault(str(name).lower(), []).append(value)

    def one(self, name: str) -> str:
        values = self._values.get(name.lower(), [])
        value = values[0] if len(values) == 1 else None
        if not isinstance(value, str) or not value or len(value) > _LONGEST_HEADER or not value.isascii():
            raise WebhookError("header", f"the header {name} is missing, there twice, too long or not plain text")
        return value


def _content(body: object) -> bytes:
    content = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
    if not isinstance(content, bytes):
        raise ArgumentError("body must be bytes or a text")
    if len(content) > MOST_BYTES:
        raise WebhookError("size", f"the delivery is longer than {MOST_BYTES} bytes")
    return content


def shared_secrets(given: str | Sequence[str]) -> tuple[Secret, ...]:
    """Wrap the secrets that a caller shares with the vendor, so that no frame of ours holds them in the clear.

    Raises:
        ArgumentError: One of them cannot be meant.
    """
    found = tuple(Secret.of(each) for each in ([given] if isinstance(given, str) else given))
    del given
    if not found:
        raise ArgumentError("at least one secret is needed: nothing is verified without")
    if not all(_is_meant(each) for each in found):
        raise ArgumentError(
            f"a secret must be a text of at least {_SHORTEST_SECRET} characters, without spaces at its ends"
        )
    return found


def _is_meant(held: Secret) -> bool:
    text = cast("object", held.reveal())
    return isinstance(text, str) and len(text) >= _SHORTEST_SECRET and text == text.strip()


def _is_signed(header: str, message: bytes, keys: tuple[Secret, ...], scheme: Scheme) -> bool:
    candidates = [header] if scheme.separator is None else header.split(scheme.separator)
    if len(candidates) > _MOST_SIGNATURES:
        raise WebhookError("header", "the header has too many signatures")
    wanted = [hmac.new(key.reveal().encode(), message, scheme.digest).digest() for key in keys]
    good = False
    for candidate in candidates:
        given = _decoded(candidate, scheme)
        if given is not None:
            # All are compared, each in constant time, so that nobody learns which came near.
            for digest in wanted:
                good |= hmac.compare_digest(given, digest)
    return good


def _decoded(candidate: str, scheme: Scheme) -> bytes | None:
    """Return the bytes of a signature, None when it is not spelled in the one way that the scheme has."""
    if not candidate.startswith(scheme.prefix):
        return None
    text = candidate[len(scheme.prefix) :]
    size = hashlib.new(scheme.digest).digest_size
    if scheme.encoding == "hex":
        return bytes.fromhex(text) if re.fullmatch(rf"[0-9a-fA-F]{{{2 * size}}}", text) else None
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return decoded if len(decoded) == size and base64.b64encode(decoded).decode() == text else None


def _unix_seconds(text: str) -> float:
    # Python reads signs, spaces, underscores and exponents as well; a vendor sends none of them.
    if re.fullmatch(r"[1-9][0-9]{0,10}", text) is None:
        raise WebhookError("timestamp", "the moment of sending is not in Unix seconds")
    return float(text)


def _delivery_id(text: str) -> bytes:
    if re.fullmatch(r"[0-9A-Za-z_=+/:-]{1,200}", text) is None:
        raise WebhookError("header", "the id of the delivery is not of a form that can be signed")
    return text.encode("ascii")
