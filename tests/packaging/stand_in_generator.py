"""A generator in the place of tensorop-gen: answer.c, made from the file that is the first argument."""

import platform
import sys
from pathlib import Path

source, options = Path(sys.argv[1]), sys.argv[2:]
facts = {
    "TENSOROP_VERSION": "1.2.3",
    "TENSOROP_TRIPLE": f"{platform.machine()}-linux-gnu",
    "TENSOROP_C_SOURCES": "answer.c",
    "TENSOROP_INPUTS": str(source),
}
sources = "".join(f"set({name} {value})\n" for name, value in facts.items())
if "--list" in options:
    print(sources)
else:
    out, depfile = (Path(options[options.index(name) + 1]) for name in ("--out", "--depfile"))
    (out / "runtime").mkdir(parents=True, exist_ok=True)
    (out / "runtime" / "tensorop.map").write_text("{};")
    (out / "sources.cmake").write_text(sources)
    (out / "answer.c").write_text(f"int answer = {source.read_text()};")
    depfile.write_text(f"{out}/sources.cmake: {source}\n")
