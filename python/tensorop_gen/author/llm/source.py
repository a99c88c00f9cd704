"""What a model's text may contain before an assembler or a compiler sees it: lists of what is allowed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tensorop_gen.isa.refused import Refused

LONGEST = 200_000  # characters
_FILL = r"(\s*,\s*(0x90)?\s*(,\s*\d{1,3})?)?"
_POWER = rf"[0-6]{_FILL}"
_BYTES = rf"(1|2|4|8|16|32|64){_FILL}"
_ASSIGNED = r"(?P<own>\w+)\s*,\s*((?P=own)\b|arg_\w+|0x[\da-f]+|[-+*/()\s\d])+"
_DIRECTIVES = {
    "text": "",
    "globl": r"(?P<symbol>\w+)",
    "global": r"(?P<symbol>\w+)",
    "hidden": r"(?P<symbol>\w+)",
    "type": r"(?P<symbol>\w+)\s*,\s*[@%]function",
    "size": r"(?P<symbol>\w+)\s*,\s*\.\s*-\s*(?P=symbol)",
    "p2align": _POWER,
    "balign": _BYTES,
    "section": r'\.text|\.note\.GNU-stack\s*,\s*""\s*,\s*[@%]progbits',
    # Macros can make instructions only: a directive's name is never put together, and no argument is one.
    "macro": r"\w+(\s*,?\s*\w+(:req|\s*=\s*[-\w%]+)?)*",
    "endm": "",
    "rept": r"\d{1,4}",
    "irp": r"\w+(\s*,\s*[-\w%]+)+",
    "endr": "",
    "set": _ASSIGNED,
    "equ": _ASSIGNED,
    "if": r"[-+*/()\s\w<>=!&|]+",
    "ifb": r"\w*",
    "ifnb": r"\w*",
    "else": "",
    "endif": "",
}


@dataclass(frozen=True, slots=True)
class Dialect:
    """An architecture's assembly text. comment: pattern of what begins one; statement: characters that instructions are
    made of, beside those of all; directives: beside those of all, with their arguments; dropped: directives that only
    say what is known."""

    comment: str
    directives: Mapping[str, str]
    statement: str = ""
    dropped: tuple[str, ...] = ()


X86_TEXT = Dialect("#|//", {"att_syntax": "(prefix)?", "intel_syntax": "(no)?prefix", "align": _BYTES})
ARM_TEXT = Dialect("//|^#", {"align": _POWER}, "#!", ("arch", "cpu"))
RISCV_TEXT = Dialect("#", {"align": _POWER}, dropped=("option", "attribute"))

_LABEL = re.compile(r"(?P<name>\.L[\w.$\\@()]+|\w+):\s*(?P<rest>.*)")
_INCLUDES = ("<stdint.h>", "<stddef.h>", "<stdbool.h>", '"tensorop/kernel_abi.h"')
_PREPROCESSOR = re.compile(
    r"#\s*(include\s*(?P<include>[<\"][^>\"]*[>\"])|pragma\s+GCC\s+unroll\s+\d{1,2}|"
    r"(?P<macro>define|undef)\s+\w[^\"'`@$]*)\s*"
)
_OWN_LINES = re.compile(r'^# \d+ "(?P<file>[^"\n]*)"[^\n]*\n(?P<lines>(?:(?!# \d)[^\n]*\n)*)', re.M)
_WORDS = re.compile(
    r"\b(asm|__asm\w*|__attribute\w*|__declspec|_Pragma|__pragma|__extension__|_Thread_local|__thread|extern|"
    r"constructor|__has_\w+|_Generic|typeof|__auto_type|volatile|register|setjmp|longjmp|alloca)\b"
)
_BUILTINS = (
    "__builtin_expect",
    "__builtin_assume_aligned",
    "__builtin_prefetch",
    "__builtin_unreachable",
    "__builtin_fmaf",
)


def check_assembly(text: str, symbol: str, dialect: Dialect) -> str:
    """The text without comments and what is not needed. Raises Refused."""
    _check_size(text)
    plain = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    lines = [re.split(dialect.comment, line.strip())[0].strip() for line in plain.splitlines()]
    return "".join(f"{_checked(line, symbol, dialect)}\n" for line in lines)


def _checked(line: str, symbol: str, dialect: Dialect) -> str:
    """One line; labels may stand before a statement."""
    rest = line
    while match := _LABEL.fullmatch(rest):
        name, rest = match["name"], match["rest"]
        if not name.startswith(".L") and not name.isdigit() and name != symbol:
            raise Refused("symbol", f"only {symbol} is defined, and local labels (.Lname) in it", line)
    filled = re.sub(r"\\(\w+)", r"arg_\1", rest.replace("\\@", "0").replace("\\()", ""))  # in a macro: any argument
    if filled.startswith("."):
        if "\\" in rest.split(maxsplit=1)[0]:
            raise Refused("directive", "a macro may not put a directive together", line)
        return line if _is_kept(filled, line, symbol, dialect) else line.removesuffix(rest)
    if filled and not re.fullmatch(rf"[a-z][\w.]*(\s+[-\w\s%$(),.*+{{}}\[\]:{dialect.statement}]*)?", filled, re.I):
        raise Refused("statement", "neither a label, a directive nor one plain instruction", line)
    if found := re.search(r"(?<![\w)])\.(?!L|\s*[-+])\w+", filled):
        raise Refused("statement", f"{found[0]} is no operand", line)
    return line


def _is_kept(directive: str, line: str, symbol: str, dialect: Dialect) -> bool:
    """Whether it is of use; Refused if it is not allowed."""
    name, _, arguments = directive[1:].replace("\t", " ").partition(" ")
    if name.startswith("cfi_") or name in dialect.dropped:
        return False  # written anew, or known
    allowed = {**_DIRECTIVES, **dialect.directives}
    if name not in allowed:
        raise Refused("directive", f".{name} is none of {', '.join('.' + d for d in allowed)}", line)
    found = re.fullmatch(allowed[name], arguments.strip())
    if not found:
        raise Refused("directive", f".{name} with these arguments", line)
    if found.groupdict().get("symbol", symbol) != symbol:
        raise Refused("symbol", f"only {symbol} may be named", line)
    return True


def check_c(text: str, header: str) -> str:
    """The text as it is. Raises Refused for what could reach files, other functions or the object's own form.

    header: the one with the intrinsics, if there is any."""
    _check_size(text)
    joined = re.sub(r"\\\n", "", text)
    if "\\" in joined or "??" in joined or "%:" in joined or "<:" in joined:
        raise Refused("character", "backslashes (but at a line's end), trigraphs and digraphs hide what is written")
    plain = re.sub(r"/\*.*?\*/|//[^\n]*", " ", joined, flags=re.S)
    _check_words("\n".join(_directive(line.strip(), header) if "#" in line else line for line in plain.splitlines()))
    return text


def has_macros(text: str) -> bool:
    return any((match := _PREPROCESSOR.match(line.strip())) and match["macro"] for line in text.splitlines())


def check_expanded(preprocessed: str, file: str) -> None:
    """What the macros of a file make. preprocessed: with the compiler's line marks. Raises Refused."""
    _check_words("".join(m["lines"] for m in _OWN_LINES.finditer(preprocessed) if m["file"] == file))


def _check_words(plain: str) -> None:
    """Of C without comments and without directives but macros."""
    if quote := re.search(r"[\"'`@$]", plain):
        raise Refused("character", f"{quote[0]} has no place in a kernel", _line_of(plain, quote.start()))
    if word := _WORDS.search(plain):
        raise Refused("word", f"{word[0]} is not allowed", _line_of(plain, word.start()))
    for builtin in re.finditer(r"\b__(builtin|atomic|sync)_\w+", plain):
        if builtin[0] not in _BUILTINS:
            raise Refused("word", f"{builtin[0]} is not allowed; use intrinsics", _line_of(plain, builtin.start()))


def _directive(line: str, header: str) -> str:
    """What is left to check of it: a macro's text. Raises Refused."""
    allowed = (*([header] if header else []), *_INCLUDES)
    match = _PREPROCESSOR.fullmatch(line)
    if not match:
        raise Refused("preprocessor", "only #include, #define, #undef and #pragma GCC unroll N", line)
    if match["include"] and match["include"] not in allowed:
        raise Refused("include", f"{match['include']} is none of {' '.join(allowed)}", line)
    return line if match["macro"] else ""


def _check_size(text: str) -> None:
    if len(text) > LONGEST:
        raise Refused("size", f"{len(text)} characters; a kernel has at most {LONGEST}")
    if not text.isascii() or "\0" in text:
        raise Refused("character", "a kernel is written in ASCII")


def _line_of(text: str, place: int) -> str:
    return text[text.rfind("\n", 0, place) + 1 : (text.find("\n", place) + 1 or len(text) + 1) - 1].strip()
