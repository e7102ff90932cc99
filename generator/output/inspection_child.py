"""What the inspection's child process runs: it looks at packages from inside, and answers with what is wrong.

It stands alone, for it runs isolated from everything that is not installed. Question and answer are JSON on stdin and
stdout; the question is made in `inspection.py`.
"""

import ast
import functools
import gc
import importlib
import importlib.machinery
import inspect
import json
import os
import sys
import traceback
import typing
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from types import CodeType, ModuleType
from typing import Any, TypedDict

LIBRARIES = frozenset({"httpx2", "pydantic"})
TRANSPORT = PurePosixPath("_runtime/transport.py")
REPLAY = PurePosixPath("tests/replay.py")
BELOW_HTTPX2 = "httpcore2"


class Parameter(TypedDict):
    """A parameter as the question spells it."""

    name: str
    kind: str
    has_default: bool


class Package(TypedDict):
    """A package as the question spells it."""

    package: str
    header: str
    exports: list[str]
    clients: dict[str, dict[str, list[Parameter]]]
    models: dict[str, dict[str, str]]


def source_faults(package: str, path: PurePosixPath, text: str, header: str) -> Iterator[str]:
    """Yield what is wrong with one Python file of a package, without running it."""
    is_copied = path.parts[0] == "_runtime" or path == REPLAY
    if not is_copied and not text.startswith(header):
        yield f"{path}: does not start with the header"
    try:
        imports = _compiled(text, str(path) if is_copied else f"{package}/{path}")
    except (SyntaxError, SyntaxWarning, ValueError, RecursionError, MemoryError) as error:
        yield f"{path}: does not compile: {error}"
        return
    for node in imports:
        for name in _refused(package, path, node):
            yield f"{path}:{node.lineno}: imports {name}"


_COMPILED: dict[bytes, CodeType] = {}
"""What was compiled to be checked, by its source, for its import: that halves what an inspection takes."""


@functools.cache
def _compiled(text: str, name: str) -> tuple[ast.Import | ast.ImportFrom, ...]:
    """Compile a file, and return its imports; what is copied is the same file in every package, and compiled once."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        tree = ast.parse(text, name)
        _COMPILED[text.encode()] = compile(tree, name, "exec", dont_inherit=True)
    return tuple(imports_at_import_time(tree))


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads modules from what was compiled already."""

    def get_code(self, fullname: str) -> CodeType | None:
        """Return the code of a module."""
        known = _COMPILED.get(self.get_data(self.get_filename(fullname)))
        return super().get_code(fullname) if known is None else known


def _load_from(folder: str) -> None:
    """Import packages from a folder, by what was compiled of them."""

    def finder(path: str) -> importlib.machinery.FileFinder:
        if path != folder and not path.startswith(folder + os.sep):
            raise ImportError(path)
        return importlib.machinery.FileFinder(path, (_Loader, importlib.machinery.SOURCE_SUFFIXES))

    sys.path_hooks.insert(0, finder)
    sys.path.insert(0, folder)


def imports_at_import_time(tree: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """Yield the imports that importing a file runs: those in no function, and not only for type checkers."""
    for node in ast.iter_child_nodes(tree):
        match node:
            case ast.Import() | ast.ImportFrom():
                yield node
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.expr():
                continue
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
                for other in node.orelse:
                    yield from imports_at_import_time(ast.Module([other], []))
            case _:
                yield from imports_at_import_time(node)


def _refused(package: str, path: PurePosixPath, node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    if isinstance(node, ast.ImportFrom) and node.level:
        if node.level > len(path.parts):
            yield f"{'.' * node.level}{node.module or ''}, outside the package"
        return
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    allowed = LIBRARIES | sys.stdlib_module_names
    if path == TRANSPORT:
        allowed |= {BELOW_HTTPX2}
    if path.parts[0] == "tests":
        allowed |= {"pytest", package}
    yield from (name for name in names if name.partition(".")[0] not in allowed)


def package_faults(folder: Path, package: Package) -> Iterator[str]:
    """Yield what is wrong with one package; its sources first, and only good ones are imported."""
    name = package["package"]
    manifest = json.loads((folder / name / "manifest.json").read_bytes())
    paths = [PurePosixPath(path) for path in manifest["files"] if path.endswith(".py")]
    found = False
    for path in paths:
        text = (folder / name / path).read_bytes().decode()
        for fault in source_faults(name, path, text, package["header"]):
            found = True
            yield fault
    if found:
        return
    modules: list[ModuleType] = []
    for path in paths:
        if path.parts[0] != "tests":
            dotted = ".".join((name, *path.with_suffix("").parts)).removesuffix(".__init__")
            try:
                modules.append(importlib.import_module(dotted))
            except BaseException as error:  # noqa: BLE001  # whatever an import raises is the fault
                yield f"{dotted} cannot be imported: {_spell(error)}"
                return
    top = sys.modules[name]
    yield from _export_faults(top, package["exports"])
    classes = _classes(name, modules)
    for client, methods in package["clients"].items():
        for dotted, parameters in methods.items():
            yield from _method_faults(getattr(top, client, None), client, dotted, parameters, classes)
    for model, fields in package["models"].items():
        yield from _model_faults(name, model, fields)


def _export_faults(top: ModuleType, exports: Iterable[str]) -> Iterator[str]:
    told = set(getattr(top, "__all__", ()))
    planned = set(exports)
    for name in sorted(planned - told):
        yield f"__all__ does not name {name}"
    for name in sorted(told - planned):
        yield f"__all__ names {name}, which is not planned"
    for name in sorted(told & planned):
        try:
            getattr(top, name)
        except Exception as error:  # noqa: BLE001  # a name may be loaded when it is touched: anything may happen
            yield f"{name} is in __all__, but cannot be had: {_spell(error)}"


def _method_faults(
    client: object, name: str, dotted: str, parameters: list[Parameter], classes: Mapping[str, type]
) -> Iterator[str]:
    owner = client
    *resources, method = dotted.split(".")
    for resource in resources:
        owner = _class_behind(owner, resource, classes)
    function = inspect.getattr_static(owner, method, None) if isinstance(owner, type) else None
    if not isinstance(owner, type) or not inspect.isfunction(function):
        yield f"{name}.{dotted} is not there"
        return
    found = [
        Parameter(
            name=parameter.name,
            kind=parameter.kind.name.lower(),
            has_default=parameter.default is not inspect.Parameter.empty,
        )
        for parameter in list(inspect.signature(function).parameters.values())[1:]
    ]
    if found != parameters:
        yield f"{name}.{dotted} takes ({_spell_parameters(found)}), planned is ({_spell_parameters(parameters)})"


def _class_behind(owner: object, resource: str, classes: Mapping[str, type]) -> type | None:
    """Return the class of what an attribute gives, without making an object: its annotation says it."""
    if not isinstance(owner, type):
        return None
    attribute = inspect.getattr_static(owner, resource, None)
    if isinstance(attribute, type):
        return attribute
    if isinstance(attribute, property):
        annotation = getattr(attribute.fget, "__annotations__", {}).get("return")
    elif isinstance(attribute, functools.cached_property):
        annotation = getattr(typing.cast("Any", attribute).func, "__annotations__", {}).get("return")
    else:
        annotation = next((c.__annotations__[resource] for c in owner.__mro__ if resource in _annotations(c)), None)
    if isinstance(annotation, str):
        # Perhaps imported for type checkers only, so it is looked up by its name among all classes of the package.
        return classes.get(annotation.strip("\"'").rpartition(".")[2])
    return annotation if isinstance(annotation, type) else None


def _annotations(owner: type) -> Mapping[str, object]:
    found: Mapping[str, object] = vars(owner).get("__annotations__", {})
    return found


def _classes(package: str, modules: Iterable[ModuleType]) -> dict[str, type]:
    # Of two of one name, that of the package itself counts, and not that of the runtime in it.
    own_last = sorted(modules, key=lambda module: "._runtime" not in module.__name__)
    return {
        name: value
        for module in own_last
        for name, value in vars(module).items()
        if isinstance(value, type) and value.__module__.partition(".")[0] == package
    }


def _model_faults(package: str, name: str, fields: dict[str, str]) -> Iterator[str]:
    model: Any = getattr(importlib.import_module(f"{package}.models"), name, None)
    if model is None or not hasattr(model, "model_fields"):
        yield f"models.{name} is not there"
        return
    try:
        model.model_rebuild()
    except Exception as error:  # noqa: BLE001  # a model is built from anything, so building it raises anything
        yield f"models.{name} cannot be built: {_spell(error)}"
        return
    found = {key: info.serialization_alias or key for key, info in model.model_fields.items()}
    for key in sorted(fields.keys() | found.keys()):
        if found.get(key) != fields.get(key):
            yield f"models.{name}.{key} is {found.get(key, 'missing')} on the wire, planned is {fields.get(key, 'none')}"


def _spell_parameters(parameters: Iterable[Parameter]) -> str:
    return ", ".join(f"{one['name']}{'=...' if one['has_default'] else ''} {one['kind']}" for one in parameters)


def _spell(error: BaseException) -> str:
    return "".join(traceback.format_exception(error)).strip()


_REFUSED = (
    *("socket.connect", "socket.getaddrinfo", "socket.gethostby", "socket.sendto", "socket.sendmsg", "socket.bind"),
    *("subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.kill", "pty.spawn"),
    *("os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.chmod"),
    *("os.chown", "os.utime", "os.setxattr", "os.removexattr", "shutil.", "tempfile.", "sqlite3.", "webbrowser."),
)

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def is_refused(event: str, arguments: tuple[object, ...]) -> bool:
    """Tell whether importing a package has no business doing this: network, processes, or writing."""
    if event == "open":
        flags = arguments[2]
        return isinstance(flags, int) and bool(flags & _WRITING)
    return event.startswith(_REFUSED)


def _load_libraries() -> None:
    """Load what packages import: the question comes later, for what it is about is still being made."""
    try:
        for name in ("asyncio", BELOW_HTTPX2, "httpx2", "pydantic.fields", "pydantic.main", "pydantic.type_adapter"):
            importlib.import_module(name)
    except BaseException:  # noqa: BLE001  # a package that imports it will say what it is
        return


def main() -> None:
    """Get ready, read the question, look, and answer."""
    # It ends after a second or so, and hardly anything that it makes is garbage before.
    gc.disable()
    answer = os.dup(1)
    # What a package prints is not the answer.
    os.dup2(2, 1)
    refused: list[str] = []

    def guard(event: str, arguments: tuple[object, ...]) -> None:
        if is_refused(event, arguments):
            refused.append(f"{event} {str(arguments)[:200]}")
            raise PermissionError(f"a package may not do this when it is imported: {refused[-1]}")

    sys.addaudithook(guard)
    _load_libraries()
    asked = sys.stdin.read()
    if not asked:
        # Nothing was made that had to be looked at.
        return
    question = json.loads(asked)
    folder = Path(question["folder"])
    _load_from(str(folder))
    faults: list[str] = []
    for package in question["packages"]:
        done = len(refused)
        try:
            faults += [f"{package['package']}: {fault}" for fault in package_faults(folder, package)]
        except Exception as error:  # noqa: BLE001  # one package that cannot be looked at hides no other
            faults.append(f"{package['package']}: cannot be looked at: {_spell(error)}")
        faults += [f"{package['package']}: tried {what}" for what in refused[done:]]
    os.write(answer, json.dumps({"faults": faults}).encode())


if __name__ == "__main__":
    main()
