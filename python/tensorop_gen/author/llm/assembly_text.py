"""What a model's assembly may contain before an assembler sees it: lists of what is allowed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tensorop_gen.author.llm.size import check_size
from tensorop_gen.isa.refused import Refused

_FILL = r"(\s*,\s*(0x90)?\s*(,\s*\d{1,3})?)?"
_POWER = rf"[0-6]{_FILL}"
_BYTES = rf"(1|2|4|8|16|32|64){_FILL}"
_ASSIGNED = r"(?P<own>\w+)\s*,\s*((?P=own)\b|arg_\w+\b|0x[\da-f]+\b|\d+\b|[-+*/()\s])+"
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
    "macro": r"\w+((\s*,\s*|\s+)\w+(:req|\s*=\s*[-\w%]+)?)*",
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


def check_assembly(text: str, symbol: str, dialect: Dialect) -> str:
    """The text without comments and what is not needed. Raises Refused."""
    check_size(text)
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
    if found := re.search(r"(?<![\w)])\.(?!L)\w*", filled):
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
