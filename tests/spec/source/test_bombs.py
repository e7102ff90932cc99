"""Small files that would cost much: each is read in a process of its own, with bounds on time and memory.

The process reports how it went, so that a crash of the parser is seen and not suffered.
"""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

MEMORY = 256 * 1024 * 1024
SECONDS = 5  # a bound against hangs on a busy machine, not a measure

READ = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, ({MEMORY}, {MEMORY}))
resource.setrlimit(resource.RLIMIT_CPU, ({SECONDS}, {SECONDS}))
from pathlib import Path
from generator.diagnostics import Complaints
from generator.spec.source import read_source
complaints = Complaints()
read_source(Path(sys.argv[1]), "a.yaml", complaints)
print("\\n".join(sorted({{complaint.code for complaint in complaints.sorted()}})))
"""


def alias_bomb() -> str:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    names = "abcdefgh"
    lines += [f"{b}: &{b} [{', '.join(['*' + a] * 9)}]" for a, b in pairwise(names)]
    return "\n".join(lines) + "\n"


MIB_2 = 2 * 1024 * 1024

BOMBS: dict[str, tuple[str, list[str]]] = {
    "alias bomb": (alias_bomb(), ["S012"]),
    "self alias": ("a: &a\n  b: *a\n", ["S012"]),
    "merge keys": ("a: &a { x: 1 }\n" + "".join(f"b{n}:\n  <<: [*a, *a]\n" for n in range(1000)), ["S012"]),
    "open brackets": ("a: " + "[" * 100_000, ["S003"]),
    "open braces": ("a: " + "{" * 100_000, ["S003", "S012"]),
    "open braces with keys": ("{a: " * 100_000, ["S003"]),
    "brackets with question marks": ("[? " * 100_000, ["S003", "S012"]),
    "lists in one line": ("- " * 1_000_000, ["S003"]),
    "deep blocks": ("".join(" " * depth + "a:\n" for depth in range(1_500)), ["S003"]),
    "many values": ("a: [" + "b," * 400_000 + "]\n", ["S003"]),
    "many keys": ("".join(f"k{number}:\n" for number in range(150_000)), ["S003"]),
    "many repeated keys": ("a: 1\n" * 300_000, ["S011"]),
    "many tags": ("- !a b\n" * 200_000, ["S012"]),
    "huge file": ("#" * (MIB_2 * 10), ["S003"]),
    "huge text": ("a: " + "x" * (MIB_2 - 10), []),
    "huge quoted text": ('a: "' + "x\n" * (MIB_2 // 2 - 10) + '"', []),
    "huge key": ("x" * (MIB_2 - 10) + ": 1", ["S010"]),
    "huge number": ("a: " + "9" * (MIB_2 - 10), []),
    "blank lines": ("\n" * MIB_2, ["S004"]),
    "block text without end": ("a: |\n" + " \n" * (MIB_2 // 2 - 10), []),
    "documents": ("---\n" * 500_000, ["S004", "S012"]),
    "controls": ("\x01" * MIB_2, ["S002"]),
    "unclosed quote": ('a: "' + "'\n" * (MIB_2 // 2 - 10), ["S010"]),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bomb_is_refused_or_read_within_bounds(name: str, tmp_path: Path) -> None:
    text, codes = BOMBS[name]
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")

    run = subprocess.run([sys.executable, "-c", READ, path], capture_output=True, text=True, timeout=20, check=False)

    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.split() == codes
