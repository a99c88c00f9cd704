from __future__ import annotations

import json
from pathlib import Path

import pytest

from tensorop_gen.measure.__main__ import main
from tensorop_gen.measure.model import Comparison

from .conftest import Fake


def test_everything_it_writes(fake: Fake, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = [f"--{kind}={tmp_path / kind}" for kind in ("json", "markdown", "plot")]
    libraries = [f"--lib=mine={fake().path}", f"--lib=bad={fake('DROPS_LAST_TERM').path}"]
    code = main([*libraries, "--peers=none", "--shapes=5x7x11,8^3 TT", "--rounds=2", "--burst-ms=0.5", *files])
    assert code == 0
    assert "wrong: bad, 8x8x8 TT, threads 1: wrong result" in capsys.readouterr().out.replace("\n", " ")
    data = json.loads((tmp_path / "json").read_text(encoding="utf-8"))
    assert Comparison.model_validate(data).ours == "mine"
    assert (data["schema_version"], data["kind"]) == (1, "measured")
    assert data["results"][0]["gflops"] > 0
    assert data["results"][1]["gflops"] is None
    assert "| 8x8x8 TT |" in (tmp_path / "markdown").read_text(encoding="utf-8")
    assert (tmp_path / "plot").stat().st_size > 1000


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--shapes", "8by8"], 2, "not a shape"),
        (["--class", "huge"], 2, "no shape class"),
        (["--peers", "blis"], 2, "no peer is called"),
        (["--lib", "no.so"], 3, "there is no library"),
        (["--threads", "4096"], 3, "threads need 4096 processors"),
        (["--threads", "0"], 2, "1 or more"),
        (["--rounds", "0"], 2, "1 or more"),
    ],
)
def test_what_is_refused(
    fake: Fake, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, message: str
) -> None:
    plain = ["--lib", str(fake().path), "--peers", "none", "--shapes", "8^3", "--rounds", "1", "--burst-ms", "0.1"]
    arguments = [*plain, *arguments] if "--class" not in arguments else [*plain[:4], *arguments]
    try:
        got = main(arguments)
    except SystemExit as stop:
        got = stop.code  # type: ignore[assignment]
    assert got == code
    assert message in capsys.readouterr().err
