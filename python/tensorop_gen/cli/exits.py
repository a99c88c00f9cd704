"""What ends a run, as an exit code and a message that says what to do."""

from __future__ import annotations

import contextlib
import shlex
import sys
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

FAILED, NOT_UNDERSTOOD, TOOL_MISSING, NOT_PROVEN, INTERRUPTED = 1, 2, 3, 4, 5


@contextlib.contextmanager
def exit_codes() -> Iterator[None]:
    """Turns the errors of all stages into a message on stderr and the exit code that stands for them."""
    try:
        yield
    except typer.Exit:
        raise
    except KeyboardInterrupt as stop:
        kept = stop.args[0] if stop.args else "the same command begins again"
        sys.stderr.write(f"\ninterrupted; {kept}\n{shlex.join(['tensorop-gen', *sys.argv[1:]])}\n")
        raise SystemExit(INTERRUPTED) from None
    except Exception as error:
        code = _code(error)
        if code is None:
            raise
        sys.stderr.write(f"error: {_said(error)}\n")
        raise SystemExit(code) from None


def _said(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename or 'a file'}; free some room or choose another place"
    return str(error)


def _code(error: Exception) -> int | None:
    """None for what is a defect of this program, and shown as such."""
    from tensorop_gen.build.toolchain import ToolMissing
    from tensorop_gen.cache.store import CacheError
    from tensorop_gen.emit.model import EmitError
    from tensorop_gen.hardware.model import HardwareError, UnknownTargetError
    from tensorop_gen.llm.model import LlmError
    from tensorop_gen.measure.errors import MeasureError
    from tensorop_gen.pipeline import NotProvenError
    from tensorop_gen.request.model import RequestError
    from tensorop_gen.run import BoardError, BoardLost
    from tensorop_gen.tune.actions import ConstraintError
    from tensorop_gen.verify import CandidateFailed, HarnessError

    codes: tuple[tuple[type[Exception], int], ...] = (
        (RequestError, NOT_UNDERSTOOD),
        (ConstraintError, NOT_UNDERSTOOD),
        (UnknownTargetError, NOT_UNDERSTOOD),
        (ToolMissing, TOOL_MISSING),
        (NotProvenError, NOT_PROVEN),
        (CandidateFailed, NOT_PROVEN),
        (HardwareError, FAILED),
        (BoardLost, INTERRUPTED),
        (BoardError, FAILED),
        (CacheError, FAILED),
        (EmitError, FAILED),
        (LlmError, FAILED),
        (MeasureError, FAILED),
        (HarnessError, FAILED),
        (OSError, FAILED),
    )
    if isinstance(error, BrokenPipeError):  # nobody reads on
        return None
    return next((code for kind, code in codes if isinstance(error, kind)), None)
