"""Boards: what they run, and how they fail."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from tensorop_gen.author.builtin import BuiltinAuthor
from tensorop_gen.build import ToolMissing, build, find_toolchain
from tensorop_gen.build.candidate import Built
from tensorop_gen.hardware.library import load
from tensorop_gen.request.model import Request, RequestError, Shape
from tensorop_gen.run import BoardError, BoardLost, Machine, find_board, find_emulator, find_runner
from tensorop_gen.run.board import Address, BoardRunner
from tensorop_gen.verify import Session, verify

from .sshd import Board

MACHINES = {"riscv64": ("rv64gcv", Machine("riscv64", "rvv1.0", 256)), "aarch64": ("armv8-a", Machine("aarch64"))}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Built]:
    """A target's candidate, as it goes to a board."""
    made: dict[str, Built] = {}

    def make(name: str) -> Built:
        if name not in made:
            factors = load(name)
            candidate = BuiltinAuthor().write(Request("sgemm"), factors)
            toolchain = replace(find_toolchain(factors.triple), away=True)
            made[name] = build(candidate, toolchain, tmp_path_factory.mktemp(name))
        return made[name]

    return make


@pytest.fixture(params=sorted(MACHINES))
def arch(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def board_of(arch: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Board:
    monkeypatch.setenv("HOME", str(folder / "home"))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return Board(folder / "board", folder / "home", arch, find_emulator(MACHINES[arch][1]).words)


@pytest.fixture
def board(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Board]:
    with board_of("riscv64", tmp_path, monkeypatch) as board:
        yield board


def test_proves_and_times_a_candidate(
    arch: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, built: Callable[[str], Built]
) -> None:
    name, _ = MACHINES[arch]
    with board_of(arch, tmp_path, monkeypatch) as board:
        runner = find_board(board.address)
        found = verify(built(name), runner, "smoke", 3)
        assert (found.passed, found.kind) == (True, "measured")
        assert found.cases > 1000
        with Session(built(name), runner, 3) as session:
            timing = session.time(Shape(32, 32, 32), 2)
            assert timing.calls == 2
            assert timing.seconds > 0
        kept = [path.name for path in (board.disk / ".cache/tensorop-gen").iterdir() if path.suffix != ".elf"]
        assert [name.split("-")[0] for name in kept if name.startswith("verifier")] == ["verifier"]


def test_candidates_are_removed_when_they_end(board: Board, built: Callable[[str], Built]) -> None:
    with Session(built("rv64gcv"), find_board(board.address), 1) as session:
        session.check([])
        assert session.report().failure is None
    folder = board.disk / ".cache/tensorop-gen"
    eventually(lambda: not [path for path in folder.glob("candidate-*") if path.suffix != ".elf"])
    assert "rm -f candidate-" in board.commands[-1]


def test_programs_that_are_there_are_not_copied_again(board: Board, built: Callable[[str], Built]) -> None:
    runner = find_board(board.address)
    for _ in range(2):
        assert verify(built("rv64gcv"), runner, case="run m=5 n=4 k=3 ldc=5 path=-1").passed
    copies = [command for command in board.commands if "cat >verifier" in command]
    assert len(copies) == 1


def test_input_output_and_exit_code_are_the_programs(board: Board) -> None:
    words = find_board(board.address).command(["sh", "-c", "read line; echo got $line; echo said >&2; exit 7"])
    done = subprocess.run(words, input="a line\n", capture_output=True, text=True, timeout=60, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("got a line\n", "said\n", 7)


def test_words_are_quoted(board: Board) -> None:
    assert find_board(board.address).ask(["echo", "a b", "$HOME", "'", "a;b"]) == "a b $HOME ' a;b\n"


def test_refused(board: Board) -> None:
    runner = find_board(board.address)
    board.unplug()
    with pytest.raises(BoardError, match=r"refuses the connection; is sshd running there.*Try: ssh -p \d+ tester@127"):
        runner.ask(["true"])


def test_nobody_answers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(BoardError, match=r"board ssh://me@board\.invalid: cannot connect"):
        find_board("ssh://me@board.invalid").ask(["true"])


@pytest.mark.parametrize("text", ["", "[127.0.0.1]:{port} ssh-ed25519 " + "A" * 68])
def test_a_host_key_that_is_not_known(board: Board, text: str) -> None:
    """Not there, or another machine's."""
    (board.ssh / "known_hosts").write_text(text.format(port=board.port))
    with pytest.raises(BoardError, match=r"host key .*compare the fingerprint.*ssh -p \d+ tester@127\.0\.0\.1 true"):
        find_board(board.address).ask(["true"])


def test_a_user_who_is_not_let_in(board: Board) -> None:
    (board.ssh / "id_ed25519").unlink()
    with pytest.raises(BoardError, match=r"does not accept any of your keys .*ssh-copy-id -p \d+ tester@"):
        find_board(board.address).ask(["true"])


def test_a_full_disk(board: Board, built: Callable[[str], Built]) -> None:
    """Simulated by the largest file that the board's shell may write: the same path through `cat`."""
    board.before("trap '' XFSZ; ulimit -f 8")
    with pytest.raises(
        BoardError, match=r"cannot write to \.cache/tensorop-gen there: .*\n.*--on ssh://tester@.*/var/tmp"
    ):
        verify(built("rv64gcv"), find_board(board.address), "smoke")
    assert not list((board.disk / ".cache/tensorop-gen").iterdir())
    board.before("")
    assert verify(built("rv64gcv"), find_board(board.address), case="run m=5 n=4 k=3 ldc=5 path=-1").passed


def test_a_folder_that_cannot_be_made(board: Board) -> None:
    (board.disk / "file").write_text("")
    with pytest.raises(BoardError, match=r"cannot write to .*file/x there"):
        find_board(f"{board.address}{board.disk}/file/x").ask(["true"])


def test_another_folder(board: Board, built: Callable[[str], Built]) -> None:
    runner = find_board(f"{board.address}{board.disk}/else where".replace(" ", "%20"))
    assert verify(built("rv64gcv"), runner, case="run m=5 n=4 k=3 ldc=5 path=-1").passed


def test_a_program_for_another_machine(board: Board, built: Callable[[str], Built]) -> None:
    with pytest.raises(BoardError, match=r"cannot be started|ended with exit code|Invalid ELF"):
        verify(built("armv8-a"), find_board(board.address), "smoke")


def test_a_connection_that_breaks_in_the_middle(board: Board, built: Callable[[str], Built]) -> None:
    with Session(built("rv64gcv"), find_board(board.address), 1) as session:
        assert session.geometry is not None
        board.unplug()
        with pytest.raises(BoardLost, match="the connection broke"):
            session.report()


def test_a_program_that_the_board_kills(board: Board) -> None:
    """As the kernel does when memory is short."""
    with pytest.raises(BoardLost, match=r"was killed there: out of memory, by all signs"):
        find_board(board.address).ask(["sh", "-c", "kill -9 $$"])


def test_a_candidate_that_the_board_kills(board: Board, built: Callable[[str], Built]) -> None:
    """No verdict on the candidate: it cannot send itself this signal."""
    with Session(built("rv64gcv"), find_board(board.address), 1) as session:
        assert session.geometry is not None
        for folder in Path("/proc").glob("[0-9]*"):
            words = _words(folder)
            if f"{board.disk}/.cache/tensorop-gen/candidate-" in words and "/verifier-" not in words:
                os.kill(int(folder.name), 9)
        session.check(["run m=5 n=4 k=3 ldc=5 path=-1"])
        with pytest.raises(BoardLost, match=r"killed .*out of memory"):
            session.report()


def test_too_little_memory_for_the_operands(board: Board, built: Callable[[str], Built]) -> None:
    with pytest.raises(BoardError, match=r"(?s)exit code 2: shared memory"):
        Session(built("rv64gcv"), find_board(board.address), 1, capacity=1 << 60)


def test_interrupted(board: Board) -> None:
    """The relay ends with this program's other processes."""
    words = find_board(board.address).command(["sleep", "60"])
    # Whoever runs the tests in the background has interrupts ignored.
    heeds = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=heeds)
    eventually(lambda: "sleep 60" in (board.commands or [""])[-1])
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert b"Traceback" not in said


def test_addresses() -> None:
    assert Address.parse("ssh://pi@board:2222") == Address("board", "pi", 2222)
    assert Address.parse("ssh://board") == Address("board")
    assert Address.parse("ssh://me@[fe80::1]:22/var/tmp/x") == Address("fe80::1", "me", 22, "/var/tmp/x")
    for text in ("ssh://pi@board:2222", "ssh://board", "ssh://me@[fe80::1]:22/var/tmp/x"):
        assert str(Address.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "ssh://",
        "ssh://@board",
        "ssh://-oProxyCommand=x",
        "ssh://a@b:99999",
        "ssh://u:secret@b",
        "http://b",
        "ssh://b?x",
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(BoardError, match="is not the address of a board; write ssh://user@host"):
        Address.parse(text)


def test_asyncssh_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec

    def absent(name: str, package: str | None = None) -> object:
        return None if name == "asyncssh" else real(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", absent)
    with pytest.raises(ToolMissing, match=r"pip install 'tensorop-gen\[boards\]'"):
        find_board("ssh://board")


def test_what_on_may_be() -> None:
    assert find_runner(load("cortex-a76"), "ssh://pi@board") == BoardRunner(Address("board", "pi"))
    assert find_runner(load("cortex-a76"), "emulator").kind == "emulated"
    assert find_runner(load("x86-64-v3"), "local").kind == "measured"
    with pytest.raises(RequestError, match=r"this machine .* does not run code for cortex-a76"):
        find_runner(load("cortex-a76"), "local")
    with pytest.raises(RequestError, match="not emulated"):
        find_runner(load("x86-64-v3"), "emulator")
    with pytest.raises(RequestError, match=r"--on moon is not there"):
        find_runner(load("cortex-a76"), "moon")


def eventually(holds: Callable[[], bool]) -> None:
    for _ in range(600):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it did not come to be within 30 s")


def _words(process: Path) -> str:
    try:
        return (process / "cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""
