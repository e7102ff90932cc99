"""One way to call the Kolmisoft client, from a thread and from a task."""

from __future__ import annotations

import asyncio
import importlib
from dataclasses import dataclass, replace
from typing import Any

from tests.stand_ins.kolmisoft import ADMIN, KEY, Kolmisoft


def package() -> Any:
    """Return the generated package."""
    return importlib.import_module("generated.kolmisoft_m4")


@dataclass(frozen=True, kw_only=True)
class Calling:
    """Whether the client is called from a task."""

    asynchronous: bool = False

    def client(self, vendor: Kolmisoft, **setting: Any) -> Any:
        """Return a client of *vendor* that does not wait long before it asks again."""
        kind = package().AsyncClient if self.asynchronous else package().Client
        client = kind(**{"username": ADMIN, "secret_key": KEY, "base_url": vendor.url, "timeout": 5.0, **setting})
        client._setting = replace(client._setting, backoff=replace(client._setting.backoff, first=0.001))
        return client

    def call(self, vendor: Kolmisoft, name: str, /, *, setting: dict[str, Any] | None = None, **given: Any) -> Any:
        """Call a function once, and close the client."""
        client = self.client(vendor, **(setting or {}))
        if not self.asynchronous:
            with client:
                return getattr(client, name)(**given)

        async def conversation() -> Any:
            async with client:
                return await getattr(client, name)(**given)

        return asyncio.run(conversation())
