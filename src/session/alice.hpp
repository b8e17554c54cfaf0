// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Alice's machine.

#include <caligo/cascade.hpp>
#include <caligo/session.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "session/peer.hpp"
#include "session/settings.hpp"

namespace caligo::session {

class AliceMachine : public Peer {
 public:
  AliceMachine(const SessionSettings& settings, BitView x, std::shared_ptr<CodeBook> book, std::uint64_t sample_seed);

  Result<void> receive(std::span<const std::byte> bytes);
  Result<bool> work();
  std::size_t next_frame(std::span<std::byte> out);
  void on_timeout();
  void abandon();

 private:
  enum class Stage : std::uint8_t {
    idle,
    waiting,   ///< for Bob's answer
    answered,  ///< work() makes the next message
  };
  /// Memory of one exchange in flight, used again for others.
  struct Slot {
    Stage stage = Stage::idle;
    std::uint32_t exchange = 0;
    std::uint32_t message = 0;
    OutMessage out;
    InMessage in;
    std::optional<BlindDiscloser> blind;
    std::optional<CascadeAlice> cascade;
    CascadeParameters parameters;   ///< of `cascade`
    std::uint64_t parity_bits = 0;  ///< counted for the question that is open
    [[nodiscard]] bool holds(std::uint32_t number) const noexcept { return stage != Stage::idle && exchange == number; }
  };
  Result<void> on_accept(std::span<const std::byte> bytes, const Frame& frame);
  Result<void> on_refuse(std::span<const std::byte> bytes, const Frame& frame);
  Result<void> on_receipt(std::span<const std::byte> bytes, const Frame& frame);
  Result<void> on_answer(std::span<const std::byte> bytes, const Frame& frame);
  Result<void> on_late_answer(std::span<const std::byte> bytes, const Frame& frame);
  [[nodiscard]] bool fits(const Frame& frame, const Slot& slot) const noexcept;
  [[nodiscard]] bool plausible(std::uint32_t exchange, const Answer& answer) const noexcept;
  [[nodiscard]] bool plausible_question(const Slot& slot, const Answer& answer) const noexcept;
  void decide(std::uint32_t exchange, const Answer& answer);
  void advance();
  [[nodiscard]] bool may_start() const noexcept;
  Result<void> start_block();
  Result<void> disclose_one_way(const Code& code, const VerificationKey& key);
  Result<void> disclose_blind(const std::shared_ptr<const Code>& code, const VerificationKey& key);
  Result<void> disclose_interactive();
  Result<void> reply(Slot& slot);
  Result<void> reply_blind(Slot& slot);
  Result<void> reply_interactive(Slot& slot);
  Result<void> ask(Slot& slot, std::uint32_t exchange, std::size_t head_bytes);
  void keep_verified_units(std::uint32_t exchange);
  Result<CodeRequest> request(std::size_t code_bits) const;
  Result<std::shared_ptr<const Code>> choose(std::size_t code_bits);
  CodeName within_bound(const CodeName& wanted);
  void start_closing(bool abandoned);
  OutMessage& open(std::uint32_t exchange, std::size_t bytes, const Disclosed& disclosed);
  std::size_t send_part(Slot& slot, std::span<std::byte> out);
  std::size_t send_receipt(std::uint32_t exchange, std::span<std::byte> out);

  Hello hello_;
  bool hello_due_ = true;
  BitString sample_;
  ErrorRate rate_;
  std::vector<Slot> slots_;
  std::size_t slot_cursor_ = 0;
  std::uint32_t next_ = 0;     ///< exchange to start next
  std::uint32_t base_ = 0;     ///< first exchange whose message Bob may not have, or that is not decided
  std::size_t in_flight_ = 0;  ///< blocks begun and not decided
  std::size_t decided_ = 0;
  std::optional<Discloser> discloser_;
  CodeName disclosing_;  ///< what discloser_ is for
  Disclosure disclosure_;
  BlindDisclosure blind_disclosure_;
  CascadeMessage question_;
  std::vector<CodeName> used_;  ///< at most settings_.max_codes of one length
};

}  // namespace caligo::session
