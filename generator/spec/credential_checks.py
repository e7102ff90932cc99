"""What has to hold of credentials: each is used, none stands in a spec, and a login that brings a token is sent somewhere."""

from __future__ import annotations

from collections.abc import Callable

from generator import naming
from generator.runtime.auth import TOKEN
from generator.spec import addresses
from generator.spec.auth import HEADER_WORD, BearerAuth, BodyAuth, FormAuth, HashAuth, TokenAuth
from generator.spec.checker import Checker, Path
from generator.spec.words import Composed, Hole

_OTHER_SCHEMES = frozenset({"apikey", "basic", "digest", "hmac", "token"})


def check_credentials(checker: Checker) -> None:
    """Complain of credentials that nothing uses, of names that are none, and of a login that leads nowhere."""
    used: set[str] = set()

    def look(path: Path, composed: Composed) -> None:
        for name in composed.names():
            used.add(name)
            checker.known(path, "S050", name, checker.written("credentials"), "credential")

    for part in checker.spec.auth.parts:
        match part:
            case BearerAuth(token=token):
                look(("auth", "bearer"), token)
                if not token.names():
                    message = "what authenticates is the caller's, not the spec's; write ${name} of a credential"
                    checker.complain(("auth", "bearer"), "S063", message)
                _scheme(checker, token)
            case BodyAuth(fields=fields):
                for field, value in fields.items():
                    look(("auth", "body", field), value)
            case TokenAuth(headers=headers):
                for header, value in headers.items():
                    place = ("auth", "then", f"{HEADER_WORD}{header}")
                    look(place, Composed(tuple(part for part in value.parts if part != Hole(TOKEN))))
                    if TOKEN not in value.names():
                        checker.complain(place, "S097", f"this carries no token; write ${{{TOKEN}}} in it")
            case FormAuth(fields=fields):
                for field, value in fields.items():
                    look(("auth", "form", field), value)
            case HashAuth(then=then):
                look(("auth", "hash", "then"), then)
                if not then.names():
                    message = "what authenticates is the caller's, not the spec's; write ${name} of a credential"
                    checker.complain(("auth", "hash", "then"), "S063", message)
    _login(checker, look)
    # A name that was misspelt in one place is not unused as well.
    if not checker.is_broken("auth"):
        for name in checker.spec.credentials:
            if name not in used:
                message = f"every caller would have to give '{name}', yet nothing uses it; write ${{{name}}} under auth"
                checker.complain(("credentials", name), "S051", message, key=True)


def _scheme(checker: Checker, token: Composed) -> None:
    """Complain of a word before the token that would stand behind the word Bearer."""
    first = token.parts[0] if token.parts else ""
    word, blank, _ = first.partition(" ") if isinstance(first, str) else ("", "", "")
    if blank and word.lower() == "bearer":
        message = f"the client writes 'Bearer ' before it by itself; leave out '{word}'"
        checker.complain(("auth", "bearer"), "S023", message)
    elif blank and word.lower() in _OTHER_SCHEMES:
        message = f"this would be sent as 'Authorization: Bearer {word} ...', and the scheme {word} is none that a spec can say"
        checker.complain(("auth", "bearer"), "S023", message)


def _login(checker: Checker, look: Callable[[Path, Composed], None]) -> None:
    """Complain of a login that is not used, or that a client should not send."""
    login = checker.spec.auth.login
    sent = [part for part in checker.spec.auth.parts if isinstance(part, TokenAuth)]
    if sent and login is None and "login" not in checker.written("auth"):
        checker.complain(("auth", "then"), "S097", "nothing says where the token comes from; write login", key=True)
    if login is None:
        return
    if not sent and "then" not in checker.written("auth"):
        message = f"nothing says where the token goes; write then, such as 'header Authorization: Bearer ${{{TOKEN}}}'"
        checker.complain(("auth", "login"), "S097", message, key=True)
    if TOKEN in map(naming.parameter_name, checker.spec.credentials):
        message = f"${{{TOKEN}}} is what the login brings; give the credential another name"
        name = next(name for name in checker.spec.credentials if naming.parameter_name(name) == TOKEN)
        checker.complain(("credentials", name), "S062", message, key=True)
    for field, value in login.form.items():
        look(("auth", "login", "form", field), value)
    reason = addresses.refusal(login.url)
    if reason:
        checker.complain(("auth", "login", "call"), "S060", reason)
