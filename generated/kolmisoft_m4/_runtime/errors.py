"""What a call can raise, sorted by what a caller can do about it.

APIError                           everything that a call can raise
├── APIConnectionError             no answer
│   ├── APITimeoutError            no answer in time
│   ├── ClientClosedError          the client was closed before the call
│   └── StoreUnavailableError      what processes share, a limit or a token, cannot be asked
├── APIResponseValidationError     an answer that is not what the vendor's documentation says
│   └── PaginationLoopError        a page that leads to a page that was there before
└── APIStatusError                 the vendor said no, by HTTP status or inside a 200
    ├── BadRequestError 400
    ├── AuthenticationError 401
    ├── PermissionDeniedError 403
    ├── NotFoundError 404
    ├── ConflictError 409
    ├── UnsupportedMediaTypeError 415
    ├── UnprocessableEntityError 422
    ├── RateLimitError 429
    └── InternalServerError 5xx
        └── ServiceUnavailableError 503

Beside it stand the mistakes of the caller, all of them found before anything is sent:

ValueError
├── ArgumentError                  an argument that the vendor would refuse
└── CredentialError                a credential that is missing or cannot be sent
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from .answer import Answer


class APIError(Exception):
    """Everything that a call can raise.

    Attributes:
        operation: The name of the operation that was called.
        may_have_executed: False when the request certainly did nothing, True when it may have been carried out.
        request_id: The vendor's name for the request, where it sends one.
        idempotency_key: The key that was sent, where the operation has one.
    """

    def __init__(
        self,
        message: str = "",
        *,
        operation: str = "",
        may_have_executed: bool = False,
        request_id: str | None = None,
        idempotency_key: str | None = None,
    ) -> None:
        super().__init__(message)
        self.operation = operation
        self.may_have_executed = may_have_executed
        self.request_id = request_id
        self.idempotency_key = idempotency_key


class APIConnectionError(APIError):
    """There is no answer: nothing was sent, or nothing usable came back; `may_have_executed` tells which."""


class APITimeoutError(APIConnectionError):
    """The deadline of the call passed, or would have passed while waiting."""


class ClientClosedError(APIConnectionError):
    """The client was closed before the call; make a new one."""


class StoreUnavailableError(APIConnectionError):
    """Nothing was sent: what processes share, a limit or a token, cannot be asked, and calls fail then."""


class APIResponseValidationError(APIError):
    """The answer is not what the vendor's documentation says.

    Attributes:
        path: Where in the body, such as `data.records.3.sessionId`; empty for the body as a whole.
        response: The whole answer.
    """

    def __init__(
        self,
        message: str = "",
        *,
        operation: str = "",
        may_have_executed: bool = False,
        request_id: str | None = None,
        path: str = "",
        response: Answer | None = None,
    ) -> None:
        super().__init__(message, operation=operation, may_have_executed=may_have_executed, request_id=request_id)
        self.path = path
        self.response = response


class PaginationLoopError(APIResponseValidationError):
    """A page leads to a page that was there before, so that reading on would never end."""


class APIStatusError(APIError):
    """The vendor said no, by HTTP status or inside a 200.

    Attributes:
        status_code: The HTTP status, which may be 200.
        code: The vendor's own code for what went wrong, as text.
        message: The vendor's own words.
        details: What else the vendor tells about it; empty when nothing.
        timestamp: When it happened, where the vendor says so.
        body: The parsed body, or its text where it cannot be parsed.
        response: The whole answer.
        retry_after: How many seconds the vendor asks to wait, where it says so.
    """

    def __init__(
        self,
        text: str = "",
        *,
        operation: str = "",
        may_have_executed: bool = False,
        request_id: str | None = None,
        status_code: int = 0,
        code: str | None = None,
        message: str | None = None,
        details: Mapping[str, object] | None = None,
        body: object = None,
        response: Answer | None = None,
        retry_after: float | None = None,
        timestamp: datetime | None = None,
    ) -> None:
        super().__init__(text, operation=operation, may_have_executed=may_have_executed, request_id=request_id)
        self.status_code = status_code
        self.code = code
        self.message = message
        self.details: Mapping[str, object] = {} if details is None else details
        self.body = body
        self.response = response
        self.retry_after = retry_after
        self.timestamp = timestamp


class BadRequestError(APIStatusError):
    """The vendor does not understand the request."""


class AuthenticationError(APIStatusError):
    """The vendor does not know the credentials."""


class PermissionDeniedError(APIStatusError):
    """The vendor knows the credentials, and they do not allow this."""


class NotFoundError(APIStatusError):
    """What was asked for does not exist."""


class ConflictError(APIStatusError):
    """The request contradicts what is there."""


class UnsupportedMediaTypeError(APIStatusError):
    """The vendor does not take this form of body."""


class UnprocessableEntityError(APIStatusError):
    """The vendor understands the request and refuses its values."""


class RateLimitError(APIStatusError):
    """Too many requests; `retry_after` and the vendor's own figures in `details` tell how to go on."""


class InternalServerError(APIStatusError):
    """The vendor failed; whether the request was carried out is not known."""


class ServiceUnavailableError(InternalServerError):
    """The vendor, or something behind it, is down."""


class ArgumentError(ValueError):
    """An argument that the vendor would refuse; the message names the argument and the rule, never the value."""


class CredentialError(ValueError):
    """A credential that is missing or cannot be sent; the message never shows its value."""


STATUS_ERRORS: Mapping[int, type[APIStatusError]] = {
    400: BadRequestError,
    401: AuthenticationError,
    403: PermissionDeniedError,
    404: NotFoundError,
    409: ConflictError,
    415: UnsupportedMediaTypeError,
    422: UnprocessableEntityError,
    429: RateLimitError,
    503: ServiceUnavailableError,
}


def status_error(status_code: int) -> type[APIStatusError]:
    """Return the class for an HTTP status."""
    return STATUS_ERRORS.get(status_code, InternalServerError if status_code >= 500 else APIStatusError)
