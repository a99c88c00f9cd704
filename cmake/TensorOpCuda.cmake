# The GPU library, described once: the checkout (-DTENSOROP_CUDA=ON) and every emitted project use this file.
#
# A folder of sources holds cuda.cmake, a list that the generator writes (paths relative to the folder):
#   TENSOROP_CUDA_VERSION, TENSOROP_CUDA_C_SOURCES, TENSOROP_CUDA_SOURCES, TENSOROP_CUDA_HOPPER_SOURCES
include_guard(GLOBAL)

set(TENSOROP_CUDA_ARCHITECTURES "80-real;86-real;89-real;90" CACHE STRING
    "What the kernels are compiled for; those for Tensor Cores of Hopper are always for 90a")
set(TENSOROP_CUTLASS_DIR "" CACHE PATH "The folder with CUTLASS's headers (cute/, cutlass/); empty: PyPI's nvidia-cutlass")

# tensorop_find_nvcc(): before enable_language(CUDA) or project(). Where neither CMAKE_CUDA_COMPILER nor CUDACXX nor PATH
# names an nvcc, that of PyPI's nvidia-cuda-nvcc is taken.
macro(tensorop_find_nvcc)
  if(NOT CMAKE_CUDA_COMPILER AND "$ENV{CUDACXX}" STREQUAL "")
    find_program(tensorop_nvcc nvcc PATHS /usr/local/cuda/bin NO_CACHE)
    if(NOT tensorop_nvcc)
      tensorop_ask_python(tensorop_nvcc "import glob, nvidia; print(sorted(f for p in nvidia.__path__ for f in glob.glob(p + '/cu*/bin/nvcc'))[-1])")
    endif()
    if(NOT tensorop_nvcc)
      message(FATAL_ERROR "TensorOp: no nvcc. Install the CUDA toolkit, or `pip install nvidia-cuda-nvcc nvidia-cuda-crt "
                          "nvidia-cuda-runtime nvidia-cuda-cccl nvidia-nvvm nvidia-cutlass`, or -DCMAKE_CUDA_COMPILER=...")
    endif()
    set(CMAKE_CUDA_COMPILER "${tensorop_nvcc}")
  endif()
  if(NOT CMAKE_CUDA_ARCHITECTURES)
    set(CMAKE_CUDA_ARCHITECTURES 80) # each target says its own
  endif()
endmacro()

# tensorop_add_cuda(<list> <folder>): the target TensorOp::cuda from the sources of <folder>.
function(tensorop_add_cuda list folder)
  include("${list}")
  set(cutlass "${TENSOROP_CUTLASS_DIR}")
  if(NOT cutlass)
    tensorop_ask_python(cutlass "import cutlass_library; print(cutlass_library.__path__[0] + '/source/include')")
  endif()
  if(NOT EXISTS "${cutlass}/cute/tensor.hpp")
    message(FATAL_ERROR "TensorOp: no CUTLASS headers. `pip install nvidia-cutlass`, or -DTENSOROP_CUTLASS_DIR=<folder with cute/>")
  endif()
  foreach(files C_SOURCES SOURCES HOPPER_SOURCES)
    list(TRANSFORM TENSOROP_CUDA_${files} PREPEND "${folder}/")
  endforeach()
  add_library(tensorop_cuda SHARED ${TENSOROP_CUDA_C_SOURCES})
  foreach(part SOURCES HOPPER_SOURCES)
    if(TENSOROP_CUDA_${part})
      string(TOLOWER "tensorop_cuda_${part}" objects)
      add_library(${objects} OBJECT ${TENSOROP_CUDA_${part}})
      set_target_properties(${objects} PROPERTIES POSITION_INDEPENDENT_CODE ON CUDA_STANDARD 17 CUDA_STANDARD_REQUIRED ON
                                                  CUDA_ARCHITECTURES "${TENSOROP_CUDA_ARCHITECTURES}")
      target_include_directories(${objects} PRIVATE "${folder}/include" "${folder}/cuda" "${folder}/gemm")
      target_include_directories(${objects} SYSTEM PRIVATE "${cutlass}")
      target_compile_options(${objects} PRIVATE --expt-relaxed-constexpr -Xcompiler=-fvisibility=hidden)
      target_sources(tensorop_cuda PRIVATE $<TARGET_OBJECTS:${objects}>)
    endif()
  endforeach()
  if(TARGET tensorop_cuda_hopper_sources)
    set_target_properties(tensorop_cuda_hopper_sources PROPERTIES CUDA_ARCHITECTURES 90a-real)
  endif()
  set(map "${folder}/cuda/tensorop_cuda.map")
  string(REGEX MATCH "^[0-9]+" major "${TENSOROP_CUDA_VERSION}")
  set_target_properties(tensorop_cuda PROPERTIES
    VERSION ${TENSOROP_CUDA_VERSION} SOVERSION ${major} LINKER_LANGUAGE CUDA CUDA_RUNTIME_LIBRARY Static EXPORT_NAME cuda
    C_STANDARD 11 C_VISIBILITY_PRESET hidden CUDA_ARCHITECTURES OFF LINK_DEPENDS "${map}")
  target_include_directories(tensorop_cuda PRIVATE "${folder}/cuda" INTERFACE $<INSTALL_INTERFACE:include>
                                           PUBLIC "$<BUILD_INTERFACE:${folder}/include>")
  target_include_directories(tensorop_cuda SYSTEM PRIVATE ${CMAKE_CUDA_TOOLKIT_INCLUDE_DIRECTORIES})
  target_link_options(tensorop_cuda PRIVATE "LINKER:--version-script=${map}")
  add_library(TensorOp::cuda ALIAS tensorop_cuda)
endfunction()

# What a line of Python prints, or nothing.
function(tensorop_ask_python result line)
  find_package(Python3 COMPONENTS Interpreter QUIET)
  set(answer "")
  if(Python3_Interpreter_FOUND)
    execute_process(COMMAND "${Python3_EXECUTABLE}" -c "${line}" OUTPUT_VARIABLE answer ERROR_QUIET
                    OUTPUT_STRIP_TRAILING_WHITESPACE)
  endif()
  set(${result} "${answer}" PARENT_SCOPE)
endfunction()
