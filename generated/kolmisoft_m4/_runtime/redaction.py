"""Logs: ours tell what a call did; those of the layers below us are quiet while they carry one out."""

from __future__ import annotations

import functools
import logging

from .exchange import CURRENT

BELOW = ("httpx2", "httpcore2.connection", "httpcore2.http11", "httpcore2.http2", "httpcore2.proxy", "httpcore2.socks")
"""Loggers that write whole URLs and headers."""


class _Quiet(logging.Filter):
    """Drops what is logged inside one of our calls, and nothing else."""

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 - where it was logged decides, not what
        return CURRENT.get() is None


@functools.cache
def quieten() -> None:
    """Keep the loggers below us quiet inside our calls."""
    quiet = _Quiet()
    for name in BELOW:
        logging.getLogger(name).addFilter(quiet)


def package_logger(package: str) -> logging.Logger:
    """Return the logger that tells operation, status, try and seconds."""
    return logging.getLogger(package)
