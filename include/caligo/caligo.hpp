// SPDX-License-Identifier: Apache-2.0
#pragma once
/// All of the library. One header per stage, see ARCHITECTURE.md for how they build on each other.

#include <caligo/adaptive.hpp>
#include <caligo/amplify.hpp>
#include <caligo/authenticate.hpp>
#include <caligo/batch.hpp>
#include <caligo/bits.hpp>
#include <caligo/blind.hpp>
#include <caligo/cascade.hpp>
#include <caligo/channel.hpp>
#include <caligo/code.hpp>
#include <caligo/construct.hpp>
#include <caligo/container.hpp>
#include <caligo/crc.hpp>
#include <caligo/decode.hpp>
#include <caligo/encode.hpp>
#include <caligo/error.hpp>
#include <caligo/isa.hpp>
#include <caligo/key_length.hpp>
#include <caligo/llr.hpp>
#include <caligo/normal_approximation.hpp>
#include <caligo/random.hpp>
#include <caligo/reconcile.hpp>
#include <caligo/results.hpp>
#include <caligo/segmented.hpp>
#include <caligo/session.hpp>
#include <caligo/simulate.hpp>
#include <caligo/soft.hpp>
#include <caligo/version.hpp>
