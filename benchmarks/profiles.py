"""Where the time of one call and of one cold run goes, with a word on each part."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from benchmarks import inputs
from benchmarks.places import CLIENTMILL, PEERS, Project, told_inside
from benchmarks.plots import Measure, spell

Parts = Mapping[str, float]
"""Seconds by part."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A profile: how it is taken, and what its parts are.

    Attributes:
        what: What is looked into.
        take: Measures the parts.
        reasons: What each part is.
    """

    what: str
    take: Callable[[], Parts]
    reasons: Mapping[str, str]

    def as_table(self, parts: Parts) -> str:
        """Return it for people, the longest part first."""
        lines = [f"  {name:34} {share:6.1%}  {self.reasons.get(name, '')}" for name, share in _shares(parts)]
        return "\n".join([f"{self.what}: {_spelled(parts)}", *lines])

    def as_json(self, parts: Parts) -> dict[str, object]:
        """Return it with its shares."""
        told = [{"name": name, "share": share, "why": self.reasons.get(name, "")} for name, share in _shares(parts)]
        return {"what": self.what, "parts": told}


def _shares(parts: Parts) -> list[tuple[str, float]]:
    whole = sum(parts.values())
    return sorted(((name, seconds / whole) for name, seconds in parts.items()), key=lambda each: -each[1])


def _spelled(parts: Parts) -> str:
    measure: Measure = "cpu"
    return spell(sum(parts.values()), measure)


def _call() -> Parts:
    project = Project("profiled", {"small.yaml": inputs.spec("small", 20)})
    project.generate()
    told = json.loads(told_inside("profile_call", PEERS / "python", project.folder))
    return {str(name): float(seconds) for name, seconds in told.items()}


def _cold() -> Parts:
    project = Project("profiled_cold", {"things.yaml": inputs.spec("things", 16)})
    project.forget()
    command = [str(CLIENTMILL), "generate", "--no-cache", "--profile", "-j", "1"]
    done = subprocess.run(command, cwd=project.folder, capture_output=True, text=True, check=True, timeout=120)
    stages = {found[1]: float(found[2]) for found in re.finditer(r"^(\w+) +([\d.]+) s$", done.stderr, re.MULTILINE)}
    whole = stages.pop("run")
    # The inspection is a part of publishing.
    stages["publish"] -= stages["inspect"]
    return {**stages, "everything else": max(0.0, whole - sum(stages.values()))}


PROFILES = {
    "profile-call": Profile(
        what="One call over loopback, by samples of processor time",
        take=_call,
        reasons={
            "httpcore2 and h11": "pool, connection, reading and writing of HTTP; bare httpx2 goes the same way",
            "sockets": "the system's own part of sending and receiving",
            "transport": "the outgoing message as httpcore2 takes it: URL, headers with credentials, body",
            "the call": "tries, deadline, signing, permit of the limiter, log: no I/O",
            "decoding": "bytes to a model in one pass",
            "the request": "arguments checked, path and query put together",
            "standard library": "locks, contexts and logging, called by all of the above",
            "httpx2": "what our transport shares with it",
            "pydantic": "the model itself",
        },
    ),
    "profile-cold": Profile(
        what="A cold run for one spec of 16 operations in one process, without any cache, by its stages",
        take=_cold,
        reasons={
            "read": "loading the parser of YAML and the checks, reading, checking, and holding the changelog",
            "plan": "loading datamodel-code-generator and running it, and our decisions",
            "render": "loading Jinja, compiling the templates and printing",
            "format": "loading black, which takes a third of a second, and laying out every statement once",
            "copy": "finding which modules of the runtime the package imports",
            "inspect": "a child process that imports the package with httpx2 and pydantic and holds it against its plan",
            "publish": "writing the files, and exchanging the folders",
            "everything else": "starting Python, the command line, settings",
        },
    ),
}
