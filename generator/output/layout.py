"""The names that clientmill and the tools around it give to things on disk."""

MANIFEST = "manifest.json"
"""In each package folder: what was written, from what."""

MANIFEST_FORMAT = 1
MADE_BY = "clientmill"

PRIVATE = ".clientmill"
"""In the root: the lock, and for the time of a run the stage. Hidden, and ignored by git."""

_CACHES = frozenset({"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache"})
_BUILD_PRODUCTS = frozenset({"dist", "build"})


def is_cache(name: str) -> bool:
    """Tell whether *name* is what Python and its tools leave behind and make again."""
    return name in _CACHES or name.endswith(".pyc")


def is_build_product(path: str) -> bool:
    """Tell whether *path*, inside a package folder, is what building the package leaves at its top."""
    return path in _BUILD_PRODUCTS or (path.endswith(".egg-info") and "/" not in path)
