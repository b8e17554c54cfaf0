// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/blind.hpp>

#include <utility>

namespace caligo {

namespace {

/// A wrong path has a segment's checksum with probability 2^-width; a block has up to some hundred trials.
constexpr unsigned shortest_crc = 8;

Error invalid(std::string message) { return {ErrorCode::invalid_argument, std::move(message)}; }

}  // namespace

BlindCode::BlindCode(std::shared_ptr<const ReliabilityOrder> order, CodeSpec code)
    : order_(std::move(order)), code_(std::move(code)) {
  std::vector<double> errors_before(code_.block_length() + 1, 0.0);
  for (std::size_t i = 0; i < code_.block_length(); ++i) {
    const double here = code_.information_mask()[i] ? static_cast<double>(order_->error_probability[i]) : 0.0;
    errors_before[i + 1] = errors_before[i] + here;
  }
  const std::size_t half = code_.block_length() / 2;  // the root is no segment
  cut(code_.log2_length() - 1, 0, errors_before);
  cut(code_.log2_length() - 1, half, errors_before);
}

/// Segments in which successive cancellation errs about equally often: in shorter ones checksums would cost more than
/// they save, in longer ones questions are spread over positions that need none.
void BlindCode::cut(unsigned level, std::size_t offset, const std::vector<double>& errors_before) {
  const Segment segment{.level = level, .offset = offset};
  if (popcount({code_.information_mask().words().data() + offset / 64, segment.length()}) == 0) return;
  const double errors = errors_before[offset + segment.length()] - errors_before[offset];
  if (errors <= segment_errors || level == SegmentedPlan::min_level) {
    segments_.push_back(segment);
    return;
  }
  cut(level - 1, offset, errors_before);
  cut(level - 1, offset + segment.length() / 2, errors_before);
}

Result<std::shared_ptr<const BlindCode>> BlindCode::make(std::shared_ptr<const ReliabilityOrder> order,
                                                         std::size_t disclosed, const CrcSpec& crc) {
  if (order == nullptr || order->error_probability.empty()) {
    return invalid("blind reconciliation needs an order with error probabilities");
  }
  if (order->n <= SegmentedPlan::min_level) {
    return invalid(fmt::format("blind reconciliation needs a block length of 2^{} or more, got 2^{}",
                               SegmentedPlan::min_level + 1, order->n));
  }
  if (crc.width < shortest_crc) {
    return invalid(fmt::format("blind reconciliation needs a CRC of {} bits or more, got {}", shortest_crc, crc.width));
  }
  if (disclosed >= order->indices.size()) {
    return invalid(fmt::format("expected fewer than {} disclosed positions, got {}", order->indices.size(), disclosed));
  }
  auto code = make_code(*order, order->indices.size() - disclosed, crc, CrcPlacement::external);
  if (!code) return code.error();
  return std::shared_ptr<const BlindCode>(new BlindCode(std::move(order), std::move(*code)));
}

Result<std::shared_ptr<const SegmentedPlan>> BlindCode::plan(unsigned list_size) const {
  return SegmentedPlan::make(code_, segments_, list_size);
}

std::size_t BlindCode::take(Cursor& cursor, std::size_t count, MutableBitView mask) const noexcept {
  const Segment& segment = segments_[cursor.segment];
  std::size_t taken = 0;
  while (taken < count && cursor.next > 0) {
    const std::size_t position = order_->indices[--cursor.next];
    if (position - segment.offset >= segment.length()) continue;  // wraps around below the segment
    mask.set(position - segment.offset, true);
    ++taken;
  }
  return taken;
}

}  // namespace caligo
