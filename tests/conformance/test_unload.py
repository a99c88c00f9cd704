"""A program may close the library while workers wait for the next call, and before threads end that have called it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

SCRIPT = """
import ctypes, sys, threading, time, _ctypes
library = ctypes.CDLL(sys.argv[1])
n, one, zero = ctypes.byref(ctypes.c_int(600)), ctypes.byref(ctypes.c_float(1)), ctypes.byref(ctypes.c_float(0))
a, b, c = ((ctypes.c_float * 360000)() for _ in range(3))
called, closed = threading.Event(), threading.Event()
def call():
    library.sgemm_(b"N", b"N", n, n, n, one, a, n, b, n, zero, c, n)
    called.set()
    closed.wait()
thread = threading.Thread(target=call)
thread.start()
called.wait()
_ctypes.dlclose(library._handle)
closed.set()
thread.join()
time.sleep(0.1)
print("still here")
"""


def test_closed_before_threads_end(library: Path) -> None:
    environment = {**os.environ, "TENSOROP_NUM_THREADS": "3", "TENSOROP_VERBOSE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, library], env=environment, capture_output=True, text=True, check=False
    )
    assert "600x600x600" in done.stderr
    assert (done.returncode, done.stdout) == (0, "still here\n")
