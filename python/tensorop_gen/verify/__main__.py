"""python -m tensorop_gen.verify FOLDER --instance SYMBOL: proves sources in a folder, without the rest of the way."""

from __future__ import annotations

import inspect
import shlex
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from tensorop_gen.build import BuildFailed, ToolMissing, build, find_toolchain
from tensorop_gen.build.toolchain import native_arch
from tensorop_gen.run import LocalRunner, Machine, Runner, Vector, find_emulator
from tensorop_gen.verify import CaseError, Level, Verification, verify
from tensorop_gen.verify.folder import Folder


def main(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False, help="holds .c, .S and .h files")],
    instance: Annotated[str, typer.Option(help="C symbol of the tensorop_instance")],
    level: Annotated[Level, typer.Option(help="smoke, quick or full")] = "quick",
    seed: Annotated[int, typer.Option(help="of data and plan")] = 0,
    case: Annotated[str | None, typer.Option(help="only this case")] = None,
    sizes: Annotated[str, typer.Option(help="parameters, as kc=512,mc=144,nc=3952: tested round them")] = "",
    timeout: Annotated[float, typer.Option(help="seconds for one call")] = 10.0,
    triple: Annotated[str, typer.Option(help="what to compile for")] = f"{native_arch()}-linux-gnu",
    vector: Annotated[Vector, typer.Option(help="emulated RVV")] = "",
    vlen: Annotated[int, typer.Option(help="bits of an emulated vector register")] = 128,
    cpu: Annotated[str, typer.Option(help="QEMU's name of the emulated CPU")] = "",
    json: Annotated[bool, typer.Option("--json", help="print the whole record")] = False,
) -> None:
    """Prints the verdict; exit code 0 proven, 2 not a case, 3 compiler or emulator missing, 4 not proven."""
    candidate = Folder.read(folder, instance)
    try:
        with tempfile.TemporaryDirectory() as temporary:
            toolchain = find_toolchain(triple)
            machine = Machine(triple.split("-")[0], vector, vlen, cpu=cpu)
            runner: Runner = (
                LocalRunner(timeout) if toolchain.native else replace(find_emulator(machine), timeout=timeout)
            )
            built = build(candidate, toolchain, Path(temporary))
            built = replace(built, sizes=_sizes(sizes))
            result = verify(built, runner, level, seed, case)
    except BuildFailed as error:
        typer.echo(error, err=True)
        raise typer.Exit(4) from error
    except CaseError as error:
        typer.echo(error, err=True)
        raise typer.Exit(2) from error
    except ToolMissing as error:
        typer.echo(error, err=True)
        raise typer.Exit(3) from error
    given = {"sizes": sizes, "timeout": timeout, "triple": triple, "vector": vector, "vlen": vlen, "cpu": cpu}
    command = _command(folder, instance, given)
    typer.echo(result.model_dump_json(indent=2) if json else _summary(result, command))
    raise typer.Exit(0 if result.passed else 4)


def _command(folder: Path, instance: str, given: Mapping[str, object]) -> str:
    """The same candidate on the same machine again: what was given, as far as it is not what stands there anyway."""
    defaults = {name: p.default for name, p in inspect.signature(main).parameters.items()}
    words = [str(folder), "--instance", instance]
    for name, value in given.items():
        words += [] if value == defaults[name] else [f"--{name}", str(value)]
    return f"python -m tensorop_gen.verify {shlex.join(words)}"


def _sizes(text: str) -> dict[str, int]:
    """name=number, with commas between."""
    sizes = {}
    for word in filter(None, text.split(",")):
        name, equals, number = word.partition("=")
        if not (name and equals and number.isdecimal()):
            raise typer.BadParameter(f"{word!r} is not name=number", param_hint="--sizes")
        sizes[name] = int(number)
    return sizes


def _summary(v: Verification, command: str) -> str:
    lines = [f"{name:18} {v.counts[name]:6} cases   worst r {v.worst[name]:8.3f}" for name in v.counts]
    lines += [f"not checked: {what}" for what in v.not_checked]
    if v.failure:
        lines += [f"FAILED  {v.failure.kind}: {v.failure.text}", f"        case: {v.failure.case}"]
        if not v.failure.alone:
            lines.append("        passes alone: what came before changes the result")
        lines.append(f"        again: {v.reproducer(command)}")
    else:
        lines.append(f"passed: {v.cases} cases, seed {v.seed}, harness {v.harness}")
    return "\n".join(lines)


if __name__ == "__main__":
    typer.run(main)
