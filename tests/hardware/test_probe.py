from __future__ import annotations

import platform
from dataclasses import replace
from pathlib import Path

import pytest

from tensorop_gen.hardware import machine, probe
from tensorop_gen.hardware.library import all_targets, load
from tensorop_gen.hardware.machine import Machine, read_machine
from tensorop_gen.hardware.model import Cache, HardwareError

CPUINFO = """\
processor\t: 0
vendor_id\t: AuthenticAMD
cpu family\t: 25
model\t\t: 17
model name\t: AMD EPYC
flags\t\t: fpu fma avx avx2 bmi2 avx512f avx512dq avx512bw avx512vl

processor\t: 1
vendor_id\t: GenuineIntel
"""
CACHES = [("1", "Data", "32K", "8"), ("1", "Instruction", "32K", "8"), ("2", "Unified", "1024K", "8")]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The files of a machine that is a zen4."""
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/cpuinfo").write_text(CPUINFO)
    for number, (level, kind, size, ways) in enumerate(CACHES):
        index = tmp_path / f"sys/devices/system/cpu/cpu0/cache/index{number}"
        index.mkdir(parents=True)
        values = {"level": level, "type": kind, "size": size, "ways_of_associativity": ways}
        values |= {"coherency_line_size": "64", "shared_cpu_list": "0"}
        for name, value in values.items():
            (index / name).write_text(f"{value}\n")
    return tmp_path


def read(root: Path) -> Machine:
    return read_machine(root, "x86_64")


def test_reads_the_first_processor_and_its_caches(root: Path) -> None:
    found = read(root)
    assert (found.vendor, found.family, found.model, found.title) == ("AuthenticAMD", 25, 17, "AMD EPYC")
    assert "avx512vl" in found.features
    assert found.caches[0] == Cache(level=1, kind="data", bytes=32768, ways=8, line=64, shared_by=1)
    assert found.caches[2].bytes == 1 << 20
    assert found.cores >= 1
    assert found.clock_ghz is None


def test_the_highest_clock_where_it_is_told(root: Path) -> None:
    folder = root / "sys/devices/system/cpu/cpu0/cpufreq"
    folder.mkdir()
    (folder / "cpuinfo_max_freq").write_text("3700000\n")
    assert read(root).clock_ghz == 3.7


@pytest.mark.parametrize(("text", "count"), [("0", 1), ("0-3", 4), ("0-1,8-9", 4)])
def test_shared_cpu_list(text: str, count: int) -> None:
    assert machine._count_list(text) == count


def test_getconf_where_sysfs_has_no_caches(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "sys/devices/system/cpu/cpu0/cache/index2/size").unlink()
    tool = root / "getconf"
    tool.write_text(
        "#!/bin/sh\nprintf 'LEVEL1_DCACHE_SIZE 49152\\nLEVEL1_DCACHE_ASSOC 12\\nLEVEL1_DCACHE_LINESIZE 64\\n'\n"
    )
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(root), prepend=":")
    assert read(root).caches == (Cache(level=1, kind="data", bytes=49152, ways=12, line=64),)
    tool.write_text("#!/bin/sh\n")
    with pytest.raises(HardwareError, match="neither sysfs nor getconf"):
        read(root)


@pytest.mark.parametrize("name", ["model name", "flags", "cpu family"])
def test_a_missing_field_is_named(name: str, root: Path) -> None:
    kept = [line for line in CPUINFO.splitlines(keepends=True) if not line.startswith(name + "\t")]
    (root / "proc/cpuinfo").write_text("".join(kept))
    with pytest.raises(HardwareError, match=name):
        read(root)


def test_a_machine_that_cannot_be_probed(tmp_path: Path) -> None:
    with pytest.raises(HardwareError, match="cpuinfo"):
        read(tmp_path)
    with pytest.raises(HardwareError, match="this machine is s390x"):
        read_machine(tmp_path, "s390x")


def test_the_most_specific_target_with_probed_values(root: Path) -> None:
    factors = probe.resolve(read(root), all_targets())
    assert factors.name == "zen4"
    assert factors.caches == read(root).caches
    assert factors.sources["caches"] == factors.sources["cores"] == probe.PROBED
    assert factors.clock_ghz == load("zen4").clock_ghz
    assert factors.kernel_values() == load("zen4").kernel_values()


def test_other_caches_make_a_target_of_its_own(root: Path) -> None:
    (root / "sys/devices/system/cpu/cpu0/cache/index2/size").write_text("512K")
    factors = probe.resolve(read(root), all_targets())
    assert factors.name == "zen4-host"
    assert factors.kernel_values() != load("zen4").kernel_values()


def test_falls_back_by_features(root: Path) -> None:
    known = read(root)
    stranger = replace(known, model=255)
    assert probe.resolve(stranger, all_targets()).isa == "avx512"
    older = replace(stranger, features=known.features - {"avx512f"})
    assert probe.resolve(older, all_targets()).isa == "avx2"
    oldest = replace(older, features=frozenset({"fpu"}))
    assert probe.resolve(oldest, all_targets()).isa == "generic"
    with pytest.raises(HardwareError, match="no target matches"):
        probe.resolve(replace(known, arch="loongarch64"), all_targets())


def test_this_machine() -> None:
    if platform.machine() != "x86_64":
        with pytest.raises(HardwareError, match="can be probed"):
            probe.probe()
        return
    factors = probe.resolve_target("host")
    level1 = factors.cache(1)
    assert level1 is not None
    assert level1.bytes % level1.line == 0
    assert factors.cache(9) is None
