# SPDX-License-Identifier: Apache-2.0
# Targets made from folders: src/<folder>/*.cpp is the library, *.test.cpp beside it its unit tests. No file lists to keep.

# The commit, read at configure time; "unknown" outside a checkout.
function(caligo_git_hash out)
  execute_process(COMMAND git -C ${CMAKE_CURRENT_SOURCE_DIR} describe --always --dirty --abbrev=12 --exclude=*
                  OUTPUT_VARIABLE hash OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE failed)
  if(failed OR NOT hash)
    set(hash unknown)
  endif()
  set(${out} ${hash} PARENT_SCOPE)
endfunction()

# Warnings are errors; sanitizers on request.
add_library(caligo_options INTERFACE)
target_compile_features(caligo_options INTERFACE cxx_std_20)
target_compile_options(caligo_options INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Werror)
if(CALIGO_SANITIZE)
  target_compile_options(caligo_options INTERFACE -fsanitize=${CALIGO_SANITIZE} -fno-omit-frame-pointer
                                                  -fno-sanitize-recover=all)
  target_link_options(caligo_options INTERFACE -fsanitize=${CALIGO_SANITIZE})
endif()

# The sources of some folders, without tests and without the per-ISA kernel units, which need flags of their own.
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
  target_link_libraries(caligo PRIVATE $<BUILD_INTERFACE:caligo_options> PkgConfig::sodium
                                       $<BUILD_INTERFACE:fmt::fmt-header-only>
                                       $<BUILD_INTERFACE:nlohmann_json::nlohmann_json>)
  set_target_properties(caligo PROPERTIES VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR}
                                          POSITION_INDEPENDENT_CODE ON)
  caligo_kernel_flags()
endfunction()

# Each instruction set has one small unit src/kernels/<isa>.cpp; only these may be compiled for more than the ABI floor.
function(caligo_kernel_flags)
  set(avx2_flags -mavx2 -mbmi -mbmi2)
  set(avx512_flags -mavx512f -mavx512bw -mavx512vl -mavx512dq -mavx512vbmi -mavx512bitalg -mavx512vbmi2 -mgfni -mbmi -mbmi2)
  foreach(isa avx2 avx512)
    set(unit ${CMAKE_CURRENT_SOURCE_DIR}/src/kernels/${isa}.cpp)
    if(EXISTS ${unit} AND CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
      set_property(SOURCE ${unit} APPEND PROPERTY COMPILE_OPTIONS ${${isa}_flags})
    endif()
  endforeach()
endfunction()

function(caligo_add_cli)
  find_package(CLI11 REQUIRED)
  find_package(spdlog REQUIRED)
  caligo_sources(sources cli)
  add_executable(caligo_cli ${sources})
  set_target_properties(caligo_cli PROPERTIES OUTPUT_NAME caligo)
  target_include_directories(caligo_cli PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/src)
  target_link_libraries(caligo_cli PRIVATE caligo caligo_options CLI11::CLI11 spdlog::spdlog_header_only
                                           fmt::fmt-header-only nlohmann_json::nlohmann_json PkgConfig::sodium
                                           Threads::Threads)
  target_compile_definitions(caligo_cli PRIVATE SPDLOG_FMT_EXTERNAL)
  install(TARGETS caligo_cli RUNTIME)
endfunction()

# One test program per folder, so that a failure names its folder.
function(caligo_add_tests)
  file(GLOB reference_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/reference/*.cpp)
  list(FILTER reference_sources EXCLUDE REGEX "\\.test\\.cpp$")
  if(reference_sources)
    add_library(caligo_reference STATIC ${reference_sources})
    target_include_directories(caligo_reference PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
    target_link_libraries(caligo_reference PUBLIC caligo PRIVATE caligo_options)
  endif()
  file(GLOB tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/src/*/*.test.cpp
       ${CMAKE_CURRENT_SOURCE_DIR}/reference/*.test.cpp)
  set(folders)
  foreach(test IN LISTS tests)
    cmake_path(GET test PARENT_PATH parent)
    cmake_path(GET parent FILENAME folder)
    list(APPEND folders ${folder})
    list(APPEND tests_${folder} ${test})
  endforeach()
  list(REMOVE_DUPLICATES folders)
  foreach(folder IN LISTS folders)
    add_executable(test_${folder} ${tests_${folder}})
    target_include_directories(test_${folder} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}/src ${CMAKE_CURRENT_SOURCE_DIR})
    target_link_libraries(test_${folder} PRIVATE caligo caligo_options GTest::gtest_main GTest::gmock fmt::fmt-header-only
                                                 nlohmann_json::nlohmann_json PkgConfig::sodium Threads::Threads)
    if(TARGET caligo_reference)
      target_link_libraries(test_${folder} PRIVATE caligo_reference)
    endif()
    gtest_discover_tests(test_${folder} TEST_PREFIX ${folder}. DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT 600)
  endforeach()
endfunction()
