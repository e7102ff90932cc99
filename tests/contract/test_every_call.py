"""The calls of all five packages: results, errors, deadlines, what is repeated, and calls that are cancelled."""

from __future__ import annotations

import asyncio
import gc
import inspect
import os
import pickle
import subprocess
import sys
import threading
import time
import typing
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any, Literal

import httpx2
import pydantic
import pytest

from tests.contract.callers import ROOT
from tests.contract.every import CHANGING, MONETIZE360, PAGED, Caller, Paging, Vendor
from tests.contract.test_errors import STATUSES, TREE
from tests.contract.test_repetition import FINAL, MAYBE_RECEIVED, PASSING
from tests.stand_ins import wire


def models(vendor: Vendor) -> Iterator[type[pydantic.BaseModel]]:
    """Give the models of a package."""
    module = __import__(f"{vendor.module.__name__}.models", fromlist=["__all__"])
    for name in module.__all__:
        member = getattr(module, name)
        if inspect.isclass(member) and issubclass(member, pydantic.BaseModel):
            yield member


def literals(annotation: Any) -> Iterator[Any]:
    """Give the enums in an annotation."""
    if typing.get_origin(annotation) is Literal:
        yield annotation
    for inner in typing.get_args(annotation):
        if not isinstance(inner, str):
            yield from literals(inner)


def sample(annotation: Any) -> object:
    """Return a value that a field of this type takes."""
    if typing.get_origin(annotation) in (list, dict):
        return typing.get_origin(annotation)()
    for inner in typing.get_args(annotation):
        return inner if isinstance(inner, str) else sample(inner)
    if inspect.isclass(annotation) and issubclass(annotation, pydantic.BaseModel):
        return annotation(
            **{name: sample(f.annotation) for name, f in annotation.model_fields.items() if f.is_required()}
        )
    samples: dict[Any, object] = {str: "x", int: 1, bool: True, Decimal: Decimal(1)}
    return samples.get(annotation, {})


# Results.


def test_fields_that_no_spec_knows_are_kept(each: Caller) -> None:
    with each.against(lambda _: each.good({"somethingNew": "x"})) as session:
        record = each.vendor.record(session.call(each.vendor.read))

    assert record.model_extra["somethingNew"] == "x"
    assert record.model_dump(by_alias=True)["somethingNew"] == "x"


def test_every_model_keeps_what_it_does_not_know(package: Vendor) -> None:
    assert {model.model_config.get("extra") for model in models(package)} == {"allow"}


def test_answers_of_each_package_are_read_by_wire_names_only(each: Caller) -> None:
    if each.vendor.alias is None:
        assert not [field for model in models(each.vendor) for field in model.model_fields]
        return
    attribute, wire_name, value = each.vendor.alias
    with each.against(lambda _: each.good({attribute: "not this"})) as session:
        record = each.vendor.record(session.call(each.vendor.read))

    assert getattr(record, attribute) == value
    assert record.model_extra[attribute] == "not this"
    assert record.model_dump(by_alias=True)[wire_name] == value


def test_models_of_each_package_are_made_by_python_names(package: Vendor) -> None:
    for model in models(package):
        for name, field in model.model_fields.items():
            assert name.isidentifier(), (model, name)
            assert name == name.lower(), (model, name)
            assert field.alias is None, (model, name)
        given = {name: sample(field.annotation) for name, field in model.model_fields.items() if field.is_required()}
        optional = {name: None for name, field in model.model_fields.items() if not field.is_required()}
        made = model(**given, **optional)

        assert not made.model_extra, model
        assert made.model_fields_set == set(model.model_fields), model


def test_words_of_each_package_are_open_for_what_arrives(package: Vendor) -> None:
    for model in models(package):
        for name, field in model.model_fields.items():
            if list(literals(field.annotation)) and "list" not in str(field.annotation):
                annotation: Any = field.annotation
                adapter: Any = pydantic.TypeAdapter(annotation)

                assert adapter.validate_python("a word of tomorrow") == "a word of tomorrow", (model, name)


def test_packed_answer_of_each_package_is_unpacked(each: Caller, stand_in: Any) -> None:
    with each.client(stand_in) as session:
        plain = each.vendor.record(session.call(each.vendor.read))
        each.vendor.server(stand_in).fail(wire.gzipped)
        packed = each.vendor.record(session.call(each.vendor.read))

    assert packed == plain


@pytest.mark.parametrize(
    "body", [b"", b"{" * 5000, b"[1, 2]" * 900, b"<html><body>Back soon</body></html>", b"\xff\xfe\x00"]
)
def test_body_that_cannot_be_is_told_with_operation_and_response(each: Caller, body: bytes) -> None:
    with each.against(lambda _: httpx2.Response(200, content=body), max_retries=0) as session:
        error = session.error(each.vendor.read)

    assert isinstance(error, each.module.APIResponseValidationError)
    assert error.operation == each.vendor.read.name
    assert (error.response.status_code, error.response.content) == (200, body)
    assert error.may_have_executed is True


# Errors.


def test_tree_of_each_package_is_that_of_the_contract(package: Vendor) -> None:
    found = {name: getattr(package.module, name) for name in TREE}

    assert {name: kind.__bases__[0].__name__ for name, kind in found.items()} == TREE
    assert set(TREE) <= set(package.module.__all__)


@pytest.mark.parametrize(("status", "name", "may_have_executed"), STATUSES)
def test_status_decides_the_class_of_an_error_of_each_package(
    changing: Caller, status: int, name: str, *, may_have_executed: bool
) -> None:
    question = changing.vendor.change
    assert question is not None
    headers = {"X-Request-Id": "r-7"}
    with changing.against(lambda _: httpx2.Response(status, headers=headers), max_retries=0) as session:
        error = session.error(question)

    assert type(error) is getattr(changing.module, name)
    assert isinstance(error, changing.module.APIError)
    assert (error.status_code, error.may_have_executed) == (status, may_have_executed)
    assert (error.code, error.message, error.details) == (None, None, {})
    assert (error.operation, error.request_id, error.response.status_code) == (question.name, "r-7", status)


def test_refused_login_of_each_package_is_an_authentication_error(each: Caller, stand_in: Any) -> None:
    keyword, wrong = each.vendor.refused
    with each.client(stand_in, **{keyword: wrong}) as session:
        error = session.error(each.vendor.read)

    assert isinstance(error, each.module.AuthenticationError)
    assert error.may_have_executed is False


def test_refusal_by_rate_of_each_package_tells_how_long_to_wait(each: Caller) -> None:
    with each.against(lambda _: httpx2.Response(429, headers={"Retry-After": "7"}), max_retries=0) as session:
        error = session.error(each.vendor.read)

    assert type(error) is each.module.RateLimitError
    assert error.retry_after == 7.0


@pytest.mark.parametrize(
    ("setting", "wait"),
    [({"timeout": 5}, "6"), ({"timeout": httpx2.Timeout(5)}, "61"), ({}, "61")],
    ids=["seconds", "bounds_of_each_try", "default"],
)
def test_wait_of_each_package_that_would_outlast_the_deadline_is_not_begun(
    each: Caller, setting: dict[str, Any], wait: str
) -> None:
    began = time.monotonic()
    with each.against(lambda _: httpx2.Response(429, headers={"Retry-After": wait}), **setting) as session:
        error = session.error(each.vendor.read)

    assert isinstance(error, each.module.APIError)
    assert error.may_have_executed is False
    assert time.monotonic() - began < 2


def test_errors_of_each_package_come_back_from_a_pickle(each: Caller) -> None:
    with each.against(lambda _: httpx2.Response(404, content=b"{}"), max_retries=0) as session:
        error = session.error(each.vendor.read)
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - it was made on the line above

    assert type(again) is type(error)
    assert (str(again), again.status_code, again.operation) == (str(error), 404, each.vendor.read.name)
    assert again.may_have_executed is error.may_have_executed


def test_failure_to_connect_of_each_package_did_nothing(each: Caller, stand_in: Any) -> None:
    with (
        wire.LoopbackServer(listening=False) as nobody,
        each.client(stand_in, base_url=f"http://127.0.0.1:{nobody.port}", max_retries=1) as session,
    ):
        error = session.error(each.vendor.change or each.vendor.read)

    assert type(error) is each.module.APIConnectionError
    assert error.may_have_executed is False


# Deadlines.


def test_deadline_of_each_package_holds_over_all_tries(each: Caller, stand_in: Any) -> None:
    each.vendor.server(stand_in).fail(*[wire.silent(3)] * 4)
    began = time.monotonic()
    with each.client(stand_in, timeout=0.3, max_retries=3) as session:
        error = session.error(each.vendor.read)

    assert type(error) is each.module.APITimeoutError
    assert 0.25 < time.monotonic() - began < 1.5
    assert error.may_have_executed is True


def test_dripping_answer_of_each_package_ends_with_the_deadline(each: Caller, stand_in: Any) -> None:
    each.vendor.server(stand_in).fail(wire.drip(0.02, 100))
    began = time.monotonic()
    with each.client(stand_in, max_retries=0) as session:
        error = session.error(each.vendor.read, timeout=0.3)

    assert type(error) is each.module.APITimeoutError
    assert time.monotonic() - began < 1.5


def test_bound_of_each_attempt_leaves_time_for_the_next(each: Caller, stand_in: Any) -> None:
    each.vendor.server(stand_in).fail(wire.silent(3))
    with each.client(stand_in, timeout=httpx2.Timeout(0.2)) as session:
        session.call(each.vendor.read)

    assert len(each.vendor.server(stand_in).requests) == 2


# What is repeated.


@pytest.mark.parametrize("fault", PASSING)
def test_read_of_each_package_is_repeated_after_a_passing_failure(
    each: Caller, stand_in: Any, fault: wire.Fault
) -> None:
    each.vendor.server(stand_in).fail(fault)
    with each.client(stand_in, max_retries=1) as session:
        session.call(each.vendor.read)
    first, second = each.vendor.server(stand_in).requests

    assert (first.target, first.body) == (second.target, second.body)


@pytest.mark.parametrize("most", [0, 1, None])
def test_read_of_each_package_is_repeated_as_often_as_asked_for(each: Caller, stand_in: Any, most: int | None) -> None:
    each.vendor.server(stand_in).fail(*[wire.saying(503, b"", {"Retry-After-Ms": "1"})] * 9)
    with each.client(stand_in, **({} if most is None else {"max_retries": most})) as session:
        error = session.error(each.vendor.read)

    assert type(error) is each.module.ServiceUnavailableError
    assert len(each.vendor.server(stand_in).requests) == 1 + (2 if most is None else most)


@pytest.mark.parametrize("fault", FINAL)
def test_final_refusal_of_each_package_is_not_repeated(each: Caller, stand_in: Any, fault: wire.Fault) -> None:
    server = each.vendor.server(stand_in)
    server.fail(fault, fault)
    with each.client(stand_in, max_retries=5) as session:
        error = session.error(each.vendor.read)

    assert isinstance(error, each.module.APIStatusError)
    # A token that is refused is replaced once.
    assert len(server.requests) == (2 if "token_url" in each.vendor.options and error.status_code == 401 else 1)


@pytest.mark.parametrize("fault", MAYBE_RECEIVED)
def test_what_must_not_happen_twice_is_never_repeated(changing: Caller, stand_in: Any, fault: wire.Fault) -> None:
    question = changing.vendor.change
    assert question is not None
    changing.vendor.server(stand_in).fail(fault)
    with changing.client(stand_in, max_retries=5) as session:
        error = session.error(question)

    assert isinstance(error, changing.module.APIError)
    assert error.may_have_executed is True
    assert len(changing.vendor.server(stand_in).requests) == 1
    assert changing.vendor.work(stand_in) <= 1


def test_what_was_refused_by_rate_is_repeated_by_each_package(changing: Caller, stand_in: Any) -> None:
    question = changing.vendor.change
    assert question is not None
    changing.vendor.server(stand_in).fail(wire.saying(429, b"", {"Retry-After": "0"}))
    with changing.client(stand_in) as session:
        session.call(question)

    assert (len(changing.vendor.server(stand_in).requests), changing.vendor.work(stand_in)) == (2, 1)


# Calls that are cancelled.


@pytest.mark.parametrize("changing", [caller for caller in CHANGING if caller.asynchronous], ids=str)
def test_cancelled_call_of_each_package_is_the_same_error_and_marked(changing: Caller, stand_in: Any) -> None:
    question = changing.vendor.change
    assert question is not None
    at_work = threading.Event()
    seen: list[BaseException] = []

    def busy(turn: wire.Turn) -> None:
        turn.work()
        at_work.set()
        turn.wait(5)

    async def calling(waiting: Any) -> None:
        try:
            await waiting
        except asyncio.CancelledError as error:
            seen.append(error)
            raise

    changing.vendor.server(stand_in).fail(busy)
    with changing.client(stand_in) as session:

        async def main() -> None:
            task = asyncio.create_task(calling(session.asked(question)))
            await asyncio.to_thread(at_work.wait, 5)
            task.cancel("enough")
            with pytest.raises(asyncio.CancelledError):
                await task
            # The place in the pool is free again.
            await session.asked(changing.vendor.read)

        session.wait(main())

    assert [(type(error), error.args) for error in seen] == [(asyncio.CancelledError, ("enough",))]
    assert vars(seen[0])["may_have_executed"] is True
    assert changing.vendor.work(stand_in) == 1


FORKS = """
import os, sys
from tests.contract.every import VENDORS
[vendor] = [each for each in VENDORS if each.package == {package!r}]
from functools import reduce
client = vendor.module.Client(**vendor.right(), **{address!r}, **vendor.fast)
def ask(number):
    question = vendor.numbered(number)
    return vendor.number_of(reduce(getattr, question.name.split("."), client)(**question.given)) == str(number)
assert ask(0)
children = []
for child in range(3):
    pid = os.fork()
    if pid == 0:
        os._exit(0 if all([ask(child * 10 + number) for number in range(10)]) else 1)
    children.append(pid)
own = [ask(number) for number in range(30)]
ended = [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in children]
client.close()
sys.exit(0 if all(own) and ended == [0] * 3 else f"{{own}} {{ended}}")
"""


def test_forked_processes_of_each_package_get_their_own_answers(package: Vendor, stand_in: Any) -> None:
    package.number(stand_in, 30)
    code = FORKS.format(package=package.package, address=package.address(stand_in))
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
        capture_output=True,
        text=True,
        timeout=30,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert package.server(stand_in).connections == 4


# Pages.


def paging(caller: Caller) -> Paging:
    found = caller.vendor.paging
    assert found is not None
    return found


def test_iterating_of_each_package_goes_over_all_records(paged: Caller, stand_in: Any) -> None:
    of = paging(paged)
    of.stock(stand_in, 8)
    with paged.client(stand_in) as session:
        found = session.all(session.asked(of.question.but(**{of.size: 3})))

    assert [of.key(record) for record in found] == list(range(8))
    assert len(paged.vendor.server(stand_in).requests) == 3


def test_pages_of_each_package_lead_to_the_next(paged: Caller, stand_in: Any) -> None:
    of = paging(paged)
    of.stock(stand_in, 5)
    with paged.client(stand_in) as session:
        page = session.call(of.question, **{of.size: 3})
        told = getattr(page, of.told) if of.told else 5
        following = session.wait(page.next_page())
        pages = session.all(page.pages())

        assert ([of.key(record) for record in page.items], page.has_next_page()) == ([0, 1, 2], True)
        assert ([of.key(record) for record in following.items], following.has_next_page()) == ([3, 4], False)
        assert [[of.key(record) for record in each.items] for each in pages] == [[0, 1, 2], [3, 4]]
        assert told == 5
        with pytest.raises(LookupError):
            session.wait(following.next_page())


def test_loop_of_each_package_that_stops_early_asks_for_no_more(paged: Caller, stand_in: Any) -> None:
    of = paging(paged)
    of.stock(stand_in, 9)
    with paged.client(stand_in) as session:
        session.all(session.asked(of.question.but(**{of.size: 3})), 2)

    assert len(paged.vendor.server(stand_in).requests) <= 2


def test_page_of_each_package_that_repeats_itself_is_an_error(paged: Caller, stand_in: Any) -> None:
    of = paging(paged)
    of.stock(stand_in, 9)
    first: list[wire.Response] = []

    def again(turn: wire.Turn) -> None:
        first.append(turn.work())
        turn.send(first[0].spelled())

    paged.vendor.server(stand_in).fail(*[again] * 30)
    with paged.client(stand_in) as session:
        source = session.asked(of.question.but(**{of.size: 3}))
        with pytest.raises(paged.module.PaginationLoopError) as caught:
            session.all(source)

    assert isinstance(caught.value, paged.module.APIResponseValidationError)
    assert len(paged.vendor.server(stand_in).requests) <= 3


def test_deadline_of_each_package_is_anew_for_each_page(paged: Caller, stand_in: Any) -> None:
    of = paging(paged)
    of.stock(stand_in, 9)
    paged.vendor.server(stand_in).fail(*[wire.silent(0.2)] * 3)
    with paged.client(stand_in) as session:
        found = session.all(session.asked(of.question.but(timeout=0.5, **{of.size: 3})))

    assert len(found) == 9


@pytest.mark.parametrize("paged", [caller for caller in PAGED if caller.asynchronous], ids=str)
def test_async_paged_call_of_each_package_that_is_dropped_unused_warns(paged: Caller, stand_in: Any) -> None:
    with paged.client(stand_in) as session:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            session.asked(paging(paged).question)
            gc.collect()
        told = [str(each.message) for each in warned if each.category is RuntimeWarning]

    assert len(told) == 1
    assert paging(paged).question.name in told[0]
    assert not paged.vendor.server(stand_in).requests


def test_limit_of_a_minute_is_kept_by_many_threads() -> None:
    refused: list[Any] = []
    with (
        MONETIZE360.stand_in() as stand_in,
        Caller(MONETIZE360, asynchronous=False).client(stand_in, requests_per_minute=5, timeout=2) as session,
        ThreadPoolExecutor(16) as pool,
    ):

        def ask(_: int) -> bool:
            try:
                session.call(MONETIZE360.read)
            except MONETIZE360.module.APITimeoutError as error:
                refused.append(error)
                return False
            return True

        answered = list(pool.map(ask, range(16)))

    assert (answered.count(True), len(stand_in.requests)) == (5, 5)
    assert [error.may_have_executed for error in refused] == [False] * 11
