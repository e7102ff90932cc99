"""Types of a vendor's that are called like something else in the package: modules write `models.Page` for them.

What else a module binds is known when its imports are. A package is therefore planned as if nothing clashed, and once
more where something did.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from generator import naming
from generator.plan.code import MODELS, Code, Import, prefixed
from generator.spec.document import Spec


@dataclass(frozen=True, slots=True)
class BoundNames:
    """What is taken in the modules of one package.

    Attributes:
        names: The types that are not imported by their name.
        models: What the module of models is called where such a type is needed.
    """

    names: frozenset[str]
    models: str

    def import_of(self, name: str) -> Import:
        """Return the import by which a module gets at a type."""
        if name not in self.names:
            return Import(f".{MODELS}", name)
        return Import(".", MODELS if self.models == MODELS else f"{MODELS} as {self.models}")

    def spelled(self, name: str) -> str:
        """Spell a type as it is called outside of the module of models."""
        return f"{self.models}.{name}" if name in self.names else name

    def told_apart(self, annotation: Code) -> Code:
        """Spell an annotation for modules in which something else is called like its types."""
        own = {each.name for each in annotation.imports if each.module == f".{MODELS}"} & self.names
        if not own:
            return annotation
        imports = {self.import_of(each.name) if each.name in own else each for each in annotation.imports}
        return Code(prefixed(annotation.text, own, self.models), frozenset(imports))


def in_prose(annotation: str) -> str:
    """Spell an annotation for readers, who know a type by its own name."""
    return re.sub(rf"\b_?{MODELS}\.(?=[A-Z])", "", annotation)


def bound_names(spec: Spec, taken: Collection[str]) -> BoundNames:
    """Return how the types of a spec are called where the names *taken* mean something else."""
    # A model that is generic over the caller's is called like its plain one, and told apart with it.
    names = {*taken, *(f"{name}Of" for name in taken), *(name.removesuffix("Of") for name in taken)}
    members = {part for wire in spec.endpoints for part in map(naming.parameter_name, wire.split("."))}
    return BoundNames(frozenset(names), f"_{MODELS}" if MODELS in members else MODELS)
