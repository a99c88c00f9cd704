"""llama.cpp's OpenAI-compatible server on loopback, until its standard input ends: serve.py WEIGHTS NAME."""

from __future__ import annotations

import sys

import xllamacpp  # type: ignore[import-untyped]


def main(weights: str, name: str) -> None:
    """Prints the URL when it answers."""
    params = xllamacpp.CommonParams()
    params.model.path = weights
    params.model_alias = {name}
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.n_ctx, params.n_parallel = 8192, 1
    for cpu in (params.cpuparams, params.cpuparams_batch):
        cpu.n_threads = 1  # two that wait for each other are slower than one where the cores are shared
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
