// SPDX-License-Identifier: Apache-2.0
#pragma once
/// What is behind a CodeBook: codes chosen by Alice and rebuilt by Bob, their decode plans, and decoders that wait for
/// the next block.

#include <caligo/blind.hpp>
#include <caligo/construct.hpp>
#include <caligo/reconcile.hpp>
#include <caligo/session.hpp>

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
  std::uint64_t id = 0;      ///< shows that both sides have built the same code, and the same segments
  friend bool operator==(const CodeName&, const CodeName&) = default;
};

/// Errors: a cell or a size that no choice for blocks of `bits` bits leads to.
[[nodiscard]] bool possible_name(const CodeName& name, std::size_t bits) noexcept;

/// A code of one-way mode, or of blind mode, which then comes with its segments.
struct Code {
  CodeName name;
  CodeSpec spec;
  std::shared_ptr<const BlindCode> blind;
};

/// All functions may be called by any number of threads.
class Codes {
 public:
  Codes(const std::optional<std::filesystem::path>& cache, std::size_t decoders)
      : cache_(cache), decoders_(decoders), selector_(cache) {}

  /// Alice's choice. Errors: those of CodeSelector::select.
  Result<std::shared_ptr<const Code>> choose(const CodeRequest& request, SessionMode mode);
  /// Bob's way to the same code. `name` is possible_name(). Errors: malformed_input, if the code has another id.
  Result<std::shared_ptr<const Code>> rebuild(const CodeName& name, const CrcSpec& crc, SessionMode mode);

  /// A decoder for the code, a waiting one if there is one; give it back.
  Result<std::unique_ptr<Corrector>> borrow(const std::shared_ptr<const Code>& code, unsigned list_size,
                                            unsigned tag_bits);
  void give_back(const std::shared_ptr<const Code>& code, unsigned list_size, unsigned tag_bits,
                 std::unique_ptr<Corrector> corrector);

  /// Of blind mode: preferably the one that `owner` used last, which can go on where it stopped.
  Result<std::unique_ptr<BlindCorrector>> borrow_blind(const std::shared_ptr<const Code>& code, unsigned list_size,
                                                       const void* owner);
  /// owner: who may come back with the same block; nullptr for nobody.
  void give_back_blind(const std::shared_ptr<const Code>& code, unsigned list_size, const void* owner,
                       std::unique_ptr<BlindCorrector> corrector);

 private:
  struct Choice {
    CodeRequest request;
    SessionMode mode{};
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
  struct BlindPlan {
    std::shared_ptr<const Code> code;
    unsigned list_size = 0;
    std::shared_ptr<const SegmentedPlan> plan;
  };
  struct BlindWaiting {
    std::shared_ptr<const Code> code;
    unsigned list_size = 0;
    const void* owner = nullptr;
    std::unique_ptr<BlindCorrector> corrector;
  };
  std::shared_ptr<const Code> known(const CodeName& name, const CrcSpec& crc, SessionMode mode);
  Result<std::shared_ptr<const Code>> select(const CodeRequest& request, SessionMode mode);
  Result<std::shared_ptr<const ReliabilityOrder>> order(const CodeName& name);
  std::unique_ptr<BlindCorrector> waiting_blind(const std::shared_ptr<const Code>& code, unsigned list_size,
                                                const void* owner);
  Result<Plans> plans(const std::shared_ptr<const Code>& code, unsigned list_size);
  void remember(const std::shared_ptr<const Code>& code);

  std::mutex mutex_;
  std::optional<std::filesystem::path> cache_;
  std::size_t decoders_;
  CodeSelector selector_;
  std::list<std::shared_ptr<const Code>> codes_;  ///< newest first, as all of these
  std::list<Choice> choices_;
  std::list<std::pair<CodeName, std::shared_ptr<const ReliabilityOrder>>> orders_;
  std::list<Plans> plans_;
  std::list<Waiting> waiting_;
  std::list<BlindPlan> blind_plans_;
  std::list<BlindWaiting> blind_waiting_;
};

}  // namespace caligo::session
