"""What has to hold of forms, digests and XML: names that are sent, vectors that are true, lists that can be told."""

from __future__ import annotations

from typing import cast

from generator import naming
from generator.runtime.digest import Algorithm, digest
from generator.spec.answers import is_xml
from generator.spec.auth import KEYS, FormAuth, HashAuth
from generator.spec.checker import Checker, Path, written
from generator.spec.digests import CallVector, Hashed
from generator.spec.endpoints import Endpoint
from generator.spec.members import ObjectType
from generator.spec.types import ListOf, Nullable, Type
from generator.spec.words import Composed, Hole


def check_forms(checker: Checker) -> None:
    """Complain of forms that nothing spells, parts of auth that are not there, and lists that XML cannot tell."""
    spec = checker.spec
    forms = {"form", "query"} & set(spec.format.request)
    keys = tuple(KEYS[type(part)] for part in spec.auth.parts)
    for name, endpoint in spec.endpoints.items():
        path = ("endpoints", name)
        if endpoint.form and not forms:
            message = "nothing says that bodies are forms; write 'request: form' under format, or these under body"
            checker.complain((*path, "form"), "S113", message, key=True)
        if endpoint.body and "json" not in spec.format.request:
            message = "bodies are forms, as format says; write these under form"
            checker.complain((*path, "body"), "S113", message, key=True)
        for number, key in enumerate(endpoint.auth or ()):
            checker.known((*path, "auth", str(number)), "S112", key, keys, "part of auth")
        _hashed(checker, path, endpoint)
        if is_xml(spec, endpoint) and isinstance(endpoint.returns.type, ListOf) and len(endpoint.returns.at) < 2:
            message = "in XML a list is a repeated element; write 'list of X at wrapper.element'"
            checker.complain((*path, "returns"), "S114", message)
    _form_of_parts(checker, forms)
    for name, definition in spec.types.items():
        if isinstance(definition, ObjectType):
            for member in definition.fields:
                place = (*checker.fields_of(name), written(member))
                is_list = isinstance(_bare(member.type), ListOf)
                if member.item is not None and not is_list:
                    checker.complain(
                        (*place, "item"), "S114", "only a list has items; write 'list of ...', or leave this out"
                    )
                elif is_list and member.item is None and spec.format.response == "xml":
                    message = "in XML a list is an element with a repeated one inside; write its name under 'item'"
                    checker.complain(place, "S114", message, key=True)


def _bare(of: Type) -> Type:
    return of.inner if isinstance(of, Nullable) else of


def _form_of_parts(checker: Checker, forms: set[str]) -> None:
    for part in checker.spec.auth.parts:
        if isinstance(part, FormAuth | HashAuth) and not forms:
            message = "nothing says that bodies are forms; write 'request: form' under format"
            checker.complain(("auth", KEYS[type(part)]), "S113", message, key=True)


def _hashed(checker: Checker, path: Path, endpoint: Endpoint) -> None:
    spec = checker.spec
    parts = spec.auth.applied(endpoint.auth)
    has_digest = any(isinstance(part, HashAuth) for part in parts)
    hashed = endpoint.hashed
    if hashed is None:
        if has_digest:
            message = "auth.hash signs this endpoint, and nothing says what goes into its digest; write 'hashed' with the names in order, [] for none, or unknown"
            checker.complain(path, "S110", message, key=True)
        return
    if not has_digest:
        message = "no digest signs this endpoint; leave this out, or write 'hash' under auth"
        checker.complain((*path, "hashed"), "S110", message, key=True)
        return
    sent = {member.name for member in endpoint.form}
    for part in parts:
        sent |= part.body_names() if isinstance(part, FormAuth) else set()
    for name in hashed.mentioned():
        if name not in sent:
            message = (
                f"'{name}' is not sent, so it cannot go into the digest; {naming.hint(name, sent, what='what is sent')}"
            )
            checker.complain((*path, "hashed"), "S110", message, word=name)
    if hashed.setting is not None:
        place = (*path, "hashed", hashed.setting)
        if checker.known(place, "S112", hashed.setting, checker.written("settings"), "setting", key=True):
            setting = spec.settings.get(hashed.setting)
            words = setting.one_of if setting is not None else ()
            for word in hashed.choices:
                checker.known((*place, word), "S112", word, words, "word of the setting", key=True)
            for word in words:
                if word not in hashed.choices:
                    checker.complain(
                        place, "S112", f"nothing says what goes into the digest when {hashed.setting} is '{word}'"
                    )


def check_vectors(checker: Checker) -> None:
    """Complain of each vector that is not what the spec's own digest makes of it."""
    spec = checker.spec
    for part in spec.auth.parts:
        if isinstance(part, HashAuth):
            for number, vector in enumerate(part.vectors):
                made = digest(_algorithm(part), (*vector.values, vector.secret))
                _compare(checker, ("auth", "hash", "vectors", str(number), "hash"), made, vector.hash)
    for name, endpoint in spec.endpoints.items():
        for number, called in enumerate(endpoint.vectors):
            _call_vector(checker, endpoint, called, ("endpoints", name, "vectors", str(number)))


def _algorithm(part: HashAuth) -> Algorithm:
    return cast("Algorithm", part.digest)


def _compare(checker: Checker, path: Path, made: str, told: str) -> None:
    if made != told:
        checker.complain(
            path, "S111", f"the digest of these values is {made}; mend the values, or leave the vector out"
        )


def _call_vector(checker: Checker, endpoint: Endpoint, vector: CallVector, path: Path) -> None:
    spec = checker.spec
    parts = spec.auth.applied(endpoint.auth)
    hashes = [part for part in parts if isinstance(part, HashAuth)]
    if not hashes or endpoint.hashed is None:
        return
    names = {member.name for member in endpoint.form}
    for name in vector.call:
        checker.known((*path, "call", name), "S071", name, names, "parameter", key=True)
    for name in vector.credentials:
        checker.known((*path, "credentials", name), "S050", name, spec.credentials, "credential", key=True)
    for name, word in vector.settings.items():
        if checker.known((*path, "settings", name), "S112", name, spec.settings, "setting", key=True):
            checker.known((*path, "settings", name), "S112", word, spec.settings[name].one_of, "word of the setting")
    needed = {name for name in hashes[0].then.names() if name not in vector.credentials}
    fields = {name: value for part in parts if isinstance(part, FormAuth) for name, value in part.fields.items()}
    order = order_of(endpoint.hashed, vector, {name: setting.one_of[0] for name, setting in spec.settings.items()})
    needed |= {
        name for wire in order if wire in fields for name in fields[wire].names() if name not in vector.credentials
    }
    if needed:
        message = f"the digest needs {', '.join(sorted(needed))}; give a made-up value under credentials"
        checker.complain((*path, "credentials"), "S111", message)
        return
    values: list[str] = []
    for wire in order:
        if wire in vector.call:
            values.append(_spelled(vector.call[wire]))
        elif wire in fields:
            values.append(_filled(fields[wire], vector))
    made = digest(_algorithm(hashes[0]), (*values, _filled(hashes[0].then, vector)))
    _compare(checker, (*path, "hash"), made, vector.hash)


def order_of(hashed: Hashed, vector: CallVector, defaults: dict[str, str]) -> tuple[str, ...]:
    """Return the names that a vector's digest is made of, in order."""
    if hashed.names is not None:
        return hashed.names
    if hashed.setting is not None:
        return hashed.choices.get(vector.settings.get(hashed.setting, defaults.get(hashed.setting, "")), ())
    return tuple(name for name in hashed.unordered if name in vector.call)


def _spelled(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _filled(composed: Composed, vector: CallVector) -> str:
    return "".join(vector.credentials[part.name] if isinstance(part, Hole) else part for part in composed.parts)
