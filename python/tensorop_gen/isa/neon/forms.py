"""The AArch64 instructions that a kernel of unknown origin may consist of.

Nothing here calls, jumps through a register, enters the kernel, reads a system register, a clock or a table."""

from __future__ import annotations

from tensorop_gen.isa.lift.forms import Form, forms

CONDITIONS = "eq|ne|cs|cc|mi|pl|vs|vc|hi|ls|ge|lt|gt|le"

# A mnemonic with vector operands is of kind "vector" where it says "scalar" here.
FORMS = forms(
    (r"mov[zn]?|mvn|add|sub|neg|and|orr|orn|eor|bic|lsl|lsr|asr|ror|mul|mneg|madd|msub", Form("scalar")),
    (r"[su]xt[bhw]|[su]bf(x|iz)|[su]mul[lh]|[su]div|csel|cs(inc|inv|neg)|cset|csetm|cinc|cinv|cneg", Form("scalar")),
    (r"movk|bfi|bfxil", Form("scalar", update=True)),
    (r"adds|subs|ands|bics|negs", Form("scalar", flags=True)),
    (r"cmp|cmn|tst|ccmp|ccmn", Form("scalar", compares=True, flags=True)),
    (rf"b|b\.({CONDITIONS})|cbn?z|tbn?z", Form("branch")),
    (r"ret", Form("ret")),
    (r"ld(u?r|p)|ldu?r(b|h|sb|sh|sw)|ld1r?|ld[234]", Form("load")),
    (r"st(u?r|p)|stu?r[bh]|st[1234]", Form("store", compares=True)),
    (r"prfu?m", Form("prefetch", compares=True)),
    (r"fml[as]|ml[as]", Form("fma", update=True)),
    (r"fn?m(add|sub)", Form("fma")),
    (r"f(mul|add|sub|neg|abs|nmul|addp|mov)|[su]cvtf|movi|mvni|addp", Form("vector")),
    (r"fcmpe?", Form("vector", compares=True, flags=True)),
    (r"cm(eq|ge|gt|hi|hs|tst)|shl|[su]shr|[su]shl|[su]shll|[su]xtl|xtn", Form("vector")),
    (r"bsl|bi[tf]", Form("vector", update=True)),
    (r"dup|ins|[us]mov|ext|(zip|uzp|trn)[12]|rev64", Form("shuffle")),
)
