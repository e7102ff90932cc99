"""What the tests here share with those of the runtime."""

from tests.runtime.conftest import fake_time, runner

__all__ = ["fake_time", "runner"]
