"""The JSON Schema by which editors complete and check specs, from the same shapes that check them."""

from __future__ import annotations

import json

from generator.spec.document import SPEC


def editor_schema() -> str:
    """Return the schema as it is committed: stable, with a final newline."""
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A clientmill spec",
        "description": "What a vendor's pages say of one version of its HTTP API.",
        **SPEC.schema(),
    }
    return json.dumps(schema, indent=2, ensure_ascii=True) + "\n"
