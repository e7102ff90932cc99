"""Keys of requests, as a declaration of the runtime and as words for callers."""

from __future__ import annotations

from generator.plan import literals
from generator.plan.code import Code, construct
from generator.runtime import idempotency as runtime
from generator.spec.document import Spec
from generator.spec.endpoints import Endpoint
from generator.spec.idempotency_checks import is_keyed


def plan_idempotency(spec: Spec, endpoint: Endpoint) -> Code | None:
    """Spell how an endpoint's requests carry a key, or None where they do not."""
    keys = spec.idempotency
    if keys is None or not is_keyed(spec, endpoint):
        return None
    return construct(
        runtime.IdempotencyRule,
        lifetime=repr(float(keys.lifetime)),
        header=None if keys.header is None else literals.string(keys.header),
        field=None if keys.field is None else literals.string(keys.field),
        after_error=None if keys.after_error == "unknown" else literals.string(keys.after_error),
        in_progress=None if keys.in_progress is None else repr(keys.in_progress),
    )


def key_argument(spec: Spec, endpoint: Endpoint) -> tuple[tuple[str, str], ...]:
    """Explain the argument by which a caller gives a key of his own, where there is one."""
    keys = spec.idempotency
    if keys is None or not is_keyed(spec, endpoint):
        return ()
    compares = {
        True: "the vendor refuses one that comes with another request",
        False: "the vendor does not look whether one comes with another request, and answers as to the first",
        None: "give no request the key of another",
    }[keys.compares]
    text = (
        f"A key of your own, or that of an error, so that the vendor does it once; without it each call has a new one. "
        f"It is known for {_duration(keys.lifetime)}; {compares}. {literals.prose(keys.doc)}"
    )
    return (("idempotency_key", text.strip()),)


def key_sentences(spec: Spec) -> tuple[str, ...]:
    """Say in the README what callers get from keys."""
    keys = spec.idempotency
    if keys is None:
        return ()
    after = {
        "replays": "after a failure of the vendor's as well, whose answer it would only give again",
        "runs_again": "but not after a failure of the vendor's, which would carry it out anew",
        "unknown": "but not after a failure of the vendor's, since nobody knows what it does then",
    }[keys.after_error]
    kept = (
        f"Calls that must not happen twice carry a key by which the vendor knows them for {_duration(keys.lifetime)}. So "
        f"they are repeated where nothing came back, {after}."
    )
    told = (
        "Where it is open whether something was done, `error.idempotency_key` is the key: give it to the same call as "
        "`idempotency_key=` and it happens once. When the vendor has forgotten it, nothing is sent and the error says so."
    )
    stored = (
        "To be safe from the end of your own process as well, make a key of your own and store it with the time, "
        "`time.time()`, before the call. After a restart give `IdempotencyKey(key, time)`: it says that the key may have "
        "been sent already, which a plain text does not, so every error has `may_have_executed`."
    )
    return kept, told, stored


def _duration(seconds: int) -> str:
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds % length == 0 and seconds // length > 1:
            return f"{seconds // length} {unit}"
    return f"{seconds} seconds" if seconds > 1 else "1 second"
