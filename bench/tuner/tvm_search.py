"""TVM MetaSchedule's search for an sgemm, as TVM itself does it, with each trial recorded as it ends.

Taken up again, the search is run from its beginning and what is recorded is not built or measured again: the same seed
and the same results give the same proposals, as far as TVM keeps that."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

import numpy as np
import tvm
from bench.tuner.trials import Trial, Trials
from tvm import te
from tvm.ir.utils import derived_object
from tvm.s_tir import meta_schedule as ms
from tvm.s_tir.meta_schedule.runner.local_runner import LocalRunnerFuture

from tensorop_gen.request.model import Shape

BATCH = 64  # trials that are proposed at once: TVM's default
_RECORDED = "recorded:"


class Watch:
    """The batch that is being tried: what it has cost until now, for the trials that are recorded."""

    def __init__(self, trials: Trials) -> None:
        self.trials = trials
        self.known = {trial.program: trial for trial in trials.done}
        self.since = time.monotonic()
        self.building = 0.0
        self.built: dict[str, str] = {}  # programs by artifact

    def lap(self) -> float:
        """Seconds since the last lap."""
        before, self.since = self.since, time.monotonic()
        return self.since - before

    def record(self, program: str, seconds: float | None, run: float, error: str, artifact: Path | None) -> None:
        trial = Trial(program, seconds, self.searching, self.building, run, error.strip()[-300:])
        self.searching = 0.0  # the batch's first trial bears it
        self.known[program] = trial
        self.trials.add(trial, artifact)

    searching = 0.0


@derived_object
class Builder(ms.builder.PyBuilder):
    """Builds, one at a time, what is not recorded."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self.watch = watch
        self.local = ms.builder.LocalBuilder(max_workers=1)

    def build(self, build_inputs: list[ms.builder.BuilderInput]) -> list[ms.builder.BuilderResult]:
        watch = self.watch
        watch.searching += watch.lap()
        programs = [ms.utils.shash2hex(one.mod) for one in build_inputs]
        new = [i for i, program in enumerate(programs) if program not in watch.known]
        built = dict(zip(new, self.local.build([build_inputs[i] for i in new]) if new else [], strict=True))
        watch.building = watch.lap() / max(len(new), 1)
        return [self._result(program, built.get(i)) for i, program in enumerate(programs)]

    def _result(self, program: str, built: ms.builder.BuilderResult | None) -> ms.builder.BuilderResult:
        if built is None:
            return ms.builder.BuilderResult(f"{_RECORDED}{program}", None)
        if built.error_msg is not None:
            self.watch.record(program, None, 0.0, str(built.error_msg), None)
        else:
            self.watch.built[str(built.artifact_path)] = program
        return built


@derived_object
class Runner(ms.runner.PyRunner):
    """Measures what is not recorded, as TVM's own local runner does."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self.watch = watch
        self.local = ms.runner.LocalRunner()

    def run(self, runner_inputs: list[ms.runner.RunnerInput]) -> list[ms.runner.RunnerFuture]:
        return [self._one(one) for one in runner_inputs]

    def _one(self, wanted: ms.runner.RunnerInput) -> ms.runner.RunnerFuture:
        path, watch = str(wanted.artifact_path), self.watch
        if path.startswith(_RECORDED):
            trial = watch.known[path.removeprefix(_RECORDED)]
            return LocalRunnerFuture([trial.seconds], None) if trial.seconds else LocalRunnerFuture(None, trial.error)
        watch.lap()
        (future,) = self.local.run([wanted])
        result = future.result()
        seconds = float(np.median([float(s) for s in result.run_secs])) if result.run_secs else None
        artifact = Path(path)
        watch.record(watch.built.pop(path), seconds, watch.lap(), str(result.error_msg or ""), artifact)
        shutil.rmtree(artifact.parent)
        return future


def product(shape: Shape) -> tvm.tirx.PrimFunc:
    """C (m x n) = A (m x k) * B (k x n), row-major; no buffer is free in its layout."""
    a = te.placeholder((shape.m, shape.k), name="A", dtype="float32")
    b = te.placeholder((shape.k, shape.n), name="B", dtype="float32")
    k = te.reduce_axis((0, shape.k), name="k")
    c = te.compute((shape.m, shape.n), lambda i, j: te.sum(a[i, k] * b[k, j], axis=[k]), name="C")
    return te.create_prim_func([a, b, c])


def system_target() -> dict[str, str | int]:
    """This CPU as LLVM names it, one core of it."""
    return {"kind": "llvm", "mcpu": str(tvm.target.codegen.llvm_get_system_cpu()), "num-cores": 1}


def search(trials: Trials, shape: Shape, target: dict[str, str | int], count: int, seed: int) -> None:
    """Runs the search until it has made so many trials. One thread proposes, one process builds, one measures."""
    np.random.seed(seed)  # the cost model's guesses before it has seen enough
    watch = Watch(trials)
    with tempfile.TemporaryDirectory() as logs:
        ms.tir_integration.tune_tir(
            product(shape),
            tvm.target.Target(target),
            logs,
            count,
            num_trials_per_iter=BATCH,
            builder=Builder(watch),
            runner=Runner(watch),
            database=ms.database.MemoryDatabase(),
            cost_model=ms.cost_model.XGBModel(num_tuning_cores=1),
            measure_callbacks=[ms.measure_callback.AddToDatabase(), ms.measure_callback.UpdateCostModel()],
            num_tuning_cores=1,
            seed=seed,
        )
