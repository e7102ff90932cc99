"""Reading an answer of XML, from bytes to objects with attributes."""

from __future__ import annotations

import importlib
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pydantic

from benchmarks.inside.alternating import in_turns, tell
from benchmarks.inside.models import as_pydantic, list_of


def as_dict(element: ET.Element) -> Any:
    """Return an element as what pydantic takes; what is repeated is a list."""
    if not len(element):
        return element.text or ""
    found: dict[str, Any] = {}
    for child in element:
        value = as_dict(child)
        if child.tag in ("line", "record"):
            found.setdefault(child.tag, []).append(value)
        else:
            found[child.tag] = value
    return found


def main(folder: Path) -> None:
    """Time our way and the straight one in turn."""
    content = (folder / "wide.xml").read_bytes()
    sys.path.insert(0, str(folder / "generated"))
    service: Any = importlib.import_module("wide_xml._service")
    model: Any = importlib.import_module("wide_xml.models").Wide
    operation = service.WIDE_LIST
    form = operation.answers
    reader = importlib.import_module("wide_xml._runtime.decode").decoder(operation, service.SERVICE.envelope)
    straight: pydantic.TypeAdapter[Any] = pydantic.TypeAdapter(list_of(as_pydantic(model, pydantic.BaseModel)))

    def ours() -> Any:
        return reader.decode_document(form.read(content), form).value

    def base() -> Any:
        records: Any = as_dict(ET.fromstring(content))["records"]["record"]  # noqa: S314 - a document of our own
        for record in records:
            record["lines"] = record["lines"]["line"]
        return straight.validate_python(records)

    if len(ours()) != 1000 or ours()[0].lines[1].kind != "goods" or len(base()) != 1000:
        raise ValueError("what was read is not what was written")
    tell(in_turns({"ElementTree, dict, pydantic": base, "clientmill": ours}, rounds=15))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
