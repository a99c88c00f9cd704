"""python -m tensorop_gen.measure --lib LIB.so: the comparison by itself."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from tensorop_gen.build.toolchain import ToolMissing
from tensorop_gen.measure.compare import compare
from tensorop_gen.measure.errors import MeasureError
from tensorop_gen.measure.peers import find_peers, own_library
from tensorop_gen.measure.plot import save_plot
from tensorop_gen.measure.rounds import BURST_MS, ROUNDS
from tensorop_gen.measure.shapes import choose
from tensorop_gen.measure.table import markdown, render
from tensorop_gen.request.model import RequestError


def main(argv: list[str] | None = None) -> int:
    """Exit codes: 0 measured, 2 the arguments are not understood, 3 something is not there, 5 interrupted."""
    options = _options(argv)
    try:
        _run(options)
    except RequestError as error:
        print(error, file=sys.stderr)
        return 2
    except (MeasureError, ToolMissing) as error:
        print(error, file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print("interrupted: nothing was written", file=sys.stderr)
        return 5
    return 0


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tensorop_gen.measure", description=__doc__)
    add = parser.add_argument
    add("--lib", action="append", required=True, metavar="[NAME=]LIB.so", help="the first is held against all others")
    add("--peers", default="all", help="openblas,mkl,onednn,libxsmm, all or none")
    add("--peers-dir", type=Path, help="where the peers are installed")
    add("--class", dest="classes", help="shape classes: tiny,mid,large,skinny")
    add("--shapes", help="shapes instead of classes: 64x4096x64,1000^3 TN")
    add("--threads", default=[1], type=_counts, help="1, 2 or 1,2")
    add("--rounds", type=_positive, default=ROUNDS)
    add("--burst-ms", type=float, default=BURST_MS, help="least time of one burst of calls")
    add("--seed", type=int, default=1)
    add("--json", type=Path, metavar="FILE")
    add("--markdown", type=Path, metavar="FILE")
    add("--plot", type=Path, metavar="FILE.html")
    return parser.parse_args(argv)


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f'"{text}" is not a count of 1 or more')
    return int(text)


def _counts(text: str) -> list[int]:
    return [_positive(part) for part in text.split(",")]


def _run(options: argparse.Namespace) -> None:
    classes = choose(options.shapes, options.classes)
    groups = [] if options.peers == "none" else options.peers.split(",")
    peers, missing = find_peers(groups, options.peers_dir)
    libraries = [own_library(text) for text in options.lib] + list(peers)
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("measuring", total=sum(len(one.shapes) for one in classes))
        comparison = compare(
            libraries,
            classes,
            options.threads,
            options.rounds,
            missing=missing,
            seed=options.seed,
            burst_ms=options.burst_ms,
            progress=lambda shape: bar.update(task, advance=1, description=str(shape)),
        )
    Console().print(render(comparison))
    if options.json:
        options.json.write_text(comparison.model_dump_json(indent=1) + "\n", encoding="utf-8")
    if options.markdown:
        options.markdown.write_text(markdown(comparison), encoding="utf-8")
    if options.plot:
        save_plot(comparison, options.plot)


if __name__ == "__main__":
    sys.exit(main())
