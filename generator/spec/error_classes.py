"""Error classes of a spec's own: what they are called, which of the standard ones they are, and what cannot be one."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from typing import cast

from generator import naming
from generator.runtime import errors as runtime_errors
from generator.runtime.errors import APIStatusError
from generator.spec.checker import Checker, Path
from generator.spec.document import Spec
from generator.spec.envelope import ErrorMeaning
from generator.spec.nodes import Mapping as MappingNode

TAKEN = frozenset({"WaitTimeoutError"})
"""Names of errors that packages export beside those of the module `errors`."""


def standard_classes() -> Mapping[str, type[APIStatusError]]:
    """Return the errors that every package has and that say that the vendor said no, by name."""
    found = [value for value in vars(runtime_errors).values() if isinstance(value, type)]
    return {each.__name__: each for each in sorted(found, key=lambda each: each.__name__) if _is_status(each)}


def _is_status(found: type) -> bool:
    return issubclass(found, APIStatusError)


def own_classes(spec: Spec) -> Mapping[str, ErrorMeaning]:
    """Return the spec's own classes by name, each with the meaning that says what it is."""
    found: dict[str, ErrorMeaning] = {}
    for meaning in spec.errors.values():
        if meaning.bases:
            found.setdefault(meaning.raises, meaning)
    return found


def class_of(spec: Spec, name: str) -> type[APIStatusError]:
    """Return a class by its name: a standard one, or one that stands for the spec's own."""
    standard = standard_classes()
    own = own_classes(spec).get(name)
    if own is None:
        return standard[name]
    return cast("type[APIStatusError]", type(name, tuple(standard[base] for base in own.bases), {}))


def check_error_classes(checker: Checker) -> None:
    """Complain of classes that nothing defines, and of definitions that Python or a caller would stumble over."""
    spec = checker.spec
    defined: dict[str, str] = {}
    for code, meaning in spec.errors.items():
        path = ("errors", code)
        if checker.is_broken(*path):
            continue
        if not meaning.bases:
            is_long = isinstance(checker.document.at(path), MappingNode)
            _known(checker, (*path, "raises") if is_long else path, meaning.raises)
            if meaning.doc:
                message = "this describes a class of the spec's own; write 'is' with what it is, or leave out 'doc'"
                checker.complain((*path, "doc"), "S120", message)
            continue
        reason = _name_refusal(spec, meaning.raises)
        if meaning.raises in defined:
            reason = f"'{defined[meaning.raises]}' says already what '{meaning.raises}' is; leave out 'is' here"
        if reason:
            checker.complain((*path, "raises"), "S120", reason)
        defined.setdefault(meaning.raises, code)
        _bases(checker, (*path, "is"), meaning.bases)
    for name, endpoint in spec.endpoints.items():
        for example_name, example in endpoint.examples.items():
            if example.raises is not None:
                _known(checker, ("endpoints", name, "examples", example_name, "raises"), example.raises)


def _name_refusal(spec: Spec, name: str) -> str:
    if hasattr(builtins, name):
        return f"'{name}' is one of Python's own errors; take another name"
    if name in TAKEN or isinstance(getattr(runtime_errors, name, None), type):
        return f"every package has a '{name}'; take another name, or leave out 'is'"
    if name in spec.types:
        return f"a type is called '{name}' as well; take another name"
    return ""


def _bases(checker: Checker, path: Path, bases: tuple[str, ...]) -> None:
    standard = standard_classes()
    known = {base: standard[base] for base in bases if base in standard}
    for number, base in enumerate(bases):
        place = (*path, str(number)) if len(bases) > 1 else path
        narrower = next(
            (each for each in known if each != base and base in known and issubclass(known[each], known[base])), None
        )
        if base not in standard:
            _complain(checker, place, base, tuple(standard))
        elif base in bases[:number]:
            checker.complain(place, "S120", f"'{base}' stands here twice")
        elif narrower is not None:
            checker.complain(place, "S120", f"whatever is '{narrower}' is '{base}' as well; leave out '{base}'")


def _known(checker: Checker, path: Path, name: str) -> None:
    known = (*standard_classes(), *own_classes(checker.spec))
    if name not in known:
        _complain(checker, path, name, known)


def _complain(checker: Checker, path: Path, name: str, known: tuple[str, ...]) -> None:
    # Compared without the ending that all have, by which any two would be close.
    near = naming.nearest(name.removesuffix("Error"), [each.removesuffix("Error") for each in known])
    right = f"did you mean '{near}Error'?" if near else f"known are: {', '.join(sorted(known))}"
    checker.complain(path, "S053", f"no error is called '{name}'; {right}")
