"""What is laid out without black is what black makes of it, and that is nearly everything."""

from __future__ import annotations

import ast
import functools
import json
import random
import textwrap

import pytest

from generator.render.formatting import cut, format_text
from generator.render.frames import is_settled
from generator.render.spelling import BODY, spelled
from generator.render.statements import Text, put_together, taken_apart
from tests.golden.building import CASES, FOLDER, printed_from, spec_of


@functools.cache
def all_texts() -> tuple[Text, ...]:
    """Return each statement, head and frame of a sixth of the golden cases once."""
    found: dict[Text, None] = {}
    for case in CASES[::6]:
        _, printed = printed_from(spec_of(FOLDER / case))
        for path, text in printed.items():
            for piece in cut(text) if path.suffix == ".py" else ():
                definition = taken_apart(piece.text, 120)
                found.update(
                    dict.fromkeys((Text(f"{piece.text}\n", 120),) if definition is None else definition.texts())
                )
    return tuple(found)


def test_what_is_spelled_without_black_is_what_black_makes_of_it() -> None:
    spellings = {
        text: text.text if is_settled(text.text, text.line_length) else spelled(text.text, text.line_length)
        for text in all_texts()
    }
    # All that are broken, and some of those that are left as they are: black takes its time.
    broken = {text: spelling for text, spelling in spellings.items() if spelling is not None and spelling != text.text}
    left = {text: spelling for text, spelling in spellings.items() if spelling == text.text}
    looked_at = broken | dict(list(left.items())[::20])
    wrong = [text for text, spelling in looked_at.items() if spelling != format_text(text.text, text.line_length)]

    assert wrong == []


def test_nearly_nothing_needs_black() -> None:
    needed = [
        text
        for text in all_texts()
        if not is_settled(text.text, text.line_length) and spelled(text.text, text.line_length) is None
    ]

    assert len(needed) < 0.1 * len(all_texts())


@pytest.mark.parametrize(
    "text",
    [
        "x = 'a'",
        'x = "a" "b"',
        'x = "\\xAB"',
        "x = (1)",
        "x = 1,",
        "x = (a)(b)",
        "x = [(a)]",
        "return(a)",
        "x = a[b :c]",
        "for x in (a):\n    pass",
        'x = "it\\\'s"',
        'x = "a""b"',
        'x = u"a"',
        'x = R"a"',
        "x = (a).b + (c)",
        "await (a).b",
        "x = a ** 2",
        "x = a[1:2]",
        "x = 0XFF",
        "x = 1  # why",
        "x = a if b else c",
        "x = 'é'",
        "return (a)",
        "assert (a == b)",
        "a = b = c",
        "from a import (b)",
        "from a import (b, c,)",
        "x = lambda: 1",
        "x = f'{a}'",
        "x = {**a}",
        "x = f(*a)",
        f"x: {'a' * 120} = b({', '.join(f'name_{n}=1' for n in range(20))})",
        f"x = a[b]({', '.join(f'name_{n}=1' for n in range(20))})",
        f"assert a == {'b' * 130}",
        f"def f(a: {' | '.join(['int'] * 40)}) -> None:{BODY.rstrip()}",
    ],
)
def test_what_is_out_of_the_ordinary_is_left_to_black(text: str) -> None:
    assert spelled(f"{text}\n", 120) is None


@pytest.mark.parametrize(
    "text",
    [
        'x = "\\xab \\n"',
        "x = 'says \"no\"'",
        'x = f("it\'s")',
        "x = [y for y in z]",
        "x = [y async for y in z.list()]",
        "x = f(a)(b)",
        'assert x["a"][0] == "b"',
        'x: dict[str, int] = f(a=-1, b=(), c=("d", e))',
        "with f(a) as b, c as d:\n    pass",
        "async for a in b.c():\n    pass",
        'x = re.compile(r"^\\d(.*?)$")',
        'x = (Path(a).parent / "b").read()',
    ],
)
def test_what_fits_is_left_as_it_is(text: str) -> None:
    assert spelled(f"{text}\n", 120) == format_text(f"{text}\n", 120) == f"{text}\n"


_NAMES = ("a", "client", "Parameter", "UserDetails", "a_long_name_of_something", "Any")
_LEAVES = (*_NAMES, "None", "True", "1", "-1", "250.0", "a.b", "a.b.c", "list[str]", "b'x'", "x if y else z", "1 + 2")
_CALLED = ("f", "Answer", "self._call", "client.users.get", "datetime.datetime.fromisoformat", "f[int]", "super().f")
_PARAMETERS = ("a: int", "b: str | None = None", "*", "c: list[str] = 1", "*rest: str", "e=1", "**more: int")
_BEGINNINGS = ("x = ", "self.x = ", "x: Operation[Any] = ", "assert vendor.sent == ", "return ", "return await ")
_MORE_BEGINNINGS = (
    "result = await ",
    "",
    "assert result.a[0] == ",
    "x[0] = ",
    "x = y = ",
    "x += ",
    "raise ",
    "assert ",
)


def _value(draw: random.Random, depth: int) -> str:
    kind = draw.randrange(7 if depth else 2)
    if kind == 0:
        return draw.choice(_LEAVES)
    if kind == 1:
        return json.dumps("".join(draw.choices("ab {}[],:.=-<>/'\"", k=draw.choice((0, 5, 20, 50)))))
    items = [_value(draw, depth - 1) for _ in range(draw.randrange(5))]
    comma = draw.choice(("", "", "", ",")) * bool(items)
    match kind:
        case 2:
            return f"[{', '.join(items)}{comma}]"
        case 3:
            return f"({', '.join(items)}{',' if len(items) == 1 else comma})"
        case 4:
            return f"{{{', '.join(f'{json.dumps(draw.choice(_NAMES))}: {each}' for each in items)}{comma}}}"
        case _:
            names = iter(_NAMES)
            named = [each if draw.random() < 0.3 else f"{next(names)}={each}" for each in items]
            return f"{draw.choice(_CALLED)}({', '.join(sorted(named, key=is_named))}{comma})"


def is_named(argument: str) -> bool:
    """Tell whether an argument is given by its name: those come last."""
    return argument.partition("=")[0] in _NAMES


def _statement(draw: random.Random) -> str:
    kind = draw.randrange(10)
    if kind == 0:
        parameters = draw.sample(_PARAMETERS, draw.randrange(len(_PARAMETERS) + 1))
        comma = draw.choice(("", ",")) * bool(parameters)
        return f"def f({', '.join(parameters)}{comma}) -> {draw.choice(('None', 'list[str]', 'a.B'))}:{BODY.rstrip()}"
    if kind == 2:
        head = f"{draw.choice(('with', 'async with'))} {_value(draw, 4)}{draw.choice((' as client', ' as a', ''))}"
        return f"{head}:{BODY.rstrip()}"
    if kind == 1:
        return f"from .a import {', '.join(draw.choices(_NAMES, k=draw.randrange(1, 12)))}"
    return draw.choice(_BEGINNINGS if draw.random() < 0.7 else _MORE_BEGINNINGS) + _value(draw, 4)


_TEXTS = (
    '"""One line."""',
    '"""Says "no" here."""',
    '"""First.\n{i}\n{i}Second.\n{i}"""',
    '"""First.\n\n{i}Second.\n\n{i}    Third.\n{i}"""',
    '"""First.\n\n{i}Second."""',
)
_LINES = (
    *["_laid_out_"] * 4,
    "return _laid_out_",
    "raise _laid_out_",
    "pass",
    "from .a import B",
    "from ..a import B, C",
    "del a, b",
    "# Why.",
)
_HEADS = ("def _laid_out_():", "async def _laid_out_():", "with _laid_out_:", "async with _laid_out_:", "@property")


def _block(draw: random.Random, depth: int) -> list[str]:
    lines: list[str] = []
    indent = "    " * depth
    for number in range(draw.randrange(1, 6)):
        lines += [""] * draw.choice((0, 0, 1, 1, 1, 2)) if number or draw.random() < 0.05 else []
        kind = draw.random()
        if kind < (0.1 if number else 0.5):
            lines.append(indent + draw.choice(_TEXTS).format(i=indent))
        elif kind < 0.7 or depth == 4:
            lines.append(indent + draw.choice(_LINES))
        else:
            head = draw.choice(_HEADS)
            lines += [indent + head, *([f"{indent}def _laid_out_():"] if head[0] == "@" else [])]
            lines += _block(draw, depth + 1)
    return lines


@pytest.mark.parametrize("seed", range(4))
def test_any_frame_that_is_left_as_it_is_is_left_by_black(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - frames, no secrets
    wrong: list[str] = []
    count = 0
    while count < 50:
        head = draw.choice(("class A:", "class A(B, C[D]):", "def _laid_out_():", "async def _laid_out_():"))
        frame = "\n".join([head, *_block(draw, 1), ""])
        if is_settled(frame, 120):
            count += 1
            if format_text(frame, 120) != frame:
                wrong.append(frame)

    assert wrong == []


@pytest.mark.parametrize(
    "frame",
    [
        "class A:\n\n    _laid_out_\n",
        'class A:\n    """Text."""\n    _laid_out_\n',
        "def _laid_out_():\n    _laid_out_\n\n\n    _laid_out_\n",
        'def _laid_out_():\n    """Text. """\n',
        'def _laid_out_():\n    """Says "no\\""""\n',
        'def _laid_out_():\n    """First.\n\n        Second.\n    """\n',
        "def _laid_out_():\n    if _laid_out_:\n        pass\n",
        "def _laid_out_():\n    _laid_out_  # why\n",
        f'def _laid_out_():\n    """{"a" * 111}"""\n',
        '# Comment \n"""Text."""\n',
        '# Comment\n"""Text.\n"""\n',
        "def _laid_out_():\n    # Why.\n\n    _laid_out_\n",
        "def _laid_out_():\n    _laid_out_\n    # Why.\n",
        "def _laid_out_():\n    with _laid_out_:\n        # Why.\n    _laid_out_\n",
        "if TYPE_CHECKING:\n    from .a import B\n\n    from .c import D\n",
        f"if TYPE_CHECKING:\n    from .a import {'b' * 110}\n",
    ],
)
def test_a_frame_that_black_might_change_is_left_to_black(frame: str) -> None:
    assert not is_settled(frame, 120)


@pytest.mark.parametrize("seed", range(4))
def test_any_statement_that_is_spelled_is_spelled_as_black_does(seed: int) -> None:
    draw = random.Random(seed)  # noqa: S311 - statements, no secrets
    wrong: list[str] = []
    count = 0
    while count < 100:
        text, line_length = f"{_statement(draw)}\n", draw.choice((40, 60, 79, 112, 120))
        try:
            ast.parse(text)
        except SyntaxError:
            # Parameters in an order that Python refuses.
            continue
        spelling = spelled(text, line_length)
        count += spelling is not None
        if spelling is not None and spelling != format_text(text, line_length):
            wrong.append(text)

    assert wrong == []


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n\n\n    a = 1\n\n\n    b = 2\n    return  b",
        "def f():\n    a = 1; b = 2\n    with a: pass",
        "class A:\n  x: int\n  '''About x.'''\n  def f(self) : return self . x\n  @property\n  def g(self):\n    return 1",
        "async def f(a,b):\n    async with a as b:\n        # Why.\n        c = await d(  b)  # end\n    raise X( 1)",
        "def f():\n    for a in b:\n        c(a)\n    else:\n        d()\n    import e\n    e.f( )",
        "def f():\n    x = '''\n    text\n'''\n    y = (1,\n  2)",
        "class A:\n    def f(self) -> int: ...\n    def g(self):\n        def h(): return 1\n        return h\n    x = 1",
        "def f():\n    global a\n    a=1\n    del a\n    if a:\n        b = c\n    elif d:\n        b = (yield)",
        f"def f():\n    with g({', '.join(f'name_{n}=1' for n in range(20))}) as h, i:\n        pass\n    return (h)",
        "def _laid_out_():\n    return  1",
    ],
)
def test_a_definition_in_parts_is_what_black_makes_of_the_whole(text: str) -> None:
    definition = taken_apart(textwrap.dedent(text), 120)
    parts = (
        {} if definition is None else {each: format_text(each.text, each.line_length) for each in definition.texts()}
    )
    whole = None if definition is None else put_together(definition, parts)

    assert whole in (None, format_text(text, 120))
