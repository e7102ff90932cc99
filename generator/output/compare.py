"""The one comparison of what is planned with what is on disk: `--check` reports it, publishing acts on it."""

import difflib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Literal

from generator.output.folder import Content, Folder, Kind, open_root
from generator.output.layout import MANIFEST, PRIVATE, is_build_product, is_cache
from generator.output.manifest import Manifest, ManifestError, Provenance, digest, manifest_text, read_manifest
from generator.tree import FileTree, check_name, encoded, folded

HERE = PurePosixPath()
_MANIFEST = PurePosixPath(MANIFEST)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Something in the place of a file or folder of ours that only a person should move away."""

    path: PurePosixPath
    kind: Kind | Literal["hard link"]

    def __str__(self) -> str:
        return f"{'the package folder' if self.path == HERE else self.path} is a {self.kind}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One package as it should be, its manifest included. A package without files is one whose spec is gone."""

    name: str
    files: Mapping[PurePosixPath, bytes]
    generator: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How one package folder differs from its plan. All paths are inside the package folder, sorted.

    Attributes:
        package: The name of the package and of its folder.
        exists: Whether there is anything under that name.
        ours: Whether a manifest of ours is in it.
        missing: Planned, but not on disk.
        changed: On disk as we wrote it, but planned differently now.
        left_over: Written by us, and planned no longer.
        edited: On disk, neither as we wrote it nor as it is planned: somebody's work would be lost.
        unknown: Not ours. Kept, and reported; of a folder, only its own name.
        build_products: Not ours either, kept without being reported.
        obstacles: Links, pipes, folders and the like where a file or folder of ours should be. Nothing was followed.
        refusal: Why this package is not ours to touch, such as that a newer generator made it; empty when it is.
        found: The files of ours that are on disk.
        planned: The files as they should be.
    """

    package: str
    exists: bool = True
    ours: bool = False
    missing: tuple[PurePosixPath, ...] = ()
    changed: tuple[PurePosixPath, ...] = ()
    left_over: tuple[PurePosixPath, ...] = ()
    edited: tuple[PurePosixPath, ...] = ()
    unknown: tuple[PurePosixPath, ...] = ()
    build_products: tuple[PurePosixPath, ...] = ()
    obstacles: tuple[Obstacle, ...] = ()
    refusal: str = ""
    found: Mapping[PurePosixPath, Content] = field(repr=False, compare=False)
    planned: Mapping[PurePosixPath, bytes] = field(repr=False)

    def is_same(self, other: "Comparison") -> bool:
        """Tell whether the disk was the same both times, as far as files of ours go."""
        return self == other and _texts(self.found) == _texts(other.found)

    @property
    def told_of_edits(self) -> str:
        """Which files somebody changed, and what to do about it."""
        names = ", ".join(map(str, self.edited))
        return (
            f"changed by hand since it was generated, or not generated at all: {names}; "
            "say it in the spec, and overwrite this with: clientmill generate --force"
        )

    @property
    def is_clean(self) -> bool:
        """Whether there is nothing to do and nothing to complain about."""
        return not (self.differing or self.obstacles or self.refusal)

    @property
    def differing(self) -> tuple[PurePosixPath, ...]:
        """Every file whose place on disk does not hold what is planned."""
        return tuple(sorted({*self.missing, *self.changed, *self.left_over, *self.edited}))

    def diff(self, paths: Iterable[PurePosixPath] | None = None) -> str:
        """Return a unified diff that leads from the disk to the plan, of all differing files or of *paths*."""
        return "".join(
            unified_diff(
                f"{self.package}/{path}",
                self.found[path].data if path in self.found else None,
                self.planned.get(path),
            )
            for path in (self.differing if paths is None else paths)
        )


def compare(
    root: Path,
    trees: Mapping[str, FileTree],
    provenances: Mapping[str, Provenance],
    *,
    removed: Collection[str] = (),
    project: Path | None = None,
) -> tuple[Comparison, ...]:
    """Compare all packages of a run with the disk, by name; nothing is written, locked or followed.

    Args:
        root: The folder that holds the packages.
        trees: Package name -> its files.
        provenances: Package name -> what it was made from.
        removed: Packages of ours whose spec is gone.
        project: See `open_root`.

    Raises:
        OutputError: The root is a link or the like.
        OSError: A file of ours could not be read.
    """
    planned = plan_packages(trees, provenances, removed)
    top = open_root(root, project)
    if top is None:
        return tuple(_all_missing(package) for package in planned)
    with top:
        return tuple(compare_package(top, package) for package in planned)


def made_packages(root: Path, project: Path | None = None) -> tuple[str, ...]:
    """Return the packages of the root that clientmill made, sorted: those that carry a manifest of ours."""
    return tuple(made_files(root, project))


def made_files(root: Path, project: Path | None = None) -> dict[str, frozenset[PurePosixPath]]:
    """Return the files of each package that carries a manifest of ours, the manifest among them."""
    top = open_root(root, project)
    if top is None:
        return {}
    found: dict[str, frozenset[PurePosixPath]] = {}
    with top:
        for name, kind in top.kinds().items():
            if kind == "folder" and name != PRIVATE:
                with top.open(name) as folder:
                    manifest = _manifest_of(folder) if folder.kind(MANIFEST) == "file" else None
                    if isinstance(manifest, Manifest):
                        found[name] = frozenset({*manifest.files, _MANIFEST})
    return found


def plan_packages(
    trees: Mapping[str, FileTree], provenances: Mapping[str, Provenance], removed: Collection[str]
) -> tuple[Planned, ...]:
    """Return every package of a run with the bytes it should have, its manifest among them, sorted by name.

    Raises:
        ValueError: A name or a tree is not what a plan of ours may hold, or the arguments contradict each other.
    """
    if set(trees) != set(provenances):
        raise ValueError(f"without tree or provenance: {sorted(set(trees) ^ set(provenances))}")
    names: dict[str, str] = {}
    for name in (*trees, *removed):
        check_name(name)
        if name.startswith(".") or names.setdefault(folded(name), name) != name:
            raise ValueError(f"{name!r} cannot be a package folder beside {names.get(folded(name))!r}")
    if both := set(trees) & set(removed):
        raise ValueError(f"both planned and removed: {sorted(both)}")
    planned = [Planned(name=name, files={}) for name in set(removed)]
    for name, tree in trees.items():
        if _MANIFEST in tree or not tree:
            raise ValueError(f"{name}: a tree holds files, and no {MANIFEST}")
        files = encoded(tree)
        manifest = manifest_text(provenances[name], files).encode()
        planned.append(Planned(name=name, files=files | {_MANIFEST: manifest}, generator=provenances[name].generator))
    return tuple(sorted(planned, key=lambda package: package.name))


def compare_package(top: Folder, package: Planned) -> Comparison:
    """Compare one package of an open root with its plan."""
    kind = top.kind(package.name)
    if kind is None:
        return _all_missing(package)
    if kind != "folder":
        obstacle = Obstacle(HERE, kind)
        return Comparison(package=package.name, obstacles=(obstacle,), found={}, planned=package.files)
    with top.open(package.name) as folder:
        return _compare_folder(folder, package)


def unified_diff(path: str, old: bytes | None, new: bytes | None) -> str:
    """Return the difference of two texts as a unified diff; None is a file that is not there."""
    try:
        before, after = _lines(old), _lines(new)
    except UnicodeDecodeError:
        return f"Binary file {path} differs\n"
    told = "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in difflib.unified_diff(
            before,
            after,
            "/dev/null" if old is None else f"{path} (on disk)",
            "/dev/null" if new is None else f"{path} (generated)",
        )
    )
    return told or (f"{path}: an empty file\n" if old != new else "")


def _compare_folder(folder: Folder, package: Planned) -> Comparison:
    manifest = _manifest_of(folder)
    written: Mapping[PurePosixPath, str] = {} if isinstance(manifest, str) else manifest.files
    seen = _Seen(planned=package.files, written=written)
    _walk(folder, HERE, seen)
    edited, changed, left_over = set[PurePosixPath](), set[PurePosixPath](), set[PurePosixPath]()
    hard_links: list[Obstacle] = []
    for path, content in seen.found.items():
        wanted = package.files.get(path)
        if content.data == wanted:
            continue
        if path != _MANIFEST and written.get(path) != digest(content.data):
            edited.add(path)
        elif wanted is None:
            left_over.add(path)
        else:
            changed.add(path)
        if content.names > 1:
            hard_links.append(Obstacle(path, "hard link"))
    return Comparison(
        package=package.name,
        ours=isinstance(manifest, Manifest),
        missing=tuple(
            sorted(package.files.keys() - seen.found.keys() - {obstacle.path for obstacle in seen.obstacles})
        ),
        changed=tuple(sorted(changed)),
        left_over=tuple(sorted(left_over)),
        edited=tuple(sorted(edited)),
        unknown=tuple(sorted(seen.unknown)),
        build_products=tuple(sorted(seen.build_products)),
        obstacles=(*seen.obstacles, *hard_links),
        refusal=_refusal(manifest, package),
        found=seen.found,
        planned=package.files,
    )


@dataclass(slots=True)
class _Seen:
    """What a walk through a package folder looks for, and what it found."""

    planned: Mapping[PurePosixPath, bytes]
    written: Mapping[PurePosixPath, str]
    found: dict[PurePosixPath, Content] = field(default_factory=dict[PurePosixPath, Content])
    obstacles: list[Obstacle] = field(default_factory=list[Obstacle])
    unknown: list[PurePosixPath] = field(default_factory=list[PurePosixPath])
    build_products: list[PurePosixPath] = field(default_factory=list[PurePosixPath])
    planned_folders: frozenset[PurePosixPath] = field(init=False)
    written_folders: frozenset[PurePosixPath] = field(init=False)

    def __post_init__(self) -> None:
        self.planned_folders = frozenset(_folders(self.planned))
        self.written_folders = frozenset(_folders(self.written))


def _walk(folder: Folder, inside: PurePosixPath, seen: _Seen) -> None:
    for name, kind in folder.kinds().items():
        path = inside / name
        ours = path in seen.planned or path in seen.written or path == _MANIFEST
        if kind == "file" and ours and path not in seen.planned_folders:
            seen.found[path] = folder.read(name)
        elif kind == "folder" and path not in seen.planned and path in seen.planned_folders | seen.written_folders:
            with folder.open(name) as inner:
                _walk(inner, path, seen)
        elif path in seen.planned or path in seen.planned_folders:
            seen.obstacles.append(Obstacle(path, kind))
        elif is_build_product(str(path)):
            seen.build_products.append(path)
        elif not is_cache(name):
            seen.unknown.append(path)


def _folders(paths: Iterable[PurePosixPath]) -> Iterator[PurePosixPath]:
    for path in paths:
        yield from path.parents[:-1]


def _manifest_of(folder: Folder) -> Manifest | str:
    """Return the manifest of ours in a package folder, or why there is none."""
    match folder.kind(MANIFEST):
        case None:
            return ""
        case "file":
            try:
                return read_manifest(folder.read(MANIFEST).data)
            except ManifestError as error:
                return f"its {MANIFEST} cannot be used: {error}"
        case kind:
            return f"its {MANIFEST} is a {kind}"


def _refusal(manifest: Manifest | str, package: Planned) -> str:
    if isinstance(manifest, str):
        return manifest
    # A package whose spec is gone is removed by what its manifest says; its version has no say in that.
    return manifest.newer_than(package.generator) if package.files else ""


def _all_missing(package: Planned) -> Comparison:
    return Comparison(
        package=package.name, exists=False, missing=tuple(sorted(package.files)), found={}, planned=package.files
    )


def _texts(found: Mapping[PurePosixPath, Content]) -> dict[PurePosixPath, bytes]:
    return {path: content.data for path, content in found.items()}


def _lines(data: bytes | None) -> list[str]:
    """Split at LF alone: what Python calls line ends besides is text to us."""
    text = (data or b"").decode()
    lines = [f"{line}\n" for line in text.split("\n")]
    last = lines.pop()[:-1]
    return [*lines, last] if last else lines
