"""Decoding an answer of wide records, from bytes to objects with attributes."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Any

import pydantic

from benchmarks.inside.alternating import in_turns, tell
from benchmarks.inside.models import as_pydantic, as_struct, list_of, msgspec


def main(folder: Path, name: str, rounds: int = 25) -> None:
    """Time every way in turn."""
    content = (folder / "wide.json").read_bytes()
    sys.path[:0] = [str(folder / "generated"), str(folder / "elsewhere" / name)]
    service: Any = importlib.import_module(f"{name}._service")
    ours = importlib.import_module(f"{name}._runtime.decode").decoder(service.WIDE_LIST, service.SERVICE.envelope)
    model: Any = importlib.import_module(f"{name}.models").Wide

    plain = as_pydantic(model, pydantic.BaseModel)
    page = pydantic.create_model("PlainPage", records=(list_of(plain), ...), hasMore=(bool, ...))
    base: pydantic.TypeAdapter[Any] = pydantic.TypeAdapter(
        pydantic.create_model("Plain", ok=(bool, ...), data=(page, ...))
    )

    struct = as_struct(model)
    struct_page = msgspec.defstruct("StructPage", [("records", list_of(struct)), ("hasMore", bool)])
    limit = msgspec.json.Decoder(msgspec.defstruct("Struct", [("ok", bool), ("data", struct_page)]))

    peer_base: Any = importlib.import_module("openai").BaseModel
    construct: Any = importlib.import_module("openai._models").construct_type
    peer_page = pydantic.create_model(
        "PeerPage", __base__=peer_base, records=(list_of(as_pydantic(model, peer_base)), ...), hasMore=(bool, ...)
    )
    peer = pydantic.create_model("Peer", __base__=peer_base, ok=(bool, ...), data=(peer_page, ...))

    (package,) = (path.name for path in (folder / "elsewhere" / name).iterdir() if (path / "client.py").is_file())
    answered: Any = importlib.import_module(f"{package}.models.wide_list_response_200").WideListResponse200

    first: Any = ours.decode(content).value[0]
    if first.lines[0].kind != "goods":
        raise ValueError("what was read is not what was written")
    tell(
        in_turns(
            {
                "msgspec": lambda: limit.decode(content),
                "validate_json": lambda: base.validate_json(content),
                "clientmill": lambda: ours.decode(content),
                "openapi-python-client": lambda: answered.from_dict(json.loads(content)),
                "openai": lambda: construct(type_=peer, value=json.loads(content)),
            },
            rounds=rounds,
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:]))
