# cmake -B build-riscv64 -DCMAKE_TOOLCHAIN_FILE=toolchains/riscv64-linux-zig.cmake && cmake --build build-riscv64 && ctest --test-dir build-riscv64
# Needs: pip install ziglang, and a QEMU of any origin for ctest.
set(CMAKE_SYSTEM_PROCESSOR riscv64)
include("${CMAKE_CURRENT_LIST_DIR}/zig.cmake")
