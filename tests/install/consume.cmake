# SPDX-License-Identifier: Apache-2.0
# Run by ctest: cmake -Dbuild= -Dwork= -Dversion= -Dcompiler= -Dc_compiler= -Dlibdir= -Dpkg_config= -P consume.cmake

# run(COMMAND...): stops the test with all of the output if the command fails; the output is left in `output`.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE errors
                  OUTPUT_STRIP_TRAILING_WHITESPACE)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "failed (${result}): ${command}\n${output}\n${errors}")
  endif()
  set(output "${output}" PARENT_SCOPE)
endfunction()

function(expect_output expected)
  run(${ARGN})
  if(NOT output STREQUAL expected)
    message(FATAL_ERROR "${ARGN}\nexpected: ${expected}\ngot:      ${output}")
  endif()
  message(STATUS "${output}")
endfunction()

set(consumer ${CMAKE_CURRENT_LIST_DIR}/consumer)
set(expected "caligo ${version}: 200 bits recovered")
file(REMOVE_RECURSE ${work})
run(${CMAKE_COMMAND} --install ${build} --prefix ${work}/first)
# A moved prefix must still work: nothing in it may name the place where it was installed or built.
file(RENAME ${work}/first ${work}/prefix)
set(prefix ${work}/prefix)

# 1. find_package
run(${CMAKE_COMMAND} -S ${consumer} -B ${work}/cmake -DCMAKE_PREFIX_PATH=${prefix} -DCMAKE_BUILD_TYPE=Release
    -DCMAKE_CXX_COMPILER=${compiler})
run(${CMAKE_COMMAND} --build ${work}/cmake)
expect_output("${expected}" ${work}/cmake/consumer)

# A version that is not there must be refused.
file(WRITE ${work}/newer/CMakeLists.txt "cmake_minimum_required(VERSION 3.25)\nproject(newer LANGUAGES CXX)\n"
     "find_package(caligo 99 REQUIRED)\n")
execute_process(COMMAND ${CMAKE_COMMAND} -S ${work}/newer -B ${work}/newer/build -DCMAKE_PREFIX_PATH=${prefix}
                        -DCMAKE_CXX_COMPILER=${compiler} RESULT_VARIABLE result OUTPUT_QUIET ERROR_QUIET)
if(result EQUAL 0)
  message(FATAL_ERROR "find_package(caligo 99) was satisfied with version ${version}")
endif()

# 2. pkg-config, plain and --static
set(ENV{PKG_CONFIG_PATH} ${prefix}/${libdir}/pkgconfig)
set(ENV{LD_LIBRARY_PATH} ${prefix}/${libdir})
expect_output("${version}" ${pkg_config} --modversion caligo)
foreach(form "" --static)
  run(${pkg_config} ${form} --cflags --libs caligo)
  separate_arguments(flags UNIX_COMMAND "${output}")
  run(${compiler} -std=c++20 ${consumer}/main.cpp -o ${work}/pkgconfig${form} ${flags})
  expect_output("${expected}" ${work}/pkgconfig${form})
endforeach()

# 3. The C library: find_package and pkg-config, by a program in C
set(c_expected "caligo ${version} in C: 200 bits recovered")
if(EXISTS ${prefix}/${libdir}/libcaligo.so)
  run(${CMAKE_COMMAND} -S ${CMAKE_CURRENT_LIST_DIR}/c_consumer -B ${work}/c -DCMAKE_PREFIX_PATH=${prefix}
      -DCMAKE_BUILD_TYPE=Release -DCMAKE_C_COMPILER=${c_compiler})
  run(${CMAKE_COMMAND} --build ${work}/c)
  expect_output("${c_expected}" ${work}/c/consumer)
  run(${pkg_config} --cflags --libs caligo-c)
  separate_arguments(flags UNIX_COMMAND "${output}")
  run(${c_compiler} -std=c11 -Wall -Wextra -Wpedantic -Werror ${CMAKE_CURRENT_LIST_DIR}/c_consumer/main.c
      -o ${work}/c_pkgconfig ${flags})
  expect_output("${c_expected}" ${work}/c_pkgconfig)
endif()

# 4. Every header stands alone and is clean under strict warnings; no internal one was installed.
file(GLOB_RECURSE headers RELATIVE ${prefix}/include ${prefix}/include/*)
foreach(header IN LISTS headers)
  if(NOT header MATCHES "^caligo/[a-z0-9_]+\\.hpp$|^caligo\\.h$|^caligo/c/[a-z]+\\.h$")
    message(FATAL_ERROR "unexpected installed header: ${header}")
  endif()
  file(WRITE ${work}/alone.cpp "#include <${header}>\n#include <${header}>\n")
  run(${compiler} -std=c++20 -fsyntax-only -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror
      -I${prefix}/include ${work}/alone.cpp)
endforeach()

# 5. The tool
if(EXISTS ${prefix}/bin/caligo)
  run(${prefix}/bin/caligo --version)
  if(NOT output MATCHES "^caligo ${version} ")
    message(FATAL_ERROR "caligo --version printed: ${output}")
  endif()
endif()
