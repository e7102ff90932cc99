"""Forms, digests, settings and answers that are no JSON, as declarations of the runtime."""

from __future__ import annotations

from generator import naming
from generator.plan import literals
from generator.plan.code import Code, construct, tuple_of
from generator.plan.envelope import path
from generator.runtime import digest as runtime_digest
from generator.runtime import operations as runtime
from generator.runtime.forms import FormBody
from generator.runtime.named_xml import NamedXml
from generator.runtime.text_answers import TextAnswer
from generator.runtime.xml_answers import ListAt, XmlAnswer
from generator.spec.answers import answer_form, lists_of_objects
from generator.spec.digests import Hashed
from generator.spec.document import Spec
from generator.spec.endpoints import Endpoint

REQUEST_FORMAT = "request_format"
"""The setting by which a caller chooses between the forms of requests."""


def plan_form(spec: Spec) -> Code | None:
    """Spell how forms travel, or None where there are none."""
    forms = [form for form in spec.format.request if form in ("form", "query")]
    if not forms:
        return None
    return construct(
        FormBody,
        in_query="True" if forms == ["query"] else None,
        setting=literals.string(REQUEST_FORMAT) if len(forms) > 1 else None,
    )


def settings(spec: Spec) -> tuple[tuple[str, tuple[str, ...], str], ...]:
    """Return the choices that a client is made with: keyword, words, what it is for."""
    found = [
        (naming.parameter_name(name), each.one_of, literals.prose(each.doc)) for name, each in spec.settings.items()
    ]
    forms = tuple(form for form in spec.format.request if form in ("form", "query"))
    if len(forms) > 1:
        doc = "How parameters travel: in a form body, or in the query, where servers and proxies log them, secrets too."
        found.append((REQUEST_FORMAT, forms, doc))
    return tuple(found)


def plan_settings(spec: Spec) -> Code | None:
    """Spell the choices that a client is made with, or None where there are none."""
    return tuple_of(
        construct(runtime.ClientSetting, name=literals.string(name), words=literals.strings(words))
        for name, words, _ in settings(spec)
    )


def plan_hashed(hashed: Hashed | None) -> Code | None:
    """Spell what goes into a digest, or None where there is none."""
    if hashed is None:
        return None
    if hashed.names is not None:
        return construct(runtime_digest.HashedInOrder, names=literals.strings(hashed.names) if hashed.names else None)
    if hashed.setting is not None:
        pairs = (
            tuple_of((literals.string(word), literals.strings(names))) or "" for word, names in hashed.choices.items()
        )
        return construct(
            runtime_digest.HashedBySetting,
            setting=literals.string(naming.parameter_name(hashed.setting)),
            orders=tuple_of(pairs),
        )
    members = literals.strings(hashed.unordered) if hashed.unordered else None
    return construct(runtime_digest.HashedAsGiven, members=members)


def plan_variants(spec: Spec, endpoint: Endpoint) -> Code | None:
    """Spell how an endpoint's answers are read in the forms that a caller may choose, or None where JSON is all."""
    if "xml" not in spec.format.choose:
        return None
    reader = construct(
        NamedXml,
        lists=tuple_of(literals.strings(at) for at in lists_of_objects(spec, endpoint)),
        is_pascal_case="True" if spec.format.names.get("xml") == "PascalCase" else None,
    )
    return tuple_of((tuple_of((literals.string("xml"), reader)) or "",))


def plan_answers(spec: Spec, endpoint: Endpoint) -> Code | None:
    """Spell the form of an endpoint's answers, or None for JSON."""
    match answer_form(spec, endpoint):
        case XmlAnswer(roots=roots, lists=lists):
            return construct(
                XmlAnswer,
                roots=path(roots or None),
                lists=tuple_of(
                    construct(ListAt, path=literals.strings(each.path), item=literals.string(each.item))
                    for each in lists
                ),
            )
        case TextAnswer(roots=roots):
            return construct(TextAnswer, roots=path(roots or None))
        case _:
            return None


def plan_success(endpoint: Endpoint) -> Code | None:
    """Spell the words by which the vendor says that it did what was asked."""
    return tuple_of(
        tuple_of((literals.strings(tuple(at.split("."))), literals.string(word))) or ""
        for at, word in endpoint.success.items()
    )
