"""Where answers end: the same verdict however the bytes are cut into pieces."""

from __future__ import annotations

import pytest

from generator.runtime.framing import Framing

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
@pytest.mark.parametrize(
    ("answer", "request_line"),
    [
        (HEAD + b"Content-Length: 3\r\n\r\nabc", b"GET / "),
        (HEAD + b"content-length:0\r\n\r\n", b"GET / "),
        (b"HTTP/1.1 103 Hints\r\nA: b\r\n\r\n" + HEAD + b"Content-Length: 1\r\n\r\nx", b"GET / "),
        (CHUNKED + b"3;x=y\r\nabc\r\n0a\r\n0123456789\r\n0\r\n\r\n", b"GET / "),
        (CHUNKED + b"1\r\na\r\n0\r\nTrailer: x\r\n\r\n", b"GET / "),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b"GET / "),
        (HEAD + b"Content-Length: 9\r\n\r\n", b"HEAD / "),
    ],
)
def test_answer_that_ends_leaves_the_connection_clean(answer: bytes, request_line: bytes, size: int) -> None:
    framing = Framing()
    framing.begin(request_line)
    verdicts: list[bool] = []
    for start in range(0, len(answer), size):
        verdicts.append(framing.is_clean)
        framing.feed(answer[start : start + size])

    assert framing.is_clean
    assert not any(verdicts)


@pytest.mark.parametrize("size", [1, 5, 1000])
@pytest.mark.parametrize(
    "answer",
    [
        HEAD + b"Content-Length: 3\r\n\r\nabcX",
        HEAD + b"Content-Length: 3\r\n\r\nab",
        CHUNKED + b"1\r\na\r\n0\r\n\r\nH",
        CHUNKED + b"zz\r\n",
        CHUNKED + b"1\r\nab\r\n0\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\nbody",
        b"HTTP/1.1 101 Switching\r\n\r\n",
        HEAD + b"\r\nuntil the end",
        b"nonsense\r\n\r\n",
    ],
)
def test_anything_else_keeps_the_connection_from_being_used_again(answer: bytes, size: int) -> None:
    framing = Framing()
    framing.begin(b"GET / ")
    for start in range(0, len(answer), size):
        framing.feed(answer[start : start + size])

    assert not framing.is_clean


def test_next_request_begins_anew() -> None:
    framing = Framing()
    for _ in range(2):
        framing.begin(b"GET / ")
        framing.feed(HEAD + b"Content-Length: 1\r\n\r\nx")

    assert framing.is_clean
