"""Pieces of Python as the plan holds them: spelled text with the imports that it needs."""

from __future__ import annotations

import ast
import functools
import inspect
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

RUNTIME = "_runtime"
"""The folder of a package that holds the copy of the runtime."""

MODELS = "models"
"""The module of a package that holds what the vendor sends and takes."""


class NameClash(Exception):
    """A module would bind names of the vendor's types that mean something else there."""

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__(f"bound twice: {', '.join(sorted(names))}")
        self.names = names


@dataclass(frozen=True, slots=True, order=True)
class Import:
    """A name that a module needs: `from module import name`, or `import module` where there is no name."""

    module: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """An expression, and what has to be imported for it."""

    text: str
    imports: frozenset[Import] = field(default_factory=frozenset[Import])

    def __str__(self) -> str:
        return self.text


def deeper(imports: Iterable[Import]) -> frozenset[Import]:
    """Return the imports of a module that stands one folder deeper: the package's own modules get one dot more."""
    return frozenset(
        replace(each, module=f".{each.module}") if each.module.startswith(".") else each for each in imports
    )


def runtime_import(of: Callable[..., object]) -> Import:
    """Return the import of a class or function of the runtime, as it is spelled in a package."""
    prefix, _, module = of.__module__.rpartition("generator.runtime.")
    if prefix or not module:
        raise ValueError(f"{of.__module__} is not a module of the runtime")
    return Import(f".{RUNTIME}.{module}", of.__name__)


def construct(of: Callable[..., Any], *positional: Code | str, **keywords: Code | str | None) -> Code:
    """Spell the call of a class or function of the runtime; what is None is left out.

    The arguments are bound to the real signature, so that plan and runtime cannot drift apart.

    Raises:
        TypeError: The runtime does not take these arguments.
    """
    given = {name: argument for name, argument in keywords.items() if argument is not None}
    _check(of, len(positional), tuple(given))
    arguments = (*map(str, positional), *(f"{name}={argument}" for name, argument in given.items()))
    inner = (argument.imports for argument in (*positional, *given.values()) if isinstance(argument, Code))
    return Code(f"{of.__name__}({', '.join(arguments)})", frozenset({runtime_import(of)}).union(*inner))


# Asked once for each set of arguments: a package of 1,000 operations has thousands of calls, and few such sets.
@functools.cache
def _check(of: Callable[..., object], positional: int, keywords: tuple[str, ...]) -> None:
    inspect.signature(of).bind(*range(positional), **dict.fromkeys(keywords))


def tuple_of(items: Iterable[Code | str]) -> Code | None:
    """Spell a tuple of expressions, or None where there are none."""
    items = tuple(items)
    if not items:
        return None
    inner = (item.imports for item in items if isinstance(item, Code))
    text = ", ".join(map(str, items)) + ("," if len(items) == 1 else "")
    return Code(f"({text})", frozenset[Import]().union(*inner))


_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"' + r"|'(?:[^'\\]|\\.)*'")
# Behind a dot or before a single sign of equality is the name of an attribute or of an argument.
_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*+(?!=(?!=))")


@functools.lru_cache(maxsize=4096)
def names_in(code: str) -> frozenset[str]:
    """Return the names that an expression speaks of, and its keywords; what stands in its texts does not count."""
    # Parsing each took a tenth of the time of planning 1,000 operations.
    return frozenset(_NAME.findall(_TEXT.sub('""', code)))


def unhidden(annotation: Code, hidden: Collection[str]) -> Code:
    """Spell an annotation for a class whose methods hide builtins: `list[int]` becomes `builtins.list[int]`.

    Args:
        annotation: As it stands where nothing is hidden.
        hidden: The builtins that a method of the class is called like.
    """
    text = prefixed(annotation.text, hidden, "builtins")
    return annotation if text == annotation.text else Code(text, annotation.imports | {Import("builtins")})


def prefixed(annotation: str, names: Collection[str], module: str) -> str:
    """Spell an annotation with *module* before each of *names*: `list[int]` becomes `builtins.list[int]`."""
    if not any(name in annotation for name in names):
        return annotation
    tree = ast.parse(annotation, mode="eval")
    columns = {node.col_offset for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id in names}
    # Columns count bytes, and the words of a literal may be of any script.
    text = annotation.encode()
    for column in sorted(columns, reverse=True):
        text = text[:column] + f"{module}.".encode() + text[column:]
    return text.decode()


def import_lines(imports: Iterable[Import], defined: Collection[str] = ()) -> tuple[str, ...]:
    """Spell a module's imports: the standard library, others, then the package's own, each group by name.

    Args:
        imports: What the module needs.
        defined: The classes and constants that the module defines itself.

    Raises:
        NameClash: A type of the vendor's is called like something else that is imported or defined.
    """
    by_module: dict[str, set[str]] = {}
    for each in imports:
        by_module.setdefault(each.module, set()).add(each.name)
    _no_clash(by_module, defined)
    groups: list[tuple[list[str], list[str]]] = [([], []), ([], []), ([], [])]
    for module in sorted(by_module, key=_import_order):
        names = by_module[module]
        plain, chosen = groups[_group(module)]
        if "" in names:
            plain.append(f"import {module}")
        renamed = {name for name in names if " as " in name}
        listed = sorted((name for name in names - renamed if name), key=_name_order)
        if listed:
            chosen.append(f"from {module} import {', '.join(listed)}")
        # As the linter sorts them: what gets another name has a line of its own.
        chosen += (f"from {module} import {name}" for name in sorted(renamed))
    return tuple(_separated([*plain, *chosen] for plain, chosen in groups))


def _no_clash(by_module: Mapping[str, Collection[str]], defined: Collection[str]) -> None:
    types: set[str] = set()
    others = set(defined)
    for module, names in by_module.items():
        (types if module.startswith(".") and module.strip(".") == MODELS else others).update(names)
    if types & others:
        raise NameClash(frozenset(types & others))


def _separated(groups: Iterable[list[str]]) -> Iterator[str]:
    first = True
    for group in groups:
        if group:
            if not first:
                yield ""
            yield from group
            first = False


def _group(module: str) -> int:
    if module.startswith("."):
        return 2
    return 1 if module.split(".", maxsplit=1)[0] in ("httpx2", "pydantic", "pytest") else 0


def _import_order(module: str) -> tuple[int, str]:
    # As the linter sorts them: from farther packages to nearer ones.
    dots = len(module) - len(module.lstrip("."))
    return (-dots, module.lower())


def _name_order(name: str) -> tuple[int, str, str]:
    # As the linter sorts them: CONSTANTS, Classes, functions.
    kind = 0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2
    return (kind, name.lower(), name)
