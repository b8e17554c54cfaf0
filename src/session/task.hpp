// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What is said about a block, and Bob's work on it, which may be done on any thread.

#include <caligo/blind.hpp>
#include <caligo/cascade.hpp>
#include <caligo/reconcile.hpp>
#include <caligo/session.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "session/codes.hpp"
#include "session/layout.hpp"
#include "session/message.hpp"

namespace caligo::session {

// ---- Payloads: docs/formats/session.md

/// Code name, CRC, key and tag, before the frozen values.
inline constexpr std::size_t disclosure_head_bytes = 80;
/// Status, before one bit per block.
inline constexpr std::size_t closing_head_bytes = 8;

/// The longest message that Alice sends with these settings.
[[nodiscard]] std::size_t longest_message(const SessionSettings& settings, const Layout& layout) noexcept;
/// The same of the messages about a block of `code_bits` bits.
[[nodiscard]] std::size_t longest_message(const SessionSettings& settings, std::size_t code_bits) noexcept;

/// Message 0 about a block. out: disclosure_head_bytes + bytes_for(frozen values).
void write_disclosure(const CodeName& name, const Disclosure& disclosure, std::span<std::byte> out) noexcept;
/// The same in blind mode: four more bytes for each segment's checksum, behind the values.
void write_disclosure(const CodeName& name, const BlindDisclosure& disclosure, std::span<std::byte> out) noexcept;
/// The code that a complete message is for, if that can be one for blocks of `code_bits` bits and the message may have
/// its length.
[[nodiscard]] std::optional<CodeName> read_code_name(std::span<const std::byte> message, std::size_t code_bits,
                                                     SessionMode mode) noexcept;
/// Whether bits behind the first `bits` are zero, and there are as many bytes as these need.
[[nodiscard]] bool is_packed(std::span<const std::byte> bytes, std::size_t bits) noexcept;
/// Only if is_packed().
[[nodiscard]] BitString read_bits(std::span<const std::byte> bytes, std::size_t bits);

enum class AnswerKind : std::uint32_t {
  verified = 1,
  failed = 2,
  sample = 3,     ///< errors in the sample
  agreed = 4,     ///< to the closing message
  disagreed = 5,  ///< Alice takes a block for verified that Bob does not: nothing becomes key
  more = 6,       ///< Bob needs another message about the block; the mode says what the numbers and the rest mean
};

/// Every answer of Bob begins with these; only `more` may go on after them.
inline constexpr std::size_t answer_head_bytes = 12;
struct Answer {
  AnswerKind kind{};
  std::uint32_t errors = 0;  ///< of verified and sample; of more, the first number
  std::uint32_t count = 0;   ///< of more, the second number
};
void write_answer(const Answer& answer, std::span<std::byte> out) noexcept;
[[nodiscard]] std::optional<Answer> read_answer(std::span<const std::byte> payload) noexcept;

// ---- Bob's work

/// One block. While it is worked on, only run() touches it and its part of the store. Between the messages about one
/// block it keeps what the mode needs.
struct Task {
  // From the session.
  std::shared_ptr<CodeBook> book;
  std::shared_ptr<BlockStore> store;
  SessionMode mode{};
  unsigned list_size = 0;
  unsigned tag_bits = 0;
  CrcSpec crc;
  std::uint32_t exchange = 0;
  std::size_t block = 0;
  std::size_t most_bits = 0;  ///< of any block
  CodeName name;
  std::uint32_t message = 0;
  InMessage in;
  // The result.
  bool done = false;
  Answer answer;
  std::vector<std::byte> rest;  ///< of the answer
  std::size_t key_bits = 0;     ///< once verified
  double epsilon = 0;           ///< of a verified block: the probability that it is wrong all the same
  std::size_t expected = 0;     ///< interactive: bytes of Alice's next message

  /// Decodes; x̂ replaces y in the store if it is verified.
  void run();
  /// Forgets the block.
  void drop() noexcept { open.reset(); }

 private:
  void run_one_way(const std::shared_ptr<const Code>& code);
  void run_blind(const std::shared_ptr<const Code>& code);
  /// Takes Alice's message into `open`. False: it cannot be.
  bool read_blind(const std::shared_ptr<const Code>& code);

  void run_interactive();
  void finish_interactive();

  std::optional<BlindBlock> open;  ///< blind mode: what is known of the block
  std::optional<CascadeBob> cascade;
  CascadeParameters parameters;  ///< of `cascade`
  CascadeMessage cascade_answer;
};

}  // namespace caligo::session
