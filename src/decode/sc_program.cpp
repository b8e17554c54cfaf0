// SPDX-License-Identifier: Apache-2.0
#include "decode/sc_program.hpp"

#include <bit>
#include <cstdint>

namespace caligo::decode {

using kernels::NodeKind;

namespace {

class ScCompiler {
 public:
  explicit ScCompiler(BitView information) : information_(information), before_(information.words().size() + 1) {
    for (std::size_t i = 0; i < information.words().size(); ++i) {
      before_[i + 1] = before_[i] + static_cast<std::uint32_t>(std::popcount(information.words()[i]));
    }
  }
  ScProgram compile() && {
    split(0, information_.size());
    return std::move(program_);
  }

 private:
  void node(std::size_t offset, std::size_t size) {
    const std::size_t count = before(offset + size) - before(offset);
    if (count == 0) {
      program_.push_back(NodeKind::rate0);
    } else if (count == size) {
      program_.push_back(NodeKind::rate1);
    } else if (count == 1 && information_[offset + size - 1]) {
      program_.push_back(NodeKind::repetition);
    } else if (count == size - 1 && !information_[offset]) {
      program_.push_back(NodeKind::parity);
    } else {
      split(offset, size);
    }
  }
  void split(std::size_t offset, std::size_t size) {
    const std::size_t half = size / 2;
    const bool left_frozen = before(offset + half) == before(offset);
    program_.push_back(left_frozen ? NodeKind::split_rate0_left : NodeKind::split);
    if (!left_frozen) node(offset, half);
    node(offset + half, half);
  }
  /// Information positions below i.
  [[nodiscard]] std::size_t before(std::size_t i) const {
    const std::uint64_t below = i % 64 == 0 ? 0 : information_.words()[i / 64] << (64 - i % 64);
    return before_[i / 64] + static_cast<std::size_t>(std::popcount(below));
  }

  BitView information_;
  std::vector<std::uint32_t> before_;
  ScProgram program_;
};

}  // namespace

ScProgram compile_sc(const CodeSpec& code) { return ScCompiler(code.information_mask()).compile(); }

}  // namespace caligo::decode
