"""Deliveries of webhooks that were changed by chance: each is refused by the one error, or is what was signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random

from generated.monetize360.webhooks import Scheme, SeenDeliveries, WebhookError, verify
from tests.torture.mutation import Findings

SECRET = "your-webhook-secret"
NOW = 1_705_314_600.0
BODY = json.dumps(
    {
        "event": "workflow.completed",
        "timestamp": "2024-01-15T10:30:00Z",
        "data": {"workflowId": "w", "executionId": "e"},
    }
).encode()
SCHEMES = (
    Scheme(),
    Scheme(signed=("timestamp", ".", "body"), timestamp_header="X-Timestamp", prefix="v1=", separator=","),
    Scheme(
        signed=("id", ".", "timestamp", ".", "body"),
        timestamp_header="X-Timestamp",
        id_header="X-Id",
        prefix="v1,",
        separator=" ",
        encoding="base64",
    ),
)
PIECES = (
    "",
    ",",
    "v1=",
    "v1,",
    "v2=",
    "=",
    " ",
    "\n",
    "\r\n",
    "\x00",
    "é",
    "+",
    "-",
    "_",
    "0",
    "9" * 400,
    "1e9",
    ".",
    "a" * 5000,
)


def try_deliveries(seed: int, count: int) -> Findings:
    """Try *count* deliveries, one in eight of them good."""
    chance = random.Random(seed)  # noqa: S311 - chance that can be repeated
    findings = Findings()
    for number in range(count):
        scheme = chance.choice(SCHEMES)
        headers, body = _signed(scheme), BODY
        is_good = chance.random() < 0.125
        if not is_good:
            headers, body = _changed(headers, body, chance)
        is_good = is_good or (headers == _signed(scheme) and body == BODY)
        try:
            verify(body, headers, secret=SECRET, header="X-Signature", scheme=scheme, now=NOW, seen=SeenDeliveries())
        except WebhookError:
            findings.refused += 1
            if is_good:
                findings.faults.append(f"{number}: a good delivery was refused")
        except Exception as error:  # noqa: BLE001 - any other error is what is looked for
            findings.faults.append(f"{number}: {type(error).__name__} for {headers} {body[:80]!r}")
        else:
            findings.inert += 1
            if not is_good and not _is_same(headers, body, scheme):
                findings.faults.append(f"{number}: taken: {headers} {body[:80]!r}")
    return findings


def _signed(scheme: Scheme) -> dict[str, str]:
    parts = {"body": BODY, "timestamp": b"%d" % NOW, "id": b"msg_1"}
    message = b"".join(parts[part] if part in parts else part.encode() for part in scheme.signed)
    digest = hmac.new(SECRET.encode(), message, hashlib.sha256).digest()
    text = digest.hex() if scheme.encoding == "hex" else base64.b64encode(digest).decode()
    return {"X-Signature": f"{scheme.prefix}{text}", "X-Timestamp": f"{NOW:.0f}", "X-Id": "msg_1"}


def _changed(headers: dict[str, str], body: bytes, chance: random.Random) -> tuple[dict[str, str], bytes]:
    headers = {**headers}
    for _ in range(chance.randint(1, 3)):
        kind = chance.randrange(6)
        name = chance.choice(tuple(headers)) if headers else ""
        place = chance.randrange(len(body))
        if kind == 0:
            body = body[:place] + bytes((chance.randrange(256),)) + body[place + 1 :]
        elif kind == 1:
            body = body[:place] + chance.randbytes(chance.randint(0, 5)) + body[place:]
        elif kind == 2 and name:
            del headers[name]
        elif kind == 3 and name:
            value = headers[name]
            at = chance.randint(0, len(value))
            headers[name] = value[:at] + chance.choice(PIECES) + value[at + chance.randint(0, 3) :]
        elif kind == 4 and name:
            headers[name] = chance.choice(PIECES)
        elif name:
            headers[name.swapcase()] = headers[name] if chance.random() < 0.5 else chance.choice(PIECES)
    return headers, body


def _is_same(headers: dict[str, str], body: bytes, scheme: Scheme) -> bool:
    """Tell whether what counts is as it was signed: other headers may be there, and signatures beside the good one."""
    told: dict[str, list[str]] = {}
    for name, value in headers.items():
        told.setdefault(name.lower(), []).append(value)
    good = _signed(scheme)
    wanted = [name for name in (scheme.timestamp_header, scheme.id_header) if name is not None]
    same = all(told.get(name.lower()) == [good[name]] for name in wanted)
    [signature] = told.get("x-signature", [""])[:1]
    candidates = [signature] if scheme.separator is None else signature.split(scheme.separator)
    return same and body == BODY and good["X-Signature"].lower() in [each.lower() for each in candidates]
