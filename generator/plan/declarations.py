"""The only call of datamodel-code-generator: from JSON Schema to a module of models.

Loading it takes as long as planning five packages, so it may run in a process of its own, started while specs are read:
this file is that process as well. Questions and answers are lines of JSON on stdin and stdout.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    import subprocess
    from concurrent.futures import Future
    from types import TracebackType

    from generator.spec.schema import Schema


def is_loaded() -> bool:
    """Tell whether this process has datamodel-code-generator already, so that another one would save nothing."""
    return "datamodel_code_generator" in sys.modules


def declared(schema: Schema, aliases: dict[str, str]) -> str:
    """Return the module that datamodel-code-generator makes of a schema."""
    # Imported here: it takes half a second, and only what changed needs it.
    from datamodel_code_generator import generate  # noqa: PLC0415 - see above
    from datamodel_code_generator.enums import DataModelType, InputFileType  # noqa: PLC0415 - see above
    from datamodel_code_generator.format import PythonVersion  # noqa: PLC0415 - see above
    from datamodel_code_generator.parser import LiteralType  # noqa: PLC0415 - see above

    generated = generate(
        schema,
        input_file_type=InputFileType.JsonSchema,
        output_model_type=DataModelType.PydanticV2BaseModel,
        target_python_version=PythonVersion.PY_311,
        base_class="generator.runtime.models.Model",
        aliases=aliases,
        use_serialization_alias=True,
        skip_root_model=True,
        disable_future_imports=True,
        disable_timestamp=True,
        use_union_operator=True,
        use_standard_collections=True,
        enum_field_as_literal=LiteralType.All,
        collapse_root_models=True,
        formatters=[],
    )
    if not isinstance(generated, str):
        raise TypeError("datamodel-code-generator made several modules where one was asked for")
    return generated


class Declarer:
    """Gives what `declared` gives, from a process beside this one, which loads what it needs as soon as it is started.

    As a context it ends the process, whatever it is doing.
    """

    def __init__(self) -> None:
        # Imported here: most runs start none.
        import subprocess  # noqa: PLC0415 - see above
        from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - see above

        self._process = subprocess.Popen(  # noqa: S603 - the interpreter that runs us, on a module of ours
            # Without the folder where we are: a project may have a folder that is called like ours.
            [sys.executable, "-P", "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._thread = ThreadPoolExecutor(1)
        self._asked: dict[bytes, Future[str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        self._thread.shutdown(cancel_futures=True)
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                # What it was not sent any more goes nowhere.
                with contextlib.suppress(OSError):
                    pipe.close()

    def ask(self, schema: Schema, aliases: dict[str, str]) -> Future[str]:
        """Let the process begin what will be wanted soon."""
        question = json.dumps((schema, aliases)).encode() + b"\n"
        if question not in self._asked:
            self._asked[question] = self._thread.submit(_answered, self._process, question)
        return self._asked[question]

    def __call__(self, schema: Schema, aliases: dict[str, str]) -> str:
        """Return the module of a schema."""
        # A process that ended without an answer gives no reason; made here, it comes out.
        return self.ask(schema, aliases).result() or declared(schema, aliases)


def _answered(process: subprocess.Popen[bytes], question: bytes) -> str:
    assert process.stdin is not None  # noqa: S101 - it was started with both
    assert process.stdout is not None  # noqa: S101 - the same
    try:
        process.stdin.write(question)
        process.stdin.flush()
        return str(json.loads(process.stdout.readline() or '""'))
    except (OSError, ValueError):
        return ""


def main() -> None:
    """Load datamodel-code-generator, then answer questions until there are no more."""
    import gc  # noqa: PLC0415 - only this process switches it off
    import signal  # noqa: PLC0415 - an interrupt is the other process's to answer

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(100_000, 20, 20)
    # What a library prints is no answer.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    # What it loads, it loads when it is first called.
    declared({"$defs": {"First": {"type": "object", "properties": {"first": {"type": "string"}}}}}, {})
    for line in sys.stdin.buffer:
        schema, aliases = json.loads(line)
        answers.write(json.dumps(declared(schema, aliases)).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    main()
