"""Whatever text stands wherever in a spec, there is a complaint with its place, or a package that is as harmless as its twin."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from tests.golden.hostile import HARMLESS, numbers
from tests.torture import mutation, texts
from tests.torture.corpus import FAMILIES, PAYLOADS

EVERY = 15
"""Of the corpus, each so-manieth text is tried in every run; `make torture` tries all."""


def test_corpus_is_large_and_says_nothing_twice() -> None:
    assert len(PAYLOADS) >= 150
    assert sum(map(len, FAMILIES.values())) - len(PAYLOADS) < 10


def test_texts_of_the_corpus_are_refused_or_inert() -> None:
    findings = mutation.Findings()
    for payload in PAYLOADS[::EVERY]:
        texts.try_text(payload, findings)

    assert findings.faults == []
    assert findings.tried == len(PAYLOADS[::EVERY]) * len(numbers())
    # Each text is fitted to what its place takes, so that nearly nothing is refused.
    assert findings.inert > 10 * findings.refused


def test_any_text_in_any_place_is_refused_or_inert() -> None:
    findings = mutation.try_mutations(seed=5, count=150)

    assert findings.faults == []
    assert findings.refused > 30
    assert findings.inert > 5


def test_word_that_looks_like_our_own_code_adds_nothing() -> None:
    findings = mutation.Findings()
    texts.try_text("Field(default_factory=list)", findings)

    assert findings.faults == []


def test_filter_that_has_to_be_given_is_given_once() -> None:
    text = mutation.text_of("filters_and_callers_model").replace("where?:", "where:")
    spec, complaints = mutation.read(text)
    assert spec is not None, complaints.sorted()

    assert mutation.skeleton(mutation.printed(spec))


def test_code_that_a_text_adds_is_found() -> None:
    spec, _ = mutation.read(HARMLESS.read_text(encoding="utf-8"))
    assert spec is not None
    tree = mutation.printed(spec)
    path = next(each for each in tree if each.name == "models.py")

    assert texts.difference(tree) == ""
    assert texts.difference({**tree, path: tree[path] + "\nprint()\n"}) == "other code in models.py"
    assert texts.difference({**tree, path: tree[path] + "x = '\u202e'\n"}) != ""


@pytest.mark.parametrize("added", ["print()", "import os; os.system('x')", "lambda: 0", "x = [y for y in ()]"])
def test_code_that_no_package_has_is_found(added: str) -> None:
    tree = mutation.package_of("bearer_auth")
    path = PurePosixPath("__init__.py")

    assert mutation.difference(tree, "bearer_auth") == ""
    assert mutation.difference({**tree, path: f"{tree[path]}\n{added}\n"}, "bearer_auth") != ""


def test_type_that_holds_itself_has_samples_that_end() -> None:
    fields = "\n".join(
        f"    {name}: {of}"
        for name, of in {
            "some": "list of Thing",
            "named": "map of Thing",
            "perhaps": "Thing?",
            "either": "Thing | string",
            "both": "list of map of Thing",
            "around": "Other",
        }.items()
    )
    text = mutation.text_of("bearer_auth").partition("\nendpoints:")[0]
    spec, complaints = mutation.read(
        f"{text}\nendpoints:\n  getThing:\n    call: GET thing\n    effect: read\n    returns: Thing\n"
        f"types:\n  Thing:\n{fields}\n  Other:\n    back: list of Thing\n"
    )

    assert complaints.sorted() == ()
    assert spec is not None
    assert mutation.printed(spec)
