"""The inside of the door: shuts it behind this process, then becomes the compiler or runs the script."""

from __future__ import annotations

import json
import os
import resource
import sys

from tensorop_gen.llm.box import calls, landlock

SHUT_FAILED = 97  # exit code: the door could not be shut, nothing was run


def main(text: str) -> None:
    """text: JSON of a job, see run.py. Ends the process."""
    job = json.loads(text)
    for name, value in job["limits"].items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))
    code = None
    if job["script"]:
        with open(job["script"], "rb") as file:  # noqa: PTH123
            code = compile(file.read(), "<script>", "exec", dont_inherit=True)
    try:
        if landlock.version() < 1:
            raise OSError(0, "this kernel has no Landlock")
        _no_new_privileges()
        landlock.restrict(job["read"], job["execute"], job["write"])
        calls.restrict(compiler=code is None)
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        sys.stderr.flush()
        os._exit(SHUT_FAILED)
    if code is None:
        os.execve(job["command"][0], job["command"], job["environment"])
    exec(code, {"__name__": "__main__"})


def _no_new_privileges() -> None:
    import ctypes

    if ctypes.CDLL(None, use_errno=True).prctl(38, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl: no_new_privs")
