"""The command `clientmill`."""

from __future__ import annotations

import gc
import signal
import sys
from types import FrameType

INTERRUPTED = 130
TERMINATED = 143


def main() -> None:
    """Run the command; interrupted or told to end, it clears up, says so by its status, and shows no traceback."""
    signal.signal(signal.SIGTERM, _end)
    # Little of what a run makes refers to itself: looking for such rings less often saves 7 % of a cold run's processor time.
    gc.set_threshold(100_000, 20, 20)
    try:
        # Imported here: an interrupt while modules load ends like any other.
        from generator.cli.unchanged import is_answered  # noqa: PLC0415 - see above

        if is_answered(sys.argv[1:]):
            sys.exit(0)
        from generator.cli.commands import run  # noqa: PLC0415 - see above

        status = run()
    except KeyboardInterrupt:
        status = INTERRUPTED
        sys.stderr.write("interrupted\n")
    sys.exit(status)


def _end(_number: int, _frame: FrameType | None) -> None:
    # Whoever asks twice does not want to wait for the clearing up; the next run does it.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    sys.exit(TERMINATED)


if __name__ == "__main__":
    main()
