"""Webhooks: a class for each known event, and the functions that read and verify deliveries."""

from __future__ import annotations

from dataclasses import dataclass

from generator import naming
from generator.plan import literals, types
from generator.plan.bound_names import BoundNames
from generator.plan.code import Code, Import, construct, import_lines, tuple_of
from generator.plan.documentation import provenance
from generator.runtime import webhooks as runtime
from generator.spec.document import Spec
from generator.spec.types import Anything, MapOf


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A class of events."""

    name: str
    docstring: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookModule:
    """The module of webhooks."""

    header: str
    docstring: str
    imports: tuple[str, ...]
    names: tuple[str, ...]
    events: tuple[Event, ...]
    union: str
    declaration: Code
    parse_docstring: str
    verify_docstring: str


_VERIFY_ARGS = (
    "Args:\n"
    "    body: The bytes as they came.\n"
    "    headers: The headers as they came.\n"
    "    secret: The shared secret, or several while it is changed.\n"
    "    header: The header with the signature.\n"
    "    scheme: How the signature is made.\n"
    "    tolerance: Seconds that the delivery may be old, or early by another clock.\n"
    "    seen: Remembers deliveries, so that a repeated one is refused.\n"
    "    now: The moment to compare with, in Unix seconds; the clock's when it is not given."
)

_VERIFY_RAISES = (
    "Raises:\n"
    "    WebhookError: The delivery is not to be trusted, or no event.\n"
    "    ArgumentError: A secret or a setting cannot be meant."
)

_FREE = MapOf(Anything(unknown=True))


def plan_webhooks(spec: Spec, header: str, bound: BoundNames) -> WebhookModule | None:
    """Plan the module of webhooks, or None where the vendor has none."""
    webhooks = spec.webhooks
    if webhooks is None:
        return None
    names = event_names(spec)
    imports: set[Import] = {
        Import("typing", "Literal"),
        Import("._runtime.models", "Model"),
        *(Import("._runtime.webhooks", name) for name in ("Headers", "Scheme", "SeenDeliveries", "WebhookError")),
        Import("._runtime.webhooks", "shared_secrets"),
        Import("collections.abc", "Sequence"),
        Import("pydantic", "AwareDatetime"),
    }
    events: list[Event] = []
    for event, notation in webhooks.events.items():
        of = _FREE if types.is_unknown(notation.type, spec.types) else notation.type
        annotation = bound.told_apart(types.received(of, spec.types))
        imports |= annotation.imports
        known = "" if of is notation.type else "The vendor does not document its data."
        fields = _fields(
            webhooks.event, f"Literal[{literals.string(event)}]", webhooks.time, webhooks.data, annotation.text
        )
        events.append(
            Event(
                name=names[event],
                docstring=literals.docstring((f"`{literals.prose(event)}` happened.", known), indent=4),
                fields=fields,
            )
        )
    free = types.received(_FREE, spec.types)
    events.append(
        Event(
            name="UnknownEvent",
            docstring=literals.docstring(("Something happened that the spec does not know.",), indent=4),
            fields=_fields(webhooks.event, "str", webhooks.time, webhooks.data, free.text),
        )
    )
    imports |= free.imports
    # At the end: a word of the vendor's, which stands before it, may say anything.
    if any(field.endswith(")") for event in events for field in event.fields):
        imports.add(Import("pydantic", "Field"))
    declaration = construct(
        runtime.EventReader,
        event=literals.string(webhooks.event),
        time=literals.string(naming.attribute_name(webhooks.time)),
        kinds=tuple_of(f"({literals.string(event)}, {name})" for event, name in names.items()) or "()",
        unknown="UnknownEvent",
    )
    told = (literals.prose(webhooks.doc), provenance(spec, webhooks.source))
    exported = (
        "Event",
        "Scheme",
        "SeenDeliveries",
        "WebhookError",
        "parse",
        "verify",
        *(event.name for event in events),
    )
    return WebhookModule(
        header=header,
        docstring=literals.docstring((f"What the {literals.prose(spec.title)} sends by itself.", *told)),
        imports=import_lines(imports | declaration.imports, exported),
        names=tuple(literals.string(name) for name in sorted(exported)),
        events=tuple(events),
        union=" | ".join(event.name for event in events),
        declaration=declaration,
        parse_docstring=literals.docstring(
            (
                "Return the event of a delivery. It verifies nothing: anybody may have sent it.",
                "How the vendor signs a delivery is not documented; `verify` checks what you know of it.",
                "Raises:\n    WebhookError: It is too long, or no event.",
            ),
            indent=4,
        ),
        verify_docstring=literals.docstring(
            (
                "Return the event of a delivery, if its signature is good and its moment is near.",
                "How the vendor signs a delivery is not documented, so header and scheme are yours to name.",
                _VERIFY_ARGS,
                _VERIFY_RAISES,
            ),
            indent=4,
        ),
    )


def _fields(event: str, event_annotation: str, time: str, data: str, data_annotation: str) -> tuple[str, ...]:
    annotations = ((event, event_annotation), (time, "AwareDatetime"), (data, data_annotation))
    found: list[str] = []
    for wire, annotation in annotations:
        name = naming.attribute_name(wire)
        alias = "" if name == wire else f" = Field(serialization_alias={literals.string(wire)})"
        found.append(f"{name}: {annotation}{alias}")
    return tuple(found)


def event_names(spec: Spec) -> dict[str, str]:
    """Return the class of each known event."""
    events = spec.webhooks.events if spec.webhooks is not None else ()
    return {event: naming.event_class_name(event) for event in events}
