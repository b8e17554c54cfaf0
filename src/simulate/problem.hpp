// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What a SimulationTask holds: the problem in words, and compiled.

#include <caligo/adaptive.hpp>
#include <caligo/simulate.hpp>

#include <memory>
#include <optional>
#include <string>

namespace caligo::simulate {

struct DecodeProblem {
  CodeSpec code;
  Channel channel;  ///< Bsc, Bec or Awgn
  DecoderSettings decoder;
  float scale = 1;                                    ///< LLR units per nat
  std::shared_ptr<const DecodePlan> list_plan;        ///< scl
  std::shared_ptr<const AdaptivePlan> adaptive_plan;  ///< sc and adaptive
};

struct Problem {
  std::string json;
  std::string strong_id;
  std::string decoder_name;
  Channel channel;
  std::size_t frame_bits = 0;
  double frame_nanoseconds = 0;  ///< a guess that depends on the problem alone, for the size of chunks
  std::optional<DecodeProblem> decode;
  std::optional<ReconciliationSettings> reconciliation;
};

/// The hash that identifies a task.
[[nodiscard]] std::string task_id(std::string_view json);
/// "none", or "WIDTH:0xPOLYNOMIAL": the same for every name of a polynomial.
[[nodiscard]] std::string canonical_crc(const CrcSpec& crc);
/// The lower-case name that files and the command line use.
[[nodiscard]] std::string_view name_of(DecoderKind kind) noexcept;
[[nodiscard]] std::string_view name_of(ReconciliationMode mode) noexcept;

}  // namespace caligo::simulate
