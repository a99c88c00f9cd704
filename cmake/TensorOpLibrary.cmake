# The library, described once: this checkout, tensorop_generate() and every emitted project use this file.
#
# A folder of sources holds sources.cmake, a list that the generator writes (paths relative to the folder):
#   TENSOROP_VERSION, TENSOROP_TRIPLE, TENSOROP_TARGET_NAMES
#   TENSOROP_C_SOURCES, TENSOROP_ASM_SOURCES, TENSOROP_HEADERS
#   TENSOROP_C_FLAGS, TENSOROP_ASM_FLAGS, TENSOROP_ASM_PROBE
include_guard(GLOBAL)
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(TENSOROP_CMAKE_DIR "${CMAKE_CURRENT_LIST_DIR}" CACHE INTERNAL "Where the files beside TensorOpLibrary.cmake are")
set(TENSOROP_THREADS pthread CACHE STRING "Threads of the library: pthread, openmp or none")
set_property(CACHE TENSOROP_THREADS PROPERTY STRINGS pthread openmp none)

# tensorop_add_objects(<target> <list> <folder>): the sources of <folder>, compiled once for shared and static.
function(tensorop_add_objects target list folder)
  include("${list}")
  tensorop_flags_for_zig()
  tensorop_check_compiler()
  list(TRANSFORM TENSOROP_C_SOURCES PREPEND "${folder}/")
  list(TRANSFORM TENSOROP_ASM_SOURCES PREPEND "${folder}/")
  add_library(${target} OBJECT ${TENSOROP_C_SOURCES} ${TENSOROP_ASM_SOURCES})
  set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON C_VISIBILITY_PRESET hidden)
  target_include_directories(${target} PRIVATE "${folder}" "${folder}/include" "${folder}/runtime"
                                               "${folder}/generic")
  target_compile_options(${target} PRIVATE "$<$<COMPILE_LANGUAGE:C>:${TENSOROP_C_FLAGS}>"
                                           "$<$<COMPILE_LANGUAGE:ASM>:${TENSOROP_ASM_FLAGS}>")
  string(TOUPPER "${TENSOROP_THREADS}" threads)
  target_compile_definitions(${target} PRIVATE TENSOROP_THREADS_${threads}=1)
  tensorop_thread_library(library)
  target_link_libraries(${target} PRIVATE ${library})
endfunction()

# tensorop_add_library(<target> SHARED|STATIC <objects> <list> <folder>)
function(tensorop_add_library target kind objects list folder)
  include("${list}")
  add_library(${target} ${kind} $<TARGET_OBJECTS:${objects}>)
  target_include_directories(${target} INTERFACE "$<BUILD_INTERFACE:${folder}/include>"
                                                 "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  tensorop_thread_library(library)
  target_link_libraries(${target} PRIVATE ${library})
  set_target_properties(${target} PROPERTIES LINKER_LANGUAGE C)
  if(kind STREQUAL SHARED)
    string(REGEX MATCH "^[0-9]+" major "${TENSOROP_VERSION}")
    set(map "${folder}/runtime/tensorop.map")
    set_target_properties(${target} PROPERTIES VERSION ${TENSOROP_VERSION} SOVERSION ${major} LINK_DEPENDS "${map}")
    target_link_options(${target} PRIVATE "LINKER:--version-script=${map}" "LINKER:-z,nodelete")
  endif()
endfunction()

# tensorop_add_package(<list> <folder>): the targets TensorOp::tensorop (static if BUILD_SHARED_LIBS is off) and
# TensorOp::static from the sources of <folder>.
function(tensorop_add_package list folder)
  tensorop_add_objects(tensorop_objects "${list}" "${folder}")
  tensorop_add_library(tensorop_static STATIC tensorop_objects "${list}" "${folder}")
  set_target_properties(tensorop_static PROPERTIES OUTPUT_NAME tensorop EXPORT_NAME static)
  add_library(TensorOp::static ALIAS tensorop_static)
  if(BUILD_SHARED_LIBS OR NOT DEFINED BUILD_SHARED_LIBS)
    tensorop_add_library(tensorop SHARED tensorop_objects "${list}" "${folder}")
  else()
    add_library(tensorop INTERFACE)
    target_link_libraries(tensorop INTERFACE tensorop_static)
  endif()
  add_library(TensorOp::tensorop ALIAS tensorop)
endfunction()

# tensorop_install(<list> <folder>): what tensorop_add_package() made, its headers, CMake package and pkg-config file.
function(tensorop_install list folder)
  include("${list}")
  set(package "${CMAKE_INSTALL_LIBDIR}/cmake/TensorOp")
  install(TARGETS tensorop tensorop_static EXPORT TensorOpTargets)
  list(FILTER TENSOROP_HEADERS INCLUDE REGEX "^include/tensorop/")
  list(TRANSFORM TENSOROP_HEADERS PREPEND "${folder}/")
  install(FILES ${TENSOROP_HEADERS} DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/tensorop")
  install(EXPORT TensorOpTargets NAMESPACE TensorOp:: DESTINATION "${package}")

  set(build "${CMAKE_CURRENT_BINARY_DIR}/package")
  configure_package_config_file("${TENSOROP_CMAKE_DIR}/TensorOpConfig.cmake.in" "${build}/TensorOpConfig.cmake"
                                INSTALL_DESTINATION "${package}" NO_SET_AND_CHECK_MACRO)
  write_basic_package_version_file("${build}/TensorOpConfigVersion.cmake" VERSION ${TENSOROP_VERSION}
                                   COMPATIBILITY SameMinorVersion)
  install(FILES "${build}/TensorOpConfig.cmake" "${build}/TensorOpConfigVersion.cmake" DESTINATION "${package}")

  string(REGEX REPLACE "[^/]+" ".." to_prefix "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
  tensorop_thread_library(library)
  string(REPLACE "Threads::Threads" "-pthread" thread_flags "${library}")
  string(REPLACE "OpenMP::OpenMP_C" "${OpenMP_C_FLAGS}" thread_flags "${thread_flags}")
  configure_file("${TENSOROP_CMAKE_DIR}/tensorop.pc.in" "${build}/tensorop.pc" @ONLY)
  install(FILES "${build}/tensorop.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endfunction()

# What the library's threads need to be linked with: sets <result> to a target, or to nothing.
function(tensorop_thread_library result)
  if(TENSOROP_THREADS STREQUAL pthread)
    find_package(Threads REQUIRED)
    set(${result} Threads::Threads PARENT_SCOPE)
  elseif(TENSOROP_THREADS STREQUAL openmp)
    find_package(OpenMP REQUIRED COMPONENTS C)
    set(${result} OpenMP::OpenMP_C PARENT_SCOPE)
  elseif(TENSOROP_THREADS STREQUAL none)
    set(${result} "" PARENT_SCOPE)
  else()
    message(FATAL_ERROR "TENSOROP_THREADS is '${TENSOROP_THREADS}': use pthread, openmp or none")
  endif()
endfunction()

# The processor compiled for, as triples spell it.
function(tensorop_processor result)
  string(TOLOWER "${CMAKE_SYSTEM_PROCESSOR}" processor)
  string(REGEX REPLACE "^amd64$" "x86_64" processor "${processor}")
  string(REGEX REPLACE "^arm64$" "aarch64" processor "${processor}")
  set(${result} "${processor}" PARENT_SCOPE)
endfunction()

# `zig cc` takes no -march: its toolchain file says -mcpu.
macro(tensorop_flags_for_zig)
  if("${CMAKE_C_COMPILER}${CMAKE_C_COMPILER_ARG1}" MATCHES "zig(lang)?[- ]cc$")
    list(FILTER TENSOROP_C_FLAGS EXCLUDE REGEX "^-march=")
    list(FILTER TENSOROP_ASM_FLAGS EXCLUDE REGEX "^-march=")
  endif()
endmacro()

# Stops where the compiler is for another architecture than the sources, or its assembler lacks their instructions.
function(tensorop_check_compiler)
  string(REGEX MATCH "^[^-]+" wanted "${TENSOROP_TRIPLE}")
  tensorop_processor(processor)
  if(NOT processor STREQUAL wanted)
    message(FATAL_ERROR "TensorOp: these sources are for ${TENSOROP_TRIPLE}, the compiler ${CMAKE_C_COMPILER} is for "
                        "${CMAKE_SYSTEM_PROCESSOR}. Configure with -DCMAKE_TOOLCHAIN_FILE=<file for ${TENSOROP_TRIPLE}>, "
                        "or choose targets of ${CMAKE_SYSTEM_PROCESSOR} with -DTENSOROP_TARGETS=...")
  endif()
  string(MD5 key "${TENSOROP_ASM_PROBE};${TENSOROP_ASM_FLAGS};${CMAKE_ASM_COMPILER}")
  if(NOT DEFINED TENSOROP_ASSEMBLES_${key})
    set(probe "${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/tensorop_probe.S")
    string(REPLACE ";" "\n" instructions "${TENSOROP_ASM_PROBE}")
    file(WRITE "${probe}" "${instructions}\n")
    set(CMAKE_TRY_COMPILE_TARGET_TYPE STATIC_LIBRARY)
    try_compile(TENSOROP_ASSEMBLES_${key} "${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/tensorop_probe" SOURCES "${probe}"
                COMPILE_DEFINITIONS ${TENSOROP_ASM_FLAGS} OUTPUT_VARIABLE output)
  endif()
  if(NOT TENSOROP_ASSEMBLES_${key})
    message(FATAL_ERROR "TensorOp: the assembler of ${CMAKE_ASM_COMPILER} lacks instructions that the targets "
                        "${TENSOROP_TARGET_NAMES} need. Use a newer compiler (-DCMAKE_C_COMPILER=...) or fewer targets "
                        "(-DTENSOROP_TARGETS=...), then configure in an empty build folder.\n${output}")
  endif()
endfunction()
