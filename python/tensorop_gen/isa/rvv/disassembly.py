"""Vector instructions in objdump's text of a RISC-V function. Registers of a group are added once its size is known
(lengths.py); elements have 32 bits, and no instruction is masked: vl says which elements take part."""

from __future__ import annotations

from tensorop_gen.isa.lift.forms import Form, find, forms
from tensorop_gen.isa.program import Insn, Kind, Mem, Operand
from tensorop_gen.isa.refused import Refused
from tensorop_gen.isa.rv64.disassembly import named

VL = "vl"  # stands for vl and vtype
_ACCESSES = {"vle32.v": "vm", "vse32.v": "vm", "vlse32.v": "vmx", "vsse32.v": "vmx"}
# Kinds of operands (_kinds) by what a mnemonic ends in.
_SHAPES = {"vv": "vvv", "v.f": "vf", "v.x": "vx", "v.i": "vi", "v.v": "vv"}
_FORMS = forms(
    (r"vfn?m(acc|sac|add|sub)\.(vv|vf)", Form("fma", update=True)),
    (r"vf(mul|add|sub)\.(vv|vf)", Form("fma")),
    (r"vfmv\.v\.f|vmv\.v\.x", Form("broadcast")),
    (r"vmv\.v\.[vi]|vxor\.vv", Form("vector")),
)


def vector(mnemonic: str, operands: tuple[Operand, ...], text: str) -> Insn | None:
    """None for what is not allowed. Raises Refused."""
    if mnemonic == "vsetvli":
        return _setvl(operands, text)
    how = find(mnemonic, _FORMS)
    if mnemonic not in _ACCESSES and how is None:
        return None
    if how is None:
        return _access(mnemonic, operands, text)
    ending = mnemonic[-3:].lstrip(".")
    if _kinds(operands) != _SHAPES.get(ending, "vfv" if how.update else "vvf"):
        raise Refused("not understood", f"{mnemonic} with these operands", text)
    dest, *sources = operands
    reads = frozenset(r for o in sources for r in named(o))
    if mnemonic == "vxor.vv" and len(set(operands)) == 1:
        reads = frozenset()  # whatever was in it
    reads |= named(dest) if how.update else frozenset()
    return Insn(mnemonic, operands, how.kind, reads | {VL}, named(dest))


def _kinds(operands: tuple[Operand, ...]) -> str:
    """A letter each: vector, float or general register, small integer, memory."""
    letters = ("m" if isinstance(o, Mem) else "i" if isinstance(o, int) else str(o)[0] for o in operands)
    return "".join(letter if letter in "mivf" else "x" for letter in letters)


def _setvl(operands: tuple[Operand, ...], text: str) -> Insn:
    match operands:
        case (str(dest), str(wanted), "e32", "m1" | "m2" | "m4" | "m8", "ta" | "tu", "ma" | "mu") if (
            _kinds((dest, wanted)) == "xx"
        ):
            return Insn("vsetvli", operands, "scalar", named(wanted), named(dest) | {VL})
    raise Refused("vector type", "vsetvli takes registers, e32, m1 to m8 and how tails are treated", text)


def _access(mnemonic: str, operands: tuple[Operand, ...], text: str) -> Insn:
    data, address, *stride = operands if _kinds(operands) == _ACCESSES[mnemonic] else ("", "")
    if not isinstance(address, Mem) or address.disp:
        raise Refused("not understood", f"{mnemonic} with these operands", text)
    reads = named(address) | frozenset(r for o in stride for r in named(o)) | {VL}
    kind: Kind = "store" if mnemonic.startswith("vs") else "load"
    if kind == "store":
        return Insn(mnemonic, operands, kind, reads | named(data), frozenset({"mem:"}))
    return Insn(mnemonic, operands, kind, reads | {"mem:"}, named(data))
