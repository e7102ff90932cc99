"""A look-alike of the Kolmisoft M4 API, which checks every digest by itself and keeps a ledger.

What the vendor does not tell is decided here: every answer has the status 200; a digest that is wrong or missing is
refused before anything else; the balance of `user_balance_update` is the new one; the orders of digests that are not
documented (`UNDOCUMENTED`); that a payment's comment comes back in the list; the answers that are not known, which have a root `page`.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
import urllib.parse
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from xml.sax.saxutils import escape, quoteattr

from tests.stand_ins.wire import LoopbackServer, Request, Response, Turn

KEY = "k3y-c4n4ry-of-the-server"
ADMIN = "admin"
PASSWORD = "p4ssw0rd-c4n4ry"
UNIQUEHASH = "un1queh4sh-c4n4ry"

CALLS = (
    *("period_start", "period_end", "s_user", "s_call_type", "s_origination_point", "s_termination_point"),
    *("s_hgc", "s_destination", "order_desc", "only_did"),
)
FILTERS = ("user_id_s", "from_s", "till_s", "username_s", "first_name_s", "last_name_s", "amount_min_s", "amount_max_s")

HASHED: dict[str, tuple[str, ...]] = {
    "user_balance_update": ("user_id", "balance"),
    "user_balance_get": ("username", "currency"),
    "user_calls_get": CALLS,
    "exchange_rate_update": ("currency", "rate"),
    "devices_get": ("user_id",),
    "device_details_get": ("device_id",),
    "user_login": ("u", "p"),
    "user_logout": (),
    "payment_create": ("user_id", "amount", "currency"),
    "tariff_rates_get": ("tariff_id", "device_id"),
    "aggregate_get": (),
    "user_details_get": ("user_id", "username"),
    "number_pools_get": (),
    "number_pool_create": (),
    "number_pool_update": (),
    "number_pool_delete": (),
    "number_pool_numbers_create": (),
    "number_pool_numbers_delete": (),
    "users_get": ("u", "user_id"),
    "user_details_raw_get": ("u", "user_id"),
    "user_details_update": ("u", "user_id"),
}
"""What goes into the digest of each function, in order, as the pages say."""

UNDOCUMENTED: dict[str, tuple[str, ...]] = {
    "payments_get": (*FILTERS, "currency_s"),
    "tariff_wholesale_update": ("id", "name", "currency"),
    "cp_create": ("user_id",),
    "cp_update": ("cp_id",),
    "cp_delete": ("cp_id",),
}
"""What this stand-in wants where the pages say nothing."""

UNSIGNED = ("user_simple_balance_get",)
ACTS_WITHOUT_U = ("user_balance_get", "user_simple_balance_get")


def xml(text: str) -> Response:
    """Return an XML answer."""
    declared = f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'
    return Response(declared.encode(), 200, {"Content-Type": "text/xml"})


def error_a(message: str) -> Response:
    """Return the shape of global errors."""
    return xml(f"<status><error>{escape(message)}</error></status>")


def error_b(message: str) -> Response:
    """Return the shape of most functions' errors."""
    return xml(f"<page><error>{escape(message)}</error></page>")


def error_c(message: str) -> Response:
    """Return the shape of rates' and tariffs' errors."""
    return xml(f"<page><status><error>{escape(message)}</error></status></page>")


def error_d(message: str) -> Response:
    """Return the shape of wholesale tariffs' errors."""
    return xml(f"<response><error><message>{escape(message)}</message></error></response>")


def error_e(message: str | None) -> Response:
    """Return the shape of logins' errors."""
    told = "" if message is None else f"<status_message>{escape(message)}</status_message>"
    return xml(f"<action><name>login</name><status>failed</status>{told}</action>")


def succeeded(message: str) -> Response:
    """Return the answer of functions that say in words that they are done."""
    return xml(f"<page><status><success>{escape(message)}</success></status></page>")


@dataclass
class Ledger:
    """What was carried out."""

    balances: dict[int, Decimal] = field(default_factory=lambda: {2: Decimal(0), 123: Decimal("10.0")})
    payments: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    executions: Counter[str] = field(default_factory=Counter[str])


class Kolmisoft(LoopbackServer):
    """The look-alike.

    Attributes:
        ledger: What was carried out.
        devices: How many devices a user has.
        logins_redirect: Whether a login is answered by a redirect to the web pages.
        wrapped: Whether answers are inside an HTML page.
        packed: Whether lists of devices and rates are packed; with the header, or without.
        enabled: Whether the API is on.
        balance_over_http: Whether phones may ask for a balance.
        elasticsearch_away: How many more times the back end of the statistics is away.
    """

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.devices = 1
        self.device_secret = ""
        self.logins_redirect = False
        self.wrapped = False
        self.packed: str = "header"
        self.enabled = True
        self.balance_over_http = True
        self.elasticsearch_away = 0
        self._work = threading.Lock()
        super().__init__()

    @property
    def url(self) -> str:
        """Where a client talks to."""
        return f"http://127.0.0.1:{self.port}/billing/api"

    def answer(self, request: Request) -> Response:
        function = request.path.removeprefix("/billing/api/")
        given = {**_fields(request.query), **_fields(request.body.decode())}
        with self._work:
            answer = self._answered(request, function, given)
        if self.wrapped and answer.body.startswith(b"<?xml"):
            return Response(b"<html><body>" + answer.body + b"</body></html>", 200, {"Content-Type": "text/html"})
        return answer

    def _answered(self, request: Request, function: str, given: Mapping[str, str]) -> Response:
        if not request.path.startswith("/billing/api/") or "/" in function:
            return Response(b"<html><body>Not found</body></html>", 404, {"Content-Type": "text/html"})
        if not self.enabled:
            return error_a("API Requests are disabled")
        if request.method != "POST":
            return error_a("GET Requests are disabled")
        if function not in UNSIGNED and given.get("hash") != self.digest(function, given):
            return error_a("Incorrect hash")
        if function not in ACTS_WITHOUT_U and given.get("u") not in (ADMIN, "client1"):
            return error_b("Bad login")
        work: Callable[[Mapping[str, str]], Response] | None = getattr(self, f"_{function}", None)
        if work is None:
            return xml(f"<page><function>{function}</function></page>")
        self.ledger.executions[function] += 1
        return work(given)

    def digest(self, function: str, given: Mapping[str, str]) -> str:
        """Return the digest that this server makes of what was sent."""
        order = HASHED.get(function, UNDOCUMENTED.get(function, ()))
        if function == "quickstats_get":
            order = () if given.get("u") == ADMIN else ("u",)
        joined = "".join(given[name] for name in order if name in given)
        return hashlib.sha1(f"{joined}{KEY}".encode(), usedforsecurity=False).hexdigest()

    def _user_balance_update(self, given: Mapping[str, str]) -> Response:
        user = int(given["user_id"])
        if user not in self.ledger.balances:
            return error_b("User was not found")
        try:
            self.ledger.balances[user] = Decimal(given["balance"])
        except InvalidOperation:
            return error_b("User balance not updated")
        spelled = self.ledger.balances[user]
        return xml(
            "<page><page>\n  <status>User balance updated</status>\n  <user><username>client1</username>"
            f"<id>{user}</id><balance> {spelled} </balance></user>\n</page></page>"
        )

    def _user_balance_get(self, given: Mapping[str, str]) -> Response:
        if given["username"] != "client1":
            return error_b("User was not found")
        if not self.balance_over_http:
            return error_b("Feature disabled")
        currency = "<currency>EUR</currency>" if given.get("user_currency") == "1" else ""
        return xml(f"<page><balance>-349282.18</balance>{currency}</page>")

    def _user_simple_balance_get(self, given: Mapping[str, str]) -> Response:
        if not self.balance_over_http:
            return Response(b"Feature disabled", 200, {"Content-Type": "text/html"})
        if given["id"] != UNIQUEHASH:
            return error_a("Incorrect hash")
        return Response(b"\n  60.0000\n", 200, {"Content-Type": "text/html"})

    def _exchange_rate_update(self, given: Mapping[str, str]) -> Response:
        if given["currency"] != "AMD":
            return error_c("Currency was not found")
        return succeeded("Currency successfully updated")

    def _devices_get(self, given: Mapping[str, str]) -> Response:
        if given["user_id"] not in ("100", "123"):
            return error_b("User not found")
        device = "<device><device_id>{}</device_id><device_type>SIP</device_type><ipaddr/><port>5060</port></device>"
        devices = "".join(device.format(number) for number in range(1, self.devices + 1))
        return self._pack(xml(f"<page><devices>{devices}</devices></page>"))

    def _device_details_get(self, given: Mapping[str, str]) -> Response:
        return xml(
            f"<page><status><devices><device><id>{given['device_id']}</id><name>103</name>"
            f"<secret>{self.device_secret}</secret><port>5060</port>"
            "<accountcode>2</accountcode><callerid>&quot;103&quot; &lt;103&gt;</callerid><insecure>no</insecure>"
            "<op>1</op><op_active>0</op_active><op_src_regexp>.*</op_src_regexp><something_new>x</something_new>"
            "</device></devices></status></page>"
        )

    def _user_login(self, given: Mapping[str, str]) -> Response:
        if given["p"] != PASSWORD:
            return error_e(None if self.logins_redirect else "Login failed")
        if self.logins_redirect:
            return Response(b"", 302, {"Location": f"http://127.0.0.1:{self.port}/billing/"})
        return xml(
            "<action><name>login</name><status>ok</status><user_id>5</user_id>"
            "<status_message>Successfully logged in</status_message></action>"
        )

    def _user_logout(self, given: Mapping[str, str]) -> Response:  # noqa: ARG002 - as all functions
        return xml("<action><name>logout</name><status>ok</status></action>")

    def _payment_create(self, given: Mapping[str, str]) -> Response:
        user = int(given["user_id"])
        if given["currency"] != "USD":
            return error_b("Currency was not foundy")
        self.ledger.payments.append(dict(given))
        sign = -1 if given.get("payment_to_provider") == "1" else 1
        self.ledger.balances[user] = self.ledger.balances.get(user, Decimal(0)) + sign * Decimal(given["amount"])
        return xml(
            f"<page><response><status>ok</status>\n<payment currency={quoteattr(given['currency'])}>"
            f"<payment_id>{16 + len(self.ledger.payments)}</payment_id><tax>0</tax><amount>{given['amount']}</amount>"
            f"<gross>{given['amount']}</gross></payment></response></page>"
        )

    def _payments_get(self, given: Mapping[str, str]) -> Response:
        listed = "".join(
            f"<payment><user>Client One</user><date>2026-11-21 10:00:00</date><amount>{each['amount']}</amount>"
            f"<amount_with_tax>{each['amount']}</amount_with_tax>{_comment(each)}<currency>{each['currency']}</currency>"
            "</payment>"
            for each in self.ledger.payments
            if given.get("user_id_s", each["user_id"]) == each["user_id"]
        )
        wrapper = f"<payments>{listed}</payments>" if listed else ""
        return xml(f"<page><pagename>Payments_list</pagename>{wrapper}</page>")

    def _tariff_rates_get(self, given: Mapping[str, str]) -> Response:
        if given.get("tariff_id") == "404":
            return error_c("No tariff found")
        rate = "<rate><prefix>37a{}</prefix><tariff_rate>0.05</tariff_rate><increment>1</increment><daytype/></rate>"
        rates = "".join(rate.format(number) for number in range(int(given.get("tariff_id", "2"))))
        return self._pack(
            xml(
                f"<page><pagename>Tariff</pagename><tariff_name>Wholesale A</tariff_name><purpose>user_wholesale</purpose>"
                f"<currency>USD</currency><rates>{rates}</rates></page>"
            )
        )

    def _tariff_wholesale_update(self, given: Mapping[str, str]) -> Response:
        if "id" not in given:
            return xml("<page><status>ok</status><tariff_id>12</tariff_id></page>")
        if given["id"] == "404":
            return error_b("Tariff not found")
        return error_d("Name is taken") if given.get("name") == "taken" else xml("<page><status>ok</status></page>")

    def _quickstats_get(self, given: Mapping[str, str]) -> Response:  # noqa: ARG002 - as all functions
        if self.elasticsearch_away:
            self.elasticsearch_away -= 1
            return error_a("Cannot connect to Elasticsearch")
        return xml(
            "<page><quickstats><today><calls>4</calls><duration>345</duration><revenue>1.4475</revenue>"
            "<self_cost>0.6725</self_cost><profit>0.775</profit><margin>54</margin></today><month/></quickstats></page>"
        )

    def _users_get(self, given: Mapping[str, str]) -> Response:
        numbers = (0, 5) if given["user_id"] == "all" else (int(given["user_id"]),)
        users = "".join(
            f"<user><id>{number}</id><username>user{number}</username><balance>0.744100000000000</balance></user>"
            for number in numbers
        )
        return xml(f"<page><status><users>{users}</users></status></page>")

    def _user_details_raw_get(self, given: Mapping[str, str]) -> Response:
        return xml(
            f"<page><status><user><id>{given['user_id']}</id><balance>1.5</balance><new_column>7</new_column></user>"
            "</status></page>"
        )

    def _user_details_get(self, given: Mapping[str, str]) -> Response:
        credit = "Unlimited" if given.get("user_id") == "0" else "12.50"
        return xml(
            "<page><pagename>Personal_details</pagename><language>en</language><userid>0</userid><details><main_detail>"
            f"<balance>0.0000 USD</balance><balance_number>0.0000</balance_number><credit>{credit}</credit></main_detail>"
            "<other_details><username>admin</username><personalid/><agreement_date>2007-03-26</agreement_date>"
            "</other_details></details></page>"
        )

    def _cp_create(self, given: Mapping[str, str]) -> Response:  # noqa: ARG002 - as all functions
        return succeeded("Connection Point created")

    def _cp_delete(self, given: Mapping[str, str]) -> Response:  # noqa: ARG002 - as all functions
        return xml("<page><status><status>Connection Point deleted</status></status></page>")

    def _number_pool_create(self, given: Mapping[str, str]) -> Response:  # noqa: ARG002 - as all functions
        return succeeded("Number Pool created")

    def _number_pool_numbers_create(self, given: Mapping[str, str]) -> Response:  # noqa: ARG002 - as all functions
        return succeeded("Number Pool's Numbers created")

    def _number_pool_numbers_delete(self, given: Mapping[str, str]) -> Response:  # noqa: ARG002 - as all functions
        return succeeded("Number Pool's selected Numbers deleted")

    def _pack(self, answer: Response) -> Response:
        if self.packed == "not":
            return answer
        headers = dict(answer.headers) | ({"Content-Encoding": "gzip"} if self.packed == "header" else {})
        return Response(gzip.compress(answer.body), answer.status, headers)


def _comment(payment: Mapping[str, str]) -> str:
    comment = payment.get("comment")
    return f"<comment>{escape(comment)}</comment>" if comment else "<comment/>"


def _fields(text: str) -> dict[str, str]:
    return dict(urllib.parse.parse_qsl(text, keep_blank_values=True))


def worked_then(status: int, body: bytes = b"") -> Callable[[Turn], None]:
    """Do the work, and answer with another *status*."""

    def fault(turn: Turn) -> None:
        turn.work()
        turn.send(Response(body, status, {"Content-Type": "text/html"}).spelled())

    return fault


def worked_then_cut(turn: Turn) -> None:
    """Do the work, and close in the middle of the answer's body."""
    turn.send(turn.work().spelled()[:-5])
    turn.hang_up()


def worked_then_half(turn: Turn) -> None:
    """Do the work, and answer with half a document as if it were whole."""
    answer = turn.work()
    turn.send(Response(answer.body[: len(answer.body) // 2], 200, answer.headers).spelled())


def saying_xml(text: str) -> Callable[[Turn], None]:
    """Answer with a body of one's own and do nothing."""

    def fault(turn: Turn) -> None:
        turn.send(Response(text.encode(), 200, {"Content-Type": "text/xml"}).spelled())

    return fault


def saying_bytes(body: bytes, headers: Mapping[str, str] | None = None) -> Callable[[Turn], None]:
    """Answer with bytes of one's own and do nothing."""

    def fault(turn: Turn) -> None:
        turn.send(Response(body, 200, headers or {}).spelled())

    return fault
