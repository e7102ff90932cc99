"""Whole specs by chance: good ones become what their harmless twins become, others end in complaints with places."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from generator.render.runtime_files import runtime_files
from tests.golden.test_hostile import structure
from tests.torture.mutation import complaints_are_located, printed, read, skeleton
from tests.torture.strategies import Document, good_specs, harmless_twin, nearly_good_specs, spelled

CHECKS = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)

# A failing spec is small enough to be read as it is; making it smaller would take minutes.
SETTINGS = settings(max_examples=6, deadline=None, phases=[Phase.generate], suppress_health_check=CHECKS)


@SETTINGS
@given(good_specs())
def test_good_spec_becomes_what_its_twin_becomes(document: Document) -> None:
    spec, complaints = read(spelled(document))
    twin, _ = read(spelled(harmless_twin(document)))

    assert complaints.sorted() == ()
    assert spec is not None
    assert twin is not None
    tree, plain = printed(spec), printed(twin)
    assert tree.keys() == plain.keys()
    for path, text in tree.items():
        if path.suffix == ".py":
            assert structure(text) == structure(plain[path]), path


@settings(SETTINGS, max_examples=30)
@given(nearly_good_specs())
def test_nearly_good_spec_ends_in_complaints_or_is_good(text: str) -> None:
    spec, complaints = read(text)

    assert (spec is None) == bool(complaints)
    assert complaints_are_located(complaints, text) == ""
    if spec is not None:
        skeleton(printed(spec))


def test_good_specs_are_imported_without_a_warning(tmp_path: Path) -> None:
    drawn: list[Document] = []

    @settings(SETTINGS, max_examples=3)
    @given(st.data())
    def draw(data: st.DataObject) -> None:
        drawn.append(data.draw(good_specs()))

    draw()
    for number, document in enumerate(drawn):
        spec, _ = read(spelled({**document, "package": f"drawn_{number}"}))
        assert spec is not None
        tree = printed(spec)
        for path, text in {**tree, **runtime_files(tree)}.items():
            file = tmp_path / f"drawn_{number}" / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    modules = "; ".join(f"import drawn_{number}.models" for number in range(len(drawn)))
    child = subprocess.run(
        [sys.executable, "-B", "-W", "error", "-c", modules], capture_output=True, text=True, check=False, cwd=tmp_path
    )

    assert drawn
    assert (child.returncode, child.stderr) == (0, "")
