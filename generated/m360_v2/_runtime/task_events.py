"""What a task waits for and any thread may tell it."""

from __future__ import annotations


class TaskEvent:
    """An event of the running loop; the task that waits for it makes it."""

    def __init__(self) -> None:
        # Imported here: who calls without tasks does without.
        import asyncio  # noqa: PLC0415 - see above

        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()

    def set(self) -> None:
        """Wake the task, from any thread."""
        # A waiter's loop may have ended while it waited.
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._event.set)

    async def wait(self, seconds: float) -> None:
        """Wait until the event is set, at most *seconds*; afterwards it is not."""
        timer = self._loop.call_later(seconds, self._event.set)
        try:
            await self._event.wait()
        finally:
            timer.cancel()
        self._event.clear()
