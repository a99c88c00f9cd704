"""A Dask scheduler in this process, and workers that `tensorop-gen fleet worker` starts, as on hosts of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

from distributed import LocalCluster

ROOT = Path(__file__).parents[2]
Process = subprocess.Popen[str]
TARGET = "x86-64-v3"
# A host of its own, by its name and by what is installed there.
_START = """import socket, sys, tensorop_gen
socket.gethostname = lambda: sys.argv[1]
tensorop_gen.__version__ = sys.argv[2] or tensorop_gen.__version__
from tensorop_gen.cli import main
main(sys.argv[3:])"""


class Cluster:
    """Use with `with`."""

    def __init__(self) -> None:
        self._cluster = LocalCluster(n_workers=0, processes=True, dashboard_address=None, silence_logs=50)
        self.address: str = self._cluster.scheduler_address
        self.workers: list[Process] = []

    def __enter__(self) -> Cluster:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def on(self) -> str:
        """As --on has it."""
        return f"fleet:{self.address}"

    def worker(self, board: str = "local", host: str = "", target: str = TARGET, release: str = "") -> Process:
        """board: its address; host: of a name of its own if none is given."""
        return self.workers_of(1, board, host, target, release)[0]

    def workers_of(self, count: int, *given: str) -> list[Process]:
        """Started, and there."""
        started = [self.start(*given) for _ in range(count)]
        for process in started:
            assert process.stderr
            line = process.stderr.readline()
            assert "keeps" in line, line + process.stderr.read()
        return started

    def start(self, board: str = "local", host: str = "", target: str = TARGET, release: str = "") -> Process:
        words = ["fleet", "worker", self.address, "--target", target, "--on", board]
        process = subprocess.Popen(
            [sys.executable, "-c", _START, host or f"host{len(self.workers)}", release, *words], cwd=ROOT, text=True,
            env=os.environ | {"PYTHONPATH": f"{ROOT / 'python'}:{ROOT}"}, stderr=subprocess.PIPE,
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # which a job in the background ignores
        )  # fmt: skip
        self.workers.append(process)
        return process

    def stop_scheduler(self) -> None:
        self._cluster.close()

    def stop(self) -> None:
        for process in self.workers:
            process.kill()
            process.communicate()
        self._cluster.close()
