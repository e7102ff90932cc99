"""What a message may repeat of a spec: no word that is as long as a page, and nothing that looks like a real secret."""

from __future__ import annotations

import re

# Keys with a known beginning, long runs of hex, tokens, private keys; words, ids in examples and short hashes are not.
# Each begins where a word begins, so that no text takes longer than its length.
_SECRET = re.compile(
    r"(?<![0-9A-Za-z])(?:sk|pk|rk|key|token)[-_](?:live[-_]|test[-_]|proj[-_])?(?=[A-Za-z]*[0-9])[0-9A-Za-z]{16,}"
    r"|(?<![0-9A-Za-z])(?:gh[opsu]_[0-9A-Za-z]{20,}|xox[abprs]-[0-9A-Za-z-]{16,}|AKIA[0-9A-Z]{16})"
    r"|(?<![0-9A-Za-z])(?=[0-9]{0,40}[a-f])[0-9a-f]{48,}"
    r"|(?<![0-9A-Za-z_-])eyJ[0-9A-Za-z_-]{20,}\."
    r"|-----BEGIN [A-Z ]{0,20}PRIVATE KEY-----"
)

_ENDLESS = re.compile(r"\S{200,}")


def looks_secret(text: str) -> bool:
    """Tell whether *text* holds what looks like somebody's key or token."""
    return _SECRET.search(text) is not None


def redacted(message: str) -> str:
    """Return *message* without what looks like a secret, and with no more than the beginning of endless words."""
    return _ENDLESS.sub(lambda word: word[0][:60] + "...", _SECRET.sub("...", message))
