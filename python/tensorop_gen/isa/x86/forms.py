"""The x86-64 instructions that a kernel may consist of, and what each does with its last operand and the flags.

A list of what is allowed: nothing here calls, jumps through a register, enters the kernel, reads a clock or a table."""

from __future__ import annotations

import functools
import re

from tensorop_gen.isa.lift.forms import Form, find, forms

CONDITIONS = "n?[abgl]e?|n?[ceopsz]|p[eo]"

_FORMS = forms(
    (r"mov[lq]|movabsq|mov[sz][bw][lq]|movslq|lea[lq]|sh[lr]x[lq]|sarx[lq]", Form("scalar")),
    (r"(add|sub|and|or|xor|shl|shr|sar|sal|inc|dec|neg)[lq]", Form("scalar", update=True, flags=True)),
    (r"not[lq]", Form("scalar", update=True)),
    (r"imul[lq]|bzhi[lq]|andn[lq]", Form("scalar", flags=True)),
    (r"(cmp|test|bt)[bwlq]", Form("scalar", compares=True, flags=True)),
    (r"vu?comiss", Form("vector", compares=True, flags=True)),
    (rf"cmov({CONDITIONS})[lq]", Form("scalar", update=True, reads_flags=True)),
    (rf"set({CONDITIONS})", Form("scalar", reads_flags=True)),
    (rf"j({CONDITIONS})", Form("branch", reads_flags=True)),
    (r"jmp", Form("branch")),
    (r"retq", Form("ret")),
    (r"pushq|popq", Form("stack")),
    (r"prefetch(t[012]|nta|w)", Form("prefetch", compares=True)),
    (r"vbroadcast(ss|sd|[fi]128|[fi](32|64)x[248])|vpbroadcast[bwdq]", Form("broadcast")),
    (r"vmov[ua]p[sd]|vmovdq[ua](8|16|32|64)?|vmovs[sd]|vlddqu|vmaskmovps|vpmaskmovd", Form("load")),
    (r"vmov[dq]|vmov[hl]ps|vmov[hl]pd|vzeroupper", Form("vector")),
    (r"vfn?m(add|sub)(132|213|231)[ps]s", Form("fma", update=True)),
    (r"v(add|sub|mul)[ps]s|v(xor|andn?|or)p[sd]|vp(xor|andn?|or)[dq]?", Form("vector")),
    (r"vpternlog[dq]", Form("vector", update=True)),
    (r"vp(add|sub)[bwdq]|vpmulld|vps(ll|rl|ra)v?[dq]|vps[lr]ldq", Form("vector")),
    (r"vpcmp(eq|neq|[gl]t|[gl]e|n[gl]t|n[gl]e)?u?[bwdq]", Form("vector")),
    (r"vpmov([sz]x(b[wdq]|w[dq]|dq)|m2[bwdq]|[bwdq]2m)|k(mov|x?n?or|and|andn|not|add)[bwdq]", Form("vector")),
    (r"kshift[lr][bwdq]|kunpck(bw|wd|dq)", Form("vector")),
    (r"vmovs[lh]dup|vmovddup|vmovhlps|vmovlhps|vp?unpck[lh](ps|pd|bw|wd|dq|qdq)", Form("shuffle")),
    (r"vshuf(ps|pd|[fi](32x4|64x2))|vpshuf[bd]|vpalignr|valign[dq]", Form("shuffle")),
    (r"vperm(il)?(ps|pd)|vperm[dq]|vperm2[fi]128", Form("shuffle")),
    (r"vperm[ti]2(ps|pd|[dq])", Form("shuffle", update=True)),
    (r"v(insert|extract)(ps|[fi]128|[fi](32|64)x[248])|vp(insr|extr)[dq]", Form("shuffle")),
    (r"vblend(v|m)?p[sd]|vpblend(d|m[dq])", Form("shuffle")),
)
_PADDING = re.compile(r"(data16 |cs )*nop[wl]?|xchgw")


@functools.cache
def form(mnemonic: str) -> Form | None:
    """None for what is not allowed."""
    return find(mnemonic, _FORMS)


def is_padding(mnemonic: str, operands: tuple[object, ...]) -> bool:
    """What assemblers fill gaps with: it does nothing."""
    return bool(_PADDING.fullmatch(mnemonic)) and (mnemonic != "xchgw" or operands == ("ax", "ax"))
