"""One template for each planned file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

import jinja2

from generator.plan.package import ClientPlan
from generator.tree import FileTree


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedFile:
    """A file of the package: which template prints which view to which path."""

    path: PurePosixPath
    template: str
    view: object


def planned_files(plan: ClientPlan) -> Iterator[PlannedFile]:
    """Yield every file of a package that is printed: the one list of them."""

    def file(path: str, template: str, view: object) -> PlannedFile:
        return PlannedFile(path=PurePosixPath(path), template=template, view=view)

    yield file("__init__.py", "__init__.py.j2", plan.top)
    yield file("_client.py", "_client.py.j2", plan.client)
    yield file("_service.py", "_service.py.j2", plan.service)
    if plan.resources:
        yield file("resources/__init__.py", "resources/__init__.py.j2", plan.resource_package)
    for resource in plan.resources:
        yield file(f"resources/{resource.name}.py", "resources/resource.py.j2", resource)
    if plan.models is not None:
        yield file("models.py", "models.py.j2", plan.models)
    if plan.errors is not None:
        yield file("_errors.py", "_errors.py.j2", plan.errors)
    if plan.filters is not None:
        yield file("filters.py", "filters.py.j2", plan.filters)
    yield file("drift.py", "drift.py.j2", plan.drift)
    if plan.webhooks is not None:
        yield file("webhooks.py", "webhooks.py.j2", plan.webhooks)
    if plan.migration is not None:
        yield file("migration.py", "migration.py.j2", plan.migration)
    yield file("pyproject.toml", "pyproject.toml.j2", plan.distribution)
    yield file("README.md", "README.md.j2", plan.readme)
    if plan.guide is not None:
        yield file("MIGRATION.md", "MIGRATION.md.j2", plan.guide)
    yield file("CHANGELOG.md", "CHANGELOG.md.j2", plan.changelog)
    yield file("SURFACE.txt", "SURFACE.txt.j2", plan.surface)
    yield file("tests/__init__.py", "tests/__init__.py.j2", plan.tests)
    yield file("tests/test_readme.py", "tests/test_readme.py.j2", plan.tests.readme)
    if plan.tests.webhooks is not None:
        yield file("tests/test_webhooks.py", "tests/test_webhooks.py.j2", plan.tests.webhooks)
    if plan.tests.migration is not None:
        yield file("tests/test_migration.py", "tests/test_migration.py.j2", plan.tests.migration)
    for module in plan.tests.modules:
        yield file(f"tests/test_{module.name}.py", "tests/test_module.py.j2", module)


def render_package(plan: ClientPlan, environment: jinja2.Environment) -> FileTree:
    """Print every planned file of a package."""
    return {file.path: environment.get_template(file.template).render(view=file.view) for file in planned_files(plan)}
