"""GEMM on GPUs: the parameters of its three sketches."""
