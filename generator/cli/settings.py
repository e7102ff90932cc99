"""Where a run works: `[tool.clientmill]` of the project, overridden by flags."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import cast

from generator.pipeline import Settings

_KEYS = {"specs": str, "output": str, "line-length": int}

LINE_LENGTHS = range(60, 401)
"""How long lines of rendered code may be."""


def load_settings(start: Path, specs: Path | None, output: Path | None, line_length: int | None) -> Settings:
    """Read the settings of the project that *start* lies in.

    The project is the nearest folder upward whose pyproject.toml has a table `[tool.clientmill]`, else *start*.

    Raises:
        UsageMistake: The table says what it may not say.
    """
    project, table = _table(start)
    project_specs = str(table.get("specs", "specs"))
    project_output = str(table.get("output", "generated"))
    length = table.get("line-length", 120)
    settings = Settings(
        project=project,
        # A flag speaks of where one is, the table of where the project is.
        specs=_clean(specs if specs is not None else project / project_specs),
        output=_clean(output if output is not None else project / project_output),
        line_length=line_length if line_length is not None else int(str(length)),
    )
    if not settings.specs.is_dir():
        raise _mistake(
            f"there is no folder {settings.name_of(settings.specs)}: put specs there, or tell another one with --specs "
            "or as 'specs' in [tool.clientmill] of pyproject.toml"
        )
    return settings


def _mistake(message: str) -> Exception:
    # Imported here: it is click's, and a run with nothing to do needs none of it.
    from generator.cli.exits import UsageMistake  # noqa: PLC0415 - see above

    return UsageMistake(message)


def _clean(path: Path) -> Path:
    return Path(os.path.normpath(path.absolute()))


def _table(start: Path) -> tuple[Path, dict[str, object]]:
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if not file.is_file():
            continue
        try:
            document = tomllib.loads(file.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as mistake:
            raise _mistake(f"{file.name}: not TOML: {mistake}") from None
        tools = document.get("tool", {})
        if isinstance(tools, dict) and "clientmill" in tools:
            return folder, _checked(cast("dict[str, object]", tools)["clientmill"])
    return start, {}


def _checked(table: object) -> dict[str, object]:
    if not isinstance(table, dict):
        raise _mistake("pyproject.toml: [tool.clientmill] is a table")
    for key, value in (checked := cast("dict[str, object]", table)).items():
        kind = _KEYS.get(key)
        if kind is None:
            raise _mistake(f"pyproject.toml: [tool.clientmill] has no '{key}'; it takes {', '.join(_KEYS)}")
        if not isinstance(value, kind) or isinstance(value, bool):
            wanted = "a number" if kind is int else "a text"
            raise _mistake(f"pyproject.toml: '{key}' in [tool.clientmill] is {wanted}")
        if isinstance(value, int) and value not in LINE_LENGTHS:
            lengths = f"{LINE_LENGTHS.start} to {LINE_LENGTHS.stop - 1}"
            raise _mistake(f"pyproject.toml: '{key}' in [tool.clientmill] is {lengths}, not {value}")
    return checked
