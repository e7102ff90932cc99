"""Clients that a commit would leave behind: git has their spec, and not all of what was made of it."""

from __future__ import annotations

from generator.inputs import glance
from generator.output.compare import made_files
from generator.pipeline import Settings, spec_paths
from generator.repository import repository_around


def left_behind(settings: Settings) -> tuple[str, ...]:
    """Return the packages with files that git does not track though it tracks their spec, by their paths.

    Raises:
        RepositoryError: The project is in no repository, or git cannot tell.
    """
    repository = repository_around(settings.project)
    untracked = repository.untracked()
    tracked = [path for path in spec_paths(settings) if repository.inside(path) not in untracked]
    wanted = {glance(settings.name_of(path), path.read_bytes()).package for path in tracked}
    output = repository.inside(settings.output)
    return tuple(
        settings.name_of(settings.output / package)
        for package, files in made_files(settings.output, settings.project).items()
        if package in wanted and not untracked.isdisjoint(output / package / file for file in files)
    )
