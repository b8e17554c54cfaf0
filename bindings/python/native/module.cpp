// SPDX-License-Identifier: Apache-2.0
/// caligo._caligo: what the Python package needs of the library. Its users are the modules of the package only.

#include <nanobind/nanobind.h>

#include "arrays.hpp"
#include "code_bind.hpp"
#include "codec_bind.hpp"
#include "errors.hpp"
#include "session_bind.hpp"
#include "simulate_bind.hpp"

NB_MODULE(_caligo, module) {
  namespace python = caligo::python;
  python::import_numpy();
  python::bind_errors(module);
  python::bind_info(module);
  python::bind_code(module);
  python::bind_codec(module);
  python::bind_session(module);
  python::bind_amplify(module);
  python::bind_authenticate(module);
  python::bind_container(module);
  python::bind_simulate(module);
}
