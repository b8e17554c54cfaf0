# SPDX-License-Identifier: Apache-2.0
# Targets made from folders, so that there are no file lists to keep:
#   src/<folder>/*.cpp           the library (the tool, for src/cli)
#   src/<folder>/*.test.cpp      its unit tests, program test_<folder>
#   src/<folder>/*.slow.test.cpp its long tests, program slow_test_<folder>, ctest label "slow"
#   tests/<folder>/*.test.cpp    likewise, unless the folder has a CMakeLists.txt of its own
#   reference/*.cpp              the slow readable decoders that the tests compare with
#   examples/*.cpp               one program each

# Tests leave the user's cache of constructions alone.
set(CALIGO_TEST_ENVIRONMENT CALIGO_CACHE_DIR=${CMAKE_BINARY_DIR}/test-cache)

# The sources of some folders, without the tests.
function(caligo_sources out)
  set(all)
  foreach(folder IN LISTS ARGN)
    file(GLOB found CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/${folder}/*.cpp)
    list(FILTER found EXCLUDE REGEX "\\.(test|bench)\\.cpp$")
    list(APPEND all ${found})
  endforeach()
  set(${out} ${all} PARENT_SCOPE)
endfunction()

function(caligo_add_library)
  if(CALIGO_PREBUILT_LIBRARY)
    # ./dev wheel: the developer's build has compiled these sources already.
    add_library(caligo STATIC IMPORTED)
    set_target_properties(caligo PROPERTIES IMPORTED_LOCATION ${CALIGO_PREBUILT_LIBRARY})
    target_include_directories(caligo INTERFACE ${CMAKE_CURRENT_SOURCE_DIR}/include)
    target_link_libraries(caligo INTERFACE PkgConfig::caligo_sodium Threads::Threads)
    return()
  endif()
  caligo_sources(sources ${ARGN})
  add_library(caligo ${sources})
  add_library(caligo::caligo ALIAS caligo)
  caligo_git_hash(hash)
  set_property(SOURCE src/base/version.cpp APPEND PROPERTY COMPILE_DEFINITIONS
               CALIGO_VERSION="${PROJECT_VERSION}" CALIGO_GIT_HASH="${hash}")
  target_include_directories(caligo PUBLIC $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>
                                           $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>
                                    PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/src)
  target_compile_features(caligo PUBLIC cxx_std_20)
  target_link_libraries(caligo PRIVATE $<BUILD_INTERFACE:caligo_options> PkgConfig::caligo_sodium Threads::Threads
                                       $<BUILD_INTERFACE:fmt::fmt-header-only>
                                       $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>)
  # The name libcaligo is the shared library's with the C interface. The linker takes a shared library where it finds
  # one, so that two of a name in one folder would hide this one.
  # While the major version is 0, every minor version may change the ABI.
  set_target_properties(caligo PROPERTIES OUTPUT_NAME caligo_cxx VERSION ${PROJECT_VERSION}
                                          SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
                                          CXX_EXTENSIONS OFF POSITION_INDEPENDENT_CODE ON)
  if(NOT BUILD_SHARED_LIBS) # a shared library of the C++ interface, for experiments, exports all of it
    set_target_properties(caligo PROPERTIES CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  endif()
  caligo_kernel_flags()
  caligo_float_flags()
endfunction()

# libcaligo: the C interface as a shared library, of the same objects. It exports the functions of <caligo.h> and nothing
# else: an ABI that can be kept. That of the C++ interface, with its standard types, templates and inline functions, could
# not, so C++ programs link the archive. src/capi/caligo.map lists the symbols by version.
function(caligo_add_c_library)
  if(NOT CALIGO_BUILD_C_LIBRARY OR CALIGO_SANITIZE)
    return() # programs in C come without the sanitizers' run-time libraries
  endif()
  set(map ${CMAKE_CURRENT_SOURCE_DIR}/src/capi/caligo.map)
  add_library(caligo_c SHARED $<TARGET_OBJECTS:caligo>)
  add_library(caligo::c ALIAS caligo_c)
  target_include_directories(caligo_c INTERFACE $<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}/include>
                                                $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(caligo_c PRIVATE PkgConfig::caligo_sodium Threads::Threads)
  # The C interface is meant to last; until 1.0 a change that breaks it changes the minor version.
  set_target_properties(caligo_c PROPERTIES OUTPUT_NAME caligo EXPORT_NAME c LINKER_LANGUAGE CXX VERSION ${PROJECT_VERSION}
                                            SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
  if(CMAKE_SYSTEM_NAME STREQUAL Linux)
    target_link_options(caligo_c PRIVATE -Wl,--version-script=${map} -Wl,--no-undefined)
    set_property(TARGET caligo_c APPEND PROPERTY LINK_DEPENDS ${map})
  endif()
endfunction()

function(caligo_add_cli)
  caligo_sources(sources cli)
  if(NOT sources)
    return()
  endif()
  find_package(CLI11 REQUIRED)
  find_package(spdlog REQUIRED)
  # The page of reconcile --report becomes a string.
  set(page ${CMAKE_CURRENT_SOURCE_DIR}/src/cli/reconcile_page.html)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${page})
  file(READ ${page} CALIGO_RECONCILE_PAGE)
  configure_file(${CMAKE_CURRENT_SOURCE_DIR}/cmake/reconcile_page.cpp.in ${CMAKE_CURRENT_BINARY_DIR}/reconcile_page.cpp
                 @ONLY)
  # So do the page and the Python script of plot.
  foreach(resource page.html matplotlib.py)
    set(file ${CMAKE_CURRENT_SOURCE_DIR}/src/cli/plot_${resource})
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    cmake_path(GET resource STEM name)
    string(TOUPPER CALIGO_PLOT_${name} variable)
    file(READ ${file} ${variable})
  endforeach()
  configure_file(${CMAKE_CURRENT_SOURCE_DIR}/cmake/plot_resources.cpp.in ${CMAKE_CURRENT_BINARY_DIR}/plot_resources.cpp
                 @ONLY)
  add_executable(caligo_cli ${sources} ${CMAKE_CURRENT_BINARY_DIR}/reconcile_page.cpp
                            ${CMAKE_CURRENT_BINARY_DIR}/plot_resources.cpp)
  set_target_properties(caligo_cli PROPERTIES OUTPUT_NAME caligo)
  caligo_link_internal(caligo_cli)
  target_link_libraries(caligo_cli PRIVATE CLI11::CLI11 spdlog::spdlog_header_only)
  target_compile_definitions(caligo_cli PRIVATE SPDLOG_FMT_EXTERNAL)
endfunction()

# For programs that see the internals: the tool and the unit tests.
function(caligo_link_internal target)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/src)
  target_link_libraries(${target} PRIVATE caligo caligo_options fmt::fmt-header-only nlohmann_json::nlohmann_json
                                          PkgConfig::caligo_sodium Threads::Threads)
endfunction()

function(caligo_add_reference)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/reference/*.cpp)
  list(FILTER sources EXCLUDE REGEX "\\.test\\.cpp$")
  if(sources)
    add_library(caligo_reference STATIC ${sources})
    set_target_properties(caligo_reference PROPERTIES CXX_EXTENSIONS OFF)
    target_include_directories(caligo_reference PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
    target_link_libraries(caligo_reference PUBLIC caligo PRIVATE caligo_options)
  endif()
endfunction()

# caligo_add_test_program(NAME LABELS TIMEOUT SOURCE...); the tests are named after the folder.
function(caligo_add_test_program name label timeout)
  add_executable(${name} ${ARGN})
  caligo_link_internal(${name})
  target_include_directories(${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name} PRIVATE GTest::gtest_main GTest::gmock)
  if(TARGET caligo_reference)
    target_link_libraries(${name} PRIVATE caligo_reference)
  endif()
  string(REPLACE test_ "" prefix ${name})
  gtest_discover_tests(${name} TEST_PREFIX ${prefix}. DISCOVERY_TIMEOUT 60 NO_PRETTY_VALUES
                       PROPERTIES TIMEOUT ${timeout} LABELS ${label} ENVIRONMENT ${CALIGO_TEST_ENVIRONMENT})
endfunction()

# One test program per folder, so that a failure names its folder.
function(caligo_add_tests)
  caligo_add_reference()
  file(GLOB tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/*/*.test.cpp
       ${CMAKE_CURRENT_SOURCE_DIR}/reference/*.test.cpp ${CMAKE_CURRENT_SOURCE_DIR}/tests/*/*.test.cpp)
  set(programs "")
  foreach(test IN LISTS tests)
    cmake_path(GET test PARENT_PATH parent)
    if(EXISTS ${parent}/CMakeLists.txt)
      continue() # makes its own program
    endif()
    cmake_path(GET parent FILENAME program)
    string(PREPEND program test_)
    if(test MATCHES "\\.slow\\.test\\.cpp$")
      string(PREPEND program slow_)
    endif()
    list(APPEND programs ${program})
    list(APPEND sources_${program} ${test})
  endforeach()
  list(REMOVE_DUPLICATES programs)
  foreach(program IN LISTS programs)
    if(program MATCHES "^slow_")
      caligo_add_test_program(${program} slow 7200 ${sources_${program}})
    else()
      caligo_add_test_program(${program} fast 600 ${sources_${program}})
    endif()
  endforeach()
  if(TARGET slow_test_amplify)
    caligo_link_ntl(slow_test_amplify)
  endif()
endfunction()

# NTL multiplies long polynomials over GF(2), too. Tests that compare with it are skipped where it is not installed.
function(caligo_link_ntl target)
  find_path(CALIGO_NTL_INCLUDE NTL/GF2X.h)
  find_library(CALIGO_NTL_LIBRARY ntl)
  if(CALIGO_NTL_INCLUDE AND CALIGO_NTL_LIBRARY)
    target_include_directories(${target} SYSTEM PRIVATE ${CALIGO_NTL_INCLUDE})
    target_link_libraries(${target} PRIVATE ${CALIGO_NTL_LIBRARY})
    target_compile_definitions(${target} PRIVATE CALIGO_HAS_NTL=1)
  endif()
endfunction()

# Each example is a program of its own that uses the public headers only; ctest runs them.
function(caligo_add_examples)
  file(GLOB examples CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/examples/*.cpp)
  foreach(example IN LISTS examples)
    cmake_path(GET example STEM name)
    add_executable(example_${name} ${example})
    set_target_properties(example_${name} PROPERTIES CXX_EXTENSIONS OFF)
    target_link_libraries(example_${name} PRIVATE caligo caligo_options)
    add_test(NAME example.${name} COMMAND example_${name})
    set_tests_properties(example.${name} PROPERTIES TIMEOUT 300 LABELS fast
                         ENVIRONMENT ${CALIGO_TEST_ENVIRONMENT})
  endforeach()
  caligo_add_c_examples()
endfunction()

# Those in C link the shared library, as a user's would.
function(caligo_add_c_examples)
  if(NOT TARGET caligo_c)
    return()
  endif()
  file(GLOB examples CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/examples/c/*.c)
  foreach(example IN LISTS examples)
    cmake_path(GET example STEM name)
    add_executable(example_c_${name} ${example})
    set_target_properties(example_c_${name} PROPERTIES C_STANDARD 11 C_STANDARD_REQUIRED ON C_EXTENSIONS OFF)
    target_compile_options(example_c_${name} PRIVATE -Wall -Wextra -Wpedantic -Wconversion -Wshadow
                                                     $<$<BOOL:${CALIGO_WERROR}>:-Werror>)
    target_link_libraries(example_c_${name} PRIVATE caligo_c m)
    add_test(NAME example.c.${name} COMMAND example_c_${name})
    set_tests_properties(example.c.${name} PROPERTIES TIMEOUT 300 LABELS fast ENVIRONMENT ${CALIGO_TEST_ENVIRONMENT})
  endforeach()
endfunction()
