"""Who writes sketch and kernels."""
