"""Changes of what is said once for all calls: servers, credentials, errors, limits, pages and the rest."""

from __future__ import annotations

from collections.abc import Iterator

from generator.changes.found import Found, came_or_went, differing
from generator.changes.surface import Line, Surface


def package(_old: Surface, _new: Surface, before: Line | None, after: Line | None) -> Iterator[Found]:
    """Judge the identity of a package; one under another name is a line that came and one that went."""
    if before is None:
        return
    if after is None:
        yield Found("package-renamed", before.name, _new.package)
    else:
        yield from differing(before, after, {"title": "title-changed"})


def server(_old: Surface, _new: Surface, before: Line | None, after: Line | None) -> Iterator[Found]:
    """Judge where the vendor is."""
    if before is None or after is None:
        yield from came_or_went(before, after, "server-added", "server-removed")
        return
    if before.has("callers") != after.has("callers"):
        yield Found("server-became-the-callers" if after.has("callers") else "server-became-known")
    else:
        yield from differing(before, after, {"address": "server-address-changed"})
    if after.has("default") and not before.has("default"):
        yield Found("default-server-changed", "", after.name)


def credential(_old: Surface, _new: Surface, before: Line | None, after: Line | None) -> Iterator[Found]:
    """Judge what a caller has from the vendor."""
    if before is None or after is None:
        yield from came_or_went(before, after, "credential-added", "credential-removed")
        return
    yield from differing(before, after, {"environment": "credential-environment-changed"})
    if before.has("secret") != after.has("secret"):
        yield Found("credential-became-secret" if after.has("secret") else "credential-not-secret-any-more")


def setting(_old: Surface, _new: Surface, before: Line | None, after: Line | None) -> Iterator[Found]:
    """Judge a choice that a caller makes once."""
    if before is None or after is None:
        yield from came_or_went(before, after, "setting-added", "setting-removed")
        return
    yield from differing(before, after, {"default": "setting-default-changed"})


def choice(_old: Surface, _new: Surface, before: Line | None, after: Line | None) -> Iterator[Found]:
    """Judge a word of a setting."""
    yield from came_or_went(before, after, "setting-word-added", "setting-word-removed")


def auth(_old: Surface, _new: Surface, before: Line | None, after: Line | None) -> Iterator[Found]:
    """Judge how a caller shows who he is."""
    if before is None or after is None:
        yield from came_or_went(before, after, "authentication-added", "authentication-removed")
    elif _without_text(before) != _without_text(after):
        yield Found("authentication-changed")


def form(_old: Surface, _new: Surface, before: Line | None, after: Line | None) -> Iterator[Found]:
    """Judge how bodies are spelled."""
    if before is None or after is None:
        return
    was, is_ = before.words("forms"), after.words("forms")
    direction = before.name
    # A form may give its place to another where callers have no choice: then the default alone is another.
    if len(was) > 1 or len(is_) > 1:
        for added in [each for each in is_ if each not in was]:
            yield Found(f"{direction}-form-added", "", added)
        for removed in [each for each in was if each not in is_]:
            yield Found(f"{direction}-form-removed", removed, "")
    if was[:1] != is_[:1]:
        yield Found(f"{direction}-form-default-changed", *was[:1], *is_[:1])
    if before.get("by") != after.get("by") or before.get("names") != after.get("names"):
        yield Found("answer-form-told-otherwise", before.get("by") or "", after.get("by") or "")


def envelope(_old: Surface, _new: Surface, before: Line | None, after: Line | None) -> Iterator[Found]:
    """Judge what answers are wrapped in."""
    was, is_ = ("" if line is None else line.get("shapes") or line.get("path") or "" for line in (before, after))
    yield Found("envelope-changed", was, is_)


def error(_old: Surface, new: Surface, before: Line | None, after: Line | None) -> Iterator[Found]:
    """Judge what one of the vendor's codes or messages means."""
    if before is not None and before.has("is") and not _is_exported(new, before.get("raises")):
        # Whoever catches a class by its name imports it, whether or not the vendor still sends the code.
        yield Found("error-class-removed", before.get("raises") or "", "")
    if before is None or after is None:
        yield from came_or_went(before, after, "error-added", "error-removed")
        return
    # A class of the spec's own is caught by those that it is as well.
    lost = set(before.words("is")) - set(after.words("is"))
    gained = set(after.words("is")) - set(before.words("is"))
    if before.get("raises") != after.get("raises"):
        is_still = before.get("raises") in after.words("is")
        rule = "error-class-refined" if is_still else "error-class-changed"
        yield Found(rule, before.get("raises") or "", after.get("raises") or "")
    elif lost:
        yield Found("error-class-changed", ", ".join(sorted(lost)), "")
    elif gained:
        yield Found("error-class-refined", "", ", ".join(sorted(gained)))
    if before.has("temporary") != after.has("temporary"):
        yield Found("error-became-temporary" if after.has("temporary") else "error-became-final")


def _is_exported(surface: Surface, name: str | None) -> bool:
    """Tell whether a package has an error class of its own."""
    return any(each.has("is") and each.get("raises") == name for each in surface.of("error"))


def rate_limit(_old: Surface, _new: Surface, before: Line | None, after: Line | None) -> Iterator[Found]:
    """Judge how fast one may call."""
    if before is None or after is None:
        yield from came_or_went(before, after, "rate-limit-added", "rate-limit-removed")
        line = after or before
        if line is not None and line.has("setting"):
            yield Found(f"rate-limit-setting-{'added' if after is not None else 'removed'}")
        return
    was, is_ = (int(line.get("requests") or 1) / int(line.get("seconds") or 1) for line in (before, after))
    if was != is_:
        rule = "rate-limit-raised" if is_ > was else "rate-limit-lowered"
        yield Found(rule, *(f"{line.get('requests')} in {line.get('seconds')} s" for line in (before, after)))
    if before.get("setting") != after.get("setting"):
        if before.has("setting"):
            yield Found("rate-limit-setting-removed", before.get("setting") or "", after.get("setting") or "")
        else:
            yield Found("rate-limit-setting-added", "", after.get("setting") or "")
    if any(before.get(key) != after.get(key) for key in ("shared_by", "learn", "headers")):
        yield Found("rate-limit-told-otherwise")


def testing(_old: Surface, _new: Surface, before: Line | None, after: Line | None) -> Iterator[Found]:
    """Judge how a call says that it is only a test."""
    if before is None or after is None:
        yield from came_or_went(before, after, "testing-added", "testing-removed")
    else:
        yield from differing(before, after, {"body": "testing-flag-changed"})


def pagination(_old: Surface, _new: Surface, before: Line | None, after: Line | None) -> Iterator[Found]:
    """Judge how lists go on; a style that comes or goes is judged at the operations that use it."""
    if before is None or after is None:
        return
    was, is_ = before.words("tells"), after.words("tells")
    names, new_names = ({each.partition("=")[0] for each in told} for told in (was, is_))
    if new_names - names:
        yield Found("page-tells-more", "", ", ".join(sorted(new_names - names)))
    if names - new_names:
        yield Found("page-tells-less", ", ".join(sorted(names - new_names)), "")
    kept = [tuple(each for each in told if each.partition("=")[0] in names & new_names) for told in (was, is_)]
    if kept[0] != kept[1] or any(before.get(key) != after.get(key) for key in ("style", "items", "id", "sends")):
        yield Found("pagination-changed", before.get("style") or "", after.get("style") or "")


def filter_(_old: Surface, _new: Surface, before: Line | None, after: Line | None) -> Iterator[Found]:
    """Judge a text in a query that is built from parts."""
    if before is None or after is None:
        yield from came_or_went(before, after, "filter-added", "filter-removed")
    else:
        yield from differing(before, after, {"separator": "filter-spelled-otherwise"})


def operator(_old: Surface, _new: Surface, before: Line | None, after: Line | None) -> Iterator[Found]:
    """Judge an operator of a filter."""
    if before is None or after is None:
        yield from came_or_went(before, after, "operator-added", "operator-removed")
    else:
        yield from differing(before, after, {"means": "operator-changed"})


def webhooks(_old: Surface, _new: Surface, before: Line | None, after: Line | None) -> Iterator[Found]:
    """Judge the form of deliveries."""
    if before is None or after is None:
        yield from came_or_went(before, after, "webhooks-added", "webhooks-removed")
    elif _without_text(before) != _without_text(after):
        yield Found("webhooks-read-otherwise")


def event(_old: Surface, _new: Surface, before: Line | None, after: Line | None) -> Iterator[Found]:
    """Judge an event that the vendor sends by itself."""
    if before is None or after is None:
        yield from came_or_went(before, after, "event-added", "event-removed")
    else:
        yield from differing(before, after, {"type": "event-type-changed"})


def _without_text(line: Line) -> tuple[tuple[str, str], ...]:
    return tuple(fact for fact in line.facts if fact[0] != "text")
