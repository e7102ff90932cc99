"""Operations: the constant that declares each, and the methods that call it."""

from __future__ import annotations

import builtins
import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass

from generator import naming
from generator.plan import literals, types
from generator.plan.auth import plan_endpoint_auth
from generator.plan.bound_names import BoundNames, in_prose
from generator.plan.code import Code, Import, construct, names_in, tuple_of, unhidden
from generator.plan.deprecations import plan_ends
from generator.plan.documentation import method_docstring
from generator.plan.forms import plan_answers, plan_hashed, plan_success, plan_variants
from generator.plan.idempotency import plan_idempotency
from generator.plan.models import TYPE_VARIABLE
from generator.plan.pagination import Told, plan_pagination, told
from generator.plan.parameters import Parameter, hiding, order_of_digest, plan_parameters
from generator.runtime import operations as runtime
from generator.spec.answers import value_path
from generator.spec.document import Spec
from generator.spec.endpoints import Endpoint
from generator.spec.idempotency_checks import is_keyed
from generator.spec.members import ObjectType
from generator.spec.types import ListOf, Reference, Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A class of pages of its own, where a page tells more than its records.

    Attributes:
        name: The class for threads.
        async_name: The class for tasks.
        record: What its records are; a type variable where a caller may give a model.
        told: What else it tells.
        argument: What its name is followed by in annotations.
    """

    name: str
    async_name: str
    record: Code
    told: tuple[Told, ...]
    argument: str = ""

    @property
    def records(self) -> str:
        """What its records are, for readers."""
        return in_prose(self.record.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Overload:
    """A signature for type checkers: what comes out when a certain keyword goes in."""

    keyword: str
    returns: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """A method as it is printed: signature, docstring and one call.

    `more` are the names of keywords beside the vendor's parameters; `extras` spells them.
    """

    define: str
    name: str
    overloads: tuple[Overload, ...] = ()
    positional: tuple[Parameter, ...]
    keywords: tuple[Parameter, ...]
    more: tuple[str, ...] = ()
    extras: tuple[str, ...] = ()
    options: tuple[str, ...]
    returns: str
    docstring: str
    hidden: tuple[str, ...]
    call: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """A method beside an operation's own, with the constant that it works by."""

    name: str
    constant: str
    kind: Code
    declaration: Code
    method: Method
    async_method: Method
    summary: str
    imports: frozenset[Import]


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One endpoint in all that is printed of it."""

    wire: str
    name: str
    group: tuple[str, ...]
    constant: str
    kind: Code
    declaration: Code
    parameters: tuple[Parameter, ...]
    returns: Code
    page: Page | None
    method: Method
    async_method: Method
    imports: frozenset[Import]
    endpoint: Endpoint
    companions: tuple[Companion, ...] = ()
    is_ending: bool = False

    def calls(self) -> tuple[Operation | Companion, ...]:
        """Return what a caller can call: the operation, and what stands beside it."""
        return (self, *self.companions)

    def methods(self, *, is_async: bool) -> tuple[Method, ...]:
        """Return all that is printed of it in one class."""
        both = ((self.method, self.async_method), *((each.method, each.async_method) for each in self.companions))
        return tuple(pair[is_async] for pair in both)


_CALL_OPTIONS = (
    ("timeout", "float | httpx2.Timeout | None"),
    ("extra_headers", "Mapping[str, str] | None"),
    ("extra_query", "Mapping[str, object] | None"),
    ("extra_body", "Mapping[str, object] | None"),
)


_BUILTINS = frozenset(dir(builtins))


def hidden_builtins(spec: Spec, group: tuple[str, ...] = ()) -> frozenset[str]:
    """Return the builtins that a member of a class is called like, so that annotations there have to say more.

    Args:
        spec: The spec.
        group: The group of operations whose class is meant; none for the client itself.
    """
    depth = len(group)
    members: set[str] = set()
    for wire, endpoint in spec.endpoints.items():
        above = group_of(wire)
        if above[:depth] == group:
            members.add(above[depth] if len(above) > depth else _method_name(wire, endpoint))
    return _BUILTINS.intersection(members)


def plan_operations(spec: Spec, bound: BoundNames) -> tuple[Operation, ...]:
    """Plan every endpoint of a spec, in the spec's order."""
    hidden = {group: hidden_builtins(spec, group) for group in set(map(group_of, spec.endpoints))}
    return tuple(
        _plan_operation(spec, wire, endpoint, hidden[group_of(wire)], bound)
        for wire, endpoint in spec.endpoints.items()
    )


def method_imports(operations: Iterable[Operation]) -> frozenset[Import]:
    """Return what the methods of a module need, and the wrappers for raw answers."""
    operations = tuple(operations)
    if not operations:
        return frozenset()
    used: set[Import] = {
        Import("collections.abc", "Mapping"),
        Import("httpx2"),
        Import("._runtime.raw", "raw"),
        Import("._runtime.raw", "raw_async"),
        Import("._runtime.request", "CallOptions"),
    }
    for operation in operations:
        used.add(Import("._service", operation.constant))
        used |= operation.imports.union(*(each.imports for each in operation.companions))
        if operation.endpoint.pages is not None:
            own = ("AsyncPage", "AsyncPageRequestAs", "Page")
            names = own if operation.page is not None else ("AsyncPageRequest", "Page")
            used |= {Import("._runtime.pages", name) for name in names}
    return frozenset(used)


@functools.lru_cache(maxsize=4096)
def group_of(wire: str) -> tuple[str, ...]:
    """Return the Python names of the groups that an endpoint is in, the outermost first."""
    return tuple(map(naming.parameter_name, wire.split(".")[:-1]))


def _method_name(wire: str, endpoint: Endpoint) -> str:
    return endpoint.alias or naming.method_name(wire.rpartition(".")[2])


def _plan_operation(spec: Spec, wire: str, endpoint: Endpoint, hidden: frozenset[str], bound: BoundNames) -> Operation:
    own_name = _method_name(wire, endpoint)
    name = ".".join((*group_of(wire), own_name))
    constant = naming.constant_name(name)
    parameters = tuple(plan_parameters(spec, endpoint, hidden, bound))
    style = spec.pagination[endpoint.pages] if endpoint.pages is not None else None
    returned = endpoint.returns.type
    record: Code | None = None
    if style is not None:
        assert isinstance(returned, ListOf)  # noqa: S101 - checked when the spec was read
        record = bound.told_apart(types.received(returned.item, spec.types))
    plain = Code("None") if returned is None else bound.told_apart(types.received(returned, spec.types))
    answered = record or plain
    returns = types.union((answered, Code("None"))) if endpoint.returns.may_be_empty else answered
    generic = None if returned is None else _generic(returned, spec, bound)
    page = None
    if style is not None and record is not None and told(style):
        title = naming.class_name(name)
        page = Page(
            name=f"{title}Page",
            async_name=f"Async{title}Page",
            record=record if generic is None else Code("T", frozenset({Import("._runtime.pages", "T")})),
            told=told(style),
            argument="" if generic is None else f"[{record}]",
        )
    family = runtime.Operation if style is None else runtime.PagedOperation
    kind = Code(f"{family.__name__}[{returns}]", returns.imports | {Import("._runtime.operations", family.__name__)})
    ends = plan_ends(spec, wire, parameters)
    declaration = construct(
        family,
        name=literals.string(name),
        method=literals.string(endpoint.call.method),
        path=literals.string(endpoint.call.path),
        effect=literals.string(endpoint.effect),
        body=_body(spec, endpoint),
        parameters=tuple_of(parameter.declaration for parameter in parameters),
        returns=None if returned is None else answered,
        at=literals.strings(at) if (at := value_path(spec, endpoint)) else None,
        may_be_empty="True" if _may_be_empty(spec, endpoint) else None,
        pages=None if style is None else plan_pagination(style, {each.wire: each.name for each in parameters}),
        exact="True" if returned is not None and types.holds_decimals(returned, spec.types) else None,
        testing="True" if spec.testing is not None and endpoint.testing else None,
        auth=plan_endpoint_auth(spec, endpoint.auth),
        hashed=plan_hashed(endpoint.hashed),
        answers=plan_answers(spec, endpoint),
        variants=plan_variants(spec, endpoint),
        success=plan_success(endpoint),
        idempotency=plan_idempotency(spec, endpoint),
        ends=ends,
    )
    options = tuple(
        (option, unhidden(Code(annotation), hidden).text) for option, annotation in _options(spec, endpoint)
    )
    arguments = (*parameters, *order_of_digest(endpoint, hidden))
    methods = tuple(
        Method(
            define="async def" if is_async and style is None else "def",
            name=own_name,
            overloads=_overloads(generic, answered, page, paged=style is not None, is_async=is_async),
            more=() if generic is None else ("model",),
            extras=() if generic is None else (f"model: type[{TYPE_VARIABLE}] | None = None",),
            positional=tuple(each for each in parameters if each.positional),
            keywords=tuple(each for each in arguments if each.required and not each.positional)
            + tuple(each for each in arguments if not each.required),
            options=tuple(f"{option}: {annotation} = None" for option, annotation in options),
            returns=unhidden(
                Code(_either(_returns(returns, page, paged=style is not None, is_async=is_async), generic, answered)),
                hidden,
            ).text,
            docstring=literals.docstring(
                method_docstring(spec, wire, endpoint, parameters, returns, paged=style is not None, is_async=is_async),
                indent=8,
            ),
            hidden=tuple(line for each in parameters if each.secret for line in hiding(each)),
            call=_call(
                constant if generic is None else f"shaped({constant}, {generic}, model)",
                endpoint,
                parameters,
                page,
                paged=style is not None,
                keyed=is_keyed(spec, endpoint),
                is_async=is_async,
            ),
        )
        for is_async in (False, True)
    )
    imports = returns.imports.union(*(each.annotation.imports for each in parameters))
    imports = imports.union(*(each.annotation.imports for each in arguments))
    if any(each.secret for each in parameters):
        imports |= {Import("._runtime.credentials", "Secret")}
    if page is not None:
        imports |= page.record.imports
    if generic is not None:
        imports |= generic.imports
    if any(each.default == "OMIT" for each in parameters):
        imports |= {Import("._runtime.arguments", "OMIT"), Import("._runtime.arguments", "Omitted")}
    if any("builtins" in names_in(each) for each in (methods[0].returns, *(annotation for _, annotation in options))):
        imports |= {Import("builtins")}
    return Operation(
        wire=wire,
        name=name,
        group=group_of(wire),
        constant=constant,
        kind=kind,
        declaration=declaration,
        parameters=parameters,
        returns=returns,
        page=page,
        method=methods[0],
        async_method=methods[1],
        imports=imports,
        endpoint=endpoint,
        is_ending=ends is not None,
    )


def _generic(returned: Type, spec: Spec, bound: BoundNames) -> Code | None:
    """Return the generic model of an answer that a caller may give a model for, or None."""
    of = types.resolved(returned, spec.types)
    of = types.resolved(of.item, spec.types) if isinstance(of, ListOf) else of
    definition = spec.types[of.name] if isinstance(of, Reference) else None
    if not isinstance(of, Reference) or not isinstance(definition, ObjectType):
        return None
    if not any(member.model for member in definition.fields):
        return None
    needed = (
        Import(".models", TYPE_VARIABLE),
        bound.import_of(f"{of.name}Of"),
        Import("._runtime.shaped", "shaped"),
        Import("typing", "overload"),
    )
    return Code(bound.spelled(f"{of.name}Of"), frozenset(needed))


def _with_model(text: str, generic: Code, answered: Code) -> str:
    """Spell an annotation with the caller's model in it."""
    plain = generic.text.removesuffix("Of")
    return re.sub(rf"\b{re.escape(plain)}\b", f"{generic}[{TYPE_VARIABLE}]", text) if plain in answered.text else text


def _either(text: str, generic: Code | None, answered: Code) -> str:
    return text if generic is None else f"{text} | {_with_model(text, generic, answered)}"


def _overloads(
    generic: Code | None, answered: Code, page: Page | None, *, paged: bool, is_async: bool
) -> tuple[Overload, ...]:
    if generic is None:
        return ()
    plain = _returns(answered, page, paged=paged, is_async=is_async)
    return (
        Overload(keyword="model: None = None", returns=plain),
        Overload(keyword=f"model: type[{TYPE_VARIABLE}]", returns=_with_model(plain, generic, answered)),
    )


def _may_be_empty(spec: Spec, endpoint: Endpoint) -> bool:
    """Tell whether an answer may have no body: where the spec says so, or where nobody knows the answer's form."""
    if endpoint.returns.may_be_empty:
        return True
    of = endpoint.returns.type
    wrapped = spec.envelope.success is not None or bool(spec.envelope.data) or bool(endpoint.returns.at)
    return of is not None and types.is_unknown(of, spec.types) and not wrapped and endpoint.pages is None


def _body(spec: Spec, endpoint: Endpoint) -> str | None:
    if not endpoint.call.has_body:
        return None
    return literals.string("json" if "json" in spec.format.request else "form")


def _returns(returns: Code, page: Page | None, *, paged: bool, is_async: bool) -> str:
    if not paged:
        return returns.text
    if not is_async:
        return f"{page.name}{page.argument}" if page else f"Page[{returns}]"
    return (
        f"AsyncPageRequestAs[{page.async_name}{page.argument}, {returns}]" if page else f"AsyncPageRequest[{returns}]"
    )


def _options(spec: Spec, endpoint: Endpoint) -> tuple[tuple[str, str], ...]:
    """Return what every call of an endpoint takes beside the vendor's own parameters, with its type."""
    return (*_CALL_OPTIONS, ("idempotency_key", "str | None")) if is_keyed(spec, endpoint) else _CALL_OPTIONS


def _call(
    constant: str,
    endpoint: Endpoint,
    parameters: tuple[Parameter, ...],
    page: Page | None,
    *,
    paged: bool,
    keyed: bool,
    is_async: bool,
) -> str:
    names = [(each.name, f"_{each.name}" if each.secret else each.name) for each in parameters]
    if endpoint.hashed is not None and endpoint.hashed.is_asked_for:
        names.append(("hashed", "hashed"))
    given = ", ".join(f"{literals.string(name)}: {value}" for name, value in names)
    names_of_options = "timeout, extra_headers, extra_query, extra_body" + (", idempotency_key" if keyed else "")
    options = f"CallOptions({names_of_options})"
    if not paged:
        return f"{'await ' if is_async else ''}self._call({constant}, {{{given}}}, {options})"
    if page is None:
        return f"self._page({constant}, {{{given}}}, {options})"
    kind = f"{page.async_name if is_async else page.name}{page.argument}"
    return f"self._page_as({kind}, {constant}, {{{given}}}, {options})"
