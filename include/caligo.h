/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CALIGO_H
#define CALIGO_H
/// The C interface of Caligo: polar codes and key reconciliation for programs in C and in every language that can call
/// C. docs/c-api.md introduces it. C11 and C++20; link with `-lcaligo` (`pkg-config caligo-c`, CMake target
/// `caligo::c`).
///
/// Conventions
///
/// - Functions that can fail return a caligo_error, 0 for success, and leave a text for caligo_error_message(). What
/// they
///   would have written through their last arguments is then undefined, except that handles are NULL.
/// - Handles are opaque. `caligo_X_create` and the like give them out, `caligo_X_destroy` takes them back (NULL is
///   allowed), wiping what may be key material. No handle depends on the life of another one: what they share is
///   counted.
/// - Threads: a handle is called "immutable" where any number of threads may use it at once. All others may be used by
///   one thread at a time, on any thread. Functions without a handle may be called from any thread.
/// - Structures that may grow begin with `struct_size`, which the caller sets to `sizeof`. All other fields may be left
///   0: that means the default. Fields are only ever appended, so that old programs run with new libraries; new ones
///   run with old libraries as long as they leave fields 0 that the library does not know (else
///   CALIGO_ERROR_UNSUPPORTED). Options given as NULL are all defaults.
/// - Bits are packed: bit i of a string is `(bytes[i / 8] >> (i % 8)) & 1`. n bits take caligo_bytes_for(n) bytes at
/// any
///   address; pad bits of the last byte are zero, and input where they are not is refused. Rows of several frames begin
///   at a byte each.
/// - LLR = ln P(bit = 0)/P(bit = 1): positive means 0. x = u·F^(⊗n) in natural order. A frozen mask has 1 = frozen.
/// - Strings are UTF-8 and end in NUL. Counts are size_t, and may be 0 only where it is said.
/// - `@since` names the version in which a function appeared; it is also the version of its symbol in the shared
/// library.
#include <caligo/c/base.h>
#include <caligo/c/codec.h>
#include <caligo/c/container.h>
#include <caligo/c/key.h>
#include <caligo/c/reconcile.h>
#include <caligo/c/session.h>
#include <caligo/c/simulate.h>
#include <caligo/c/soft.h>

#endif
