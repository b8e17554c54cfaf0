// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What is behind a CodeBook: codes chosen by Alice and rebuilt by Bob, their decode plans, and decoders that wait for
/// the next block.

#include <caligo/construct.hpp>
#include <caligo/reconcile.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace caligo::session {

/// How Alice names a code: by integers only, so that no rounding of floating-point numbers stands between the two.
struct CodeName {
  std::int16_t cell = 0;     ///< the order is designed for a QBER of 2^(cell/16)
  std::uint32_t sent = 0;    ///< CodeSpec::sent_bits()
  std::uint32_t frozen = 0;  ///< CodeSpec::frozen_bits()
  std::uint64_t id = 0;      ///< first half of the strong_id: shows that both sides have built the same code
  friend bool operator==(const CodeName&, const CodeName&) = default;
};

/// sent_bits() of the codes for blocks of `bits` bits.
[[nodiscard]] std::size_t code_length(std::size_t bits) noexcept;
/// Errors: a cell or a size that no choice for blocks of `bits` bits leads to.
[[nodiscard]] bool possible_name(const CodeName& name, std::size_t bits) noexcept;

/// A code and, once somebody decodes it, its plans. Immutable except for these.
struct Code {
  CodeName name;
  CodeSpec spec;
};

/// All functions may be called by any number of threads.
class Codes {
 public:
  explicit Codes(const std::optional<std::filesystem::path>& cache) : cache_(cache), selector_(cache) {}

  /// Alice's choice. Errors: those of CodeSelector::select.
  Result<std::shared_ptr<const Code>> choose(const CodeRequest& request);
  /// Bob's way to the same code. `name` is possible_name(). Errors: malformed_input, if the code has another id.
  Result<std::shared_ptr<const Code>> rebuild(const CodeName& name, const CrcSpec& crc);

  /// A decoder for the code, a waiting one if there is one; give it back.
  Result<std::unique_ptr<Corrector>> borrow(const std::shared_ptr<const Code>& code, unsigned list_size,
                                            unsigned tag_bits);
  void give_back(const std::shared_ptr<const Code>& code, unsigned list_size, unsigned tag_bits,
                 std::unique_ptr<Corrector> corrector);

 private:
  struct Choice {
    CodeRequest request;
    std::shared_ptr<const Code> code;
  };
  struct Plans {
    std::shared_ptr<const Code> code;
    unsigned list_size = 0;
    std::shared_ptr<const DecodePlan> full;
    std::shared_ptr<const DecodePlan> first;  ///< a shorter list, tried before; or none
  };
  struct Waiting {
    std::shared_ptr<const Code> code;
    unsigned list_size = 0;
    unsigned tag_bits = 0;
    std::unique_ptr<Corrector> corrector;
  };
  std::shared_ptr<const Code> known(const CodeName& name, const CrcSpec& crc);
  Result<const ReliabilityOrder*> order(const CodeName& name);
  Result<Plans> plans(const std::shared_ptr<const Code>& code, unsigned list_size);
  void remember(const std::shared_ptr<const Code>& code);

  std::mutex mutex_;
  std::optional<std::filesystem::path> cache_;
  CodeSelector selector_;
  std::list<std::shared_ptr<const Code>> codes_;  ///< newest first, as all of these
  std::list<Choice> choices_;
  std::list<std::pair<CodeName, ReliabilityOrder>> orders_;
  std::list<Plans> plans_;
  std::list<Waiting> waiting_;
};

}  // namespace caligo::session
