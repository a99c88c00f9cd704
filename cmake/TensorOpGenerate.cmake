# The generator as a step of a build.
#
#   tensorop_generate(<target> PROMPT "sgemm for this machine" [SHAPES 64x64x64 ...] [SHARED|STATIC])
#
# makes a library <target> (static unless SHARED or BUILD_SHARED_LIBS is given) with headers tensorop/*.h. Nothing is
# tuned unless TENSOROP_TUNE says so.
include_guard(GLOBAL)
include("${CMAKE_CURRENT_LIST_DIR}/TensorOpLibrary.cmake")

set(TENSOROP_GENERATOR "" CACHE STRING "Command that runs tensorop-gen (a list); empty: found by itself")
set(TENSOROP_TUNE OFF CACHE STRING "Seconds to tune for, or OFF: shipped and cached records only")
set(TENSOROP_CACHE_DIR "" CACHE PATH "Where tuned records are kept; empty: the user's cache folder")

function(tensorop_generate target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "SHARED;STATIC" "PROMPT" "SHAPES")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_PROMPT)
    message(FATAL_ERROR "tensorop_generate(<target> PROMPT \"sgemm for ...\" [SHAPES MxKxN ...] [SHARED|STATIC])")
  endif()
  if(NOT CMAKE_ASM_COMPILE_OBJECT)
    message(FATAL_ERROR "tensorop_generate() makes assembly: write project(... LANGUAGES C ASM)")
  endif()
  set(request --prompt "${arg_PROMPT}")
  if(arg_SHAPES)
    list(JOIN arg_SHAPES "," shapes)
    list(APPEND request --shapes "${shapes}")
  endif()
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/${target}.tensorop")
  tensorop_add_sources("${folder}" list ${request})
  tensorop_add_objects(${target}_objects "${list}" "${folder}")
  set(kind STATIC)
  if(arg_SHARED OR (BUILD_SHARED_LIBS AND NOT arg_STATIC))
    set(kind SHARED)
  endif()
  tensorop_add_library(${target} ${kind} ${target}_objects "${list}" "${folder}")
endfunction()

# tensorop_add_sources(<folder> <list> <options of `tensorop-gen sources`>...): a step that writes <folder> whenever what
# it is made from changes. The generator is asked now for the names of what it will write; <list> is set to its answer.
function(tensorop_add_sources folder list)
  tensorop_find_generator(generator)
  set(command ${generator} sources ${ARGN} --tune "${TENSOROP_TUNE}")
  if(TENSOROP_CACHE_DIR)
    list(PREPEND command "${CMAKE_COMMAND}" -E env "TENSOROP_CACHE_DIR=${TENSOROP_CACHE_DIR}")
  endif()
  message(STATUS "TensorOp: asking the generator for the sources (its first use may set it up)")
  set(answer "${folder}.cmake")
  execute_process(COMMAND ${command} --list OUTPUT_FILE "${answer}" ERROR_VARIABLE error RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    list(JOIN command " " line)
    message(FATAL_ERROR "TensorOp: the generator refused (status ${status}).\n${error}\nThe command was: ${line} --list")
  endif()
  include("${answer}")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${TENSOROP_INPUTS})
  set(files sources.cmake runtime/tensorop.map ${TENSOROP_C_SOURCES} ${TENSOROP_ASM_SOURCES} ${TENSOROP_HEADERS})
  list(TRANSFORM files PREPEND "${folder}/")
  add_custom_command(
    OUTPUT ${files}
    COMMAND ${command} --out "${folder}" --depfile "${folder}.d"
    COMMAND "${CMAKE_COMMAND}" -E touch "${folder}/sources.cmake" # files that stay the same keep their time
    DEPENDS ${TENSOROP_INPUTS}
    DEPFILE "${folder}.d"
    COMMENT "Generating ${folder}"
    VERBATIM)
  set(${list} "${answer}" PARENT_SCOPE)
endfunction()

# tensorop_add_cuda_sources(<folder> <list>): the same for the GPU library.
function(tensorop_add_cuda_sources folder list)
  tensorop_find_generator(generator)
  set(answer "${folder}.cmake")
  execute_process(COMMAND ${generator} cuda-sources --list OUTPUT_FILE "${answer}" ERROR_VARIABLE error
                  RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "TensorOp: the generator refused (status ${status}).\n${error}")
  endif()
  include("${answer}")
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${TENSOROP_CUDA_INPUTS})
  set(files ${TENSOROP_CUDA_FILES})
  list(TRANSFORM files PREPEND "${folder}/")
  add_custom_command(OUTPUT ${files} COMMAND ${generator} cuda-sources --out "${folder}"
                     DEPENDS ${TENSOROP_CUDA_INPUTS} COMMENT "Generating ${folder}" VERBATIM)
  set(${list} "${answer}" PARENT_SCOPE)
endfunction()

# The command that runs tensorop-gen: TENSOROP_GENERATOR, else the one that was installed together with this file, else a
# Python that has the generator's dependencies, else the checkout's setup script, which makes an environment for it.
function(tensorop_find_generator result)
  set(generator ${TENSOROP_GENERATOR})
  cmake_path(GET TENSOROP_CMAKE_DIR PARENT_PATH root)
  if(NOT generator AND EXISTS "${root}/../__init__.py") # <environment>/lib/python3.x/site-packages/tensorop_gen/_data
    find_program(generator tensorop-gen PATHS "${root}/../../../../../bin" NO_DEFAULT_PATH NO_CACHE)
    set(modules "${root}/../..")
  else()
    set(modules "${root}/python")
  endif()
  if(NOT generator)
    find_package(Python3 3.10 COMPONENTS Interpreter QUIET)
    set(with_modules "${CMAKE_COMMAND}" -E env "PYTHONPATH=${modules}" "${Python3_EXECUTABLE}")
    execute_process(COMMAND ${with_modules} -c "import tensorop_gen, jinja2, yaml, pydantic, typer, rich, platformdirs, filelock"
                    RESULT_VARIABLE status OUTPUT_QUIET ERROR_QUIET)
    if(status EQUAL 0)
      set(generator ${with_modules} -m tensorop_gen)
    elseif(EXISTS "${root}/tensorop")
      set(generator "${root}/tensorop")
    endif()
  endif()
  if(NOT generator)
    message(FATAL_ERROR "TensorOp: no tensorop-gen found. `pip install tensorop-gen`, or -DTENSOROP_GENERATOR=<command>")
  endif()
  set(${result} ${generator} PARENT_SCOPE)
endfunction()
