"""Frames that are as black would leave them: told by their lines, so that most of them need no black either.

A frame is what `statements.py` leaves of a definition: heads, names in place of statements, docstrings and blank lines. What
black does to those are few rules of blank lines. Whatever else is in a frame is for black.
"""

from __future__ import annotations

import re

NAME = "_laid_out_"
"""What stands in place of a statement."""

_INDENT = 4
_CLASS = re.compile(r"class \w+(\(\w+(\[\w+\])?(, \w+(\[\w+\])?)*\))?:")
_FUNCTION = re.compile(rf"(async )?def {NAME}\(\):")
_BLOCK = re.compile(rf"(async )?with {NAME}:|(async )?for {NAME} in \(\):")
_PLAIN = re.compile(rf"(return |raise )?{NAME}|pass|del \w+(, \w+)*")
_COMMENT = re.compile(r"# \S.*")
_DECORATOR = re.compile(r"@\w+(\.\w+)?")
_IMPORT = re.compile(r"from \.[\w.]+ import \w+(, \w+)*")
_TYPES = re.compile(rf"if TYPE_CHECKING:\n(    {_IMPORT.pattern}\n)+")
_TEXT = re.compile(r'"""[^\s"]([^"]|"(?!""))*"""')


def is_settled(frame: str, line_length: int) -> bool:
    """Tell whether black would change nothing in a frame; in doubt it would."""
    # Other letters may be wider than one, and texts with escapes may be spelled anew.
    if not frame.isascii() or "\\" in frame or "\t" in frame or not frame.endswith("\n"):
        return False
    if frame == f"{NAME}\n":
        return True
    if frame.startswith("# "):
        return _is_settled_docstring(frame, line_length)
    if frame.startswith("if "):
        return _TYPES.fullmatch(frame) is not None and max(map(len, frame.split("\n"))) <= line_length
    lines = _with_texts_as_lines(frame[:-1].split("\n"), line_length)
    if lines is None or not (lines[0].startswith("class ") or _FUNCTION.fullmatch(lines[0])):
        return False
    return _blank_lines_are_settled(lines)


def _is_settled_docstring(frame: str, line_length: int) -> bool:
    """Tell it of a module's docstring on one line, behind one comment."""
    comment, _, text = frame[:-1].partition("\n")
    return (
        comment == comment.rstrip()
        and _TEXT.fullmatch(text) is not None
        and "\n" not in text
        and text[-4] not in '" '
        and len(text) <= line_length
    )


def _with_texts_as_lines(lines: list[str], line_length: int) -> list[str] | None:
    """Return the lines with each docstring on one, or None where one is not as black would have it."""
    found: list[str] = []
    rest = iter(lines)
    for line in rest:
        if len(line) > line_length or line != line.rstrip():
            return None
        text = line.lstrip(" ")
        indent = line[: len(line) - len(text)]
        if not text.startswith('"""'):
            found.append(line)
            continue
        if text.endswith('"""') and len(text) > 6:
            if not _TEXT.fullmatch(text) or text[-4] in '" ':
                return None
        else:
            inside: list[str] = []
            for following in rest:
                if following != following.rstrip() or '"""' in following.removeprefix(f'{indent}"""'):
                    return None
                if following == f'{indent}"""':
                    break
                inside.append(following)
            told = [each for each in inside if each]
            as_is = all(each.startswith(indent) for each in told) and any(each[len(indent)] != " " for each in told)
            if '"""' in text[3:] or text[3:4] in ("", " ", '"') or not as_is or not inside[-1]:
                return None
        found.append(f'{indent}"""')
    return found


def _blank_lines_are_settled(lines: list[str]) -> bool:
    depths: list[int] = []
    before, blank, depth_before = "", 0, 0
    for line in lines:
        if not line:
            blank += 1
            continue
        text = line.lstrip(" ")
        depth = (len(line) - len(text)) // _INDENT
        is_definition = _FUNCTION.fullmatch(text) is not None
        opened = before.endswith(":")
        # Behind a function that ends here.
        ends = any(each >= depth for each in depths)
        depths = [each for each in depths if each < depth]
        if is_definition:
            depths.append(depth)
        wanted = 1 if ends or is_definition or text.startswith("@") else None
        if opened or before.startswith("@") or not before:
            # Black wants a line of its own between the head of such a block and a function.
            wanted = 1 if wanted and _BLOCK.fullmatch(before) else 0
        elif before == "class text" or (_IMPORT.fullmatch(before) and not _IMPORT.fullmatch(text)):
            wanted = 1
        is_known = (
            text == '"""'
            or is_definition
            or _PLAIN.fullmatch(text)
            or _BLOCK.fullmatch(text)
            or _DECORATOR.fullmatch(text)
            or _IMPORT.fullmatch(text)
            or _COMMENT.fullmatch(text)
            or (_CLASS.fullmatch(text) and depth == 0 and not before)
        )
        if (
            not is_known
            or blank > 1
            or (wanted is not None and blank != wanted)
            or (before[:1] == "@" and not is_definition)
            # A comment belongs to the statement on the line below it.
            or (before[:1] == "#" and (blank or depth != depth_before or is_definition or text[0] in '@"'))
        ):
            return False
        before = "class text" if text == '"""' and before.startswith("class ") else text
        blank, depth_before = 0, depth
    return blank == 0 and before[:1] != "#"
