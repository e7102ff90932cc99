"""How invented vendors know keys, and what their spec says of it, by chance."""

from __future__ import annotations

import random
from dataclasses import dataclass

from generator.runtime.idempotency import AfterError, IdempotencyRule
from tests.torture.ledger import KeyStyle


@dataclass(frozen=True, slots=True)
class Keying:
    """What the client is told of a vendor's keys, and what the vendor does.

    Attributes:
        rule: What the client goes by.
        style: What the vendor does.
        by_hand: Whether the caller repeats a payment whose outcome is unknown, with the key of the error.
        pause: How many seconds the caller waits before that.
    """

    rule: IdempotencyRule
    style: KeyStyle
    by_hand: bool = False
    pause: float = 0.0

    @property
    def is_safe_after_failures(self) -> bool:
        """Whether a request may be repeated that the vendor said it failed at."""
        return self.rule.after_error == "replays"


_AFTER_ERROR: tuple[AfterError, ...] = ("replays", "runs_again", "unknown")


def drawn(chance: random.Random) -> Keying:
    """Return one of all there are: in a header or a field, long and short lives, failures kept or worked again."""
    lifetime = chance.choice((86400.0, 86400.0, 1800.0, 30.0, 10.0))
    after_error = chance.choice(_AFTER_ERROR)
    is_header = chance.random() < 0.5
    rule = IdempotencyRule(
        lifetime=lifetime,
        header="Idempotency-Key" if is_header else None,
        field=None if is_header else "requestId",
        after_error=after_error,
        in_progress=chance.choice((409, None)),
    )
    # Of a vendor that does not tell, nobody knows which it is.
    replays = chance.random() < 0.5 if after_error == "unknown" else after_error == "replays"
    style = KeyStyle(seconds=lifetime, replays_errors=replays, compares_bodies=chance.random() < 0.5)
    return Keying(
        rule, style, chance.random() < 0.7, chance.choice((0.0, 0.0, lifetime / 2, lifetime * 0.88, lifetime))
    )
