# SPDX-License-Identifier: Apache-2.0
# Compiler options of our own sources. They are not part of the installed package.

add_library(caligo_options INTERFACE)
target_compile_features(caligo_options INTERFACE cxx_std_20)
target_compile_options(caligo_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow)
if(CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  # -Wrestrict: false alarms on std::string in g++ 12 (GCC bug 105651). -Wpsabi: a note about g++ 4.6.
  target_compile_options(caligo_options INTERFACE -Wno-restrict -Wno-psabi)
else()
  target_compile_options(caligo_options INTERFACE -Wno-unknown-warning-option) # pragmas for warnings of g++
endif()
if(CALIGO_WERROR)
  target_compile_options(caligo_options INTERFACE -Werror)
endif()
if(CALIGO_SANITIZE)
  target_compile_options(caligo_options INTERFACE -fsanitize=${CALIGO_SANITIZE} -fno-omit-frame-pointer
                                                  -fno-sanitize-recover=all)
  target_link_options(caligo_options INTERFACE -fsanitize=${CALIGO_SANITIZE})
  if(NOT CMAKE_CXX_COMPILER_ID STREQUAL GNU) # clang does not say so itself
    if(CALIGO_SANITIZE MATCHES address)
      target_compile_definitions(caligo_options INTERFACE __SANITIZE_ADDRESS__=1)
    endif()
    if(CALIGO_SANITIZE MATCHES thread)
      target_compile_definitions(caligo_options INTERFACE __SANITIZE_THREAD__=1)
    endif()
  endif()
endif()
# The commit, read at configure time; "unknown" outside a checkout. A commit or a switch of branch configures again.
function(caligo_git_hash out)
  # safe.directory: the build may run as another user than the owner of the checkout (sudo, containers).
  set(git git -C ${CMAKE_CURRENT_SOURCE_DIR} -c safe.directory=${CMAKE_CURRENT_SOURCE_DIR})
  execute_process(COMMAND ${git} describe --always --dirty --abbrev=12 --exclude=*
                  OUTPUT_VARIABLE hash OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(failed OR NOT hash)
    set(hash unknown)
  endif()
  execute_process(COMMAND ${git} rev-parse --path-format=absolute --git-path HEAD --git-path logs/HEAD
                  OUTPUT_VARIABLE watched OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  string(REPLACE "\n" ";" watched "${watched}")
  foreach(file IN LISTS watched)
    if(EXISTS ${file})
      set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    endif()
  endforeach()
  set(${out} ${hash} PARENT_SCOPE)
endfunction()

# Float results are the same on every processor: no fused multiply-add, which some have in their ABI floor. Nobody looks
# at floating-point exceptions, and comparisons that may raise one keep g++ from vectorising box-plus (1.8 times slower).
function(caligo_float_flags)
  file(GLOB units CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/decode/soft_*.cpp)
  file(GLOB noise CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/kernels/noise_*.cpp
       ${CMAKE_CURRENT_SOURCE_DIR}/src/simulate/*.cpp)
  set_property(SOURCE ${units} ${noise} APPEND PROPERTY COMPILE_OPTIONS -ffp-contract=off -fno-trapping-math
               -fno-math-errno)
endfunction()

# Each instruction set has small units, src/kernels/<isa>.cpp (lists), wide_<isa>.cpp (lists with 16-bit LLRs),
# sc_<isa>.cpp (a list of one), bit_<isa>.cpp (packed bits) and toeplitz_<isa>.cpp (privacy amplification); only these
# may be compiled for more than the ABI floor.
function(caligo_kernel_flags)
  if(NOT CMAKE_SYSTEM_PROCESSOR MATCHES "^(x86_64|AMD64|amd64)$")
    return()
  endif()
  set(avx2_flags -mavx2 -mbmi -mbmi2 -mpclmul)
  set(avx512bw_flags -mavx512f -mavx512bw -mavx512vl -mavx512dq -mbmi -mbmi2)
  set(avx512_flags ${avx512bw_flags} -mavx512vbmi -mavx512bitalg -mavx512vbmi2 -mgfni -mpclmul -mvpclmulqdq)
  foreach(isa avx2 avx512bw avx512)
    foreach(name ${isa} wide_${isa} sc_${isa} bit_${isa} toeplitz_${isa} noise_${isa})
      set(unit ${CMAKE_CURRENT_SOURCE_DIR}/src/kernels/${name}.cpp)
      if(EXISTS ${unit})
        set_property(SOURCE ${unit} APPEND PROPERTY COMPILE_OPTIONS ${${isa}_flags})
      endif()
    endforeach()
  endforeach()
endfunction()
