from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tensorop_gen.hardware import library
from tensorop_gen.hardware.model import HardwareError, UnknownTargetError

GPUS = library.gpu_files()
TARGETS = sorted({*(Path(library.__file__).parent / "targets").glob("*.yaml")} - {*GPUS})
HINTS = Path(library.__file__).parent / "hints.yaml"


def test_every_file_is_a_target() -> None:
    assert {target.name for target in library.all_targets()} == {path.stem for path in TARGETS}
    assert len(TARGETS) >= 6


@pytest.mark.parametrize("path", TARGETS, ids=lambda path: path.stem)
def test_every_number_has_a_source(path: Path) -> None:
    target = library.load(path.stem)
    assert {"vectors", "cores", "detect", "caches.L1d"} <= set(target.sources)
    assert ("caches.L2u" in target.sources) == (target.cache(2) is not None)
    assert all(target.sources.values())
    listed = set(yaml.safe_load(path.read_text()).get("sources", {}).values())
    assert listed <= set(target.sources.values()), "a source that no number names"


def test_names_of_targets_are_not_shared() -> None:
    words = [library.plain(w) for t in library.all_targets() for w in {t.name, *t.aliases}]
    plain = [(w, t.name) for t in library.all_targets() for w in {library.plain(x) for x in (t.name, *t.aliases)}]
    assert len(plain) == len({word for word, _ in plain}), sorted(words)


@pytest.mark.parametrize("text", ["zen4", "Zen 4", "AMD Zen 4", "ZEN-4", "znver4"])
def test_found_by_any_spelling(text: str) -> None:
    assert library.find(text).name == "zen4"


def test_an_unknown_name_brings_the_nearest() -> None:
    with pytest.raises(UnknownTargetError, match=r"(?s)no target is called \"zen 5\".*zen4"):
        library.find("zen 5")
    with pytest.raises(UnknownTargetError, match=r"(?s)nothing-like-it.*x86-64-v3"):
        library.load("nothing-like-it")


def test_most_specific_first() -> None:
    names = [target.name for target in library.all_targets()]
    assert names.index("zen4") < names.index("x86-64-v4") < names.index("x86-64-v3") < names.index("x86-64-v2")


GOOD = yaml.safe_load((Path(library.__file__).parent / "targets" / "x86-64-v3.yaml").read_text())
BAD = [
    ({"cores": {"value": 4}}, "cores.source"),
    ({"cores": {"value": 0, "source": "assumed"}}, "cores.value"),
    ({"cores": {"value": 4, "source": "hearsay"}}, '"hearsay"'),
    ({"isa": "mmx"}, "isa"),
    ({"speed": 3}, "speed"),
    ({"caches": []}, "caches"),
    ({"schema": 2}, "schema"),
    ({"detect": {"models": ["1-x"], "source": "assumed"}}, "1-x"),
    ({"detect": {"models": [256], "source": "assumed"}}, "detect.models"),
    ({"name": "other"}, "must have one name"),
]


@pytest.mark.parametrize(("change", "fault"), BAD, ids=[fault for _, fault in BAD])
def test_a_bad_file_is_named_with_its_fault(
    change: dict[str, object], fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "toy.yaml"
    path.write_text(yaml.safe_dump(GOOD | {"name": "toy"} | change))
    monkeypatch.setenv(library.PATH_VARIABLE, str(tmp_path))
    with pytest.raises(HardwareError) as caught:
        library.load("toy")
    assert str(path) in str(caught.value)
    assert fault in str(caught.value)


def test_text_that_is_no_yaml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "toy.yaml").write_text("a: [1")
    monkeypatch.setenv(library.PATH_VARIABLE, str(tmp_path))
    with pytest.raises(HardwareError, match="cannot be read"):
        library.load("toy")


def test_hints_name_the_factors_they_depend_on() -> None:
    hints = yaml.safe_load(HINTS.read_text())["hints"]
    assert [hint["technique"] for hint in hints] == list("TRVLP")
    assert all(hint["factors"] and set(hint["factors"]) <= {"MH", "INST", "VR", "SM"} for hint in hints)


def test_costs_by_group_and_what_they_need(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One number counts for all groups, four for LMUL 1, 2, 4, 8; each has the row's source."""
    rows = [
        {"insn": "vle32.v", "unit": "memory", "latency": 4, "throughput": [1, 2, 4, 8], "source": "assumed"},
        {"insn": "scalar", "unit": "scalar", "latency": 1, "throughput": 0.5, "source": "assumed"},
    ]
    more = {"costs": rows, "units": {"counts": {"memory": 1, "scalar": 2}, "source": "assumed"}, "start": {"kc": 64}}
    path = tmp_path / "toy.yaml"
    path.write_text(yaml.safe_dump(GOOD | {"name": "toy"} | more))
    monkeypatch.setenv(library.PATH_VARIABLE, str(tmp_path))
    toy = library.load("toy")
    assert [(c.insn, c.latency, c.throughput) for c in toy.costs] == [
        *((f"vle32.v.m{group}", 4, group) for group in (1, 2, 4, 8)),
        ("scalar", 1, 0.5),
    ]
    assert toy.sources["costs.vle32.v.m8"] == toy.sources["units"] == "assumed"
    assert toy.units == {"memory": 1, "scalar": 2}
    wrong = more | {"name": "wrong", "costs": [rows[0] | {"throughput": [1, 2]}]}
    (tmp_path / "wrong.yaml").write_text(yaml.safe_dump(GOOD | wrong))
    with pytest.raises(HardwareError, match=r"costs\.0\.throughput"):
        library.load("wrong")
