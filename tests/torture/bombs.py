"""Answers that grow to a gibibyte: what the process that reads them takes beyond what it had, and for how long."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zlib
from pathlib import Path

from generator.runtime.wire import MOST_DECODED
from tests.runtime.fault_server import FaultServer, Script, Wire, answer
from tests.torture.mutation import Findings

ROOT = Path(__file__).resolve().parents[2]
GIBIBYTE = 1 << 30
MOST = MOST_DECODED + 32 * 1024 * 1024
"""Bytes that a process may take beyond what it had before: the cap of an answer, and some room."""

_TIMEOUT = 20.0
_READ = """
import asyncio, json, resource, sys, time
from generator.runtime.client import AsyncioClient, SyncClient
from generator.runtime.credentials import Credentials
from generator.runtime.errors import APIError
from tests.runtime.ledgerly import KEY, NO_OPTIONS, READ, SERVICE, TOKEN

def peak():
    # Since this program began: what it was forked off may have been larger.
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024

setting = dict(credentials=Credentials(auth_code=KEY, auth_token=TOKEN), base_url=sys.argv[1], max_retries=0)

def call(client):
    return client._call(READ, {"entry_id": "e1"}, NO_OPTIONS)

async def tried():
    async with AsyncioClient(SERVICE, timeout=float(sys.argv[3]), **setting) as client:
        await call(client)
        return await measured(lambda: call(client))

async def measured(read):
    before, begun, ended = peak(), time.monotonic(), "answered"
    try:
        outcome = read()
        if asyncio.iscoroutine(outcome):
            await outcome
    except APIError as error:
        ended = type(error).__name__
    return ended, peak() - before, time.monotonic() - begun

if sys.argv[2] == "task":
    result = asyncio.run(tried())
else:
    with SyncClient(SERVICE, timeout=float(sys.argv[3]), **setting) as client:
        call(client)
        result = asyncio.run(measured(lambda: call(client)))
print(json.dumps(result))
"""


def packed(levels: int) -> bytes:
    """Return a gibibyte of blanks, packed so many times."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    piece = b" " * (1 << 20)
    content = b"".join(packer.compress(piece) for _ in range(GIBIBYTE >> 20)) + packer.flush()
    for _ in range(levels - 1):
        content = gzip.compress(content, 9, mtime=0)
    return content


def _bombs() -> dict[str, Script]:
    once, twice = packed(1), packed(2)
    members = gzip.compress(b"[" * (1 << 20), 9, mtime=0) * 1024

    def saying(content: bytes, headers: bytes) -> Script:
        def script(wire: Wire) -> None:
            wire.take()
            wire.send(answer())
            wire.take()
            wire.send(answer(content, headers=headers))

        return script

    def endless(head: bytes, piece: bytes) -> Script:
        def script(wire: Wire) -> None:
            wire.take()
            wire.send(answer())
            wire.take()
            wire.send(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n")
            for _ in range(GIBIBYTE >> 20):
                wire.send(piece)

        return script

    mebibyte = b" " * (1 << 20)
    chunk = b"100000\r\n" + mebibyte + b"\r\n"
    return {
        "packed": saying(once, b"Content-Encoding: gzip\r\n"),
        "packed twice": saying(twice, b"Content-Encoding: gzip, gzip\r\n"),
        "packed twice and said to be packed once": saying(twice, b"Content-Encoding: gzip\r\n"),
        "packed in a thousand members": saying(members, b"Content-Encoding: gzip\r\n"),
        "plain, of a length": endless(b"Content-Length: %d\r\n" % GIBIBYTE, mebibyte),
        "plain, without a length": endless(b"", mebibyte),
        "plain, in chunks": endless(b"Transfer-Encoding: chunked\r\n", chunk),
        "a header without an end": endless(b"X-Long: ", mebibyte),
    }


def try_bombs() -> Findings:
    """Let a thread and a task of a process of its own read each; it must be refused in time and within its memory."""
    findings = Findings()
    for name, script in _bombs().items():
        for way in ("thread", "task"):
            with FaultServer(script) as server:
                run = subprocess.run(
                    [sys.executable, "-c", _READ, server.url, way, str(_TIMEOUT)],
                    cwd=ROOT,
                    capture_output=True,
                    text=True,
                    check=False,
                )
            if run.returncode:
                findings.faults.append(f"{name}, {way}: {run.stderr.strip().splitlines()[-1:]}")
                continue
            ended, grown, seconds = json.loads(run.stdout)
            findings.largest = max(findings.largest, grown)
            if ended == "answered" or grown > MOST or seconds > _TIMEOUT:
                findings.faults.append(f"{name}, {way}: {ended}, {grown >> 20} MiB, {seconds:.1f} s")
            else:
                findings.refused += 1
    return findings
