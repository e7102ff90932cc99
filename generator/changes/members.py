"""Changes of operations, parameters, types, fields and words, requests and answers apart."""

from __future__ import annotations

from collections.abc import Iterator

from generator.changes.found import Found, came_or_went, differing
from generator.changes.surface import Line, Surface
from generator.changes.types import Pair, answered_changes, pair, sent_changes

_REPEATED = {"money": 0, "unsafe": 0, "idempotent": 1, "read": 1}
"""How readily each effect is repeated."""


def common(before: Line | None, after: Line | None) -> Iterator[Found]:
    """Yield what any line can have: an announced end, and words for people."""
    if before is None or after is None:
        return
    if before.get("deprecated") is None and after.get("deprecated") is not None:
        yield Found("deprecated", "", _end_of(after))
    elif before.get("deprecated") is not None and after.get("deprecated") is None:
        yield Found("deprecation-withdrawn", _end_of(before), "")
    elif before.get("sunset") != after.get("sunset"):
        rule = "sunset-set" if before.get("sunset") is None else "sunset-moved"
        yield Found(rule, before.get("sunset") or "", after.get("sunset") or "")
    elif before.get("instead") != after.get("instead"):
        yield Found("replacement-told", before.get("instead") or "", after.get("instead") or "")
    if before.get("text") != after.get("text"):
        yield Found("text-changed")


def _end_of(line: Line) -> str:
    """Say since when something is deprecated, until when it is there, and what to use instead."""
    parts = (("since", "deprecated"), ("ends on", "sunset"), ("instead:", "instead"))
    return ", ".join(f"{word} {value}" for word, key in parts if (value := line.get(key)) is not None)


def operation(old: Surface, new: Surface, before: Line | None, after: Line | None) -> Iterator[Found]:
    """Judge an operation by itself; its parameters have lines of their own."""
    if before is None or after is None:
        yield from came_or_went(before, after, "operation-added", "operation-removed")
        return
    if before.get("python") != after.get("python"):
        yield Found("operation-renamed-in-python", _called(before), _called(after))
    (method, _, path), (new_method, _, new_path) = ((line.get("call") or "").partition(" ") for line in (before, after))
    if method != new_method:
        yield Found("operation-method-changed", method, new_method)
    if path != new_path:
        yield Found("operation-path-changed", path, new_path)
    yield from _effect(before.get("effect") or "", after.get("effect") or "")
    yield from _pages(old, new, before, after)
    yield from _returns(old, new, before, after)
    yield from differing(
        before,
        after,
        {
            "auth": "operation-authenticated-otherwise",
            "success": "operation-success-told-otherwise",
            "aka": "operation-older-names-changed",
        },
    )
    if before.has("testing") != after.has("testing") and new.of("testing") and old.of("testing"):
        yield Found("operation-testing-gained" if after.has("testing") else "operation-testing-lost")
    if before.has("keyed") != after.has("keyed") and new.of("idempotency") and old.of("idempotency"):
        yield Found("operation-key-gained" if after.has("keyed") else "operation-key-lost")
    yield from _digest(before.get("hashed"), after.get("hashed"))
    for key in ("wait", "parts"):
        was, is_ = before.get(key), after.get(key)
        if was != is_:
            what = "added" if was is None else "removed" if is_ is None else "changed"
            yield Found(f"{key}-{what}", was or "", is_ or "")


def _called(line: Line) -> str:
    return line.get("python") or line.name


def _effect(was: str, is_: str) -> Iterator[Found]:
    if was == is_:
        return
    if is_ == "money":
        yield Found("operation-moves-money", was, is_)
    elif _REPEATED[is_] > _REPEATED[was]:
        yield Found("operation-repeated-more", was, is_)
    elif _REPEATED[is_] < _REPEATED[was]:
        yield Found("operation-repeated-less", was, is_)
    else:
        yield Found("text-changed", was, is_)


def _pages(old: Surface, new: Surface, before: Line, after: Line) -> Iterator[Found]:
    was, is_ = before.get("pages"), after.get("pages")
    if was == is_:
        return
    if was is None or is_ is None:
        yield Found("operation-became-paged" if was is None else "operation-not-paged-any-more", was or "", is_ or "")
        return
    style, new_style = old.line("pagination", was), new.line("pagination", is_)
    if style is None or new_style is None or style.facts != new_style.facts:
        yield Found("operation-paged-otherwise", was, is_)


def _returns(old: Surface, new: Surface, before: Line, after: Line) -> Iterator[Found]:
    was, is_ = before.get("returns") or "nothing", after.get("returns") or "nothing"
    if was != is_:
        if is_ == "nothing":
            yield Found("answer-became-nothing", was, is_)
        elif was == "nothing":
            yield Found("answer-came", was, is_)
        elif was == "unknown":
            yield Found("answer-became-known", was, is_)
        elif is_ == "unknown":
            yield Found("answer-became-unknown", was, is_)
        else:
            for what in answered_changes(pair(was, old, is_, new), optional=False):
                yield Found(_RETURNED.get(what, f"answer-{what}"), was, is_)
    if before.has("may_be_empty") != after.has("may_be_empty"):
        yield Found("answer-may-be-empty" if after.has("may_be_empty") else "answer-is-always-there")
    if before.get("at") != after.get("at"):
        yield Found("answer-moved", before.get("at") or "", after.get("at") or "")
    if before.has("from_text") != after.has("from_text"):
        yield Found("answer-spelled-otherwise")


_RETURNED = {
    "null-allowed": "answer-may-be-empty",
    "null-refused": "answer-is-always-there",
    "words-added": "answer-word-added",
    "words-removed": "answer-word-removed",
    "bounds-changed": "text-changed",
}


def _digest(was: str | None, is_: str | None) -> Iterator[Found]:
    if was == is_:
        return
    was_asked, asked = (value is not None and _is_asked_for(value) for value in (was, is_))
    if was_asked != asked:
        yield Found(f"digest-order-became-{'unknown' if asked else 'known'}", was or "", is_ or "")
    elif was is None or is_ is None:
        yield Found("digest-added" if was is None else "digest-removed", was or "", is_ or "")
    else:
        orders, new_orders = _orders(was), _orders(is_)
        kept = [word for word in new_orders if word in orders] or [next(iter(new_orders))]
        pairs = [(orders.get(word, next(iter(orders.values()))), new_orders[word]) for word in kept]
        if all(order == new_order for order, new_order in pairs):
            return
        same = all(sorted(order) == sorted(new_order) for order, new_order in pairs)
        yield Found("digest-order-changed" if same else "digest-members-changed", was, is_)


def _orders(hashed: str) -> dict[str, tuple[str, ...]]:
    """Return the order for each word of the setting that chooses it; one order alone has no word."""
    if not hashed.startswith("by "):
        return {"": tuple(hashed.split(" "))}
    choices = hashed.partition(": ")[2].split(", ")
    return {word: tuple(names.split(" ")) for word, _, names in (each.partition("=") for each in choices)}


def _is_asked_for(hashed: str) -> bool:
    return hashed == "unknown" or hashed.startswith("in an unknown order")


def parameter(old: Surface, new: Surface, before: Line | None, after: Line | None) -> Iterator[Found]:
    """Judge what a caller gives to an operation."""
    yield from _sent(old, new, before, after, "parameter")
    if before is None or after is None:
        return
    was, is_ = before.get("in") or "", after.get("in") or ""
    if was != is_:
        rule = (
            "parameter-left-the-path"
            if was == "path"
            else "parameter-came-into-the-path" if is_ == "path" else "parameter-moved"
        )
        yield Found(rule, was, is_)


def field(old: Surface, new: Surface, before: Line | None, after: Line | None) -> Iterator[Found]:
    """Judge a field in each direction in which its model went before."""
    line = after or before
    assert line is not None  # noqa: S101 - a change has at least one side
    owner = line.name.partition(".")[0]
    known = old.line("type", owner) or new.line("type", owner)
    used = known.words("used") if known is not None else ()
    if "request" in used:
        yield from _sent(old, new, before, after, "request-field")
    if "answer" in used or not used:
        yield from _answered(old, new, before, after, both="request" in used)


def _sent(old: Surface, new: Surface, before: Line | None, after: Line | None, subject: str) -> Iterator[Found]:
    if before is None or after is None:
        added = "required" if after is not None and after.has("required") else "optional"
        yield from came_or_went(before, after, f"{subject}-added-{added}", f"{subject}-removed")
        return
    if before.has("required") != after.has("required"):
        yield Found(f"{subject}-became-{'required' if after.has('required') else 'optional'}")
    was, is_ = before.get("type") or "any", after.get("type") or "any"
    if was != is_:
        for what in sent_changes(pair(was, old, is_, new)):
            yield Found(f"{subject}-{what}", was, is_)
    yield from _pattern(before, after, subject)
    if before.get("default") != after.get("default"):
        yield Found(f"{subject}-default-changed", before.get("default") or "", after.get("default") or "")
    if any(before.get(key) != after.get(key) for key in ("sent_as", "filter", "item")):
        yield Found(f"{subject}-spelled-otherwise")
    yield from _renamed(before, after, subject)
    if before.has("secret") != after.has("secret"):
        yield Found(f"{subject}-secrecy-changed")


def _pattern(before: Line, after: Line, subject: str) -> Iterator[Found]:
    was, is_ = before.get("pattern"), after.get("pattern")
    if was != is_:
        what = "added" if was is None else "removed" if is_ is None else "changed"
        yield Found(f"{subject}-pattern-{what}", was or "", is_ or "")


def _renamed(before: Line, after: Line, subject: str) -> Iterator[Found]:
    if before.python != after.python:
        yield Found(f"{subject}-renamed-in-python", before.python, after.python)


def _answered(old: Surface, new: Surface, before: Line | None, after: Line | None, *, both: bool) -> Iterator[Found]:
    if before is None or after is None:
        yield from came_or_went(before, after, "answer-field-added", "answer-field-removed")
        return
    if before.has("required") != after.has("required"):
        yield Found(f"answer-field-became-{'required' if after.has('required') else 'optional'}")
    was, is_ = before.get("type") or "any", after.get("type") or "any"
    if was != is_:
        for what in answered_changes(pair(was, old, is_, new), optional=before.has("optional")):
            yield Found(f"answer-field-{what}", was, is_)
    elif before.get("pattern") != after.get("pattern"):
        yield Found("answer-field-bounds-changed", before.get("pattern") or "", after.get("pattern") or "")
    if any(before.get(key) != after.get(key) for key in ("in", "item")):
        yield Found("answer-field-moved", before.get("in") or "", after.get("in") or "")
    if not both:
        yield from _renamed(before, after, "answer-field")
    if before.has("model") != after.has("model"):
        yield Found(f"answer-field-model-{'gained' if after.has('model') else 'lost'}")


def form_of(line: Line) -> str:
    """Return what form a type has: an object, words, or another name for something."""
    return next((form for form in ("object", "words", "is") if line.has(form)), "")


def type_(old: Surface, new: Surface, before: Line | None, after: Line | None) -> Iterator[Found]:
    """Judge a named type by itself; its fields and words have lines of their own."""
    if before is None or after is None:
        yield from came_or_went(before, after, "type-added", "type-removed")
        return
    if form_of(before) != form_of(after):
        if "is" in (form_of(before), form_of(after)) and "object" not in (form_of(before), form_of(after)):
            yield from _alias(pair(before.name, old, after.name, new), before)
        else:
            yield Found("type-became-another-kind", form_of(before), form_of(after))
        return
    was, is_ = set(before.words("used")), set(after.words("used"))
    if "request" in is_ - was:
        yield Found("type-sent-too")
    if "answer" in is_ - was:
        yield Found("type-answered-too")
    if was - is_:
        yield Found("type-used-less", before.get("used") or "", after.get("used") or "")
    if before.get("is") != after.get("is"):
        yield from _alias(pair(before.get("is") or "any", old, after.get("is") or "any", new), before)
    if before.get("pattern") != after.get("pattern"):
        if "request" in was:
            narrower = after.get("pattern") is not None
            yield Found(f"request-alias-{'narrowed' if narrower else 'widened'}", *_both(before, after, "pattern"))
        else:
            yield Found("answer-alias-bounds-changed", *_both(before, after, "pattern"))


def _both(before: Line, after: Line, key: str) -> tuple[str, str]:
    return before.get(key) or "", after.get(key) or ""


_NARROWER = frozenset({"type-narrowed", "words-removed", "bounds-narrowed", "null-refused", "type-changed"})


def _alias(types: Pair, before: Line) -> Iterator[Found]:
    if "request" in before.words("used"):
        for what in sent_changes(types):
            yield Found(f"request-alias-{'narrowed' if what in _NARROWER else 'widened'}")
    if "answer" in before.words("used"):
        for what in answered_changes(types, optional=False):
            match what:
                case "bounds-changed":
                    yield Found("answer-alias-bounds-changed")
                case "type-narrowed" | "null-refused" | "words-removed" | "words-added":
                    yield Found("answer-alias-narrowed")
                case _:
                    yield Found("answer-alias-changed")


def word(old: Surface, new: Surface, before: Line | None, after: Line | None) -> Iterator[Found]:
    """Judge a word of a named type in each direction in which the type went before."""
    line = after or before
    assert line is not None  # noqa: S101 - a change has at least one side
    owner = line.name.partition(".")[0]
    known = old.line("type", owner) or new.line("type", owner)
    used = known.words("used") if known is not None else ()
    for direction in used:
        yield from came_or_went(before, after, f"{direction}-word-added", f"{direction}-word-removed")
