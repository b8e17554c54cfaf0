// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Bob's machine.

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

class BobMachine : public Peer {
 public:
  BobMachine(const SessionSettings& settings, BitView y, std::shared_ptr<CodeBook> book);
  ~BobMachine();
  BobMachine(const BobMachine&) = delete;
  BobMachine& operator=(const BobMachine&) = delete;

  Result<void> receive(std::span<const std::byte> bytes);
  std::shared_ptr<Task> take_task();
  void complete(const std::shared_ptr<Task>& task);
  std::size_t next_frame(std::span<std::byte> out);
  void on_timeout();
  [[nodiscard]] double epsilon() const noexcept { return epsilon_; }

 private:
  enum class Stage : std::uint8_t {
    idle,
    receiving,  ///< a message of Alice
    ready,      ///< for take_task()
    working,    ///< somebody has the task
    asking,     ///< the answer is `more`, and Alice's next message is awaited
  };
  /// Memory of one exchange in flight, used again for others.
  struct Slot {
    Stage stage = Stage::idle;
    std::uint32_t exchange = 0;
    std::uint32_t message = 0;
    std::shared_ptr<Task> task;
    OutMessage reply;
    [[nodiscard]] bool holds(std::uint32_t number) const noexcept { return stage != Stage::idle && exchange == number; }
  };
  Result<void> on_hello(std::span<const std::byte> bytes, const Frame& frame);
  Result<void> on_disclose(std::span<const std::byte> bytes, const Frame& frame);
  Result<void> on_receipt(std::span<const std::byte> bytes, const Frame& frame);
  void agree(std::span<const std::byte> hello);
  /// Where a frame about an undecided exchange belongs. Errors: refused.
  Result<Slot*> find_slot(std::uint32_t exchange);
  [[nodiscard]] std::size_t longest(std::uint32_t exchange) const noexcept;
  [[nodiscard]] bool fits(const Frame& frame, const Slot& slot) const noexcept;
  void begin(Slot& slot, const Frame& frame);
  void on_complete(Slot& slot);
  void compare_sample(std::span<const std::byte> message);
  bool prepare(Slot& slot);
  void ask(Slot& slot);
  void decide(std::uint32_t exchange, BlockOutcome outcome);
  void close(std::span<const std::byte> message);
  [[nodiscard]] bool may_tell(std::uint32_t exchange) const noexcept;
  std::size_t send_reply(Slot& slot, std::span<std::byte> out);
  std::size_t send_answer(std::uint32_t exchange, std::span<std::byte> out);
  std::size_t send_receipt(std::uint32_t exchange, std::span<std::byte> out);

  BitString input_;   ///< y until the sample is known and the blocks can be cut
  BitString sample_;  ///< y on the positions of the sample
  std::optional<Hello> hello_;
  bool accept_due_ = false;
  std::optional<std::uint32_t> refuse_due_;  ///< the setting that differs
  std::vector<Slot> slots_;
  std::uint32_t base_ = 0;  ///< first exchange that is not decided
  std::size_t decided_ = 0;
  std::size_t ready_ = 0;
  std::size_t ready_cursor_ = 0;
  std::size_t reply_cursor_ = 0;
  std::uint32_t sample_errors_ = 0;
  bool closed_ = false;
  bool agreed_ = false;
  std::vector<CodeName> used_;
  double epsilon_ = 0;
};

}  // namespace caligo::session
