"""The guard over all tests sees what leaves the machine and what is written elsewhere, and nothing else."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guard import ROOT, NotAllowed, is_local, is_local_name, is_place_for_tests


@pytest.mark.parametrize("address", [("127.0.0.1", 1), ("::1", 1, 0, 0), ("127.8.8.8", 1), "/run/x.sock", b"\0x"])
def test_address_on_this_machine_is_local(address: object) -> None:
    assert is_local(address)


@pytest.mark.parametrize(
    "address",
    [("192.0.2.1", 80), ("2001:db8::1", 80, 0, 0), ("203.0.113.9", 80), ("169.254.169.254", 80), ("10.0.0.1", 1)],
)
def test_any_other_address_is_not(address: object) -> None:
    assert not is_local(address)


def test_names_that_somebody_has_are_not_local() -> None:
    assert is_local_name("nobody.invalid")
    assert is_local_name(b"localhost")
    assert not is_local_name("ledgerly.example")


def test_place_is_where_a_path_leads_to(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(ROOT)

    assert is_place_for_tests(tmp_path / "new")
    assert not is_place_for_tests(tmp_path / "link" / "new")
    assert not is_place_for_tests(ROOT / "specs" / "new.yaml")
    assert not is_place_for_tests("relative-to-the-project")


CHILD = """
import os, socket, sys
from tests.guard import NotAllowed, install
guard = install()
guard.is_watching = True
attempts = {
    "connect": lambda: socket.socket().connect(("192.0.2.1", 9)),
    "connect_ex": lambda: socket.socket().connect_ex(("192.0.2.1", 9)),
    "sendto": lambda: socket.socket(type=socket.SOCK_DGRAM).sendto(b"x", ("192.0.2.1", 9)),
    "name": lambda: socket.getaddrinfo("ledgerly.example", 80),
    "open": lambda: open("new-file-of-a-test", "w"),
    "append": lambda: open(os.path.abspath("README.md"), "a"),
    "os.open": lambda: os.open(os.path.abspath("new-file-of-a-test"), os.O_WRONLY | os.O_CREAT),
    "mkdir": lambda: os.mkdir("new-folder-of-a-test"),
    "rename": lambda: os.rename("README.md", "READ.md"),
    "remove": lambda: os.remove("README.md"),
}
for name, attempt in attempts.items():
    try:
        attempt()
    except NotAllowed:
        print(name)
"""


def test_what_is_not_allowed_is_refused_and_noted() -> None:
    child = subprocess.run(
        [sys.executable, "-c", CHILD], capture_output=True, text=True, check=True, cwd=ROOT, env={**os.environ}
    )

    refused = child.stdout.split()
    expected = ["connect", "connect_ex", "sendto", "name", "open", "append", "os.open", "mkdir", "rename", "remove"]
    assert refused == expected
    assert child.stderr == ""


def test_guard_is_over_this_test(request: pytest.FixtureRequest) -> None:
    from tests.conftest import GUARD

    with pytest.raises(NotAllowed), socket.socket() as sock:
        sock.connect(("192.0.2.1", 9))

    assert "own_ground" in request.fixturenames
    assert GUARD.emptied() != []
