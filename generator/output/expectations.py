"""What a plan promises of its package, for the inspection of what was rendered."""

from __future__ import annotations

from generator.output.inspection import Expectation, ExpectedParameter
from generator.plan.operations import Method
from generator.plan.package import ClientPlan

_OPTIONS = ("timeout", "extra_headers", "extra_query", "extra_body")


def expectation(plan: ClientPlan) -> Expectation:
    """Return what the package of *plan* has to be when it is imported."""
    return Expectation(
        package=plan.package,
        header=plan.header,
        exports=tuple(name.strip('"') for name in plan.top.names),
        clients={
            name: {
                operation.name: _parameters(operation.async_method if is_async else operation.method)
                for whole in plan.operations
                for operation in whole.calls()
            }
            for name, is_async in (("Client", False), ("AsyncClient", True))
        },
        models=(
            {}
            if plan.models is None
            else {
                model.name: {field.name: field.wire for field in (*model.inherited, *model.fields)}
                for model in plan.models.models
            }
        ),
    )


def _parameters(method: Method) -> tuple[ExpectedParameter, ...]:
    return (
        *(ExpectedParameter(each.name, "positional_or_keyword", has_default=False) for each in method.positional),
        *(ExpectedParameter(each.name, "keyword_only", has_default=not each.required) for each in method.keywords),
        *(ExpectedParameter(name, "keyword_only", has_default=True) for name in (*method.more, *_options(method))),
    )


def _options(method: Method) -> tuple[str, ...]:
    """Return the names of what every call takes, and of what this one takes beside that."""
    return tuple(option.partition(":")[0] for option in method.options)
