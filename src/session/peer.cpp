// SPDX-License-Identifier: Apache-2.0
#include "session/peer.hpp"

#include <utility>

namespace caligo::session {

Peer::Peer(const SessionSettings& settings, std::uint64_t bits, std::shared_ptr<CodeBook> book)
    : settings_(settings), bits_(bits), layout_(settings, bits), book_(std::move(book)) {
  if (book_ == nullptr) book_ = std::make_shared<CodeBook>();
  records_.resize(layout_.blocks() + (has_sample() ? 1 : 0) + 1);
  for (std::size_t i = 0; i < layout_.blocks(); ++i) records_[first_block() + i].block.bits = layout_.place(i).bits;
  owed_.reset(records_.size());
}

SessionBlock Peer::block(std::size_t index) const noexcept { return records_[first_block() + index].block; }

BitString Peer::key() const {
  if (status_ != SessionStatus::finished) return {};
  std::size_t total = 0;
  const auto verified = [this](std::size_t i) { return block(i).outcome == BlockOutcome::verified; };
  for (std::size_t i = 0; i < blocks(); ++i) total += verified(i) ? block(i).key_bits : 0;
  BitString result(total);
  std::size_t filled = 0;
  for (std::size_t i = 0; i < blocks(); ++i) {
    if (!verified(i)) continue;
    copy_bits(store_->block(i), 0, result, filled, block(i).key_bits);
    filled += block(i).key_bits;
  }
  return result;
}

Error Peer::refuse(Refusal refusal, const std::string& found) {
  ++statistics_.refused[static_cast<std::size_t>(refusal)];
  return refusal_error(refusal, found);
}

Result<void> Peer::accept(std::size_t frame_bytes, bool news) {
  ++statistics_.frames_accepted;
  statistics_.bytes_accepted += frame_bytes;
  if (!news) ++statistics_.duplicates;
  return {};
}

std::size_t Peer::send(const Frame& frame, std::span<std::byte> out) {
  const std::size_t size = write_frame(frame, settings_.session_id, out);
  ++statistics_.frames_sent;
  statistics_.bytes_sent += size;
  return size;
}

void Peer::fail(Error error) {
  status_ = SessionStatus::failed;
  error_ = std::move(error);
  for (Record& record : records_) {
    if (record.block.outcome != BlockOutcome::failed) record.block.outcome = BlockOutcome::lost;
    record.block.key_bits = 0;
  }
}

void Peer::disclose(Record& record, const Leakage& leaked) {
  record.block.leaked += leaked;
  leaked_ += leaked;
}

}  // namespace caligo::session
