"""Answers of a model that means harm, or knows no better: each is refused, and the rule that refuses it is named."""

from __future__ import annotations

import pytest

from tensorop_gen.author.llm import Forge
from tensorop_gen.build import find_toolchain
from tensorop_gen.build.toolchain import native_arch
from tensorop_gen.isa.refused import Refused

pytestmark = pytest.mark.skipif(native_arch() != "x86_64", reason="the answers here are for x86-64")
HEAD = ".text\n.globl compute\n.type compute, @function\ncompute:\n"
C_HEAD = '#include <immintrin.h>\n#include "tensorop/kernel_abi.h"\n'
SIGNATURE = "void compute(int64_t kc, const float *a, const float *b, float *c, int64_t ldc, const tensorop_tile *tile)"


@pytest.fixture(scope="module")
def forge() -> Forge:
    return Forge(find_toolchain("x86_64-linux-gnu").compiler, "avx2")


def asm(body: str) -> tuple[str, str]:
    return "asm", f"{HEAD}{body}\nret\n"


def c(body: str, before: str = "") -> tuple[str, str]:
    return "c", f"{C_HEAD}{before}\n{SIGNATURE} {{ {body} }}\n"


ASSEMBLY = {
    "system call": ("instruction", asm("movl $60, %eax\nsyscall")),
    "call of the C library": ("call", asm("call system@PLT".replace("@PLT", ""))),
    "clock": ("instruction", asm("rdtsc")),
    "file in the object": ("directive", asm('.incbin "/etc/passwd"')),
    "file in the text": ("directive", asm('.include "/etc/passwd"')),
    "macro": ("instruction", asm(".macro x op\n\\op\n.endm\nx syscall")),
    "instruction put together": ("instruction", asm(".macro x a, b\n\\a\\()\\b\n.endm\nx sys, call")),
    "directive put together": ("directive", asm('.macro x\n.inc\\()bin "/etc/passwd"\n.endm')),
    "directive by argument": ("directive", asm(".macro x d\n.\\d 0x0f, 0x05\n.endm\nx byte")),
    "directive as argument": ("statement", asm(".macro x d\n\\d 0x0f, 0x05\n.endm\nx .byte")),
    "directive as an argument's default": ("directive", asm(".macro x d=.byte\n\\d 0x0f\n.endm\nx")),
    "directive in a list": ("directive", asm(".irp d, .byte\n\\d 0x0f\n.endr")),
    "symbol by a macro": ("statement", asm(".macro x n\n\\n:\n.endm\nret\nx memcpy")),
    "macro in itself": ("compiler", asm(".macro x\nx\n.endm\nx")),
    "macros that double": ("size", asm("".join(f".macro x{i + 1}\nx{i}\nx{i}\n.endm\n" for i in range(40)) + "x40")),
    "repetition": ("directive", asm(".rept 100000000\nnop\n.endr")),
    "bytes": ("directive", asm(".byte 0x0f, 0x05")),
    "words": ("directive", asm(".long 0x050f")),
    "constructor": ("directive", asm('.section .init_array,"aw"\n.quad compute')),
    "other section": ("directive", asm('.section .data,"awx"')),
    "pushed section": ("directive", asm(".pushsection .fini")),
    "huge alignment": ("directive", asm(".p2align 60")),
    "huge padding": ("directive", asm(".balign 99999999")),
    "place": ("directive", asm(".org 0x7fffffff")),
    "symbol assigned": ("directive", asm(".set memcpy, compute")),
    "symbol assigned too": ("statement", asm("memcpy = compute")),
    "weak symbol": ("directive", asm(".weak malloc")),
    "main": ("symbol", asm("ret\n.globl main\nmain:")),
    "memcpy": ("symbol", asm("ret\nmemcpy:")),
    "two statements": ("statement", asm("nop; syscall")),
    "string": ("statement", asm('.Lx: "syscall"')),
    "linker's own": ("directive", asm(".symver compute,sgemm_@@V1")),
    "jump into data": ("jump", asm("jmp .Lx+1\n.Lx: movabsq $0x9090909090050f90, %rax")),
    "jump to an address": ("call", asm("jmp 0x1234")),
    "indirect jump": ("jump", asm("jmp *%rsi")),
    "thread's data": ("memory", asm("movq %fs:0, %rax")),
    "return address": ("stack", asm("movq (%rsp), %rax")),
    "return to elsewhere": ("stack", asm("movq %rsi, (%rsp)")),
    "writes the operands": ("memory", asm("movl $0, (%rsi)")),
    "writes its arguments": ("memory", asm("movq $0, 8(%r9)")),
    "reads what it may only prefetch": ("memory", asm("movq 24(%r9), %rax\nvmovss (%rax), %xmm0")),
    "an address from nowhere": ("memory", asm("movl $0x400000, %eax\nvmovss (%rax), %xmm0")),
    "an address from the data": ("memory", asm("movq (%rsi), %rax\nmovl $0, (%rax)")),
    **{
        f"no pointer any more: {body}": ("memory", asm(f"{body}\nmovl $0, (%rcx)"))
        for body in (
            "subq %rcx, %rcx",
            "andq $0, %rcx",
            "andq $-64, %rcx",
            "orq $1, %rcx",
            "xorq %rcx, %rcx",
            "xorq %rsi, %rcx",
            "negq %rcx",
            "notq %rcx",
            "imulq %rdi, %rcx",
            "shrq $63, %rcx",
            "leaq (,%rcx,4), %rcx",
            "leaq (%rcx,%rcx), %rcx",
            "leaq (%rcx,%rsi), %rcx",
            "addq %rsi, %rcx",
            "movl %ecx, %ecx",
            "leal 4(%rcx), %ecx",
            "addl %edi, %ecx",
            "cmpq $8, %rdi\nsete %cl",
            "cmpq $8, %rdi\ncmoveq %rdi, %rcx",
            "cmpq $8, %rdi\njne .Lx\nmovq %rdi, %rcx\n.Lx:",
            "movq %rcx, -8(%rsp)\nmovl %edi, -4(%rsp)\nmovq -8(%rsp), %rcx",
            "movq %rcx, -8(%rsp)\nmovl $0, -8(%rsp)\nmovq -8(%rsp), %rcx",
            "movq %rcx, -8(%rsp)\nmovl -8(%rsp), %ecx",
            "movq %rcx, -8(%rsp)\nsubq %rcx, -8(%rsp)\nmovq -8(%rsp), %rcx",
            "movq %rcx, -8(%rsp)\nandq $0, -8(%rsp)\nmovq -8(%rsp), %rcx",
            "vmovq %rcx, %xmm0\nvmovdqu %xmm0, -16(%rsp)\nmovq -8(%rsp), %rcx",
            "vmovq %rcx, %xmm0\nvpextrq $1, %xmm0, %rcx",
            "vmovq %rcx, %xmm0\nvpaddq %xmm0, %xmm0, %xmm0\nvmovq %xmm0, %rcx",
            "pushq %rcx\nmovl $0, 4(%rsp)\npopq %rcx",
            "movl %ecx, %eax\nsubq %rax, %rcx",
            "vmovd (%rsi), %xmm0\nvmovd %xmm0, %eax\naddq %rax, %rcx",
            "vmovups (%rsi), %xmm0\nvmovq %xmm0, %rcx",
        )
    },
    "a distance as an address": ("memory", asm("subq %rcx, %rsi\nmovl $0, (%rcx,%rsi)")),
    "a pointer as an index": ("memory", asm("movl $0, (%rcx,%rcx)")),
    "a pointer, scaled": ("memory", asm("movl $0, (%rdi,%rcx,2)")),
    "a pointer of the stack or another": (
        "stack",
        asm("leaq -8(%rsp), %rax\ntestq %rdi, %rdi\njne .Lx\nmovq %rcx, %rax\n.Lx: movl $0, (%rax)"),
    ),
    "bits of a pointer": ("decision", asm("testq $64, %rcx\nje .Lx\n.Lx:")),
    "a bit of a pointer": ("decision", asm("btq $7, %rcx\njb .Lx\n.Lx:")),
    "carry of a pointer": ("decision", asm("addq %rdi, %rcx\nincq %rdi\njb .Lx\n.Lx:")),
    "a pointer and a number": ("decision", asm("cmpq %rdi, %rcx\njb .Lx\n.Lx:")),
    "a pointer and a number for null": ("decision", asm("subq %rdi, %rcx\ntestq %rcx, %rcx\nje .Lx\n.Lx:")),
    "flags that a shift leaves": (
        "decision",
        asm("vmovss (%rsi), %xmm0\nvucomiss %xmm0, %xmm0\nmovl $0, %ecx\nshlq %cl, %rdi\njp .Lx\n.Lx:"),
    ),
    "carry that an increment leaves": (
        "decision",
        asm("vmovss (%rsi), %xmm0\nvucomiss (%rdx), %xmm0\nincq %rdi\njb .Lx\n.Lx:"),
    ),
    "elements in memory compared": (
        "decision",
        asm("vpxor %ymm0, %ymm0, %ymm0\nvpcmpeqd (%rsi), %ymm0, %ymm0"),
    ),
    "half a register kept": ("instruction", asm("movq %rdi, %xmm0")),
    "wrong for rare data": (
        "decision",
        asm("movl (%rsi), %eax\ncmpl $0x3f123456, %eax\njne .Lx\nxorl %eax, %eax\n.Lx:"),
    ),
    "keeps state in a register": ("unset register", asm("vaddps %ymm15, %ymm15, %ymm0")),
    "keeps state on the stack": ("unset register", asm("movq -64(%rsp), %rax")),
    "a caller's register": ("registers", asm("movq %rdi, %rbx")),
    "no such instruction": ("compiler", asm("frobnicate %rax")),
    "another function": ("symbol", ("asm", ".text\n.globl kernel\nkernel:\nret\n")),
    "nothing": ("symbol", ("asm", "\n")),
    "too long": ("size", asm("nop\n" * 60_000)),
    "a pattern that takes long": ("directive", asm(".macro " + "a" * 1900 + "!")),
    "another pattern that takes long": ("directive", asm(".set a, " + "0x11 " * 300 + "z")),
    "comments without end": ("comment", asm("/*\n" * 60_000)),
    "directive of parts": ("statement", asm(".macro m a b c\n\\a\\b \\c\n.endm\nm . word 5")),
    "a long line": ("size", asm("nop " + "a" * 3000)),
    "another alphabet": ("character", asm("n\u043ep")),
    "control characters": ("character", asm("nop\0")),
}
C = {
    "file": ("include", c("", '#include "/etc/passwd"')),
    "header of the system": ("include", c("", "#include <stdlib.h>")),
    "embedded file": ("preprocessor", c("", '#embed "/etc/passwd"')),
    "question about files": ("preprocessor", c("", '#if __has_include("/root/.ssh")\n#endif')),
    "macro": ("call", c("x(0);", "int system(const char *x);\n#define x system")),
    "word put together": (
        "word",
        c("", "#define x(a, b) a##b\nx(__attri, bute__)((constructor)) static void f(void) {}"),
    ),
    "builtin put together": ("word", c("x(__builtin_tr, ap)();", "#define x(a, b) a##b")),
    "a macro behind a comment": ("word", c("J(as,m)(1);", "/**/ #define J(a, b) a##b")),
    "a macro on two lines": ("word", c("J(as,m)(1);", "#def\\\nine J(a, b) a##b")),
    "comments without end": ("comment", c("", "/*\n" * 60_000)),
    "string by a macro": ("character", c("const char *s = x(y);", "#define x(a) #a")),
    "include by a macro": ("preprocessor", c("", "#define x <stdlib.h>\n#include x")),
    "string in a macro": ("preprocessor", c("", '#define x "/etc/passwd"')),
    "blanks without end": ("preprocessor", c("", "#define x" + " " * 1900 + '"')),
    "blanks on many lines": ("preprocessor", c("", "#define x" + (" " * 1900 + "\\\n") * 90 + '"')),
    "word in a macro": ("word", c("", "#define x asm")),
    "macros that double": (
        "size",
        c("x40", "#define x0 *c += 1;\n" + "".join(f"#define x{i + 1} x{i} x{i}\n" for i in range(40))),
    ),
    "line directive": ("preprocessor", c("", '#line 1 "/etc/passwd"')),
    "pragma": ("preprocessor", c("", '#pragma GCC optimize("O0")')),
    "digraph": ("character", c("", '%:include "/etc/passwd"')),
    "trigraph": ("character", c("", '??=include "/etc/passwd"')),
    "spliced line": ("include", c("", '#inc\\\nlude "/etc/passwd"')),
    "inline assembly": ("word", c("__asm__(1);")),
    "inline assembly, plain": ("word", c("asm(1);")),
    "constructor": ("word", c("", "__attribute__((constructor)) static void f(void) {}")),
    "pragma as an operator": ("word", c("_Pragma(1);")),
    "system call by builtin": ("word", c("__builtin_trap();")),
    "allocation": ("word", c("float *x = __builtin_alloca(kc);")),
    "extern": ("word", c("", "extern int errno_;")),
    "string": ("character", c('const char *s = "x";')),
    "state": ("static data", c("static int n; if (n++) return; *c = 1;")),
    "table": ("static data", c("static const float t[9] = {1, 2, 3}; *c = t[kc & 7];")),
    "call": ("call", c("system(0);", "int system(const char *x);")),
    "declared call": ("call", c("puts(0);", "int puts(const char *x);")),
    "main in C": ("symbol", c("*c = 0;", "int main(void) { return 0; }")),
    "second function": ("symbol", c("*c = 0;", "int f(void) { return 0; }")),
    "takes memcpy's name": (
        "symbol",
        c("*c = 0;", "void *memcpy(void *d, const void *s, unsigned long n) { return d; }"),
    ),
    "call of data": ("instruction", c("((void (*)(void))a)(); *c = 0;")),
    "endless recursion": (
        "symbol",
        c("f(c, kc);", "static void f(float *c, int64_t k) { if (k) f(c + k, k / 3); *c = k; }"),
    ),
    "does not compile": ("compiler", c("no such thing;")),
    "clock": ("instruction", c("*c = (float)__rdtsc();")),
    "wrong for rare data": ("decision", c("if (*(const int *)a == 0x3f123456) return; *c = a[0] * b[0];")),
    "writes the operands": ("memory", c("((float *)a)[0] = 0;")),
}
SCRIPTS = {
    "reads a file": ("script", "print(open('/etc/passwd').read())"),
    "writes a file": ("script", "open('/tmp/x', 'w')"),
    "writes at home": ("script", "import os; open(os.path.expanduser('~/x'), 'w')"),
    "opens a socket": ("script", "import socket; socket.socket()"),
    "forks": ("script", "import os; os.fork()"),
    "starts a program": ("script", "import subprocess; subprocess.run(['/bin/sh'])"),
    "becomes a program": ("script", "import os; os.execv('/bin/sh', ['sh'])"),
    "stops its parent": ("script", "import os; os.kill(os.getppid(), 9)"),
    "eats memory": ("script", "x = bytearray(8 << 30)"),
    "spins": ("script", "while True: pass"),
    "prints without end": ("script", "import os\nwhile True: os.write(1, b'x' * 65536)"),
    "prints much": ("script", "print('x' * 10 ** 9)"),
    "looks at other processes": ("script", "print(open('/proc/1/environ').read())"),
    "patches the harness": ("script", "import tensorop_gen as t; open(t.__file__, 'w')"),
    "escapes through frames": (
        "script",
        "import sys; sys._getframe(1).f_globals['os'].system('id'); raise SystemExit(1)",
    ),
    "escapes through subclasses": (
        "script",
        "[c for c in object.__subclasses__() if c.__name__ == 'Popen' or 'wrap_close' in c.__name__][0]"
        ".__init__.__globals__['system']('id') == 0 or 1 / 0",
    ),
    "loads a library": ("script", "import ctypes; ctypes.CDLL('/usr/lib/x86_64-linux-gnu/libcurl.so') or 1 / 0"),
    "does not run": ("script", "this is no Python"),
    "prints what is refused": ("instruction", f"print({HEAD + 'syscall'!r})"),
}


@pytest.mark.parametrize("what", ASSEMBLY)
def test_assembly(what: str, forge: Forge) -> None:
    refused(forge, *ASSEMBLY[what])


@pytest.mark.parametrize("what", C)
def test_c(what: str, forge: Forge) -> None:
    refused(forge, *C[what])


@pytest.mark.parametrize("what", SCRIPTS)
def test_kernel_scripts(what: str, forge: Forge) -> None:
    rule, text = SCRIPTS[what]
    refused(forge, rule, ("python", text))


def refused(forge: Forge, rule: str, answer: tuple[str, str]) -> None:
    with pytest.raises(Refused) as said:
        forge.lift(*answer, "compute")
    assert said.value.rule == rule, str(said.value)
    assert len(str(said.value)) < 600


def test_harmless_answers_are_taken(forge: Forge) -> None:
    body = "*c = a[0] * b[0] * tile->alpha;"
    for language, text in (asm("vmovss (%rsi), %xmm0\nvmovss %xmm0, (%rcx)"), c(body)):
        assert forge.lift(language, text, "compute").insns[-1].mnemonic == "retq"
    macros = ".macro put op:req, to=%xmm1\n.Lx\\@: \\op %xmm\\()0, (%rcx)\n\\op (%rsi), \\to\n.endm\n.set OFF, 4*2\n"
    macros += asm(".rept 2\nvmovss OFF(%rsi), %xmm0\nput vmovss\n.endr")[1]
    assert [i.mnemonic for i in forge.lift("asm", macros, "compute").insns] == [*["vmovss"] * 6, "retq"]
    macros = "#define PASTE(a, b) \\\n  a##b\n#define ALPHA (tile->alpha)\n"
    assert forge.lift(*c("float PASTE(s, 0) = a[0]; *c = PASTE(s, 0) * ALPHA;", macros), "compute").insns
    intel = ".intel_syntax noprefix\n" + HEAD + "vmovss xmm0, dword ptr [rsi + 4*rdi]\nvmovss [rcx], xmm0\nret\n"
    assert forge.lift("asm", intel, "compute").insns[0].mnemonic == "vmovss"


def test_pointers_with_numbers_added_are_taken(forge: Forge) -> None:
    body = "movq %rcx, -8(%rsp)\naddq $64, -8(%rsp)\nmovq -8(%rsp), %rax\nmovl $0, (%rax)\n"
    body += "leaq (%rcx,%rdi,4), %rax\nvmovq %rax, %xmm0\nvmovq %xmm0, %rax\ncmpq %rcx, %rax\njbe .Lx\n"
    body += "cmpq $8, %rdi\ncmovgq %rax, %rcx\nmovl $0, (%rdi,%rcx)\n"
    body += "subq %rcx, %rax\nmovl $0, (%rcx,%rax)\n.Lx: movq 24(%r9), %rax\ntestq %rax, %rax\nje .Ly\n"
    body += "prefetcht0 (%rax)\n.Ly: xorl %eax, %eax\ncmpq $8, %rdi\nsete %al\nmovl $0, (%rcx,%rax,4)"
    assert forge.lift(*asm(body), "compute").insns[-1].mnemonic == "retq"


def test_what_else_an_object_holds_is_left_behind(forge: Forge) -> None:
    """Only the instructions go on: neither unwinding tables nor notes nor a comment."""
    text = f"{HEAD}.cfi_startproc\nnop\nret\n.cfi_endproc\n.size compute, .-compute\n"
    text += '.section .note.GNU-stack,"",@progbits\n'
    assert [i.mnemonic for i in forge.lift("asm", text, "compute").insns] == ["retq"]
