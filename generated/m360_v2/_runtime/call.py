"""A call: all of its tries, waits, limits and errors, as one generator that does no I/O."""

from __future__ import annotations

import logging
from dataclasses import field
from typing import TYPE_CHECKING, Any

from .attempts import Attempts, may_have_executed, wait_before_retry
from .auth import TOKEN
from .commands import Conversation, NoToken, TokenSource, send, sleep, take_permit
from .credentials import Secret, scrub
from .decode import Decoded, Malformed, decoder, parse
from .documents import AnswerForm
from .envelope import Envelope, VendorError, error_rule, find, is_failure, unmet, vendor_error
from .errors import (
    APIConnectionError,
    APIError,
    APIResponseValidationError,
    APIStatusError,
    APITimeoutError,
    AuthenticationError,
    InternalServerError,
    StoreUnavailableError,
    status_error,
)
from .exchange import Exchange, Timeouts, TransportError
from .limits import StoreUnavailable, WaitTooLong
from .retry import Backoff, RetryQuota, reset_wait, retry_after, sent_at, whole_number
from .values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .answer import Answer
    from .clock import Clock
    from .limits import BaseLimiter, Permit
    from .operations import Operation, Service
    from .request import Request


DEFAULT_BACKOFF = Backoff()

HOPELESS = frozenset(("tls", "proxy", "too_large", "refused_locally"))
"""What another try would meet again."""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What a client's calls have in common."""

    service: Service
    secrets: Mapping[str, Secret] = field(repr=False)
    clock: Clock
    limiter: BaseLimiter | None
    quota: RetryQuota
    max_retries: int
    logger: logging.Logger
    backoff: Backoff = DEFAULT_BACKOFF
    tokens: TokenSource | None = None
    format: str | None = None
    told: set[str] = field(default_factory=set[str], repr=False)


@dataclass(init=False)
class Outcome:
    """A call that came to a good end."""

    answer: Answer
    decoded: Decoded

    def __init__(self, answer: Answer, decoded: Decoded) -> None:
        self.answer = answer
        self.decoded = decoded


def call(setting: Setting, operation: Operation[Any], request: Request, timeouts: Timeouts) -> Conversation[Outcome]:
    """Carry *request* through until there is an outcome or an `APIError`.

    A cancellation, an interrupt, or whatever else comes in between goes on as the object that it is, with
    `may_have_executed` set on it.
    """
    exchange = Exchange(setting.clock.monotonic() + timeouts.whole, timeouts, setting.clock.monotonic)
    envelope = setting.service.envelope if operation.envelope is None else operation.envelope
    auth = setting.service.auth if operation.auth is None else operation.auth
    attempts = Attempts(
        setting=setting,
        operation=operation,
        envelope=envelope,
        timeouts=timeouts,
        exchange=exchange,
        auth=auth,
        key=request.idempotency_key,
    )
    setting.quota.earn()
    if request.is_known:
        attempts.may_have_executed = True
        attempts.exchange = attempts.next_exchange()
    if request.is_known and attempts.exchange.left() <= 0:
        raise APIConnectionError(
            f"{operation.name} was not sent: the vendor no longer knows its idempotency key, and would do it again; "
            "look up whether it was done",
            operation=operation.name,
            may_have_executed=True,
            idempotency_key=request.idempotency_key,
        )
    try:
        if operation.effect == "money":
            # Of an interrupt that comes while it builds, pydantic makes an error of its own: so nothing was sent then.
            decoder(operation, envelope).build()
        return (yield from _tries(attempts, request))
    except APIError:
        raise
    except BaseException as error:
        _mark(error, attempts)
        raise


def _tries(attempts: Attempts, request: Request) -> Conversation[Outcome]:
    clock = attempts.setting.clock
    while True:
        started = clock.monotonic()
        result = yield from _signed_attempt(attempts, request)
        if isinstance(result, Outcome):
            _log(attempts, str(result.answer.status_code), started)
            return result
        attempts.may_have_executed = attempts.may_have_executed or result.may_have_executed
        result.may_have_executed = attempts.may_have_executed
        result.idempotency_key = attempts.key
        _log(attempts, _short(result), started)
        if _is_renewable(attempts, result):
            attempts.renewed = True
            attempts.exchange = attempts.next_exchange()
            continue
        wait = wait_before_retry(attempts, result)
        if wait is None:
            raise result
        attempts.exchange = attempts.next_exchange()
        attempts.count += 1
        yield from sleep(wait)


def _signed_attempt(attempts: Attempts, request: Request) -> Conversation[Outcome | APIError]:
    """Make one try with what proves who calls, which is fetched first where it has to be."""
    setting, auth = attempts.setting, attempts.auth
    attempts.token, attempts.pause = None, 0.0
    if setting.tokens is None or auth.after_refusal() != "renew":
        return (yield from _attempt(attempts, _signed(attempts, request, setting.secrets)))
    found = yield from setting.tokens.obtain(attempts.operation.name, attempts.exchange)
    if isinstance(found, NoToken):
        attempts.hopeless, attempts.pause = found.is_hopeless, found.pause
        return found.error
    attempts.token = found
    result = yield from _attempt(attempts, _signed(attempts, request, {**setting.secrets, TOKEN: found.secret}))
    if isinstance(result, Outcome):
        setting.tokens.accepted(found)
    return result


def _signed(attempts: Attempts, request: Request, secrets: Mapping[str, Secret]) -> Request:
    """Sign *request*, and note what must not be shown of it."""
    signed = attempts.auth.sign(request, secrets)
    held = {f"body.{name}": value for name, value in (signed.body or {}).items() if isinstance(value, Secret)}
    attempts.secrets = {**secrets, **held}
    return signed


def _is_renewable(attempts: Attempts, error: APIError) -> bool:
    """Tell whether the vendor refused a token, for the first time in this call, and another one may help."""
    setting = attempts.setting
    return (
        isinstance(error, APIStatusError)
        and (error.status_code == 401 or isinstance(error, AuthenticationError))
        and attempts.token is not None
        and setting.tokens is not None
        and not attempts.renewed
        and attempts.auth.after_refusal() == "renew"
        and setting.tokens.refused(attempts.token)
    )


def _attempt(attempts: Attempts, request: Request) -> Conversation[Outcome | APIError]:
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
    if isinstance(permit, StoreUnavailable):
        return StoreUnavailableError(
            f"{operation.name} was not sent: whether the shared rate limit allows it cannot be asked",
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


def _permit(setting: Setting, exchange: Exchange) -> Conversation[Permit | WaitTooLong | StoreUnavailable | None]:
    if setting.limiter is None:
        return None
    try:
        return (yield from take_permit(setting.limiter, exchange.deadline))
    except (WaitTooLong, StoreUnavailable) as refusal:
        return refusal


def _answer(attempts: Attempts, request: Request) -> Conversation[Answer | TransportError]:
    try:
        return (yield from send(request, attempts.exchange, fresh=attempts.operation.effect == "money"))
    except TransportError as failure:
        return failure


def _read(attempts: Attempts, answer: Answer) -> Outcome | APIError:
    """Say what an answer means."""
    operation, envelope = attempts.operation, attempts.envelope
    form = operation.answers or dict(operation.variants).get(attempts.setting.format or "")
    if form is not None:
        return _read_document(attempts, answer, form)
    decoded = _decoded(operation, envelope, answer)
    if isinstance(decoded, Decoded) and not decoded.is_doubtful:
        return Outcome(answer, decoded)
    document = _document(answer)
    if is_failure(envelope, answer.status_code, document):
        return _status_error(attempts, answer, document, vendor_error(envelope, document))
    if isinstance(decoded, Decoded):
        return Outcome(answer, decoded)
    return _validation_error(attempts, answer, decoded)


def _read_document(attempts: Attempts, answer: Answer, form: AnswerForm) -> Outcome | APIError:
    """Say what an answer means that is no JSON."""
    operation, envelope = attempts.operation, attempts.envelope
    document: object = None
    malformed: Malformed | None = None
    try:
        document = form.read(answer.content)
    except Malformed as refusal:
        malformed = refusal
    said = vendor_error(envelope, document)
    if not 200 <= answer.status_code < 300:
        return _status_error(attempts, answer, document, said)
    if malformed is not None:
        return _validation_error(attempts, answer, malformed)
    is_text = isinstance(document, str)
    known = error_rule(attempts.setting.service.errors, said) is not None
    if is_failure(envelope, answer.status_code, document) and (not is_text or known or not form.is_text):
        return _status_error(attempts, answer, document, said)
    missed = unmet(operation.success, document)
    if missed is not None and missed[1] is not None:
        return _status_error(attempts, answer, document, VendorError(message=missed[1], details={}))
    if missed is not None:
        return _validation_error(attempts, answer, Malformed(".".join(missed[0]), "nothing says that it was done"))
    try:
        return Outcome(answer, decoder(operation, envelope).decode_document(document, form))
    except Malformed as refusal:
        malformed = refusal
    if is_text and is_failure(envelope, answer.status_code, document):
        return _status_error(attempts, answer, document, said)
    return _validation_error(attempts, answer, malformed)


def _validation_error(attempts: Attempts, answer: Answer, malformed: Malformed) -> APIResponseValidationError:
    where = f" at {malformed.path}" if malformed.path else ""
    return APIResponseValidationError(
        f"{attempts.operation.name} was answered with {answer.status_code} and a body that is not what the "
        f"documentation says{where}: {_printable(malformed.reason)}; see .response",
        operation=attempts.operation.name,
        may_have_executed=True,
        request_id=_request_id(attempts.setting, answer),
        path=malformed.path,
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


def _status_error(attempts: Attempts, answer: Answer, document: object, said: VendorError) -> APIStatusError:
    setting, operation = attempts.setting, attempts.operation
    status = answer.status_code
    rule = error_rule(setting.service.errors, said)
    kind = status_error(status) if rule is None else rule.raises
    attempts.temporary = rule is not None and rule.temporary
    message = None if said.message is None else scrub(said.message, attempts.secrets)
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
        may_have_executed=may_have_executed(status)
        or (operation.idempotency is not None and status == operation.idempotency.in_progress)
        # In words that nobody knows, and without a status to tell by, a refusal may as well be half a success.
        or (operation.effect in ("unsafe", "money") and rule is None and status < 300)
        or (status < 300 and issubclass(kind, InternalServerError)),
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


def _mark(error: BaseException, attempts: Attempts) -> None:
    """Tell on an interruption itself what may have happened."""
    told: dict[str, object] = {"may_have_executed": attempts.may_have_executed or attempts.exchange.sent}
    if attempts.key is not None:
        told["idempotency_key"] = attempts.key
    for name, value in told.items():
        setattr(error, name, value)


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


def _log(attempts: Attempts, status: str, started: float) -> None:
    setting = attempts.setting
    if setting.logger.isEnabledFor(logging.INFO):
        seconds = setting.clock.monotonic() - started
        setting.logger.info("%s: %s, try %d, %.3f s", attempts.operation.name, status, attempts.count + 1, seconds)
