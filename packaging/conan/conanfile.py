# SPDX-License-Identifier: Apache-2.0
"""Conan 2 recipe: the archive of the C++ interface, the shared library of the C interface, without the tool.

    conan create packaging/conan --build=missing
"""

import re
from pathlib import Path

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy
from conan.tools.gnu import PkgConfigDeps


class Caligo(ConanFile):
    name = "caligo"
    license = "Apache-2.0"
    description = "Polar codes and key reconciliation"
    topics = ("polar-codes", "qkd", "error-correction")
    settings = "os", "arch", "compiler", "build_type"
    options = {"fPIC": [True, False]}
    default_options = {"fPIC": True}

    @property
    def _root(self):
        return Path(self.recipe_folder).parents[1]

    def set_version(self):
        text = (self._root / "CMakeLists.txt").read_text(encoding="utf-8")
        self.version = re.search(r"project\(caligo VERSION ([\d.]+)", text)[1]

    def export_sources(self):
        for pattern in ("CMakeLists.txt", "LICENSE", "NOTICE", "README.md", "CHANGELOG.md", "cmake/*", "include/*",
                        "src/*", "packaging/*"):
            copy(self, pattern, src=self._root, dst=self.export_sources_folder)

    def requirements(self):
        self.requires("libsodium/[>=1.0.18]")
        self.requires("fmt/[>=9 <12]")
        self.requires("nlohmann_json/[>=3.11]")

    def validate(self):
        check_min_cppstd(self, 20)

    def layout(self):
        cmake_layout(self)

    def generate(self):
        CMakeDeps(self).generate()
        PkgConfigDeps(self).generate()  # the build finds libsodium by pkg-config
        toolchain = CMakeToolchain(self)
        for option in ("CLI", "TESTS"):
            toolchain.cache_variables[f"CALIGO_BUILD_{option}"] = False
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "caligo")
        self.cpp_info.components["cxx"].libs = ["caligo_cxx"]
        self.cpp_info.components["cxx"].requires = ["libsodium::libsodium", "fmt::fmt", "nlohmann_json::nlohmann_json"]
        self.cpp_info.components["cxx"].system_libs = ["pthread"]
        self.cpp_info.components["cxx"].set_property("cmake_target_name", "caligo::caligo")
        self.cpp_info.components["cxx"].set_property("pkg_config_name", "caligo")
        self.cpp_info.components["c"].libs = ["caligo"]
        self.cpp_info.components["c"].set_property("cmake_target_name", "caligo::c")
        self.cpp_info.components["c"].set_property("pkg_config_name", "caligo-c")
