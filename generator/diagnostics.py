"""What a spec's author is told: where, what is wrong, and what would be right."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file as an editor counts it.

    Attributes:
        file: The path as the run names it, relative where it was given so.
        line: Counted from 1.
        column: Counted from 1, in characters.
    """

    file: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """One complaint about a spec.

    Attributes:
        position: Where the author has to look.
        code: Stable, one of `CODES`.
        place: The dotted path inside the document, such as `auth.header`; empty for the document as a whole.
        message: What is wrong, and what would be right.
    """

    position: Position
    code: str
    place: str
    message: str

    def __str__(self) -> str:
        where = f"{self.position.file}:{self.position.line}:{self.position.column}: {self.code}: "
        return where + (f"{self.place}: {self.message}" if self.place else self.message)


@dataclass(slots=True)
class Complaints:
    """All complaints of a run, so that an author sees every mistake at once."""

    found: set[Diagnostic] = field(default_factory=set[Diagnostic])

    def add(self, position: Position, code: str, place: str, message: str) -> None:
        """Note one complaint; the same one twice counts once."""
        if code not in CODES:
            raise KeyError(code)
        self.found.add(Diagnostic(position, code, place, message))

    def sorted(self) -> tuple[Diagnostic, ...]:
        """Return the complaints by file, line and column."""
        return tuple(sorted(self.found))

    def __bool__(self) -> bool:
        return bool(self.found)


CODES: dict[str, str] = {
    # The file itself, before it is YAML.
    "S001": "the file cannot be read",
    "S002": "the file is not UTF-8 text",
    "S003": "the file is too large, too deep or has too many nodes",
    "S004": "the document is empty or not a mapping",
    "S005": "the YAML parser is not installed whole",
    # YAML, in the strict subset.
    "S010": "not valid YAML",
    "S011": "a key is repeated",
    "S012": "a YAML feature that specs do not have (anchors, aliases, tags, merges, several documents)",
    "S013": "a plain scalar that YAML readers understand differently",
    # What the keys of a spec look like.
    "S020": "an unknown key",
    "S021": "a key is missing",
    "S022": "a mapping, a list or a single value where another is wanted",
    "S023": "a value does not have the form that is wanted",
    "S024": "a word that is not among those that may stand here",
    "S025": "not a dotted path",
    "S026": "not a text with ${name} in it",
    "S027": "not a duration",
    "S028": "nothing, or too much, tells the kind",
    "S029": "not a day",
    # Types.
    "S030": "not a type",
    "S031": "not a pattern that clients can use",
    "S032": "no such type",
    "S033": "a type that needs itself",
    "S034": "a default that does not fit its type",
    # Endpoints.
    "S040": "not a call",
    "S041": "a parameter of the path that the call does not have",
    "S042": "a header that is the client's own business",
    "S043": "a body where the method has none",
    "S044": "a testing flag that the spec does not describe",
    "S045": "no such pagination style",
    "S046": "pages of something that is no list of records",
    "S047": "a pagination style that sends what the endpoint does not take",
    "S048": "a way to send that does not fit the type",
    "S049": "a call that must not happen twice, made by GET",
    # Names of other parts.
    "S050": "no such credential",
    "S051": "a credential that nothing uses",
    "S052": "no such source",
    "S053": "no such error class",
    "S054": "an envelope that cannot tell an error",
    "S055": "a pagination style whose record id is no field of the record",
    "S056": "a type that nothing uses",
    "S057": "a changelog entry about something that is not there, or still is",
    "S058": "a changelog that is not in its order",
    "S059": "a parameter that is sent already",
    # Safety and names.
    "S060": "an address that no client should call",
    "S061": "a package name that is taken",
    "S062": "two names that become one in Python",
    "S063": "what looks like a real secret",
    "S064": "two specs that claim one package",
    "S065": "two specs of one version of a vendor",
    # Examples.
    "S070": "an example that does not fit its type",
    "S071": "an example's call that does not fit the endpoint",
    "S072": "an example's request that does not fit the endpoint",
    "S073": "an example of a failure that does not say what it raises",
    "S074": "an example's answer without the answer",
    "S075": "an example that raises another error than its answer says",
    "S076": "an example's answer without what a path of the spec looks for",
    "S077": "a path that cannot exist",
    # Forms, digests and XML.
    "S110": "a digest that does not say what it is over, or says what is not sent",
    "S111": "a vector that is not what the digest makes of it",
    "S112": "no such part of auth, setting, or word of a setting",
    "S113": "a body in a form that the spec does not have",
    "S114": "a list that XML cannot tell",
    "S140": "an end that is not told whole",
    "S141": "a table of names that does not fit its two versions",
    # Specs that are like another.
    "S080": "no such spec to be like",
    "S081": "specs that are like each other in a ring",
    "S082": "something to leave out that is not there",
    # What clients have beside calls.
    "S090": "not the form of a filter",
    "S091": "a filter that is not there, or where none can be",
    "S092": "a model of the caller's where none can be",
    "S093": "a wait that cannot end",
    "S094": "a list that cannot be sent in parts",
    "S095": "webhooks whose events cannot be told apart",
    # Logins and forms.
    "S096": "forms to choose between that do not fit together",
    "S097": "a token that is not fetched, or not sent",
    # Error classes of a spec's own.
    "S120": "an error class of the spec's own that cannot be",
    # Keys of requests.
    "S121": "a key of requests that nothing sends, or whose place is taken",
    # Who moves money.
    "S122": "money that moves for nobody in particular",
    # What was released before.
    "S130": "a change that the changelog does not announce",
    "S131": "a changelog entry whose kind is not what happened",
    "S132": "a changelog entry that is older than one that was released",
    "S133": "a changelog entry that was released and is gone",
    "S134": "a remembered surface that cannot be read",
}
