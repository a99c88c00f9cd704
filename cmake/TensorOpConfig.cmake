# find_package(TensorOp) with the generator's own folder (`tensorop-gen cmake-dir`, or a Python environment that has
# tensorop-gen): TensorOp::tensorop and TensorOp::static are built in the caller's build tree from shipped records, where
# something links them; tensorop_generate() makes others. An installed library brings TensorOpConfig.cmake.in instead.
enable_language(C)
enable_language(ASM)
include("${CMAKE_CURRENT_LIST_DIR}/TensorOpGenerate.cmake")
if(NOT TARGET TensorOp::tensorop)
  add_subdirectory("${CMAKE_CURRENT_LIST_DIR}/.." "${CMAKE_BINARY_DIR}/tensorop" EXCLUDE_FROM_ALL)
endif()
