"""Tests of webhooks: each known event is typed, others are kept, and only what is signed passes."""

from __future__ import annotations

from dataclasses import dataclass

from generator import naming
from generator.plan import literals, types
from generator.plan.bound_names import BoundNames
from generator.plan.code import Import, import_lines, names_in
from generator.plan.samples import Sampler
from generator.plan.webhooks import event_names
from generator.spec.document import Spec
from generator.spec.types import DateTime

_FREE = {"key": "value"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What comes in, and the event that it is."""

    name: str
    body: str
    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookTests:
    """The module of tests about webhooks."""

    header: str
    docstring: str
    imports: tuple[str, ...]
    deliveries: tuple[Delivery, ...]
    signed: str
    moment: str


def plan_webhook_tests(spec: Spec, header: str, bound: BoundNames) -> WebhookTests | None:
    """Plan the tests of webhooks, or None where the vendor has none."""
    webhooks = spec.webhooks
    if webhooks is None:
        return None
    sampler = Sampler(spec, bound)
    moment = str(types.sample(DateTime(), spec.types))
    named = {wire: naming.attribute_name(wire) for wire in (webhooks.event, webhooks.time, webhooks.data)}
    deliveries: list[Delivery] = []
    known = [
        (event, event_names(spec)[event], None if types.is_unknown(member.type, spec.types) else member.type)
        for event, member in webhooks.events.items()
    ]
    for event, kind, of in (*known, ("something.new", "UnknownEvent", None)):
        data = _FREE if of is None else sampler.full(of)
        told = literals.value(data) if of is None else sampler.expected(of, data)
        spelled = {
            named[webhooks.event]: literals.string(event),
            named[webhooks.time]: sampler.expected(DateTime(), moment),
            named[webhooks.data]: told,
        }
        deliveries.append(
            Delivery(
                name=naming.snake_case(event),
                body=literals.value({webhooks.event: event, webhooks.time: moment, webhooks.data: data}),
                event=f"{kind}({', '.join(f'{name}={value}' for name, value in spelled.items())})",
            )
        )
    spoken_of = frozenset[str]().union(*(names_in(each.event) for each in deliveries))
    used = {
        *(Import(name) for name in ("hashlib", "hmac", "json", "datetime", "pytest")),
        *(Import("..webhooks", name) for name in ("Scheme", "UnknownEvent", "WebhookError", "parse", "verify")),
        *(Import("..webhooks", name) for name in event_names(spec).values()),
        *sampler.imports(spoken_of),
    }
    if "Decimal" in spoken_of:
        used.add(Import("decimal", "Decimal"))
    if "uuid" in spoken_of:
        used.add(Import("uuid"))
    return WebhookTests(
        header=header,
        docstring=literals.docstring(("What the vendor sends by itself.",)),
        imports=import_lines(used),
        deliveries=tuple(deliveries),
        signed=deliveries[0].body,
        moment=sampler.expected(DateTime(), moment),
    )
