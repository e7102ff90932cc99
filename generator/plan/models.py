"""Models of what arrives: datamodel-code-generator makes their fields out of JSON Schema, we name and print them."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from generator import naming
from generator.cache import NO_CACHE, Cache, key
from generator.inputs import tool_versions
from generator.plan import declarations, literals
from generator.plan.announced import since
from generator.plan.code import Import, import_lines
from generator.plan.declarations import Declarer
from generator.plan.documentation import member_text, provenance
from generator.plan.types import is_mixed
from generator.spec.document import Spec
from generator.spec.members import Member, ObjectType
from generator.spec.schema import Schema, loose_schema, object_names

TYPE_VARIABLE = "DataT"
"""What stands for a model of the caller's."""

_MODEL = Import("._runtime.models", "Model")
_FIELD = Import("pydantic", "Field")

Declare = Callable[[Schema, dict[str, str]], str]
"""What makes a module of a schema, given the Python names of its fields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field as it is printed, and its wire name.

    Attributes:
        is_told_more: Whether its declaration calls pydantic's `Field`.
    """

    name: str
    wire: str
    declaration: str
    docstring: str
    is_told_more: bool = False

    def __str__(self) -> str:
        return self.declaration


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A class of the models module.

    Attributes:
        name: The class.
        bases: What it is made of.
        docstring: What it is.
        fields: Its own fields.
        inherited: Those of its base, which are not printed again.
    """

    name: str
    bases: str
    docstring: str
    fields: tuple[Field, ...]
    inherited: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelModule:
    """All models of a package."""

    header: str
    docstring: str
    imports: tuple[str, ...]
    names: tuple[str, ...]
    variables: tuple[str, ...]
    models: tuple[Model, ...]


def plan_models(
    spec: Spec, header: str, cache: Cache = NO_CACHE, declare: Declare = declarations.declared
) -> ModelModule | None:
    """Plan the models of a spec, or None where it has no objects; *cache* knows the fields of the same types."""
    names = object_names(spec.types)
    if not names:
        return None
    objects = {name: definition for name, definition in spec.types.items() if isinstance(definition, ObjectType)}
    imports: set[Import] = {_MODEL}
    models: list[Model] = []
    for declared in _declared(_generated(spec, names, cache, declare)):
        definition = objects[declared.name]
        members = {member.name: member for member in definition.fields}
        fields = tuple(
            _field(spec, declared.name, members[wire], annotation, definition.source)
            for wire, annotation in declared.fields
        )
        if any(field.is_told_more for field in fields):
            imports.add(_FIELD)
        imports.update(declared.imports)
        paragraphs = (
            literals.prose(definition.doc) or f"`{declared.name}`.",
            provenance(spec, definition.source),
            since(spec, declared.name),
        )
        docstring = literals.docstring(paragraphs, indent=4)
        theirs = next((member.name for member in definition.fields if member.model is not None), None)
        if theirs is None:
            models.append(Model(name=declared.name, bases="Model", docstring=docstring, fields=fields))
        else:
            models += _shaped(declared.name, docstring, fields, dict(declared.fields)[theirs], theirs)
            imports |= {Import("typing", name) for name in ("Generic", "TypeVar")}
    return ModelModule(
        header=header,
        docstring=literals.docstring((f"What the {literals.prose(spec.title)} sends and takes.",)),
        imports=import_lines(imports),
        names=tuple(literals.string(name) for name in sorted(each.name for each in models)),
        variables=(f'{TYPE_VARIABLE} = TypeVar("{TYPE_VARIABLE}")',) if Import("typing", "TypeVar") in imports else (),
        models=tuple(models),
    )


def _shaped(name: str, docstring: str, fields: tuple[Field, ...], annotation: str, theirs: str) -> tuple[Model, Model]:
    """Return a model that is generic over what the caller's model is, and the plain one made of it."""
    inner = annotation.removesuffix(" | None")
    generic = tuple(
        (
            replace(field, declaration=field.declaration.replace(f": {inner}", f": {TYPE_VARIABLE}", 1))
            if field.wire == theirs
            else field
        )
        for field in fields
    )
    doc = (f"A `{name}` whose `{next(f.name for f in fields if f.wire == theirs)}` is a model of the caller's.",)
    return (
        Model(
            name=f"{name}Of",
            bases=f"Model, Generic[{TYPE_VARIABLE}]",
            docstring=literals.docstring(doc, indent=4),
            fields=generic,
        ),
        Model(name=name, bases=f"{name}Of[{inner}]", docstring=docstring, fields=(), inherited=generic),
    )


def _field(spec: Spec, owner: str, member: Member, annotation: str, source: str | None) -> Field:
    name = member.alias or naming.attribute_name(member.name)
    text = member_text(spec, member, f"{owner}.{member.name}", inherited=source)
    alias = "" if name == member.name else f"serialization_alias={literals.string(member.name)}"
    # Where all is text, the text that a number could be would otherwise be preferred to the number.
    mode = 'union_mode="left_to_right"' if spec.format.response != "json" and is_mixed(member.type, spec.types) else ""
    is_field = bool(alias or mode or member.secret)
    default = "" if not member.optional else "default=None" if is_field else "None"
    secret = "repr=False" if member.secret else ""
    value = f"Field({', '.join(part for part in (default, alias, mode, secret) if part)})" if is_field else default
    return Field(
        name=name,
        wire=member.name,
        declaration=f"{name}: {annotation}" + (f" = {value}" if value else ""),
        docstring=literals.docstring((text,), indent=4) if text else "",
        is_told_more=is_field,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Declared:
    """A class as datamodel-code-generator declared it: annotations by wire name."""

    name: str
    fields: tuple[tuple[str, str], ...]
    imports: frozenset[Import]


def prepare_models(spec: Spec, cache: Cache, declarer: Declarer) -> None:
    """Let *declarer* begin what the plan of a spec will want of it."""
    names = object_names(spec.types)
    if names:
        schema, aliases = _schema(spec, names)
        if cache.read(_entry(schema, aliases)) is None:
            declarer.ask(schema, aliases)


def _schema(spec: Spec, names: tuple[str, ...]) -> tuple[Schema, dict[str, str]]:
    """Return what datamodel-code-generator is asked: the types called *names*, and the Python names of their fields."""
    aliases: dict[str, str] = {}
    for type_name in names:
        definition = spec.types[type_name]
        assert isinstance(definition, ObjectType)  # noqa: S101 - that is what the names are
        for member in definition.fields:
            aliases[f"{type_name}.{member.name}"] = member.alias or naming.attribute_name(member.name)
    return loose_schema(spec.types, names), aliases


def _entry(schema: Schema, aliases: dict[str, str]) -> str:
    # How it is called stands there.
    tool = (tool_versions()["datamodel_code_generator"], Path(declarations.__file__).read_bytes())
    return key("models", *tool, json.dumps(schema), json.dumps(aliases))


def _generated(spec: Spec, names: tuple[str, ...], cache: Cache, declare: Declare) -> str:
    """Return the module that datamodel-code-generator makes of the types, from memory where they are the same."""
    schema, aliases = _schema(spec, names)
    entry = _entry(schema, aliases)
    known = cache.read(entry)
    if known is not None:
        return known.decode()
    made = declare(schema, aliases)
    cache.write(entry, made.encode())
    return made


def _declared(module: str) -> Iterator[_Declared]:
    """Read the classes of a generated module: names, annotations and what they need."""
    tree = ast.parse(module)
    known: dict[str, Import] = {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module is not None:
            known |= {alias.name: Import(node.module, alias.name) for alias in node.names}
        elif isinstance(node, ast.Import):
            known |= {alias.name: Import(alias.name) for alias in node.names}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            statements = [statement for statement in node.body if isinstance(statement, ast.AnnAssign)]
            used = {name.id for each in statements for name in ast.walk(each.annotation) if isinstance(name, ast.Name)}
            yield _Declared(
                name=node.name,
                fields=tuple((_wire(each), _spelled(each.annotation)) for each in statements),
                imports=frozenset(known[name] for name in used if name in known),
            )


def _spelled(annotation: ast.expr) -> str:
    """Spell an annotation, with double quotes where black would put them; texts that have quotes in them are black's."""
    text = ast.unparse(annotation)
    return text if '"' in text or "\\" in text else text.replace("'", '"')


def _wire(field: ast.AnnAssign) -> str:
    """Return the wire name of a declared field: its alias, or its own name where that is the same."""
    if isinstance(field.value, ast.Call):
        for keyword in field.value.keywords:
            if keyword.arg == "serialization_alias" and isinstance(keyword.value, ast.Constant):
                return str(keyword.value.value)
    assert isinstance(field.target, ast.Name)  # noqa: S101 - a class body annotates plain names
    return field.target.id
