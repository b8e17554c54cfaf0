// SPDX-License-Identifier: Apache-2.0
#pragma once
/// The working half of a BatchDecoder.

#include <caligo/batch.hpp>

#include <vector>

#include "decode/adaptive_stages.hpp"
#include "decode/arena.hpp"
#include "decode/batch_crc.hpp"
#include "kernels/sc_kernels.hpp"

namespace caligo::decode {

class BatchEngine {
 public:
  /// Throws std::bad_alloc.
  BatchEngine(const AdaptivePlan& plan, Isa isa);
  ~BatchEngine();
  BatchEngine(const BatchEngine&) = delete;
  BatchEngine& operator=(const BatchEngine&) = delete;

  /// The input has been checked.
  void decode(const BatchInput& input, const BatchOutput& output) noexcept;
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  /// Frames [first, first + count) of a call, count ≤ 64.
  struct Part {
    const BatchInput& input;
    const BatchOutput& output;
    std::size_t first;
    std::size_t count;
  };

  void lay_out();
  void interleaved(const Part& part) noexcept;
  void load_cosets(const Part& part) noexcept;
  void load_channel(const Part& part) noexcept;
  /// The part's LLRs as int8 rows.
  const std::int8_t* integer_rows(const Part& part) noexcept;
  void write_codewords(const Part& part) noexcept;
  /// Returns the frames whose CRC fails.
  std::uint64_t write_messages(const Part& part) noexcept;
  /// words: one per bit of a row, bit f belongs to frame f of the part.
  void write_rows(const Part& part, const std::uint64_t* words, std::size_t bits,
                  std::span<std::uint8_t> rows) noexcept;
  void single(const BatchInput& input, const BatchOutput& output, std::size_t frame) noexcept;

  const CodeSpec& code_;
  const kernels::ScBatchKernel& kernel_;
  const std::vector<kernels::NodeKind>& program_;
  bool interleaves_;
  AdaptiveStages stages_;  ///< for frames that SC loses; for all frames if they are not interleaved
  BatchCrc crc_;
  Arena arena_;
  kernels::ScBatchWorkspace workspace_{};
  std::int8_t* rows_ = nullptr;     ///< LLR buffers of all levels below the channel; quantised rows before that
  std::uint64_t* coset_ = nullptr;  ///< N words: frozen values · G
  std::vector<std::uint32_t> frozen_positions_;
  BitString frozen_values_;  ///< of one frame
};

}  // namespace caligo::decode
