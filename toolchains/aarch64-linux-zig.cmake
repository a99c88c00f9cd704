# cmake -B build-aarch64 -DCMAKE_TOOLCHAIN_FILE=toolchains/aarch64-linux-zig.cmake && cmake --build build-aarch64 && ctest --test-dir build-aarch64
# Needs: pip install ziglang, and a QEMU of any origin for ctest.
set(CMAKE_SYSTEM_PROCESSOR aarch64)
include("${CMAKE_CURRENT_LIST_DIR}/zig.cmake")
