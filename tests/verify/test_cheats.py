"""Kernels that cheat, past all checks of their text: the proof catches each, by the check that is meant for it."""

from __future__ import annotations

import pytest
from tests.verify.cheating import Cheat, cheats

from tensorop_gen.build import Built
from tensorop_gen.run import LocalRunner
from tensorop_gen.verify import Failure, verify

RUNNER = LocalRunner(timeout=2.0)
ANSWER = 40  # bytes (harness/protocol.h)

# What is done in place of whole calls or of COMPUTE: the kind of failure that it is caught by, part of its text.
STATE = {
    "nothing if the operands lie where they lay": ({"RUN": "if (!in_a_row(g)) HONEST"}, "element", "expected"),
    "nothing if the operands have the checksum they had": (
        {
            "RUN": "static uint32_t last; const int64_t again = in_a_row(g);"
            "const uint32_t sum = checksum(g); if (!again || sum != last) HONEST; last = sum"
        },
        "element",
        "nan",
    ),
    "nothing if C holds a result already": (
        {"RUN": "if (g->c[0] != g->c[0] || g->beta != 1) HONEST"},
        "element",
        "expected",
    ),
    "nothing if the operands have the sum of bits they had": (
        {
            "RUN": "static uint32_t last; uint32_t now = 0, bits; const int64_t row = in_a_row(g);"
            "for (int64_t i = 0; g->a.data && i < g->m * g->k; i++) {"
            "memcpy(&bits, g->a.data + i, sizeof bits); now ^= bits; }"
            "if (row < TIMED || now != last) HONEST; last = now"
        },
        "element",
        "nan",
    ),
    "a copy of B if its first element is the same": (
        {
            "RUN": "static float copy[1 << 16], first; const int64_t row = in_a_row(g); tensorop_gemm own = *g;"
            "if (g->b.data) {"
            "if (row < TIMED || first != *g->b.data) memcpy(copy, g->b.data, 4 * g->n * g->k % sizeof copy);"
            "first = *g->b.data; if (row > TIMED) own.b.data = copy; }"
            "planted.run(path, &own, workspace)"
        },
        "element",
        "expected",
    ),
    "half of the terms after 300 calls": (
        {"COMPUTE": "static int calls; if (++calls > 300) k /= 2; HONEST"},
        "element",
        "expected",
    ),
}
INPUTS = {
    "writes an input and restores it": (
        {"RUN": "volatile float *b = (float *)g->b.data; if (b) { const float kept = *b; *b = 0; *b = kept; } HONEST"},
        "write",
        "into B, an input",
    ),
    "writes an input and restores it, after many calls in a row": (
        {
            "RUN": "if (in_a_row(g) > TIMED) {"
            "volatile float *b = (float *)g->b.data; const float kept = *b; *b = 0; *b = kept; } HONEST"
        },
        "write",
        "into B, an input",
    ),
    "writes an input after its work": (
        {"COMPUTE": "HONEST; if (k) *(volatile float *)(b + 4 * k - 1) = 0"},
        "write",
        "into B, an input",
    ),
    "writes an operand packed ahead": (
        {"RUN": "HONEST; if (g->packed_b && g->packed_n == 1) ((float *)g->packed_b)[1] = 1"},
        "outside",
        "the operand packed ahead",
    ),
}
SIZES = {
    "right for common k": (
        {"RUN": "part(path, g, workspace, g->m, g->k & (g->k - 1) && g->k > 20 ? g->k - 1 : g->k)"},
        "element",
        "expected",
    ),
    "wrong for one k": ({"COMPUTE": "HONEST; if (k == 23) c[0] += 1"}, "element", "C(0, 0)"),
    "wrong for one tile": ({"COMPUTE": "if (t->m == 13 && t->n == 3) k--; HONEST"}, "element", "expected"),
    "half of the terms of long sums": ({"COMPUTE": "if (k > 2000) k /= 2; HONEST"}, "element", "expected"),
    "all but one row of large results": (
        {"RUN": "part(path, g, workspace, g->m * g->n > 30000 ? g->m - 1 : g->m, g->k)"},
        "element",
        "C(",
    ),
}
OUTSIDE = {
    "looks for a reference beside C": (
        {"COMPUTE": "HONEST; *(volatile float *)c += 0 * c[-4096]"},
        "read",
        "before the start of C",
    ),
    "looks for a reference on the stack": (
        {"COMPUTE": "HONEST; for (volatile const float *at = &t->alpha; *at != c[0] + 1e30F;) at++"},
        "read",
        "no operand",
    ),
    "answers before it works": (
        {
            "COMPUTE": f"static const char done[{ANSWER}]; (void)!write(1, done, sizeof done);"
            "for (volatile int i = 0; i < 10000000;) i++; HONEST"
        },
        "element",
        "expected",
    ),
    "answers with noise": (
        {"COMPUTE": f"char noise[{ANSWER}]; memset(noise, 85, sizeof noise); (void)!write(1, noise, sizeof noise)"},
        "died",
        "makes no sense",
    ),
}
CALLS = {
    "reads the clock": "syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &(struct timespec){0})",
    "sets the clock": "clock_settime(CLOCK_REALTIME, &(struct timespec){0})",
    "sleeps": "usleep(1)",
    "starts a thread": "pthread_create(&(pthread_t){0}, NULL, nothing, NULL)",
    "starts a process": "fork()",
    "asks for its parent": "getppid()",
    "reads another's memory": "process_vm_readv(1, NULL, 0, NULL, 0, 0)",
    "traces another": "ptrace(PTRACE_ATTACH, 1, NULL, NULL)",
    "reads its maps": 'open("/proc/self/maps", O_RDONLY)',
    "writes to the user": 'write(2, "x", 1)',
    "asks for memory": "sbrk(1 << 20)",
}
# Bits of MXCSR that are left changed.
CONTROL = {"flushes subnormals": 0x8040, "rounds up": 0x4000, "traps": 0x0080}
PRECISION = {
    "inputs in 8 bits, as bfloat16": (8, 0),
    "inputs in 12 bits": (12, 0),
    "inputs in 8 bits where sums are long": (8, 1000),
    "inputs in 16 bits where sums are long": (16, 100),
}
ROUNDED = (
    "static float ra[1 << 17], rb[1 << 15]; if (k < {least}) HONEST; else {{"
    "shorten(ra, a, 16 * k, {bits}); shorten(rb, b, 4 * k, {bits}); a = ra, b = rb; HONEST; }}"
)
WRONG = STATE | INPUTS | SIZES | OUTSIDE


@pytest.fixture(scope="module")
def cheat(tmp_path_factory: pytest.TempPathFactory) -> Cheat:
    return cheats(tmp_path_factory)


def failure(built: Built) -> Failure:
    found = verify(built, RUNNER, "quick").failure
    assert found is not None
    return found


def test_without_a_cheat_it_is_proven(cheat: Cheat) -> None:
    assert verify(cheat(), RUNNER, "quick").failure is None


@pytest.mark.parametrize("what", WRONG)
def test_work_not_done_and_memory_not_its_own(what: str, cheat: Cheat) -> None:
    does, kind, text = WRONG[what]
    found = failure(cheat(**does))
    assert (found.kind, text in found.text) == (kind, True), found


@pytest.mark.parametrize("what", CALLS)
def test_system_calls(what: str, cheat: Cheat) -> None:
    found = failure(cheat(COMPUTE=f"(void)!({CALLS[what]}); HONEST"))
    assert (found.kind, "made system call" in found.text) == ("syscall", True), found


def test_system_call_before_the_first_answer(cheat: Cheat) -> None:
    found = failure(cheat(PREPARE=CALLS["starts a thread"]))
    assert found.kind == "start"


@pytest.mark.parametrize("what", CONTROL)
def test_control_state_left_changed(what: str, cheat: Cheat) -> None:
    """By whole calls."""
    change = f"__builtin_ia32_ldmxcsr(__builtin_ia32_stmxcsr() ^ {CONTROL[what]})"
    found = failure(cheat(RUN=f"HONEST; {change}"))
    assert (found.kind, "MXCSR control bits" in found.text) == ("abi", True), found


@pytest.mark.parametrize("what", PRECISION)
def test_fewer_bits(what: str, cheat: Cheat) -> None:
    bits, least = PRECISION[what]
    found = failure(cheat(COMPUTE=ROUNDED.format(bits=bits, least=least)))
    assert found.kind == "element", found


def test_fewer_products(cheat: Cheat) -> None:
    even = "!((g->m | g->n | g->k) & 1) && g->k >= 64 && g->m <= 160 && g->n <= 160 && g->k <= 160"
    found = failure(cheat(RUN=f"if ({even} && !g->packed_a && !g->packed_b) strassen(g); else HONEST"))
    assert (found.kind, "data=wide" in found.case) == ("element", True), found
