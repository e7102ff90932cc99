from pathlib import PurePosixPath

import pytest

from generator.tree import encoded


@pytest.mark.parametrize(
    "path",
    ["", ".", "/etc/passwd", "../up.py", "a/../../up.py", "a\\b.py", "c:x.py", "nul\0.py", "bell\a.py", "x" * 256],
)
def test_a_path_that_may_leave_the_package_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=r"is not a|is longer than"):
        encoded({PurePosixPath(path): ""})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("a.py", "A.py"),
        ("stra\N{LATIN SMALL LETTER SHARP S}e.py", "strasse.py"),
        ("\N{LATIN SMALL LETTER E WITH ACUTE}.py", "e\N{COMBINING ACUTE ACCENT}.py"),
        ("\N{FULLWIDTH LATIN SMALL LETTER A}.py", "a.py"),
        ("Models/a.py", "models/b.py"),
        ("models", "models/a.py"),
        ("models", "Models/a.py"),
    ],
)
def test_two_paths_that_some_file_system_takes_for_one_are_refused(one: str, other: str) -> None:
    with pytest.raises(ValueError, match=r"on some file systems|is a file and"):
        encoded({PurePosixPath(one): "", PurePosixPath(other): ""})


@pytest.mark.parametrize("text", ["a\r\n", "a\rb", "\ud800"])
def test_a_text_that_is_not_lf_and_unicode_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"a\.py: "):
        encoded({PurePosixPath("a.py"): text})


def test_files_come_in_the_order_of_their_paths() -> None:
    tree = {PurePosixPath("b.py"): "2", PurePosixPath("a/z.py"): "1", PurePosixPath("a.py"): "\N{EURO SIGN}"}

    assert list(encoded(tree).values()) == [b"1", "\N{EURO SIGN}".encode(), b"2"]
