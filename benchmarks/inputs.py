"""What is measured on: specs of any size, the same operations as an OpenAPI document, and answers to read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from generator.diagnostics import Complaints
from generator.spec.document import Spec
from generator.spec.endpoints import Endpoint, UnknownBody
from generator.spec.members import Member
from generator.spec.parsing import parse_specs
from generator.spec.schema import loose, loose_schema, object_names
from generator.spec.source import read_source

Json = dict[str, Any]

_HEAD = """\
vendor: {name}
version: v1
package: {name}
title: {title} API

servers:
  live: https://api.{name}.example/v1

credentials:
  apiKey: {{ env: {upper}_API_KEY, secret: true }}

auth:
  bearer: ${{apiKey}}

envelope:
  success: ok
  data: data
  error: {{ code: error.code, message: error.message }}

errors:
  gone: NotFoundError

rate_limit: {{ requests: 1000000, every: 1 second, shared_by: account }}

pagination:
  by_offset: {{ items: records, offset: offset, size: limit, more: hasMore, id: id }}

endpoints:
"""

_ENDPOINTS = (
    """\
  {group}.list:
    call: GET {group}
    effect: read
    pages: by_offset
    doc: Lists what there is, newest first.
    query:
      offset?: integer 0..
      limit?: integer 1..1000 = 100
      state?: one of open, paid, void
    returns: list of {type}
""",
    """\
  {group}.get:
    call: GET {group}/{{id}}
    effect: read
    doc: Reads one.
    returns: {type}
""",
    """\
  {group}.create:
    call: POST {group}
    effect: unsafe
    doc: Makes one.
    body:
      reference: string 1..64
      amount: decimal
      currency: string 3
      dueOn?: date
      note?: {{ type: string 0..500, doc: Shown to the customer. }}
    returns: {type}
""",
    """\
  {group}.update:
    call: PATCH {group}/{{id}}
    effect: idempotent
    doc: Changes what is given.
    body:
      reference?: string 1..64
      dueOn?: date
      note?: {{ type: string 0..500, doc: Shown to the customer. }}
    returns: {type}
""",
    """\
  {group}.delete:
    call: DELETE {group}/{{id}}
    effect: idempotent
    doc: Removes one.
    returns: nothing
""",
)

_TYPES = """\
  {type}:
    id: string 36
    reference: {{ type: string, doc: The customer's own word for it. }}
    amount: decimal
    currency: string 3
    state?: one of open, paid, void
    createdAt: datetime
    dueOn?: date
    paidAt?: datetime?
    note?: string
    customerName?: string
    lines?: list of {type}Line
  {type}Line:
    text: string
    quantity: integer
    unitPrice: decimal
    taxPercent?: decimal
"""

WIDE_FIELDS = 24
"""Fields of a wide record beside its customer, its address and its two lines."""

_WIDE_KINDS = ("string", "integer", "boolean", "datetime", "one of open, paid, void", "date")


def _fields(name: str, kinds: Iterable[str]) -> str:
    return "".join(f"    {name}{number}: {kind}\n" for number, kind in enumerate(kinds))


_WIDE_TYPES = f"""\
  Wide:
    id: string 36
{_fields("field", (_WIDE_KINDS[number % len(_WIDE_KINDS)] for number in range(WIDE_FIELDS)))}\
    customer: WideCustomer
    address: WideAddress
    lines: list of WideLine
  WideCustomer:
{_fields("customer", ["string"] * 10)}\
  WideAddress:
{_fields("address", ["string"] * 9)}\
  WideLine:
    text: string
    quantity: integer
    unitPrice: string
    taxPercent: string
    soldAt: datetime
    kind: one of goods, service
    position: integer
    note: string
"""

_WIDE = """\
  wide.list:
    call: GET wide
    effect: read
    pages: by_offset
    query:
      offset?: integer 0..
      limit?: integer 1..1000 = 100
    returns: list of Wide
types:
""" + _WIDE_TYPES

_XML = ("""\
vendor: wide_xml
version: v1
package: wide_xml
title: Wide XML API

servers:
  live: https://api.wide.example/v1

format: { request: form, response: xml }

envelope:
  error: { message: reply.error }

endpoints:
  wide.list:
    call: POST wide/list
    effect: read
    returns: list of Wide at reply.records.record
types:
""" + _WIDE_TYPES).replace("lines: list of WideLine", "lines: { type: list of WideLine, item: line }")


def wide_spec() -> str:
    """Return a spec whose one operation lists records of some sixty nested fields."""
    return _HEAD.format(name="wide", upper="WIDE", title="Wide") + _WIDE


def money_spec() -> str:
    """Return the same spec with amounts, which are read exactly."""
    text = _HEAD.format(name="money", upper="MONEY", title="Money") + _WIDE
    return text.replace("unitPrice: string", "unitPrice: decimal").replace("taxPercent: string", "taxPercent: decimal")


def wide_xml_spec() -> str:
    """Return a spec of the same records as XML."""
    return _XML


def spec(name: str, operations: int) -> str:
    """Return a spec with so many operations, five a group, and two types for each group."""
    groups = [f"things{number}" for number in range((operations + len(_ENDPOINTS) - 1) // len(_ENDPOINTS))]
    title = name.replace("_", " ").title()
    endpoints = [text.format(group=group, type=group.title()) for group in groups for text in _ENDPOINTS][:operations]
    types = [_TYPES.format(type=group.title()) for group in groups]
    head = _HEAD.format(name=name, upper=name.upper(), title=title)
    return head + "".join(endpoints) + "types:\n" + "".join(types)


def many_types_spec(name: str, types: int) -> str:
    """Return a spec of one operation, whose answer has so many types in it."""
    head = _HEAD.format(name=name, upper=name.upper(), title=name.title())
    operation = "  things.get:\n    call: GET things/{id}\n    effect: read\n    returns: Things\ntypes:\n  Things:\n"
    members = "".join(f"    thing{number}?: Thing{number}\n" for number in range(types - 1))
    fields = "    id: string 36\n    createdAt?: datetime\n    state?: one of open, paid, void\n    note?: string\n"
    return head + operation + members + "".join(f"  Thing{number}:\n{fields}" for number in range(types - 1))


def read_spec_files(folder: Path) -> dict[str, Spec]:
    """Read all specs of a folder by their names below it."""
    complaints = Complaints()
    sources = [read_source(path, str(path.relative_to(folder)), complaints) for path in sorted(folder.rglob("*.yaml"))]
    specs = parse_specs([source for source in sources if source is not None], complaints)
    if complaints.found:
        raise ValueError("\n".join(str(each) for each in complaints.sorted()))
    return dict(specs)


def openapi(of: Spec) -> Json:
    """Return the operations and types of a spec as an OpenAPI document, as well as that can tell them."""
    paths: dict[str, Json] = {}
    for name, endpoint in of.endpoints.items():
        group = name.rpartition(".")[0].replace(".", "_") or "default"
        path = paths.setdefault(f"/{endpoint.call.path}", {})
        path[endpoint.call.method.lower()] = {
            "operationId": name.replace(".", "_"),
            "tags": [group],
            "description": endpoint.doc,
            "parameters": list(_parameters(of, endpoint)),
            **_body(of, endpoint),
            "responses": {"200": {"description": "Done.", **_answer(of, endpoint)}},
        }
    schemas = loose_schema(of.types, object_names(of.types))["$defs"]
    document = {
        "openapi": "3.1.0",
        "info": {"title": of.title, "version": of.version or "v1"},
        "servers": [{"url": "https://api.example"}],
        "paths": paths,
        "components": {"schemas": schemas},
    }
    moved: Json = json.loads(json.dumps(document).replace("#/$defs/", "#/components/schemas/"))
    return moved


def _parameters(of: Spec, endpoint: Endpoint) -> Iterator[Json]:
    described = {member.name for member in endpoint.path}
    for name in endpoint.call.placeholders():
        if name not in described:
            yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
    for place, members in (("path", endpoint.path), ("query", endpoint.query), ("header", endpoint.header)):
        for member in members:
            required = place == "path" or not member.optional
            yield {"name": member.name, "in": place, "required": required, "schema": loose(member.type, of.types)}


def _body(of: Spec, endpoint: Endpoint) -> Json:
    members: tuple[Member, ...] = endpoint.body or endpoint.form
    if not members:
        return {}
    media_type = "application/json" if endpoint.body else "application/x-www-form-urlencoded"
    schema: Json = {
        "type": "object",
        "properties": {member.name: loose(member.type, of.types) for member in members},
        "required": [member.name for member in members if not member.optional],
    }
    if any(isinstance(member, UnknownBody) for member in members):
        schema = {"type": "object", "additionalProperties": True}
    return {"requestBody": {"required": True, "content": {media_type: {"schema": schema}}}}


def _answer(of: Spec, endpoint: Endpoint) -> Json:
    if endpoint.returns.type is None:
        return {}
    schema: Json = loose(endpoint.returns.type, of.types)
    for step in reversed(endpoint.returns.at):
        schema = {"type": "object", "properties": {step: schema}}
    if endpoint.pages is not None:
        schema = {"type": "object", "properties": {"records": schema, "hasMore": {"type": "boolean"}}}
    if of.envelope.data:
        success = {"type": "boolean"}
        schema = {"type": "object", "properties": {"ok": success, "data": schema}, "required": ["ok", "data"]}
    return {"content": {"application/json": {"schema": schema}}}


def wide_record(number: int) -> Json:
    """Return one record of a wide answer as it stands on the wire."""
    values = (f"text {number}", number, True, "2026-11-21T08:30:00Z", "paid", "2026-11-21")
    return {
        "id": f"{number:036d}",
        **{f"field{index}": values[index % len(values)] for index in range(WIDE_FIELDS)},
        "customer": {f"customer{index}": f"name {number} of {index}" for index in range(10)},
        "address": {f"address{index}": f"street {number} of {index}" for index in range(9)},
        "lines": [
            {
                "text": f"line {line}",
                "quantity": line,
                "unitPrice": "19.90",
                "taxPercent": "20.0",
                "soldAt": "2026-11-21T08:30:00Z",
                "kind": "goods",
                "position": line,
                "note": "as agreed",
            }
            for line in range(2)
        ],
    }


def wide_answer(records: int) -> bytes:
    """Return an answer of so many wide records in its envelope."""
    page = {"records": [wide_record(number) for number in range(records)], "hasMore": False}
    return json.dumps({"ok": True, "data": page}).encode()


def wide_document(records: int) -> bytes:
    """Return the same records as an XML document."""
    return f"<reply><records>{''.join(_element('record', wide_record(n)) for n in range(records))}</records></reply>".encode()


def _element(name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        entries = cast("Json", value)
        inner = "".join(_element(key, each) for key, each in entries.items())
    elif isinstance(value, list):
        inner = "".join(_element("line", each) for each in cast("list[Json]", value))
    else:
        inner = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name}>{inner}</{name}>"
