// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What decoders of one frame share: the way in (LLRs, frozen values) and the way out (a decoded word becomes code
/// word, u, message, and its CRC is checked).

#include <caligo/crc.hpp>
#include <caligo/decode.hpp>
#include <caligo/isa.hpp>

#include <memory>

#include "decode/arena.hpp"
#include "kernels/kernels.hpp"

namespace caligo::decode {

class FrameEngine {
 public:
  /// Wipes the bits of the last path.
  virtual ~FrameEngine();
  FrameEngine(const FrameEngine&) = delete;
  FrameEngine& operator=(const FrameEngine&) = delete;

  /// The input's sizes have been checked. Errors: invalid_argument (LLRs).
  virtual Result<DecodeVerdict> decode(const DecodePlan& plan, const DecodeInput& input) noexcept = 0;
  [[nodiscard]] virtual std::size_t memory_bytes() const noexcept = 0;

  /// What another engine may borrow that never runs at the same time.
  [[nodiscard]] const Arena& arena() const noexcept { return arena_; }
  /// The memory, for the engine of another plan. This one can only be destroyed afterwards.
  [[nodiscard]] Arena release_arena() noexcept { return std::move(arena_).recycled(); }

  [[nodiscard]] BitView message() const noexcept { return message_; }
  [[nodiscard]] BitView codeword() const noexcept { return {codeword_.words().data(), sent_bits_}; }
  [[nodiscard]] BitView u() const noexcept { return u_; }

 protected:
  /// Throws std::bad_alloc.
  FrameEngine(const CodeSpec& code, Arena arena);

  /// Fills `channel`: N LLRs (64 at least), their signs flipped by the coset of the frozen values. scale: internal
  /// units per nat.
  template <class Llr>
  Result<void> load_channel(const CodeSpec& code, const DecodeInput& input, float scale,
                            const kernels::ListKernels<Llr>& kernels, Llr* channel) noexcept;
  /// Code word, u and message of the word that was decoded on the coset and lies in decoded().
  void read_word(const CodeSpec& code) noexcept;
  [[nodiscard]] std::uint64_t* decoded() noexcept { return codeword_.words().data(); }
  [[nodiscard]] bool checksum_holds(const CodeSpec& code, const DecodeInput& input) const noexcept;
  /// Of the code word read last, against the LLRs that load_channel() left.
  template <class Llr>
  [[nodiscard]] std::uint32_t path_metric(const kernels::ListKernels<Llr>& kernels, const Llr* channel) noexcept;
  /// Bytes of the bit strings.
  [[nodiscard]] std::size_t bit_bytes() const noexcept;

  Arena arena_;

 private:
  void load_coset(const CodeSpec& code, BitView frozen_values) noexcept;

  std::size_t sent_bits_;
  Crc crc_;
  BitString coset_;        ///< frozen values · G: x of the coset that is decoded
  BitString information_;  ///< message and, if embedded, CRC of the path being read
  BitString codeword_;
  BitString u_;
  BitString message_;
  bool coset_is_zero_ = true;
};

/// The engine that a plan needs. lender: see Arena. spare: of another engine, from release_arena(). Throws
/// std::bad_alloc.
[[nodiscard]] std::unique_ptr<FrameEngine> make_engine(const DecodePlan& plan, Isa isa, const Arena* lender = nullptr,
                                                       Arena spare = {});

}  // namespace caligo::decode
