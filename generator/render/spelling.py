"""Statements laid out as black lays them out, without black: those of the few shapes that most of our output has.

Names, plain texts, calls and displays are all that most statements are made of, and how black breaks those is few rules.
What fits on a line and is spelled in black's way is told by its letters alone. Whatever is out of the ordinary is not
spelled here, but by black itself. That both come to the same is held for the statements of what is generated and for
statements made up at random. Black takes some 2 ms for a statement, this takes 0.01 ms where it fits and 0.1 ms where it
has to be broken.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

BODY = "\n    pass\n"
"""What follows the head of a block when it is laid out by itself."""

_INDENT = 4


class _OutOfTheOrdinaryError(Exception):
    """This is for black to lay out."""


@dataclass(frozen=True, slots=True)
class _Leaf:
    """What is never broken.

    Attributes:
        flat: How it is spelled.
        is_plain: Whether black has no way to break it either, however long it is.
    """

    flat: str
    is_plain: bool = True
    is_exploded: bool = False


@dataclass(frozen=True, slots=True)
class _Item:
    """What stands between two commas: a value behind its name or its key."""

    name: str
    value: _Leaf | _Group

    @property
    def flat(self) -> str:
        return self.name + self.value.flat


@dataclass(frozen=True, slots=True)
class _Group:
    """Items in brackets: a call, a list, a tuple, a mapping, or the parameters of a function.

    Attributes:
        head: What is called, and nothing for a display.
        brackets: The two of them.
        items: What is in them.
        has_comma: Whether a comma follows the last item.
        flat: All of it on one line.
        is_exploded: Whether a comma that follows a last item keeps it from standing on one line.
    """

    head: str
    brackets: str
    items: tuple[_Item, ...]
    has_comma: bool
    flat: str
    is_exploded: bool


_ESCAPE = r"\\(?:[\\abfnrtv]|x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})"
_TEXT = rf'"(?:[^"\\\n]|{_ESCAPE})*+"'
"""A text in double quotes that black leaves as it is: no quote is escaped, and letters that are escaped are lower case."""

_OTHER_TEXT = rf"'(?:[^'\"\\\n]|{_ESCAPE})*+\"(?:[^'\\\n]|{_ESCAPE})*+'"
"""A text with double quotes in it, which keep it in single ones."""

_RAW_TEXT = r'r"(?:[^"\\\n]|\\[^"\n])*+"'

_NAME = r"(?!(?:return|raise|assert|await|yield|lambda|del|not|and|or|in|is|if|else|for|as|with)\b)[A-Za-z_]\w*+"
_ANNOTATION = r"[\w.]++(?:\[[\w.]++(?:, [\w.]++)*+\])?"
_PARAMETER = rf"\w+(?:: {_ANNOTATION})?"
_VALUE_BEGINS = r'(?=["\w(\[{-])'

_BEGINNINGS = (
    r"(?:return|raise|assert|await|return await|(?:async )?with|(?:async )?for \w+ in) ",
    rf"{_NAME}(?:\.\w+)*(?:: {_ANNOTATION})? = (?:await )?",
    r"(?=[\w.]+\()",
)
_TOKENS = (
    rf"(?:(?<=\()|(?<=, ))\w+={_VALUE_BEGINS}",
    rf"""{_NAME}(?!["'])""",
    r"\.(?=[A-Za-z_])",
    r"""(?:(?<=[(\[{= ])-)?(?<![\w"'])\d++(?:\.\d++)?(?!["'\w.])""",
    rf"""(?<!\w)(?:{_TEXT}|{_OTHER_TEXT}|{_RAW_TEXT})(?!["'\w])""",
    rf"(?:,|(?<=\"):) {_VALUE_BEGINS}",
    # Calls and indices, displays, and parentheses only where black never takes them away.
    r"(?<=[\w\])])[(\[]|(?<=[(\[{= ])[\[{]|(?:(?<=[(=])|(?<=, ))\(|(?<![, ])[)\]}]",
    r' (?:==|!=|is|is not|in|not in|and|or|\||/|for|async for|as) (?=["\w\[{])',
    # What a method is called of, which has no name.
    r"""(?<== )\((?=(?:[^()"']|"[\w.]*"|\([\w.]*\))+\)\.)""",
)
_SETTLED = re.compile(
    "|".join(
        (
            rf"(?:async )?def \w+\((?:{_PARAMETER}(?:, {_PARAMETER})*)?\) -> {_ANNOTATION}:",
            rf"{_NAME}: {_ANNOTATION}(?: \| {_ANNOTATION})*",
            rf"(?:{'|'.join(_BEGINNINGS)})(?:{'|'.join(_TOKENS)})++(?<![= ,.]):?",
        )
    )
)
"""What is as black leaves it where it fits on a line: all blanks, commas and brackets are where black has them."""


def spelled(text: str, line_length: int) -> str | None:
    """Lay out a statement, or the head of a block with `pass` in it, as black does; None where that is for black."""
    # Other letters may be wider than one.
    if not text.isascii():
        return None
    body = BODY if text.endswith(BODY) else "\n"
    line = text.removesuffix(body)
    if len(line) <= line_length and _SETTLED.fullmatch(line):
        return line + body
    try:
        statement, *more = ast.parse(text).body
        if more:
            # A value and the text that tells what it is for are one piece.
            return None
        begin, item, end = _parts(statement, text)
        # Parentheses and commas that are not ours to take away would be missing here.
        if _squeezed(f"{begin}{item.flat}{end}") != _squeezed(text.removesuffix(body)):
            return None
        return "\n".join(_laid_out(begin, item, end, 0, line_length)) + body
    except _OutOfTheOrdinaryError:
        return None


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def _parts(statement: ast.stmt, text: str) -> tuple[str, _Leaf | _Group, str]:
    """Return what a statement begins with, what may be broken in it, and what it ends with."""
    match statement:
        case ast.Assign(targets=[target], value=ast.Await(value=value)):
            return f"{_name(target)} = await ", _value(value, text), ""
        case ast.Assign(targets=[target], value=value):
            return f"{_name(target)} = ", _value(value, text), ""
        case ast.AnnAssign(target=target, annotation=annotation, value=None):
            return "", _Leaf(f"{_name(target)}: {_flat(annotation, text)}", is_plain=False), ""
        case ast.AnnAssign(target=target, annotation=annotation, value=ast.expr() as value):
            return f"{_name(target)}: {_flat(annotation, text)} = ", _value(value, text), ""
        case ast.Return(value=None):
            return "", _Leaf("return"), ""
        case ast.Return(value=ast.Await(value=value)):
            return "return await ", _value(value, text), ""
        case ast.Return(value=ast.expr() as value):
            return "return ", _value(value, text), ""
        case ast.Assert(test=ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]), msg=None):
            return f"assert {_flat(left, text)} == ", _value(right, text), ""
        case ast.Assert(test=test, msg=None):
            return "", _Leaf(f"assert {_flat(test, text)}", is_plain=False), ""
        case ast.Expr(value=ast.Await(value=value)):
            return "await ", _value(value, text), ""
        case ast.Expr(value=ast.Call() as value):
            return "", _value(value, text), ""
        case ast.With(items=[ast.withitem(context_expr=value, optional_vars=name)]):
            return "with ", _value(value, text), f" as {_name(name)}:" if name else ":"
        case ast.AsyncWith(items=[ast.withitem(context_expr=value, optional_vars=name)]):
            return "async with ", _value(value, text), f" as {_name(name)}:" if name else ":"
        case ast.FunctionDef(name=name, args=args, returns=ast.expr() as returns, decorator_list=[]):
            return "", _parameters(f"def {name}", args, text), f" -> {_flat(returns, text)}:"
        case ast.AsyncFunctionDef(name=name, args=args, returns=ast.expr() as returns, decorator_list=[]):
            return "", _parameters(f"async def {name}", args, text), f" -> {_flat(returns, text)}:"
        case ast.Import(names=[ast.alias(name=name, asname=None)]):
            return "", _Leaf(f"import {name}"), ""
        case ast.ImportFrom(module=module, names=names, level=level) if "(" not in text:
            items = tuple(_Item("", _Leaf(each.name + (f" as {each.asname}" if each.asname else ""))) for each in names)
            return f"from {'.' * level}{module or ''} import ", _imported(items), ""
        case _:
            raise _OutOfTheOrdinaryError


def _name(target: ast.expr) -> str:
    match target:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            return f"{owner}.{name}"
        case _:
            raise _OutOfTheOrdinaryError


def _flat(node: ast.expr, text: str) -> str:
    """Spell an expression on one line."""
    value = _value(node, text)
    if value.is_exploded:
        raise _OutOfTheOrdinaryError
    return value.flat


def _value(node: ast.expr, text: str) -> _Leaf | _Group:
    """Read an expression."""
    match node:
        case ast.Constant(value=str() | int() | float() | None):
            return _Leaf(_constant(node, text))
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float()) as number):
            return _Leaf(f"-{_constant(number, text)}", is_plain=False)
        case ast.Name(id=name):
            return _Leaf(name)
        case ast.Attribute(value=ast.Name() | ast.Attribute() | ast.Call() | ast.Subscript() as owner, attr=name):
            return _Leaf(f"{_flat(owner, text)}.{name}", is_plain=False)
        case ast.Subscript(value=ast.Name() | ast.Attribute() as owner, slice=inner):
            return _Leaf(f"{_flat(owner, text)}[{_index(inner, text)}]", is_plain=False)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _Leaf(f"{_flat(left, text)} | {_flat(right, text)}", is_plain=False)
        case ast.Compare(
            left=left, ops=[ast.Is() | ast.IsNot() | ast.In() | ast.NotIn() as operator], comparators=[right]
        ):
            return _Leaf(f"{_flat(left, text)} {_OPERATORS[type(operator)]} {_flat(right, text)}", is_plain=False)
        case ast.List(elts=elements):
            return _group(node, "", "[]", tuple(_Item("", _value(each, text)) for each in elements), text)
        case ast.Tuple(elts=[_, *_] as elements) if text.startswith("(", _offset(node, text)):
            return _group(node, "", "()", tuple(_Item("", _value(each, text)) for each in elements), text)
        case ast.Dict(keys=keys, values=values):
            named = tuple(_Item(_key(key, text), _value(each, text)) for key, each in zip(keys, values, strict=True))
            return _group(node, "", "{}", named, text)
        case ast.Call(func=ast.Name() | ast.Attribute() | ast.Subscript() as called, args=args, keywords=keywords):
            positional = tuple(_Item("", _value(each, text)) for each in args)
            named = tuple(_Item(f"{each.arg}=" if each.arg else "**", _value(each.value, text)) for each in keywords)
            return _group(node, _flat(called, text), "()", positional + named, text)
        case _:
            raise _OutOfTheOrdinaryError


_OPERATORS: dict[type[ast.cmpop], str] = {ast.Is: "is", ast.IsNot: "is not", ast.In: "in", ast.NotIn: "not in"}


def _offset(node: ast.expr, text: str) -> int:
    """Return where an expression begins in an ASCII text."""
    begin = 0
    for _ in range(node.lineno - 1):
        begin = text.index("\n", begin) + 1
    return begin + node.col_offset


def _last(node: ast.expr, text: str) -> int:
    """Return where the last character of an expression stands in an ASCII text."""
    begin = 0
    for _ in range((node.end_lineno or 1) - 1):
        begin = text.index("\n", begin) + 1
    return begin + (node.end_col_offset or 1) - 1


_CONSTANT = re.compile(rf"{_TEXT}|{_OTHER_TEXT}|\d+(\.\d+)?|None|True|False")


def _constant(node: ast.Constant, text: str) -> str:
    spelling = text[_offset(node, text) : _last(node, text) + 1]
    # One text without a prefix, or a number, or the name of a constant.
    if not _CONSTANT.fullmatch(spelling):
        raise _OutOfTheOrdinaryError
    return spelling


def _key(key: ast.expr | None, text: str) -> str:
    if not isinstance(key, ast.Constant):
        raise _OutOfTheOrdinaryError
    return f"{_constant(key, text)}: "


def _index(node: ast.expr, text: str) -> str:
    elements = node.elts if isinstance(node, ast.Tuple) else [node]
    if isinstance(node, ast.Tuple) and (text.startswith("(", _offset(node, text)) or len(elements) < 2):
        raise _OutOfTheOrdinaryError
    return ", ".join(_flat(each, text) for each in elements)


def _group(node: ast.expr, head: str, brackets: str, items: tuple[_Item, ...], text: str) -> _Group:
    last = _last(node, text)
    has_comma = bool(items) and text[:last].rstrip().endswith(",")
    return _grouped(head, brackets, items, has_comma=has_comma)


def _grouped(head: str, brackets: str, items: tuple[_Item, ...], *, has_comma: bool) -> _Group:
    flat = head + brackets[0] + ", ".join(each.flat for each in items) + "," * has_comma + brackets[1]
    # The comma of a tuple of one is no wish to have it on a line of its own.
    is_one = len(items) == 1 and brackets == "()" and not head
    is_exploded = (has_comma and not is_one) or any(each.value.is_exploded for each in items)
    return _Group(head, brackets, items, has_comma, flat, is_exploded)


def _parameters(head: str, args: ast.arguments, text: str) -> _Group:
    """Read the parameters of a function as items."""
    items: list[_Item] = []
    plain = args.posonlyargs + args.args
    defaults: list[ast.expr | None] = [*([None] * (len(plain) - len(args.defaults))), *args.defaults]
    for position, (each, default) in enumerate(zip(plain, defaults, strict=True), start=1):
        items.append(_parameter("", each, default, text))
        if args.posonlyargs and position == len(args.posonlyargs):
            items.append(_Item("", _Leaf("/")))
    if args.vararg is not None:
        items.append(_parameter("*", args.vararg, None, text))
    elif args.kwonlyargs:
        items.append(_Item("", _Leaf("*")))
    items += [_parameter("", each, value, text) for each, value in zip(args.kwonlyargs, args.kw_defaults, strict=True)]
    if args.kwarg is not None:
        items.append(_parameter("**", args.kwarg, None, text))
    has_comma = re.search(r",\s*\)\s*->", text) is not None
    return _grouped(head, "()", tuple(items), has_comma=has_comma)


def _parameter(stars: str, parameter: ast.arg, default: ast.expr | None, text: str) -> _Item:
    annotation = f": {_flat(parameter.annotation, text)}" if parameter.annotation else ""
    value = "" if default is None else f"{' = ' if annotation else '='}{_flat(default, text)}"
    return _Item("", _Leaf(f"{stars}{parameter.arg}{annotation}{value}", is_plain=not annotation and not value))


def _imported(items: tuple[_Item, ...]) -> _Group:
    flat = ", ".join(each.flat for each in items)
    return _Group("", "()", items, has_comma=False, flat=flat, is_exploded=False)


def _laid_out(begin: str, value: _Leaf | _Group, end: str, indent: int, line_length: int) -> Iterator[str]:
    """Yield the lines of a statement or of an item, broken at their brackets where they do not fit."""
    margin = " " * indent
    flat = f"{margin}{begin}{value.flat}{end}"
    if not value.is_exploded and len(flat) <= line_length:
        yield flat
        return
    if isinstance(value, _Leaf):
        # What cannot be broken stays too long; of a statement, black might still put it into parentheses.
        if not value.is_plain or indent == 0:
            raise _OutOfTheOrdinaryError
        yield flat
        return
    opening = f"{margin}{begin}{value.head}{value.brackets[0]}"
    # A head with brackets in it, or too long, is broken in ways of its own.
    if not value.items or re.search(r"[\[(]", value.head.removeprefix("super()")) or len(opening) >= line_length:
        raise _OutOfTheOrdinaryError
    closing = f"{margin}{value.brackets[1]}{end}"
    if len(closing) > line_length:
        raise _OutOfTheOrdinaryError
    yield opening
    yield from _items(value, begin, indent + _INDENT, line_length)
    yield closing


def _items(group: _Group, begin: str, indent: int, line_length: int) -> Iterator[str]:
    """Yield the lines between two brackets: all items on one where they fit, or each on its own."""
    is_import, is_function = begin.startswith("from "), re.match("(async )?def ", group.head) is not None
    has_comma = group.has_comma or is_import or (is_function and len(group.items) == 1)
    flat = " " * indent + ", ".join(each.flat for each in group.items) + "," * has_comma
    is_display = not group.head
    is_many = len(group.items) > 1
    is_exploded = is_many and (has_comma or is_display)
    if not is_exploded and not any(each.value.is_exploded for each in group.items) and len(flat) <= line_length:
        yield flat
        return
    for each in group.items:
        yield from _laid_out(each.name, each.value, "," * (is_many or has_comma), indent, line_length)
