# SPDX-License-Identifier: Apache-2.0
# What `cmake --install` puts in place: headers, library, tool, a CMake package and a pkg-config file.
include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/caligo)
# The components are Debian packages (CaligoPackage.cmake): runtime, development, tool.
install(DIRECTORY include/ TYPE INCLUDE COMPONENT development FILES_MATCHING PATTERN "*.hpp" PATTERN "*.h")
install(TARGETS caligo EXPORT caligo ARCHIVE COMPONENT development
        LIBRARY COMPONENT runtime NAMELINK_COMPONENT development)
if(TARGET caligo_c)
  install(TARGETS caligo_c EXPORT caligo_c LIBRARY COMPONENT runtime NAMELINK_COMPONENT development) # an export of its own: programs in C need no libsodium
  install(EXPORT caligo_c NAMESPACE caligo:: DESTINATION ${package_dir} FILE caligo-c-targets.cmake
          COMPONENT development)
endif()
install(EXPORT caligo NAMESPACE caligo:: DESTINATION ${package_dir} FILE caligo-targets.cmake
        COMPONENT development)
if(TARGET caligo_cli)
  if(BUILD_SHARED_LIBS)
    file(RELATIVE_PATH to_library ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
    set_target_properties(caligo_cli PROPERTIES INSTALL_RPATH $ORIGIN/${to_library})
  endif()
  install(TARGETS caligo_cli RUNTIME COMPONENT tool)
endif()
install(FILES LICENSE NOTICE README.md CHANGELOG.md TYPE DOC COMPONENT development)

# A static library leaves it to its users to link libsodium; a shared one has done so.
set(is_static TRUE)
set(pc_requires "Requires: libsodium >= 1.0.18")
set(pc_libs "-pthread")
if(BUILD_SHARED_LIBS)
  set(is_static FALSE)
  set(pc_requires "Requires.private: libsodium >= 1.0.18")
  set(pc_libs "")
endif()

configure_package_config_file(cmake/caligo-config.cmake.in caligo-config.cmake INSTALL_DESTINATION ${package_dir}
                              NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(caligo-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/caligo-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/caligo-config-version.cmake
        DESTINATION ${package_dir} COMPONENT development)

# The prefix is given relative to the file, so that the installed tree may be moved.
file(RELATIVE_PATH pc_to_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
file(RELATIVE_PATH pc_libdir ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_LIBDIR})
file(RELATIVE_PATH pc_includedir ${CMAKE_INSTALL_PREFIX} ${CMAKE_INSTALL_FULL_INCLUDEDIR})
configure_file(cmake/caligo.pc.in caligo.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/caligo.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
        COMPONENT development)
if(TARGET caligo_c)
  configure_file(cmake/caligo-c.pc.in caligo-c.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/caligo-c.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
          COMPONENT development)
endif()

if(CALIGO_PACKAGE)
  include(CaligoPackage)
endif()
