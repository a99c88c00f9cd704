"""The box: what is inside computes and prints, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tensorop_gen.llm.box import BoxUnavailable, Limits, in_force, run_boxed, run_script
from tensorop_gen.llm.box import run as run_module


def test_a_script_computes_and_prints() -> None:
    result = run_script("import math, json\nprint(json.dumps([math.pi > 3]))")
    assert (result.code, result.out, result.stopped) == (0, "[true]\n", "")
    assert "Landlock" in in_force()


@pytest.mark.parametrize(
    "script",
    [
        "print(open('/etc/passwd').read())",
        "import os; print(os.listdir('/'))",
        "import os; print(os.listdir(os.path.expanduser('~')))",
        "print(open('/proc/self/environ').read())",
        "open('/tmp/tensorop-escape', 'w')",
        "open('/dev/shm/tensorop-escape', 'w')",
        "open('here', 'w')",
        "import os; os.mkdir('there')",
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
        "import socket; socket.socket(socket.AF_UNIX)",
        "import os; os.fork()",
        "import os; os.posix_spawn('/bin/true', ['true'], {})",
        "import os; os.kill(os.getppid(), 0)",
        "import os; os.setuid(12345)",
        "import os; os.memfd_create('x')",
        "import time; time.sleep(0.01)",
        "import threading; threading.Thread(target=print).start()",
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (9, 9))",
        "import ctypes; assert ctypes.CDLL(None).ptrace(16, 1, 0, 0) >= 0",
        "import ctypes; assert ctypes.CDLL(None).unshare(0x10000000) == 0",
        "import ctypes; assert ctypes.CDLL(None).syscall(425, 1, 0) >= 0",
        "x = bytearray(8 << 30)",
    ],
)
def test_it_cannot(script: str) -> None:
    result = run_script(script)
    assert result.code != 0
    assert "Error" in result.err


def test_no_variable_of_the_caller_is_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary-0123456789")
    assert "canary" not in run_script("import os; print(dict(os.environ))").out


@pytest.mark.parametrize(
    ("script", "limits", "stopped"),
    [
        ("while True: pass", Limits(20, 1, 512 << 20), "processor time"),
        ("import sys\nsys.stdin.read()\nwhile True: pass", Limits(0.5, 9, 512 << 20), "0.5 s"),
        ("import os\nwhile True: os.write(1, b'x' * 65536)", Limits(20, 9, 512 << 20), "bytes of output"),
        ("import os\nwhile True: os.write(2, b'x' * 65536)", Limits(20, 9, 512 << 20), "bytes of output"),
    ],
)
def test_limits(script: str, limits: Limits, stopped: str) -> None:
    assert stopped in run_script(script, limits).stopped


def test_a_compiler_sees_the_system_and_its_folder_only(tmp_path: Path) -> None:
    (tmp_path / "ok.c").write_text("#include <stdint.h>\nint64_t f(void) { return 1; }\n")
    (tmp_path / "bad.c").write_text('#include "/etc/passwd"\n')
    assert run_boxed(["cc", "-c", "ok.c", "-o", "ok.o"], tmp_path).code == 0
    result = run_boxed(["cc", "-c", "bad.c", "-o", "bad.o"], tmp_path)
    assert result.code != 0
    assert "Permission denied" in result.err
    assert "root:" not in result.err
    with pytest.raises(FileNotFoundError):
        run_boxed(["no-such-compiler"], tmp_path)


def test_a_door_that_cannot_be_shut_stays_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a kernel without Landlock."""
    broken = run_module._ENTER.replace("main(sys.argv[2])", "enter.landlock.version = lambda: 0; main(sys.argv[2])")
    broken = broken.replace("import main;", "import main; from tensorop_gen.llm.box import enter;")
    monkeypatch.setattr(run_module, "_ENTER", broken)
    with pytest.raises(BoxUnavailable, match="no Landlock"):
        run_script("print('ran')")
