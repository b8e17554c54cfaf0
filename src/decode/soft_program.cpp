// SPDX-License-Identifier: Apache-2.0
#include "decode/soft_program.hpp"

namespace caligo::decode {

namespace {

class Compiler {
 public:
  explicit Compiler(const CodeSpec& code) : code_(code) {
    // Shortened positions do not count: the known code bits fix their u, so these cost a path nothing on average.
    frozen_before_.resize(code.block_length() + 1);
    information_before_.resize(code.block_length() + 1);
    for (std::size_t i = 0; i < code.block_length(); ++i) {
      frozen_before_[i + 1] = frozen_before_[i] + (code.disclosed_mask()[i] ? 1U : 0U);
      information_before_[i + 1] = information_before_[i] + (code.information_mask()[i] ? 1U : 0U);
    }
  }

  /// The root is never a leaf: its LLRs lie apart, as no path owns them.
  std::vector<SoftOp> run() {
    inner(code_.log2_length(), 0);
    return std::move(ops_);
  }

 private:
  void node(unsigned level, std::size_t offset) {
    const std::size_t end = offset + (std::size_t{1} << level);
    const std::uint32_t unknown = information_before_[end] - information_before_[offset];
    if (unknown == 0) {
      emit(SoftOpType::rate0, level, offset);
    } else if (unknown == 1 && code_.information_mask()[end - 1]) {
      emit(SoftOpType::repetition, level, offset, frozen_before_.back() - frozen_before_[end]);
    } else {
      inner(level, offset);
    }
  }
  void inner(unsigned level, std::size_t offset) {
    emit(SoftOpType::f, level, offset);
    node(level - 1, offset);
    emit(SoftOpType::g, level, offset);
    node(level - 1, offset + (std::size_t{1} << (level - 1)));
    emit(SoftOpType::combine, level, offset);
  }
  void emit(SoftOpType type, unsigned level, std::size_t offset, std::uint32_t frozen_to_come = 0) {
    ops_.push_back({type, static_cast<std::uint8_t>(level), static_cast<std::uint32_t>(offset), frozen_to_come});
  }

  const CodeSpec& code_;
  std::vector<std::uint32_t> frozen_before_;
  std::vector<std::uint32_t> information_before_;
  std::vector<SoftOp> ops_;
};

}  // namespace

std::vector<SoftOp> compile_soft(const CodeSpec& code) { return Compiler(code).run(); }

}  // namespace caligo::decode
