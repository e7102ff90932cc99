"""Templates print, repeat and include; everything else was decided in the plan."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import jinja2
import pytest
from jinja2 import nodes
from jinja2.meta import find_referenced_templates

import generator.plan
from generator.pipeline import Settings, read_specs
from generator.plan.package import plan_client
from generator.render.environment import create_environment, templates_folder
from generator.render.package import planned_files

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = create_environment()
TEMPLATES = tuple(sorted(path.relative_to(templates_folder()).as_posix() for path in templates_folder().rglob("*.j2")))

_VIEWS = re.compile(r"\{# view: (\w+(?:, \w+)*) #\}\n")
_TRANSPARENT = (nodes.Template, nodes.Output, nodes.TemplateData)


def mistakes(source: str) -> list[str]:
    """Return what a template does beside printing."""
    tree = ENVIRONMENT.parse(source)
    found = [] if any(tree.find_all((nodes.Name, nodes.Include))) else ["has no tag: that is a file of Python"]
    if _VIEWS.match(source) is None:
        found.append("does not name its view in its first line")
    return found + list(_thoughts(tree))


def _thoughts(node: nodes.Node) -> Iterator[str]:
    for child in node.iter_child_nodes():
        match child:
            case nodes.Include(template=nodes.Const(value=str())):
                continue
            case nodes.For(target=nodes.Name(), test=None, recursive=False) if not child.else_ and is_plain(child.iter):
                yield from _thoughts_in(child.body)
            case nodes.If() if not child.elif_ and is_plain(child.test):
                yield from _thoughts_in([*child.body, *child.else_])
            case nodes.Getattr() | nodes.Name() if is_plain(child):
                continue
            case _ if isinstance(child, _TRANSPARENT):
                yield from _thoughts(child)
            case _:
                yield f"line {child.lineno}: {type(child).__name__}"


def _thoughts_in(body: list[nodes.Node]) -> Iterator[str]:
    yield from _thoughts(nodes.Template(body))


def is_plain(node: nodes.Node) -> bool:
    """Tell whether a node is a name, or an attribute of one."""
    while isinstance(node, nodes.Getattr):
        node = node.node
    return isinstance(node, nodes.Name)


def views() -> dict[str, type]:
    """Return every class of the plan by its name."""
    found: dict[str, type] = {}
    for module in pkgutil.iter_modules(generator.plan.__path__):
        members = vars(importlib.import_module(f"generator.plan.{module.name}"))
        found |= {name: member for name, member in members.items() if inspect.isclass(member)}
    return found


def included(source: str) -> set[str]:
    return {name for name in find_referenced_templates(ENVIRONMENT.parse(source)) if name is not None}


@pytest.mark.parametrize("template", TEMPLATES)
def test_template_only_prints(template: str) -> None:
    source = (templates_folder() / template).read_text(encoding="utf-8")

    assert mistakes(source) == []


@pytest.mark.parametrize("template", TEMPLATES)
def test_view_of_a_template_is_a_class_of_the_plan(template: str) -> None:
    found = _VIEWS.match((templates_folder() / template).read_text(encoding="utf-8"))

    assert found is not None
    assert set(found[1].split(", ")) <= views().keys()


@pytest.mark.parametrize(
    "body",
    [
        "plain text",
        "{{ view.name() }}",
        "{{ view.name|upper }}",
        "{{ view['name'] }}",
        "{{ view.names[0] }}",
        "{{ view.number + 1 }}",
        "{{ view.name ~ 'x' }}",
        "{{ 'x' }}",
        "{{ not view.name }}",
        "{{ view.name if view.name else 'x' }}",
        "{% if view.number > 1 %}{{ view.name }}{% endif %}",
        "{% if view.name is defined %}{{ view.name }}{% endif %}",
        "{% if view.a %}{{ view.a }}{% elif view.b %}{{ view.b }}{% endif %}",
        "{% if view.a %}{% if not view.b %}{{ view.c }}{% endif %}{% endif %}",
        "{% for name in view.names if name %}{{ name }}{% endfor %}",
        "{% for name in view.names %}{{ name }}{% else %}{{ view.name }}{% endfor %}",
        "{% for a, b in view.pairs %}{{ a }}{% endfor %}",
        "{% for name in view.names %}{{ loop.index + 1 }}{% endfor %}",
        "{% for name in view.names|sort %}{{ name }}{% endfor %}",
        "{% set x = view.name %}{{ x }}",
        "{% macro x() %}{% endmacro %}{{ view.name }}",
        "{% include view.name %}",
        "{% import 'x.j2' as x %}{{ view.name }}",
        "{% extends 'x.j2' %}",
        "{% with x = view.name %}{{ x }}{% endwith %}",
        "{% filter upper %}{{ view.name }}{% endfilter %}",
        "{% block x %}{{ view.name }}{% endblock %}",
    ],
)
def test_template_that_thinks_is_found(body: str) -> None:
    assert mistakes("{# view: ClientModule #}\n" + body) != []


def test_template_without_its_view_is_found() -> None:
    assert mistakes("{{ view.name }}") == ["does not name its view in its first line"]


def test_every_template_prints_a_planned_file_or_is_included() -> None:
    settings = Settings(project=ROOT, specs=ROOT / "specs", output=ROOT / "generated")
    used: set[str] = set()
    for name, spec in read_specs(settings).specs.items():
        used |= {file.template for file in planned_files(plan_client(spec, PurePosixPath(name)))}
    for template in TEMPLATES:
        used |= included((templates_folder() / template).read_text(encoding="utf-8"))

    assert used == set(TEMPLATES)


def test_environment_has_nothing_global_and_refuses_what_is_not_there() -> None:
    assert ENVIRONMENT.globals == {}
    with pytest.raises(jinja2.UndefinedError):
        ENVIRONMENT.from_string("{{ view.name }}").render(view=object())
