"""Which tests devices failed: a report on the newest sessions of an M360 account.

Environment: M360_AUTH_CODE, M360_AUTH_TOKEN; M360_BASE_URL where it is another than the vendor's.
"""

import os
from collections import Counter
from itertools import islice

from m360_v2 import Client
from m360_v2.models import DeviceSession


def failures(session: DeviceSession) -> list[str]:
    """Return what the newest diagnostics of a session found wrong."""
    runs = session.diagnostics_results or []
    newest = max(runs, key=lambda run: run.finished_time or "", default=None)
    tests = newest.tests or [] if newest else []
    return [test.test_id or "a test without a name" for test in tests if test.result == "Failed"]


def main() -> None:
    counted: Counter[str] = Counter()
    seen = 0
    with Client(base_url=os.environ.get("M360_BASE_URL")) as client:
        # Asks for the next hundred when these are used up, and no faster than the account's limit allows.
        for session in islice(client.get_history(has_diagnostics=True, limit=100), 250):
            seen += 1
            failed = failures(session)
            counted.update(failed)
            if len(failed) > 1:  # these are worth a look
                battery = session.battery_health_percent or "?"
                print(f"{session.imei or '-':15}  {session.friendly_name or '-':24}  {battery:>5}  {', '.join(failed)}")
    print(f"{seen} sessions; failed most often: " + ", ".join(f"{name} ({n})" for name, n in counted.most_common(3)))


if __name__ == "__main__":
    main()
