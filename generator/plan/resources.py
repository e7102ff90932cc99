"""Groups of operations, such as `client.workflows`: a class for each, and a module for each outermost one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from generator import naming
from generator.plan import literals
from generator.plan.code import Import, NameClash, deeper, import_lines
from generator.plan.operations import Method, Operation, Page, method_imports
from generator.spec.document import Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group as an attribute of the class that it hangs on."""

    name: str
    class_name: str
    raw: str
    docstring: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceClass:
    """A group of operations, for threads or for tasks."""

    name: str
    base: str
    raw: str
    wrap: str
    docstring: str
    groups: tuple[Group, ...]
    methods: tuple[Method, ...]
    raw_methods: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceModule:
    """The module of one outermost group, with the groups in it; loaded when it is touched."""

    name: str
    header: str
    docstring: str
    imports: tuple[str, ...]
    pages: tuple[Page, ...]
    classes: tuple[ResourceClass, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcePackage:
    """The folder of these modules."""

    header: str
    docstring: str


def groups_below(operations: Iterable[Operation], group: tuple[str, ...], *, is_async: bool) -> tuple[Group, ...]:
    """Return the groups that hang directly on *group*, on the client where that is empty."""
    depth = len(group)
    names = dict.fromkeys(
        operation.group[: depth + 1]
        for operation in operations
        if len(operation.group) > depth and operation.group[:depth] == group
    )
    return tuple(
        Group(
            name=path[-1],
            class_name=_class_name(path, is_async=is_async),
            raw=f"{_class_name(path, is_async=is_async)}WithRawResponse",
            docstring=literals.docstring((f"The operations of `client.{'.'.join(path)}`.",), indent=8),
        )
        for path in names
    )


def _class_name(path: tuple[str, ...], *, is_async: bool) -> str:
    name = "".join(map(naming.class_name, path))
    return f"Async{name}" if is_async else name


def plan_resources(spec: Spec, header: str, operations: tuple[Operation, ...]) -> tuple[ResourceModule, ...]:
    """Plan the modules of all groups, in the spec's order."""
    outermost = dict.fromkeys(operation.group[0] for operation in operations if operation.group)
    modules: list[ResourceModule] = []
    clashes: frozenset[str] = frozenset()
    for name in outermost:
        try:
            modules.append(_module(spec, header, name, operations))
        except NameClash as clash:
            # All of them at once: for each one told by itself, the whole package would be planned once more.
            clashes |= clash.names
    if clashes:
        raise NameClash(clashes)
    return tuple(modules)


def plan_resource_package(spec: Spec, header: str) -> ResourcePackage:
    """Plan the folder of the modules."""
    return ResourcePackage(
        header=header, docstring=literals.docstring((f"The {literals.prose(spec.title)}, group by group.",))
    )


def _module(spec: Spec, header: str, name: str, operations: tuple[Operation, ...]) -> ResourceModule:
    inside = tuple(operation for operation in operations if operation.group[:1] == (name,))
    # Who mentions a class stands below it, for readers; Python needs no order here.
    paths = sorted({operation.group[:depth] for operation in inside for depth in range(1, len(operation.group) + 1)})
    imports: set[Import] = {
        Import("._runtime.resources", "AsyncioResource"),
        Import("._runtime.resources", "SyncResource"),
    }
    pages = tuple(operation.page for operation in inside if operation.page is not None)
    classes = tuple(_class(inside, path, is_async=is_async) for path in reversed(paths) for is_async in (False, True))
    defined = {name for each in classes for name in (each.name, each.raw)}.union(
        *((page.name, page.async_name) for page in pages)
    )
    return ResourceModule(
        name=name,
        header=header,
        docstring=literals.docstring((f"The operations of `client.{name}`, {literals.prose(spec.title)}.",)),
        imports=import_lines(deeper(imports | method_imports(inside)), defined),
        pages=pages,
        classes=classes,
    )


def _class(operations: tuple[Operation, ...], path: tuple[str, ...], *, is_async: bool) -> ResourceClass:
    name = _class_name(path, is_async=is_async)
    return ResourceClass(
        name=name,
        base="AsyncioResource" if is_async else "SyncResource",
        raw=f"{name}WithRawResponse",
        wrap="raw_async" if is_async else "raw",
        docstring=literals.docstring((f"The operations of `client.{'.'.join(path)}`.",), indent=4),
        groups=groups_below(operations, path, is_async=is_async),
        methods=tuple(
            method
            for operation in operations
            if operation.group == path
            for method in operation.methods(is_async=is_async)
        ),
        raw_methods=tuple(operation.method.name for operation in operations if operation.group == path),
    )
