"""Where a client talks to, prepared once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx2

from .errors import ArgumentError
from .values import dataclass

if TYPE_CHECKING:
    from .request import Hidden, Request


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where a client talks to.

    Attributes:
        base_url: As the caller may see it, without a slash at its end.
        scheme: `http` or `https`.
        host: As it is connected to.
        port: None for the scheme's own.
        path: Before every operation's path; begins with a slash and ends with one.
        headers: What every request begins with.
    """

    base_url: str
    scheme: bytes
    host: bytes
    port: int | None
    path: str
    headers: tuple[tuple[bytes, bytes], ...]

    def request_target(self, request: Request) -> bytes:
        """Return what stands in the request line."""
        fields = request.fields_in_query()
        if fields is not None:
            return b"?".join((f"{self.path}{request.path}".encode("ascii"), _queried(request, fields)))
        query = f"?{request.query}" if request.query else ""
        return f"{self.path}{request.path}{query}".encode("ascii")

    def address(self, request: Request) -> str:
        """Return the whole address of *request*; call it only inside the expression that hands it on."""
        fields = request.fields_in_query()
        if fields is not None:
            return f"{self.base_url}/{request.path}?{_queried(request, fields).decode('ascii')}"
        return f"{self.base_url}/{request.path}{f'?{request.query}' if request.query else ''}"


def _queried(request: Request, fields: Hidden) -> bytes:
    return b"&".join(part for part in (fields.reveal(), request.query.encode("ascii")) if part)


def read_target(base_url: object, user_agent: str, keyword: str = "base_url") -> Target:
    """Read a base URL; *keyword* is what the caller gave it as.

    Raises:
        ArgumentError: It is not an http or https URL of a host and a path.
    """
    text = base_url if isinstance(base_url, str) and base_url.isascii() and base_url.isprintable() else ""
    try:
        url = httpx2.URL(text.rstrip("/"))
    except (httpx2.InvalidURL, ValueError):
        url = None
    if url is None or url.scheme not in ("http", "https") or not url.host:
        raise ArgumentError(f"{keyword} must be an http or https URL with a host, such as https://api.example.com/v1")
    if url.port is not None and not 0 < url.port < 65536:
        raise ArgumentError(f"{keyword} must have a port from 1 to 65535")
    if url.userinfo:
        raise ArgumentError(f"{keyword} must not hold a user name or a password; credentials have their own keywords")
    if url.query or url.fragment or "?" in text or "#" in text:
        raise ArgumentError(f"{keyword} must not have a query or a fragment")
    path = url.raw_path.decode("ascii").rstrip("/")
    if any(segment in (".", "..") for segment in path.split("/")):
        raise ArgumentError(f"{keyword} must not have dot segments in its path")
    host = url.raw_host
    name = b"[%b]" % host if b":" in host else host
    return Target(
        base_url=str(url).rstrip("/"),
        scheme=url.scheme.encode("ascii"),
        host=host,
        port=url.port,
        path=f"{path}/",
        headers=(
            (b"Host", name if url.port is None else b"%b:%d" % (name, url.port)),
            (b"User-Agent", user_agent.encode("ascii")),
            (b"Accept", b"application/json"),
            (b"Accept-Encoding", b"gzip"),
        ),
    )
