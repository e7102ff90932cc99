"""Answers that attack whoever reads them end in an error of ours, within bounds of time and memory."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stand_ins.kolmisoft import ADMIN, KEY, Kolmisoft, saying_bytes

ROOT = Path(__file__).parents[2]

CHILD = f"""
import asyncio, json, resource, socket, sys
from pathlib import Path
from generated.kolmisoft_m4 import APIError, AsyncClient, Client

def limited():
    if sys.platform != "linux":
        return
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    size = pages * resource.getpagesize() + 64 * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (size, size))
    used = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2])) + 6
    resource.setrlimit(resource.RLIMIT_CPU, (used, used))

def told(error):
    return [error.__class__.__name__, isinstance(error, APIError), str(error)[:300]]

url, way = sys.argv[1:]
opened = []
sys.addaudithook(lambda event, args: opened.append(event) if event in ("open", "socket.getaddrinfo") else None)
setting = dict(username={ADMIN!r}, secret_key={KEY!r}, base_url=url, max_retries=0)

def once():
    with Client(**setting) as client:
        client.devices_get(user_id=100)
        limited()
        del opened[:]
        client.devices_get(user_id=100)

async def once_async():
    async with AsyncClient(**setting) as client:
        await client.devices_get(user_id=100)
        limited()
        del opened[:]
        try:
            await client.devices_get(user_id=100)
        except BaseException as error:
            return told(error)
    return NOTHING

NOTHING = ["nothing raised", False, ""]
try:
    # Without the end that asyncio.run makes of a loop: it starts a thread, for which there is no room any more.
    answer = asyncio.new_event_loop().run_until_complete(once_async()) if way == "async" else once() or NOTHING
except BaseException as error:
    answer = told(error)
print(json.dumps([*answer, opened]))
"""


def _bomb(levels: int, width: int) -> bytes:
    entities = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * width}">' for level in range(1, levels))
    return f'<!DOCTYPE page [<!ENTITY e0 "{"x" * 100}">{entities}]><page>&e{levels - 1};</page>'.encode()


ATTACKS: dict[str, bytes] = {
    "entity_bomb": _bomb(10, 10),
    "small_entity_bomb": _bomb(2, 2),
    "quadratic_bomb": f'<!DOCTYPE page [<!ENTITY a "{"x" * 50_000}">]><page>{"&a;" * 10_000}</page>'.encode(),
    "parameter_entities": b"<!DOCTYPE page [<!ENTITY % a \"<!ENTITY b 'c'>\">%a;]><page>&b;</page>",
    "external_file": b'<!DOCTYPE page [<!ENTITY a SYSTEM "file:///etc/passwd">]><page>&a;</page>',
    "external_http": b'<!DOCTYPE page [<!ENTITY a SYSTEM "http://127.0.0.1:1/a">]><page>&a;</page>',
    "remote_dtd": b'<!DOCTYPE page SYSTEM "http://127.0.0.1:1/a.dtd"><page/>',
    "empty_dtd": b"<!DOCTYPE page><page><devices/></page>",
    "dtd_in_html": b'<html><body><!DOCTYPE page [<!ENTITY a "b">]><page>&a;</page></body></html>',
    "levels": b"<page>" + b"<a>" * 100_000 + b"</a>" * 100_000 + b"</page>",
    "levels_cut": b"<page>" + b"<a>" * 100_000,
    "attributes": b"<page " + b" ".join(b'a%d="1"' % number for number in range(200_000)) + b"/>",
    "elements": b"<page>" + b"<a/>" * 3_000_000 + b"</page>",
    "large_text": b"<page>" + b"x" * 20_000_000 + b"</page>",
    "large_devices": b"<page><devices>" + b"<device/><device><device_id>x</device_id></device>" * 200_000,
    "large_plain_text": b"x" * 20_000_000,
    "many_tags_for_a_text": b"<" * 1_000_000,
    "cut": b"<page><devices><device><device_id>1</device_id>",
    "cut_in_a_name": b"<page><dev",
    "wrong_order": b"<page><devices></page></devices>",
    "two_roots": b"<page/><page/>",
    "character_reference_of_nothing": b"<page>&#0;</page>",
    "unknown_entity": b"<page>&nbsp;</page>",
    "utf_16": "<page/>".encode("utf-16"),
    "gzip_bomb": gzip.compress(b"<page>" + b" " * 300_000_000 + b"</page>", mtime=0),
    "gzip_bomb_in_members": gzip.compress(b"<page>" + b" " * 1_000_000, mtime=0) * 200,
    "gzip_in_gzip": gzip.compress(gzip.compress(b"<page><devices/></page>", mtime=0), mtime=0),
    "gzip_cut": gzip.compress(b"<page><devices/></page>", mtime=0)[:-4],
    "gzip_of_nothing": gzip.compress(b"", mtime=0),
    "gzip_then_rubbish": gzip.compress(b"<page>", mtime=0),
}

HEADED: dict[str, bytes] = {"gzip_bomb_with_header": ATTACKS["gzip_bomb"], "gzip_cut_with_header": ATTACKS["gzip_cut"]}

IN_A_TASK = ("entity_bomb", "external_file", "levels", "elements", "gzip_bomb", "gzip_bomb_with_header")
"""Reading is the same in a thread and in a task; these show that what is around it is as well."""


@pytest.fixture
def vendor() -> Iterator[Kolmisoft]:
    """The vendor's look-alike."""
    with Kolmisoft() as server:
        yield server


@pytest.mark.parametrize(
    ("attack", "way"),
    [*((attack, "sync") for attack in (*ATTACKS, *HEADED)), *((attack, "async") for attack in IN_A_TASK)],
)
def test_an_attack_ends_in_an_error_of_ours(vendor: Kolmisoft, attack: str, way: str) -> None:
    headers = {"Content-Encoding": "gzip"} if attack in HEADED else {}
    body = ATTACKS.get(attack) or HEADED[attack]
    vendor.fail(lambda turn: turn.send(turn.work().spelled()), saying_bytes(body, headers))

    child = subprocess.run(
        [sys.executable, "-B", "-c", CHILD, vendor.url, way],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert child.returncode == 0, child.stderr[-2000:]
    kind, is_ours, words, opened = json.loads(child.stdout)
    assert is_ours, (kind, words)
    assert opened == []
    assert len(vendor.requests) == 2
