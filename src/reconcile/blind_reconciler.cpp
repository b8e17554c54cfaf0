// SPDX-License-Identifier: Apache-2.0
#include <caligo/blind.hpp>

#include <cmath>
#include <utility>

namespace caligo {

namespace {

/// SC errors that the first disclosure leaves, by length: with the root of the length the number of requests per block
/// stays in step with how much one is worth (measured, 2^12 … 2^22).
double first_errors(std::size_t length, double boldness) noexcept {
  return boldness * std::sqrt(static_cast<double>(length)) / 16;
}

/// What is asked for makes up for a code that is a little off.
bool close_enough(const BlindCode& used, const CodeSelector::Design& wanted, std::size_t sent) noexcept {
  const std::size_t here = used.code().frozen_bits();
  const std::size_t apart = here > wanted.disclosed ? here - wanted.disclosed : wanted.disclosed - here;
  return used.code().sent_bits() == sent && apart <= here / 256;
}

Result<CodeSelector::Design> design_blind_code(CodeSelector& selector, std::size_t bits, double qber, double boldness) {
  CodeRequest request;
  request.bits = bits;
  request.qber = qber;
  request.boldness = boldness;
  return selector.design(request, [](std::size_t length, double, const CodeRequest& wanted) {
    return first_errors(length, wanted.boldness);
  });
}

}  // namespace

Result<std::shared_ptr<const BlindCode>> select_blind_code(CodeSelector& selector, std::size_t bits, double qber,
                                                           double boldness, const CrcSpec& crc) {
  const auto design = design_blind_code(selector, bits, qber, boldness);
  if (!design) return design.error();
  return BlindCode::make(design->order, design->disclosed, crc);
}

struct BlindReconciler::Peers {
  BlindDiscloser alice;
  BlindCorrector bob;
  std::optional<BlindBlock> block;
};

BlindReconciler::BlindReconciler(BlindSettings settings, std::optional<std::filesystem::path> cache)
    : Reconciler(settings.qber, settings.tag_bits), settings_(std::move(settings)), selector_(std::move(cache)) {}
BlindReconciler::~BlindReconciler() = default;
BlindReconciler::BlindReconciler(BlindReconciler&&) noexcept = default;
BlindReconciler& BlindReconciler::operator=(BlindReconciler&&) noexcept = default;

Result<void> BlindReconciler::prepare(std::size_t code_bits) {
  const auto design = design_blind_code(selector_, code_bits, expected_qber(), settings_.boldness);
  if (!design) return design.error();
  const auto disclosed = static_cast<double>(design->disclosed + settings_.crc.width + settings_.tag_bits);
  if (auto left = check_disclosure(disclosed, code_bits); !left) return left;
  if (code_ != nullptr && close_enough(*code_, *design, design->order->indices.size())) return {};
  auto code = BlindCode::make(design->order, design->disclosed, settings_.crc);
  if (!code) return code.error();
  auto plan = (*code)->plan(settings_.list_size);
  if (!plan) return plan.error();
  auto alice = BlindDiscloser::make(*code, settings_.tag_bits);
  if (!alice) return alice.error();
  code_ = std::move(*code);
  if (peers_ == nullptr) {
    peers_ = std::make_unique<Peers>(Peers{std::move(*alice), BlindCorrector(std::move(*plan)), std::nullopt});
  } else {
    peers_->alice = std::move(*alice);
    peers_->bob.rebind(std::move(*plan));
  }
  return {};
}

Result<BlockReport> BlindReconciler::exchange(BitView x, BitView y, const VerificationKey& key) {
  BlindDisclosure disclosure;
  if (auto started = peers_->alice.start(x, key, disclosure); !started) return started.error();
  auto made = BlindBlock::make(code_, std::move(disclosure), y, settings_.tag_bits);
  if (!made) return made.error();
  BlindBlock& block = peers_->block.emplace(std::move(*made));
  BitString values;
  while (block.state() == BlindBlock::State::decoding) {
    if (auto worked = peers_->bob.work(block); !worked) return worked.error();
    if (block.state() != BlindBlock::State::asking) break;
    if (auto answered = peers_->alice.answer(block.request(), values); !answered) return answered.error();
    if (auto taken = block.answer(values); !taken) return taken.error();
  }
  const bool verified = block.state() == BlindBlock::State::verified;
  BlockReport report = whole_block(x, y, peers_->alice.leakage(), verified, 1);
  report.rounds = block.rounds();
  report.messages = 2 + 2 * std::uint64_t{block.rounds()};  // the last one is the verdict
  report.bob_bits = 1 + 64 * std::uint64_t{block.rounds()};
  return report;
}

BitView BlindReconciler::key() const noexcept {
  return peers_ == nullptr || !peers_->block ? BitView{} : peers_->block->corrected();
}

std::size_t BlindReconciler::decoder_bytes() const noexcept {
  return peers_ == nullptr ? 0 : peers_->bob.memory_bytes();
}

}  // namespace caligo
