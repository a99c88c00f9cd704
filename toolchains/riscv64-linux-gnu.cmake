# cmake -B build-riscv64 -DCMAKE_TOOLCHAIN_FILE=toolchains/riscv64-linux-gnu.cmake && cmake --build build-riscv64 && ctest --test-dir build-riscv64
# Needs: apt-get install gcc-riscv64-linux-gnu libc6-dev-riscv64-cross qemu-user-static
set(CMAKE_SYSTEM_PROCESSOR riscv64)
include("${CMAKE_CURRENT_LIST_DIR}/gcc.cmake")
