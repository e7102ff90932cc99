"""The lines of the surface about pages."""

from __future__ import annotations

from generator.changes.lines import joined, line, spelled_path
from generator.changes.surface import Line
from generator.spec.pagination import LastRecordPagination, OffsetPagination, PageNumberPagination, Pagination


def pagination_line(name: str, style: Pagination) -> Line:
    """Return what callers and the vendor notice of a way to page."""
    match style:
        case LastRecordPagination():
            kind = "last_record"
        case OffsetPagination():
            kind = "offset"
        case PageNumberPagination():
            kind = "page"
    sends = joined(f"{key}={parameter}" for key, parameter in style.parameters().items())
    told = joined(
        f"{key}={spelled_path(path)}" for key, path in style.paths().items() if path is not None and key != "items"
    )
    return line(
        "pagination",
        name,
        ("style", kind),
        ("items", spelled_path(style.items)),
        ("id", style.told_apart_by()),
        ("sends", sends),
        ("tells", told),
    )
