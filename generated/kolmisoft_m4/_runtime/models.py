"""The base class of everything that a vendor sends."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Something that the vendor sends or takes.

    Attributes have Python names; `Field(serialization_alias=...)` gives the vendor's. Fields that are not declared are
    kept, in `model_extra`.
    """

    model_config = ConfigDict(
        extra="allow",
        defer_build=True,
        validate_by_name=True,
        validate_by_alias=True,
        protected_namespaces=(),
        allow_inf_nan=False,
        hide_input_in_errors=True,
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: object) -> None:
        """Read a field under the name it is written under.

        Type checkers take `validation_alias` for the name of the constructor's argument, so the declaration has only
        the other one; the schema is built later, when the class is first used.
        """
        super().__pydantic_init_subclass__(**kwargs)
        for field in cls.__pydantic_fields__.values():
            if field.validation_alias is None and field.serialization_alias is not None:
                field.validation_alias = field.serialization_alias

    def model_dump(self, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - pydantic's own options
        """Return the fields as a mapping; with `by_alias=True`, what came: the vendor's names, and only what was set."""
        options.setdefault("exclude_unset", bool(options.get("by_alias")))
        return super().model_dump(**options)

    def model_dump_json(self, **options: Any) -> str:  # noqa: ANN401 - pydantic's own options
        """Return the fields as JSON; with `by_alias=True`, what came: the vendor's names, and only what was set."""
        options.setdefault("exclude_unset", bool(options.get("by_alias")))
        return super().model_dump_json(**options)
