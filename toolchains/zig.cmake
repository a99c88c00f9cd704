# `zig cc` for CMAKE_SYSTEM_PROCESSOR: pip install ziglang, no root. ZIG: the command; found by itself.
# ZIG_LIBC musl (the default): all static, so that programs run under an emulator without a sysroot. gnu: for a shared
# library to be taken elsewhere. The first link for a target takes a minute: zig compiles its C library then.
set(CMAKE_SYSTEM_NAME Linux)
if(NOT ZIG)
  find_program(zig_program zig)
  set(ZIG "${zig_program}")
  if(NOT ZIG)
    set(ZIG python3 -m ziglang)
  endif()
endif()
set(ZIG "${ZIG}" CACHE STRING "Command that runs zig (a list)")
set(ZIG_LIBC musl CACHE STRING "C library: musl, all static; or gnu")
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES ZIG ZIG_LIBC)

# CPU names are LLVM's with underscores. The flags stand here as well: zig's assembler has no compiler identity, so that
# CMAKE_ASM_COMPILER_TARGET would not reach it.
set(zig_cpu_riscv64 baseline_rv64)
set(zig_cpu_aarch64 generic+reserve_x18)
foreach(language C CXX ASM)
  set(CMAKE_${language}_COMPILER ${ZIG} cc)
  set(CMAKE_${language}_FLAGS_INIT
      "--target=${CMAKE_SYSTEM_PROCESSOR}-linux-${ZIG_LIBC} -mcpu=${zig_cpu_${CMAKE_SYSTEM_PROCESSOR}}")
endforeach()
set(CMAKE_CXX_COMPILER ${ZIG} c++)
if(ZIG_LIBC STREQUAL "musl")
  set(CMAKE_EXE_LINKER_FLAGS_INIT -static)
  set(BUILD_SHARED_LIBS OFF CACHE BOOL "The C library is static")
endif()

# CMake wants one program each.
foreach(tool ar ranlib)
  set(script "${CMAKE_BINARY_DIR}/zig-${tool}")
  list(JOIN ZIG " " words)
  file(WRITE "${script}" "#!/bin/sh\nexec ${words} ${tool} \"$@\"\n")
  file(CHMOD "${script}" PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
  string(TOUPPER "CMAKE_${tool}" variable)
  set(${variable} "${script}" CACHE FILEPATH "")
endforeach()
include("${CMAKE_CURRENT_LIST_DIR}/emulator.cmake")
