"""Guards that tests can switch off, one at a time: some test has to fail without each, or the guard does nothing.

`-p tests.torture.guards` switches one off for a run of pytest, named by `CLIENTMILL_GUARD_OFF`. Nothing outside of the
tests knows of it.
"""

from __future__ import annotations

import decimal
import importlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

VARIABLE = "CLIENTMILL_GUARD_OFF"


@dataclass(frozen=True, slots=True)
class Guard:
    """A guard, and how it is switched off.

    Attributes:
        where: The module, and what to replace in it.
        instead: What stands there when it is off.
        test: A test that fails then.
    """

    where: str
    instead: Any
    test: str


class _Forgetful(dict[Any, Any]):
    """Keeps nothing."""

    def __setitem__(self, key: Any, value: Any) -> None:
        """Forget it."""


def _nothing(*_: object, **__: object) -> None:
    """Do nothing."""


def _first(value: Any, *_: object, **__: object) -> Any:
    return value


def _yes(*_: object, **__: object) -> bool:
    return True


def _no(*_: object, **__: object) -> bool:
    return False


def _for_ever(*_: object, **__: object) -> float:
    return 1e9


def _shown(self: Any, *_: object) -> str:
    return str(self.reveal())


def _naively_quoted(text: str) -> str:
    return f'"{text}"'


def _naive_docstring(paragraphs: Any, *, indent: int = 0) -> str:
    return '"""' + f"\n\n{' ' * indent}".join(paragraphs) + '"""'


def _uncoded(_: object) -> str:
    return ""


def _spelled(_: object, value: object) -> str:
    return str(value)


def _naively_escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _none(_: object) -> tuple[object, ...]:
    return ()


RUNTIME = "generator.runtime"
HOOKS = "generated.monetize360._runtime.webhooks"
OF_HOOKS = "tests/contract/test_monetize360_webhooks.py"

GUARDS: Mapping[str, Guard] = {
    "what may have left is noted": Guard(
        f"{RUNTIME}.exchange:Exchange.sent",
        property(_no, _nothing),
        "tests/runtime/test_transport.py::test_cut_answer_is_repeated_for_a_read_and_unknown_for_the_rest",
    ),
    "a piece that is just leaving counts as sent": Guard(
        f"{RUNTIME}.exchange:Exchange.leaving",
        property(_no, _nothing),
        "tests/torture/test_interrupts.py::test_interrupt_while_a_piece_is_handed_over_may_have_sent_it",
    ),
    "what an interrupt found in use is not used again": Guard(
        f"{RUNTIME}.transport:SyncTransport._retire",
        _nothing,
        "tests/torture/test_interrupts.py::test_interrupt_that_leaves_a_lock_below_locked_keeps_no_later_call",
    ),
    "an interrupt is marked": Guard(
        f"{RUNTIME}.call:_mark",
        _nothing,
        "tests/runtime/test_call.py::test_interruption_goes_on_as_the_same_object_and_tells",
    ),
    "a key has an end": Guard(
        f"{RUNTIME}.idempotency:IdempotencyRule.left",
        _for_ever,
        "tests/runtime/test_idempotency.py::test_forgotten_key_is_refused_before_sending",
    ),
    "a call goes on in one process": Guard(
        f"{RUNTIME}.exchange:Exchange.check_process",
        _nothing,
        "tests/torture/test_deaths.py::test_fork_inside_of_a_call_leaves_it_to_the_parent",
    ),
    "a lock begins anew in a child": Guard(
        f"{RUNTIME}.forks:_BEGUN",
        _Forgetful(),
        "tests/runtime/test_forks.py::test_lock_that_a_thread_holds_does_not_keep_the_child",
    ),
    "only what is safe is repeated": Guard(
        f"{RUNTIME}.attempts:_may_be_repeated",
        _yes,
        "tests/runtime/test_calls.py::test_what_may_have_been_carried_out_is_never_repeated",
    ),
    "repetitions have a quota": Guard(
        f"{RUNTIME}.retry:RetryQuota.take", _yes, "tests/runtime/test_calls.py::test_outage_does_not_multiply_the_load"
    ),
    "a connection with leftovers is not used again": Guard(
        f"{RUNTIME}.framing:Framing.is_clean",
        property(_yes),
        "tests/runtime/test_transport.py::test_second_answer_is_never_given_to_the_next_call",
    ),
    "a coding that was not asked for is refused": Guard(
        f"{RUNTIME}.transport:_coding",
        _uncoded,
        "tests/runtime/test_transport.py::test_coding_that_was_not_asked_for_is_refused",
    ),
    "texts of the layer below are not repeated": Guard(
        f"{RUNTIME}.redaction:quieten",
        _nothing,
        "tests/runtime/test_secrets.py::test_no_logger_of_any_layer_tells_a_secret",
    ),
    "a secret is shown nowhere": Guard(
        f"{RUNTIME}.credentials:Secret.__repr__",
        _shown,
        "tests/runtime/test_secrets.py::test_nothing_that_holds_a_secret_shows_it",
    ),
    "a secret cannot be pickled": Guard(
        f"{RUNTIME}.credentials:Credentials.__reduce__",
        object.__reduce__,
        "tests/runtime/test_secrets.py::test_what_holds_a_secret_cannot_be_pickled_or_copied",
    ),
    "a secret that the vendor repeats is taken out": Guard(
        f"{RUNTIME}.call:scrub",
        _first,
        "tests/runtime/test_calls.py::test_secret_echoed_by_the_vendor_is_taken_out_of_the_text",
    ),
    "a key of exact JSON is there once": Guard(
        f"{RUNTIME}.decode:_EXACT",
        json.JSONDecoder(parse_float=decimal.Decimal),
        "tests/runtime/test_models.py::test_repeated_key_is_refused_where_numbers_are_exact",
    ),
    "JSON has finite numbers": Guard(
        f"{RUNTIME}.decode:_PLAIN",
        json.JSONDecoder(),
        "tests/runtime/test_models.py::test_what_is_not_json_is_refused_with_its_reason",
    ),
    "XML has no document type": Guard(
        "generated.store365._runtime.xml_answers:_Walk.refuse_dtd",
        _nothing,
        "tests/contract/test_store365_xml.py::test_hostile_answer_is_a_typed_error[sync-dtd]",
    ),
    "a value of a path is one segment": Guard(
        f"{RUNTIME}.request:_segment",
        _spelled,
        "tests/runtime/test_client.py::test_path_argument_that_leads_elsewhere_is_refused",
    ),
    "a lower limit is learned": Guard(
        f"{RUNTIME}.limits:Limiter.learn",
        _nothing,
        "tests/runtime/test_limits.py::test_lower_limit_is_learned_and_a_higher_one_is_not",
    ),
    "a delivery is signed": Guard(f"{HOOKS}:_is_signed", _yes, f"{OF_HOOKS}::test_bad_signatures_are_refused"),
    "a delivery is small": Guard(
        f"{HOOKS}:MOST_BYTES", 10**12, f"{OF_HOOKS}::test_size_is_looked_at_before_anything_is_computed"
    ),
    "a delivery comes once": Guard(
        f"{HOOKS}:SeenDeliveries.note", _yes, f"{OF_HOOKS}::test_second_delivery_of_one_is_told"
    ),
    "a time of sending is plain digits": Guard(
        f"{HOOKS}:_unix_seconds", float, f"{OF_HOOKS}::test_strange_timestamps_are_refused"
    ),
    "texts become literals": Guard(
        "generator.plan.literals:string",
        _naively_quoted,
        "tests/golden/test_hostile.py::test_hostile_case_differs_from_its_twin_in_texts_only",
    ),
    "texts become docstrings": Guard(
        "generator.plan.literals:docstring",
        _naive_docstring,
        "tests/golden/test_hostile.py::test_hostile_case_differs_from_its_twin_in_texts_only",
    ),
    "prompts in docstrings are defused": Guard(
        "generator.plan.literals:_escaped",
        _naively_escaped,
        "tests/golden/test_hostile.py::test_python_is_printable_ascii_or_letters",
    ),
    "texts become strings of TOML": Guard(
        "generator.plan.literals:toml_string",
        _naively_quoted,
        "tests/golden/test_hostile.py::test_project_file_has_the_planned_keys_only",
    ),
    "texts become plain Markdown": Guard(
        "generator.plan.literals:markdown",
        _first,
        "tests/golden/test_hostile.py::test_page_has_the_markup_of_its_twin",
    ),
    "a spec has no real secret": Guard(
        "generator.spec.checks:looks_secret", _no, "tests/spec/test_rejected.py::test_author_is_told"
    ),
    "a spec has a deepest level": Guard(
        "generator.spec.yaml_subset:DEEPEST", 10**9, "tests/spec/source/test_rejected.py::test_author_is_told"
    ),
    "a server is outside of the network": Guard(
        "generator.spec.addresses:_INSIDE", frozenset[str](), "tests/spec/test_rejected.py::test_author_is_told"
    ),
    "a name of a file stays in its package": Guard(
        "generator.tree:check_name",
        _first,
        "tests/output/test_tree.py::test_a_path_that_may_leave_the_package_is_refused",
    ),
    "an edit by hand stops its package": Guard(
        "generator.output.compare:Comparison.differing",
        property(_none),
        "tests/output/test_publish.py::test_an_edit_stops_its_package_with_a_diff_unless_forced",
    ),
}


def found(guard: Guard) -> tuple[Any, str]:
    """Return what holds a guard, and its name there.

    Raises:
        AttributeError: There is no such thing to replace.
    """
    module, _, path = guard.where.partition(":")
    owner: Any = importlib.import_module(module)
    *outer, last = path.split(".")
    for part in outer:
        owner = getattr(owner, part)
    getattr(owner, last)
    return owner, last


def switch_off(name: str) -> None:
    """Take a guard away, for as long as this process lives."""
    owner, last = found(GUARDS[name])
    setattr(owner, last, GUARDS[name].instead)


if VARIABLE in os.environ:
    switch_off(os.environ[VARIABLE])
