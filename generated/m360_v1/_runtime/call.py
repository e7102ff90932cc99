"""A call: all of its tries, waits, limits and errors, as one generator that does no I/O."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .commands import Conversation, send, sleep, take_permit
from .credentials import Secret, scrub
from .decode import Decoded, Malformed, decoder, parse
from .envelope import Envelope, error_class, find, is_failure, vendor_error
from .errors import (
    APIConnectionError,
    APIError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
)
from .exchange import Exchange, Timeouts, TransportError
from .limits import WaitTooLong
from .retry import (
    LONGEST_RETRY_AFTER,
    REPEATABLE_STATUSES,
    Backoff,
    RetryQuota,
    reset_wait,
    retry_after,
    sent_at,
    whole_number,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .answer import Answer
    from .clock import Clock
    from .limits import Limiter, Permit
    from .operations import Operation, Service
    from .request import Request


DEFAULT_BACKOFF = Backoff()

HOPELESS = frozenset(("tls", "proxy", "too_large", "refused_locally"))
"""What another try would meet again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a client's calls have in common."""

    service: Service
    secrets: Mapping[str, Secret] = field(repr=False)
    clock: Clock
    limiter: Limiter | None
    quota: RetryQuota
    max_retries: int
    logger: logging.Logger
    backoff: Backoff = DEFAULT_BACKOFF


@dataclass(frozen=True, slots=True)
class Outcome:
    """A call that came to a good end."""

    answer: Answer
    decoded: Decoded


@dataclass(slots=True)
class _Attempts:
    """What is known about the tries so far."""

    setting: Setting
    operation: Operation[Any]
    envelope: Envelope
    timeouts: Timeouts
    exchange: Exchange
    may_have_executed: bool = False
    hopeless: bool = False
    count: int = 0


def call(setting: Setting, operation: Operation[Any], request: Request, timeouts: Timeouts) -> Conversation[Outcome]:
    """Carry *request* through until there is an outcome or an `APIError`.

    A cancellation or an interrupt goes on as the object that it is, with `may_have_executed` set on it.
    """
    exchange = Exchange(setting.clock.monotonic() + timeouts.whole, timeouts, setting.clock.monotonic)
    envelope = setting.service.envelope if operation.envelope is None else operation.envelope
    attempts = _Attempts(setting, operation, envelope, timeouts, exchange)
    setting.quota.earn()
    try:
        return (yield from _tries(attempts, setting.service.auth.sign(request, setting.secrets)))
    except Exception:
        raise
    except BaseException as error:
        _mark(error, may_have_executed=attempts.may_have_executed or attempts.exchange.sent)
        raise


def _tries(attempts: _Attempts, request: Request) -> Conversation[Outcome]:
    clock = attempts.setting.clock
    while True:
        started = clock.monotonic()
        result = yield from _attempt(attempts, request)
        if isinstance(result, Outcome):
            _log(attempts, str(result.answer.status_code), started)
            return result
        attempts.may_have_executed = attempts.may_have_executed or result.may_have_executed
        result.may_have_executed = attempts.may_have_executed
        _log(attempts, _short(result), started)
        wait = _wait_before_retry(attempts, result)
        if wait is None:
            raise result
        attempts.exchange = Exchange(attempts.exchange.deadline, attempts.timeouts, clock.monotonic)
        attempts.count += 1
        yield from sleep(wait)


def _attempt(attempts: _Attempts, request: Request) -> Conversation[Outcome | APIError]:
    """Make one try and say what it came to."""
    setting, operation, exchange = attempts.setting, attempts.operation, attempts.exchange
    permit = yield from _permit(setting, exchange)
    if isinstance(permit, WaitTooLong):
        attempts.hopeless = True
        return APITimeoutError(
            f"{operation.name} was not sent: the rate limit would make it wait past its deadline; "
            "send less, or give it a longer timeout",
            operation=operation.name,
        )
    if permit is not None:
        exchange.departed = permit.departed
    try:
        answer = yield from _answer(attempts, request)
    except BaseException:
        if permit is not None and not exchange.sent:
            permit.unused()
        raise
    if permit is not None:
        if exchange.sent:
            permit.answered(setting.clock.monotonic())
        else:
            permit.unused()
    if isinstance(answer, TransportError):
        attempts.hopeless = answer.kind in HOPELESS
        return _connection_error(operation, answer, sent=exchange.sent)
    _heed_limit(setting, answer)
    return _read(attempts, answer)


def _heed_limit(setting: Setting, answer: Answer) -> None:
    """Hold back what else would go out where an answer's headers tell that nothing is left."""
    limit, limiter = setting.service.rate_limit, setting.limiter
    if limit is None or limit.headers is None or limiter is None:
        return
    allowed = whole_number(answer.headers.get(limit.headers.limit)) if limit.headers.limit is not None else None
    if allowed:
        limiter.learn(allowed)
    wait = _reset_wait(setting, answer)
    if wait is not None and (
        answer.status_code == 429 or whole_number(answer.headers.get(limit.headers.remaining)) == 0
    ):
        # No window is longer than the limit's own: what tells more comes from a clock that goes wrong.
        limiter.hold(min(wait, limit.seconds))


def _reset_wait(setting: Setting, answer: Answer) -> float | None:
    """Return how long it is until the vendor's window begins anew, by the vendor's own clock where it tells."""
    limit = setting.service.rate_limit
    if limit is None or limit.headers is None:
        return None
    return reset_wait(answer.headers.get(limit.headers.reset), sent_at(answer.headers) or setting.clock.time())


def _permit(setting: Setting, exchange: Exchange) -> Conversation[Permit | WaitTooLong | None]:
    if setting.limiter is None:
        return None
    try:
        return (yield from take_permit(setting.limiter, exchange.deadline))
    except WaitTooLong as refusal:
        return refusal


def _answer(attempts: _Attempts, request: Request) -> Conversation[Answer | TransportError]:
    try:
        return (yield from send(request, attempts.exchange, fresh=attempts.operation.effect == "money"))
    except TransportError as failure:
        return failure


def _read(attempts: _Attempts, answer: Answer) -> Outcome | APIError:
    """Say what an answer means."""
    setting, operation, envelope = attempts.setting, attempts.operation, attempts.envelope
    decoded = _decoded(operation, envelope, answer)
    if isinstance(decoded, Decoded) and (
        # Without a word for success, an error inside a 200 may pass for content of no fixed form.
        envelope.success is not None
        or not is_failure(envelope, answer.status_code, decoded.content)
    ):
        return Outcome(answer, decoded)
    document = _document(answer)
    if isinstance(decoded, Decoded) or is_failure(envelope, answer.status_code, document):
        return _status_error(setting, operation, answer, envelope, document)
    where = f" at {decoded.path}" if decoded.path else ""
    return APIResponseValidationError(
        f"{operation.name} was answered with {answer.status_code} and a body that is not what the documentation says"
        f"{where}: {_printable(decoded.reason)}; see .response",
        operation=operation.name,
        may_have_executed=True,
        request_id=_request_id(setting, answer),
        path=decoded.path,
        response=answer,
    )


def _decoded(operation: Operation[Any], envelope: Envelope, answer: Answer) -> Decoded | Malformed:
    if not 200 <= answer.status_code < 300:
        return Malformed("", "a status that is not 2xx")
    try:
        return decoder(operation, envelope).decode(answer.content)
    except Malformed as malformed:
        return malformed


def _document(answer: Answer) -> object:
    try:
        return parse(answer.content)
    except Malformed:
        return None


def _status_error(
    setting: Setting, operation: Operation[Any], answer: Answer, envelope: Envelope, document: object
) -> APIStatusError:
    said = vendor_error(envelope, document)
    status = answer.status_code
    kind = error_class(setting.service.errors, status, said.code)
    message = None if said.message is None else scrub(said.message, setting.secrets)
    wait = retry_after(answer.headers, setting.clock.time())
    if wait is None and status == 429:
        wait = _reset_wait(setting, answer)
    limit = setting.service.rate_limit
    if limit is not None and limit.learn is not None and status == limit.learn.status:
        told = find(document, limit.learn.requests)
        if isinstance(told, int) and not isinstance(told, bool) and told > 0:
            if setting.limiter is not None:
                setting.limiter.learn(told)
            wait = limit.seconds if wait is None else wait
    words = "; ".join(_printable(part) for part in (said.code, message) if part)
    return kind(
        f"{operation.name} was refused with {status}{': ' if words else ''}{words}{_advice(kind, wait)}",
        operation=operation.name,
        may_have_executed=_may_have_executed(status),
        request_id=_request_id(setting, answer),
        status_code=status,
        code=said.code,
        message=message,
        details=said.details,
        timestamp=said.timestamp,
        body=answer.text if document is None else document,
        response=answer,
        retry_after=wait,
    )


def _connection_error(operation: Operation[Any], failure: TransportError, *, sent: bool) -> APIConnectionError:
    kind = APITimeoutError if failure.kind == "timeout" else APIConnectionError
    known = "it may have been carried out" if sent else "nothing was sent"
    return kind(f"{operation.name}: {failure.reason}; {known}", operation=operation.name, may_have_executed=sent)


def _wait_before_retry(attempts: _Attempts, error: APIError) -> float | None:
    """Return how long to wait before the next try, None when there is none."""
    setting = attempts.setting
    if attempts.count >= setting.max_retries or not _may_be_repeated(attempts, error):
        return None
    wait = setting.backoff.delay(attempts.count, setting.clock.random())
    if isinstance(error, APIStatusError) and error.retry_after is not None:
        if error.retry_after > LONGEST_RETRY_AFTER:
            return None
        wait = max(wait if error.retry_after == 0 else 0.0, error.retry_after)
    # A wait that reaches the deadline leaves no time for the try after it.
    if wait >= attempts.exchange.left():
        return None
    return wait if setting.quota.take() else None


def _may_be_repeated(attempts: _Attempts, error: APIError) -> bool:
    safe = attempts.operation.effect in ("read", "idempotent")
    if isinstance(error, APIStatusError):
        if error.status_code == 429:
            return True
        return safe and error.status_code in REPEATABLE_STATUSES
    if isinstance(error, APIConnectionError):
        return (safe or not attempts.may_have_executed) and not attempts.hopeless
    return False


def _may_have_executed(status: int) -> bool:
    # A redirect may follow what was done, a 408 may stand for an answer that came too late, a 5xx for anything.
    return status >= 500 or status == 408 or 300 <= status < 400


def _mark(error: BaseException, *, may_have_executed: bool) -> None:
    error.may_have_executed = may_have_executed  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue] - it is told on the object itself


def _request_id(setting: Setting, answer: Answer) -> str | None:
    for name in setting.service.request_id_headers:
        value = answer.headers.get(name)
        if value:
            return value
    return None


def _advice(kind: type[APIStatusError], wait: float | None) -> str:
    if issubclass(kind, AuthenticationError):
        return "; check the credentials"
    return "" if wait is None else f"; the vendor asks to wait {wait:g} seconds"


def _printable(text: str) -> str:
    shown = "".join(character if character.isprintable() else ascii(character)[1:-1] for character in text[:500])
    return shown + ("..." if len(text) > 500 else "")


def _short(error: APIError) -> str:
    return str(error.status_code) if isinstance(error, APIStatusError) else type(error).__name__


def _log(attempts: _Attempts, status: str, started: float) -> None:
    setting = attempts.setting
    if setting.logger.isEnabledFor(logging.INFO):
        seconds = setting.clock.monotonic() - started
        setting.logger.info("%s: %s, try %d, %.3f s", attempts.operation.name, status, attempts.count + 1, seconds)
