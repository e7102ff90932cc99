"""The pages about the language say what the language is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from generator.diagnostics import CODES, Complaints
from generator.spec.auth import AUTH, CREDENTIAL, HASH, LOGIN
from generator.spec.changelog import CHANGELOG
from generator.spec.companions import PARTS, WAIT
from generator.spec.digests import CALL_VECTOR, VALUE_VECTOR
from generator.spec.document import CONTRADICTION, SOURCE, SPEC, TESTING
from generator.spec.endpoints import ANSWER_EXAMPLE, EFFECTS, ENDPOINT, EXAMPLE, REQUEST_EXAMPLE
from generator.spec.envelope import ENVELOPE, ERROR_MEANING, ERROR_SHAPE
from generator.spec.error_classes import standard_classes
from generator.spec.filters import FILTER_FORM
from generator.spec.format import FORMAT
from generator.spec.idempotency import IDEMPOTENCY
from generator.spec.limits import LEARN, LIMIT_HEADERS, RATE_LIMIT
from generator.spec.members import LONG_FORM, LONG_OBJECT
from generator.spec.pagination import LAST_RECORD_PAGINATION, OFFSET_PAGINATION, PAGE_NUMBER_PAGINATION
from generator.spec.parsing import parse_specs
from generator.spec.servers import CALLERS_SERVER
from generator.spec.settings import SETTING
from generator.spec.shape import REQUIRED, RecordShape
from generator.spec.source import parse_source
from generator.spec.types import type_words
from generator.spec.webhooks import WEBHOOKS
from tests.spec.cases import cases

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "specs" / "README.md").read_text(encoding="utf-8")
DIAGNOSTICS = (ROOT / "docs" / "diagnostics.md").read_text(encoding="utf-8")

RECORDS: tuple[RecordShape[Any], ...] = (
    SPEC, SOURCE, CREDENTIAL, AUTH, LOGIN, ENVELOPE, ERROR_SHAPE, RATE_LIMIT, LEARN, TESTING, LAST_RECORD_PAGINATION,
    PAGE_NUMBER_PAGINATION, ENDPOINT,
    EXAMPLE, REQUEST_EXAMPLE, ANSWER_EXAMPLE, LONG_FORM, LONG_OBJECT, CONTRADICTION,
    HASH, FORMAT, ERROR_MEANING, CALLERS_SERVER, SETTING, VALUE_VECTOR, CALL_VECTOR,
    OFFSET_PAGINATION, IDEMPOTENCY, LIMIT_HEADERS, FILTER_FORM, WAIT, PARTS, WEBHOOKS,
)  # fmt: skip


def test_the_example_has_no_mistake() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", REFERENCE, re.DOTALL)
    complaints = Complaints()

    source = parse_source(example.encode(), ROOT / "specs" / "README.md", "specs/README.md", complaints)
    specs = parse_specs([source] if source is not None else [], complaints)

    assert complaints.sorted() == ()
    assert list(specs) == ["specs/README.md"]


@pytest.mark.parametrize("record", RECORDS, ids=[record.what for record in RECORDS])
def test_every_key_is_explained(record: RecordShape[Any]) -> None:
    prose = re.sub(r"```yaml\n.*?```", "", REFERENCE, flags=re.DOTALL)

    missing = [key for key in record.names() if not re.search(rf"`{key}[`:]", prose)]

    assert missing == []


def test_every_needed_key_is_told() -> None:
    (table,) = re.findall(r"^\| in \| needed \|\n\|---\|---\|\n((?:\|.*\n)+)", REFERENCE, re.MULTILINE)
    told = {what: re.findall(r"`([a-z_]+)`", keys) for what, keys in re.findall(r"\| (.+?) \| (.+) \|", table)}

    assert isinstance(CHANGELOG.item, RecordShape)
    records: tuple[RecordShape[Any], ...] = (*RECORDS, CHANGELOG.item)
    needed = {
        record.what: [name for name, field in record.names().items() if record.keys[field].default is REQUIRED]
        for record in records
    }

    assert told == {what: keys for what, keys in needed.items() if keys}


def test_every_word_is_explained() -> None:
    quoted = set(re.findall(r"`([^`\n]+)`", REFERENCE))

    assert {*type_words, *EFFECTS, *standard_classes()} <= quoted


def test_every_complaint_is_explained() -> None:
    titles = dict(re.findall(r"^### (S[0-9]{3}): (.+)$", DIAGNOSTICS, re.MULTILINE))

    assert titles == CODES


def test_every_complaint_shown_is_a_real_one() -> None:
    real = {line for case in cases() for line in case.golden.read_text(encoding="utf-8").splitlines()}
    of_files = (ROOT / "tests" / "spec" / "source" / "rejected").glob("*.txt")
    real |= {line for golden in of_files for line in golden.read_text(encoding="utf-8").splitlines()}

    of_releases = (ROOT / "tests" / "changes").glob("*/*/told.txt")
    real |= {line for golden in of_releases for line in golden.read_text(encoding="utf-8").splitlines()}

    shown = set(re.findall(r"^    (\S+: S[0-9]{3}: .*)$", DIAGNOSTICS, re.MULTILINE))

    assert len(shown) >= len([code for code in CODES if code >= "S010"])
    assert shown <= real
