"""Where the tests of this folder write."""

import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

_IN_MEMORY = Path("/dev/shm")  # noqa: S108  # the folder made in it is private


@pytest.fixture
def disk(tmp_path: Path) -> Generator[Path]:
    """Give an empty folder, in memory where the system has that: thousands of syncs cost nothing there."""
    if not os.access(_IN_MEMORY, os.W_OK):
        yield tmp_path
        return
    folder = Path(tempfile.mkdtemp(dir=_IN_MEMORY))
    yield folder
    shutil.rmtree(folder)
