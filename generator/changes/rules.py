"""What each kind of change means for callers: the registry of all rules, sources in docs/breaking-changes.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Kind = Literal["breaking", "behaviour", "deprecation", "additive", "text"]

KINDS: Mapping[Kind, str] = {
    "breaking": "code that worked may not work any more",
    "behaviour": "what happens is another, what it looks like is not",
    "deprecation": "an end is announced",
    "additive": "something is there that nobody has to know",
    "text": "only what people read",
}
"""From the worst to the least."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of change.

    Attributes:
        id: A stable name.
        kind: What it means for callers.
        reason: Why, in one sentence.
    """

    id: str
    kind: Kind
    reason: str


def _sent(subject: str, noun: str) -> Iterable[Rule]:
    """Return the rules for what a caller sends."""
    yield Rule(f"{subject}-added-required", "breaking", f"Calls that do not give the new {noun} are refused.")
    yield Rule(f"{subject}-added-optional", "additive", f"Nobody has to give the new {noun}.")
    yield Rule(f"{subject}-removed", "breaking", f"Calls that give the {noun} fail.")
    yield Rule(f"{subject}-became-required", "breaking", f"Calls that left the {noun} out are refused.")
    yield Rule(f"{subject}-became-optional", "additive", f"Calls that give the {noun} stay right.")
    yield Rule(f"{subject}-type-changed", "breaking", f"Values of the {noun} that were right are not any more.")
    yield Rule(f"{subject}-type-widened", "additive", f"The {noun} takes what it took, and more.")
    yield Rule(f"{subject}-type-narrowed", "breaking", f"Some values that the {noun} took are refused.")
    yield Rule(f"{subject}-words-added", "additive", f"The {noun} takes its old words, and new ones.")
    yield Rule(f"{subject}-words-removed", "breaking", f"A word that the {noun} took is refused before it is sent.")
    yield Rule(f"{subject}-bounds-widened", "additive", f"The {noun} takes what it took, and more.")
    yield Rule(f"{subject}-bounds-narrowed", "breaking", f"Some values of the {noun} are out of bounds now.")
    yield Rule(f"{subject}-pattern-added", "breaking", f"Texts of the {noun} that do not match are refused.")
    yield Rule(f"{subject}-pattern-removed", "additive", f"The {noun} takes every text that it took.")
    yield Rule(f"{subject}-pattern-changed", "breaking", f"Texts of the {noun} that matched may not match any more.")
    yield Rule(f"{subject}-null-allowed", "additive", f"The {noun} takes null beside what it took.")
    yield Rule(f"{subject}-null-refused", "breaking", f"Calls that give null for the {noun} are refused.")
    yield Rule(
        f"{subject}-default-changed", "behaviour", f"Calls without the {noun} mean something else to the vendor."
    )
    yield Rule(f"{subject}-spelled-otherwise", "behaviour", f"The same value of the {noun} is sent in another form.")
    yield Rule(f"{subject}-renamed-in-python", "breaking", f"Code that names the {noun} does not find it.")
    yield Rule(
        f"{subject}-secrecy-changed", "behaviour", f"Values of the {noun} are hidden, or shown, where they were not."
    )


_ANSWERED = (
    Rule("answer-field-added", "additive", "Models keep unknown fields already; now it has a name."),
    Rule("answer-field-removed", "breaking", "Code that reads the field does not find it."),
    Rule("answer-field-became-optional", "breaking", "Code that relies on the field meets None."),
    Rule("answer-field-became-required", "additive", "Code that expects None at times just never meets it."),
    Rule("answer-field-type-changed", "breaking", "Code that reads the field gets another type."),
    Rule("answer-field-type-widened", "breaking", "Code that reads the field meets types that it did not meet before."),
    Rule("answer-field-type-narrowed", "additive", "The field is one of the types that it was before."),
    Rule("answer-field-words-added", "additive", "Words in answers are open: an unknown one was a plain text before."),
    Rule("answer-field-words-removed", "additive", "Code that knows the word just never meets it."),
    Rule(
        "answer-field-bounds-changed", "text", "Clients do not hold answers to bounds and patterns; people read them."
    ),
    Rule("answer-field-null-allowed", "breaking", "Code that relies on a value meets None."),
    Rule("answer-field-null-told", "text", "A field that may be absent was None at times already."),
    Rule("answer-field-null-refused", "additive", "Code that expects None at times just never meets it."),
    Rule("answer-field-moved", "behaviour", "The same attribute is read from another place of the answer."),
    Rule("answer-field-renamed-in-python", "breaking", "Code that reads the attribute does not find it."),
    Rule("answer-field-model-gained", "additive", "Callers may give a model of their own, and need not."),
    Rule("answer-field-model-lost", "breaking", "Code that gives a model of its own is refused."),
    Rule("answer-type-changed", "breaking", "The call gives back another type."),
    Rule("answer-type-widened", "breaking", "The call gives back types that it did not give before."),
    Rule("answer-type-narrowed", "additive", "The call gives back one of the types that it gave before."),
    Rule("answer-became-known", "breaking", "The call gave the parsed document and gives a typed result."),
    Rule("answer-became-unknown", "breaking", "The call gave a typed result and gives the parsed document."),
    Rule("answer-became-nothing", "breaking", "The call gives back None."),
    Rule("answer-came", "additive", "The call gave back None, and gives a result."),
    Rule("answer-may-be-empty", "breaking", "The call may give back None."),
    Rule("answer-is-always-there", "additive", "Code that expects None at times just never meets it."),
    Rule("answer-moved", "behaviour", "The same result is read from another place of the answer."),
    Rule("answer-spelled-otherwise", "behaviour", "The same result is read from another form of answer."),
)

_OPERATIONS = (
    Rule("operation-added", "additive", "Nobody has to call it."),
    Rule("operation-removed", "breaking", "Code that calls it does not find it."),
    Rule("operation-renamed-in-python", "breaking", "Code that calls it does not find it under its old name."),
    Rule("operation-method-changed", "behaviour", "The same call goes out by another HTTP method."),
    Rule("operation-path-changed", "behaviour", "The same call goes to another path."),
    Rule("operation-repeated-more", "behaviour", "After a failure the client tries again where it did not."),
    Rule("operation-repeated-less", "behaviour", "After a failure the client does not try again where it did."),
    Rule(
        "operation-moves-money", "behaviour", "The call gets a fresh connection, and what is told of a failure counts."
    ),
    Rule("operation-became-paged", "breaking", "The call gives pages where it gave a list."),
    Rule("operation-not-paged-any-more", "breaking", "The call gives a list where it gave pages."),
    Rule("operation-paged-otherwise", "behaviour", "The same records come by another way to go on."),
    Rule("operation-authenticated-otherwise", "behaviour", "Other parts of the authentication go with the call."),
    Rule("operation-testing-gained", "behaviour", "In testing mode the call is a test where it was real."),
    Rule("operation-testing-lost", "behaviour", "In testing mode the call is real where it was a test."),
    Rule("operation-key-gained", "additive", "The call carries a key, and callers may give their own."),
    Rule("operation-key-lost", "breaking", "Code that gives a key for the call is refused."),
    Rule("operation-success-told-otherwise", "behaviour", "Other words of an answer mean that the vendor did it."),
    Rule("operation-older-names-changed", "text", "Older names are told in the documentation only."),
    Rule("digest-added", "behaviour", "The call carries a digest, made of what it is given already."),
    Rule("digest-removed", "behaviour", "The call carries no digest any more."),
    Rule("digest-order-changed", "behaviour", "The same values give another digest."),
    Rule("digest-members-changed", "behaviour", "Other values go into the digest."),
    Rule("digest-order-became-known", "breaking", "The argument hashed= is gone, for the client knows the order."),
    Rule("digest-order-became-unknown", "breaking", "The order has to be given by the argument hashed=."),
    Rule("wait-added", "additive", "There is a method beside the call, and nobody has to use it."),
    Rule("wait-removed", "breaking", "Code that calls the method which waits does not find it."),
    Rule("wait-changed", "behaviour", "The method that waits looks for another end."),
    Rule("parts-added", "additive", "There is a method beside the call, and nobody has to use it."),
    Rule("parts-removed", "breaking", "Code that calls the method which sends in parts does not find it."),
    Rule("parts-changed", "behaviour", "The method that sends in parts counts otherwise."),
    Rule("parameter-moved", "behaviour", "The same argument is sent in another place."),
    Rule("parameter-left-the-path", "breaking", "Calls that give the argument by position do not fit."),
    Rule("parameter-came-into-the-path", "additive", "The argument may be given by position as well."),
    Rule("deprecated", "deprecation", "It works, and an end is announced."),
    Rule("sunset-set", "deprecation", "The day of the end is told."),
    Rule("sunset-moved", "deprecation", "The end comes on another day."),
    Rule("replacement-told", "deprecation", "What to use instead is told, or is another thing."),
    Rule("deprecation-withdrawn", "additive", "It stays; nobody has to do anything."),
)

_TYPES = (
    Rule("type-added", "additive", "Nobody has to use it."),
    Rule("type-removed", "breaking", "Code that names the model does not find it."),
    Rule("type-became-another-kind", "breaking", "The name stands for another kind of type."),
    Rule("type-sent-too", "additive", "The model is taken as an argument as well."),
    Rule("type-answered-too", "additive", "The model is given back as well."),
    Rule("type-used-less", "text", "Where the model went in or came out is judged at the calls."),
    Rule("request-word-added", "additive", "Calls with the old words stay right."),
    Rule("request-word-removed", "breaking", "Calls with the word are refused before they are sent."),
    Rule("answer-word-added", "additive", "Words in answers are open: an unknown one was a plain text before."),
    Rule("answer-word-removed", "additive", "Code that knows the word just never meets it."),
    Rule("request-alias-widened", "additive", "Everything that has this type takes what it took, and more."),
    Rule("request-alias-narrowed", "breaking", "Some values of everything that has this type are refused."),
    Rule("answer-alias-changed", "breaking", "Everything that has this type gives another one."),
    Rule("answer-alias-narrowed", "additive", "Everything that has this type gives one of the types that it gave."),
    Rule(
        "answer-alias-bounds-changed", "text", "Clients do not hold answers to bounds and patterns; people read them."
    ),
)

_SECTIONS = (
    Rule("package-renamed", "breaking", "Imports and installations name the old package."),
    Rule("title-changed", "text", "Only people read the title."),
    Rule("server-added", "additive", "Callers may choose it, and need not."),
    Rule("server-removed", "breaking", "Code that chooses the server is refused."),
    Rule("server-address-changed", "behaviour", "The same calls go to another address."),
    Rule("default-server-changed", "behaviour", "Calls of whoever chose no server go to another one."),
    Rule("server-became-the-callers", "breaking", "The address has to be given."),
    Rule("server-became-known", "additive", "The address may be left out."),
    Rule("credential-added", "breaking", "A client cannot be made without the new credential."),
    Rule("credential-removed", "breaking", "Code that gives the credential is refused."),
    Rule("credential-environment-changed", "breaking", "The old environment variable is not read any more."),
    Rule("credential-became-secret", "behaviour", "The credential is hidden where it was shown."),
    Rule("credential-not-secret-any-more", "behaviour", "The credential is shown where it was hidden."),
    Rule("setting-added", "additive", "Its first word is what happens without it."),
    Rule("setting-removed", "breaking", "Code that gives the setting is refused."),
    Rule("setting-word-added", "additive", "Callers may choose it, and need not."),
    Rule("setting-word-removed", "breaking", "Code that chooses the word is refused."),
    Rule("setting-default-changed", "behaviour", "Clients that leave the setting out act otherwise."),
    Rule("authentication-added", "behaviour", "Requests carry what they did not carry."),
    Rule("authentication-removed", "behaviour", "Requests do not carry what they carried."),
    Rule("authentication-changed", "behaviour", "Requests show in another way who calls."),
    Rule("request-form-added", "additive", "Callers may choose the form, and need not."),
    Rule("request-form-removed", "breaking", "Code that chooses the form is refused."),
    Rule("request-form-default-changed", "behaviour", "Requests of whoever chose no form have another one."),
    Rule("answer-form-added", "additive", "Callers may choose the form, and results are the same."),
    Rule("answer-form-removed", "breaking", "Code that chooses the form is refused."),
    Rule("answer-form-default-changed", "behaviour", "Answers come in another form, and results are the same."),
    Rule("answer-form-told-otherwise", "behaviour", "The vendor is told in another way which form is wanted."),
    Rule("envelope-changed", "behaviour", "Failures and data are looked for in other places of an answer."),
    Rule("error-added", "additive", "A code that had no meaning has a class of its own, under the same base."),
    Rule("error-removed", "behaviour", "The HTTP status alone decides the class."),
    Rule("error-class-removed", "breaking", "Code that names the class does not find it."),
    Rule("error-class-changed", "breaking", "Code that catches the old class does not catch it."),
    Rule("error-class-refined", "additive", "Code that catches the old class catches the new one too."),
    Rule("error-became-temporary", "behaviour", "The client tries again where it did not."),
    Rule("error-became-final", "behaviour", "The client does not try again where it did."),
    Rule("rate-limit-added", "behaviour", "The client waits where it did not."),
    Rule("rate-limit-removed", "behaviour", "The client does not wait any more."),
    Rule("rate-limit-lowered", "behaviour", "The client waits longer."),
    Rule("rate-limit-raised", "behaviour", "The client waits less."),
    Rule("rate-limit-setting-added", "additive", "Callers may tell their figure, and need not."),
    Rule("rate-limit-setting-removed", "breaking", "Code that tells its figure by the old keyword is refused."),
    Rule("rate-limit-told-otherwise", "behaviour", "The client learns the limit, or shares it, in another way."),
    Rule("idempotency-added", "additive", "Calls carry a key and are repeated by it; callers may give their own."),
    Rule("idempotency-removed", "breaking", "Code that gives a key is refused."),
    Rule("idempotency-key-moved", "behaviour", "The same key goes in another place of the request."),
    Rule(
        "idempotency-lifetime-shortened",
        "behaviour",
        "Calls are repeated for less time, for the key is known for less.",
    ),
    Rule(
        "idempotency-lifetime-lengthened",
        "behaviour",
        "Calls are repeated for longer, for the key is known for longer.",
    ),
    Rule(
        "idempotency-repeated-more",
        "behaviour",
        "After a failure the client tries again with the key where it did not.",
    ),
    Rule("idempotency-repeated-less", "behaviour", "After a failure the client does not try again where it did."),
    Rule("idempotency-compared-otherwise", "behaviour", "A key that comes with another request is treated otherwise."),
    Rule("idempotency-progress-told-otherwise", "behaviour", "The client waits and tries again after another status."),
    Rule("testing-added", "additive", "Callers may say that a call is a test, and need not."),
    Rule("testing-removed", "breaking", "Code that says so is refused."),
    Rule("testing-flag-changed", "behaviour", "Tests are told by another flag."),
    Rule("pagination-changed", "behaviour", "The same records come by another way to go on."),
    Rule("page-tells-more", "additive", "Pages have an attribute more."),
    Rule("page-tells-less", "breaking", "Code that reads the attribute of a page does not find it."),
    Rule("filter-added", "additive", "Callers may build the text with it, and need not."),
    Rule("filter-removed", "breaking", "Code that builds the text with it does not find it."),
    Rule("filter-spelled-otherwise", "behaviour", "The same filter is sent in another form."),
    Rule("operator-added", "additive", "Callers may use the operator, and need not."),
    Rule("operator-removed", "breaking", "Code that uses the operator is refused."),
    Rule("operator-changed", "breaking", "The word means another operator."),
    Rule("webhooks-added", "additive", "Nobody has to listen."),
    Rule("webhooks-removed", "breaking", "Code that reads deliveries does not find the module."),
    Rule("webhooks-read-otherwise", "behaviour", "Deliveries are read, or checked, in another way."),
    Rule("event-added", "additive", "It arrived as an unknown event before."),
    Rule("event-removed", "breaking", "Code that names the class of the event does not find it."),
    Rule("event-type-changed", "breaking", "The data of the event has another type."),
    Rule("renaming-added", "additive", "There is a table of names, and nobody has to use it."),
    Rule("renaming-removed", "breaking", "Code that looks names up in the table does not find it."),
    Rule("renamed-name-added", "additive", "The table knows one more name."),
    Rule("renamed-name-removed", "breaking", "Code that looks the name up does not find it."),
    Rule("renamed-name-changed", "behaviour", "Code that looks the name up gets another one."),
    Rule("text-changed", "text", "Only what people read is another."),
    Rule("made-otherwise", "text", "The vendor said nothing new: clientmill gives it another name."),
)

RULES: Mapping[str, Rule] = {
    rule.id: rule
    for rule in (
        *_SECTIONS,
        *_OPERATIONS,
        *_sent("parameter", "argument"),
        *_sent("request-field", "field"),
        *_ANSWERED,
        *_TYPES,
    )
}
"""All rules by their names."""

BUMPS: Mapping[str, int] = {"breaking": 3, "additive": 2, "behaviour": 1, "deprecation": 1, "text": 0}
"""Which part of a version a kind of change moves on: 3 the first, 2 the second, 1 the third, 0 none."""


def worst(kinds: Iterable[Kind]) -> Kind | None:
    """Return the kind that callers have to know first."""
    found = set(kinds)
    return next((kind for kind in KINDS if kind in found), None)
