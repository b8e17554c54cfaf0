# SPDX-License-Identifier: Apache-2.0
# Debian packages by CPack (`./dev package`, preset "package"), one per component: the C library, what programs are built
# with, the tool.
set(abi ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME caligo)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The Caligo authors <authors@caligo.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_COMPONENTS_ALL runtime development tool)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON) # programs linked with the library depend on this very ABI
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS_POLICY "=")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME libcaligo${abi})
set(CPACK_COMPONENT_RUNTIME_DESCRIPTION
    "Polar codes and key reconciliation, C library\nReconciliation of noisy keys with polar codes, list decoding, privacy amplification.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libcaligo-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_DEPENDS "libcaligo${abi} (= ${PROJECT_VERSION}), libsodium-dev")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION
    "Polar codes and key reconciliation, development files\nHeaders of the C and C++ interfaces, the archive of the C++ interface, CMake and pkg-config files.")
set(CPACK_DEBIAN_TOOL_PACKAGE_NAME caligo)
set(CPACK_DEBIAN_TOOL_PACKAGE_SECTION science)
set(CPACK_COMPONENT_TOOL_DESCRIPTION
    "Polar codes and key reconciliation, command line tool\nConstructs, encodes, decodes, reconciles, distills and measures.")

# Triggers for the dynamic linker's cache.
file(CONFIGURE OUTPUT debian/triggers CONTENT "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_RUNTIME_PACKAGE_CONTROL_EXTRA ${CMAKE_CURRENT_BINARY_DIR}/debian/triggers)
# The licence goes into every package, as Debian wants it.
set(component_runtime libcaligo${abi})
set(component_development libcaligo-dev)
set(component_tool caligo)
foreach(component IN ITEMS runtime development tool)
  install(FILES ${PROJECT_SOURCE_DIR}/packaging/debian/copyright COMPONENT ${component}
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${component_${component}})
endforeach()
include(CPack)
