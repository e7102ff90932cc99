"""Addresses of servers: public, encrypted, and nothing in them that is the caller's."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,20}[a-z]{2,63}")

# Addresses that belong to nobody, for use in documentation.
_DOCUMENTATION = ("192.0.2.", "198.51.100.", "203.0.113.")

# Names that lead into the network of whoever runs the client.
_INSIDE = frozenset({"corp", "home", "internal", "intranet", "lan", "local", "localdomain", "localhost"})


def refusal(url: str, *, of_caller: bool = False) -> str | None:
    """Return why no client should call *url*, or None; what a caller's own may look like is for documentation only."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "not an address; write one such as https://api.example.com/v2"
    if "@" in parts.netloc:
        return "an address carries no user and no password; those are the caller's credentials"
    if "?" in url or "#" in url:
        return "an address has no query and no fragment; write it up to its path"
    host = parts.netloc.removesuffix(f":{port}") if port else parts.netloc
    if of_caller:
        if not (host.startswith(_DOCUMENTATION) or host.endswith((".example", ".example.com"))):
            return "an example's host is nobody's: 192.0.2.1, or a name such as pbx.example.com"
    elif not _HOST.fullmatch(host) or host.rpartition(".")[2] in _INSIDE:
        return "a server has a public host name in small ASCII letters, such as api.example.com"
    if "xn--" in host:
        return "a host name in other letters than ASCII may look like another one; write the vendor's ASCII name"
    if not re.fullmatch(r"(?:/[0-9A-Za-z_.~-]+)*/?", parts.path) or re.search(r"/\.{1,2}(?:/|$)", parts.path):
        return "the path of an address has names between single slashes, and no dot segments"
    return None
