"""What stops publishing as a whole. What stops one package is an outcome, not an exception."""


class OutputError(Exception):
    """The root cannot be published into or compared with; the message says what to do."""


class BusyError(OutputError):
    """Another run held the root for longer than this one was willing to wait."""


class InspectionError(Exception):
    """A package is not what was planned: a mistake of ours, found before it was published.

    Attributes:
        faults: Every fault found, as `package: what`.
    """

    def __init__(self, faults: tuple[str, ...]) -> None:
        self.faults = faults
        super().__init__("the generated packages are not what was planned; nothing was published\n" + "\n".join(faults))
