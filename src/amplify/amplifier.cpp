// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/amplify.hpp>

#include <algorithm>
#include <bit>

#include "amplify/tiles.hpp"

namespace caligo {

namespace amplify {

namespace {
constexpr std::size_t max_input_bits = std::size_t{1} << 48;
constexpr std::size_t min_bytes = std::size_t{64} << 10;
}  // namespace

Matrix matrix_of(const AmplifierSettings& settings) noexcept {
  if (settings.form == HashForm::toeplitz) return {settings.output_bits, settings.input_bits, 0};
  return {settings.output_bits, settings.input_bits - settings.output_bits, settings.output_bits};
}

Result<void> check(const AmplifierSettings& settings) {
  if (settings.input_bits == 0 || settings.input_bits > max_input_bits) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("privacy amplification: expected 1 to 2^48 input bits, got {}", settings.input_bits)};
  }
  if (settings.output_bits == 0 || settings.output_bits > settings.input_bits) {
    return Error{ErrorCode::invalid_argument, fmt::format("privacy amplification: expected 1 to {} output bits, got {}",
                                                          settings.input_bits, settings.output_bits)};
  }
  if (settings.max_bytes < min_bytes) {
    return Error{ErrorCode::invalid_argument, fmt::format("privacy amplification: expected at least {} bytes, got {}",
                                                          min_bytes, settings.max_bytes)};
  }
  return {};
}

std::size_t affordable_words(std::size_t max_bytes, Isa isa) noexcept {
  std::size_t words = 0;
  for (unsigned log2 = 0; log2 <= kernels::max_log2_points; ++log2) {
    if (ToeplitzProduct::bytes_for_words(std::size_t{1} << log2, isa) <= max_bytes) words = std::size_t{1} << log2;
  }
  return words;
}

namespace {

Error wrong_size(const char* what, std::size_t expected, std::size_t found) {
  return {ErrorCode::size_mismatch,
          fmt::format("privacy amplification: {} of {} bits expected, got {}", what, expected, found)};
}

/// output ← the input's first m bits (modified_toeplitz), or zeros.
void begin_output(const Matrix& matrix, BitView input, MutableBitView output) noexcept {
  std::ranges::fill(output.words(), 0);
  copy_bits(input, 0, output, 0, matrix.first_column);
}

}  // namespace

}  // namespace amplify

struct Amplifier::State {
  State(const AmplifierSettings& wanted, const amplify::Matrix& of, std::size_t words, Isa isa)
      : settings(wanted), matrix(of), product(words, isa) {}
  AmplifierSettings settings;
  amplify::Matrix matrix;
  amplify::ToeplitzProduct product;
  std::size_t tile_rows = 0;  ///< 0: one piece
  std::size_t tile_columns = 0;
  bool is_prepared = false;
};

Amplifier::Amplifier(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
Amplifier::Amplifier(Amplifier&&) noexcept = default;
Amplifier& Amplifier::operator=(Amplifier&&) noexcept = default;
Amplifier::~Amplifier() = default;

Result<Amplifier> Amplifier::make(const AmplifierSettings& settings) {
  if (auto checked = amplify::check(settings); !checked) return checked.error();
  const auto isa = active_isa();
  if (!isa) return isa.error();
  const amplify::Matrix matrix = amplify::matrix_of(settings);
  const std::size_t affordable = amplify::affordable_words(settings.max_bytes, *isa);
  const std::size_t rows = words_for(matrix.rows);
  const std::size_t columns = words_for(matrix.columns);
  auto state = std::make_unique<State>(settings, matrix, std::min(affordable, rows + columns), *isa);
  if (rows + columns > affordable) {
    // Square tiles, unless one side of the matrix is shorter.
    const std::size_t half = affordable / 2;
    const std::size_t tile_rows = columns < half ? affordable - columns : std::min(rows, half);
    state->tile_rows = 64 * tile_rows;
    state->tile_columns = 64 * (affordable - tile_rows);
  }
  return Amplifier(std::move(state));
}

Result<void> Amplifier::amplify(BitView input, BitView seed, MutableBitView output) {
  if (seed.size() != seed_bits()) return amplify::wrong_size("a seed", seed_bits(), seed.size());
  if (is_one_piece()) {
    if (auto prepared = prepare(seed); !prepared) return prepared;
    auto result = amplify_prepared(input, output);
    state_->is_prepared = false;
    return result;
  }
  State& s = *state_;
  if (input.size() != s.settings.input_bits) {
    return amplify::wrong_size("an input", s.settings.input_bits, input.size());
  }
  if (output.size() != s.matrix.rows) return amplify::wrong_size("an output", s.matrix.rows, output.size());
  amplify::begin_output(s.matrix, input, output);
  for (std::size_t column = 0; column < s.matrix.columns; column += s.tile_columns) {
    const std::size_t columns = std::min(s.tile_columns, s.matrix.columns - column);
    const auto set_seed = [&](std::size_t offset, std::size_t) {
      s.product.set_seed(seed, offset);
      return Result<void>{};
    };
    auto added = amplify::add_columns(s.product, s.matrix, s.tile_rows, column, columns, input,
                                      s.matrix.first_column + column, output, set_seed);
    if (!added) return added;
  }
  return {};
}

Result<void> Amplifier::prepare(BitView seed) {
  State& s = *state_;
  if (seed.size() != seed_bits()) return amplify::wrong_size("a seed", seed_bits(), seed.size());
  if (!is_one_piece()) {
    return Error{ErrorCode::unsupported,
                 fmt::format("privacy amplification: with at most {} bytes the seed of {} bits is used in pieces",
                             s.settings.max_bytes, seed_bits())};
  }
  if (s.matrix.columns != 0) {
    s.product.set_shape(s.matrix.rows, s.matrix.columns);
    s.product.set_seed(seed, 0);
  }
  s.is_prepared = true;
  return {};
}

Result<void> Amplifier::amplify_prepared(BitView input, MutableBitView output) {
  State& s = *state_;
  if (!s.is_prepared) {
    return Error{ErrorCode::invalid_argument, "privacy amplification: no seed was prepared"};
  }
  if (input.size() != s.settings.input_bits) {
    return amplify::wrong_size("an input", s.settings.input_bits, input.size());
  }
  if (output.size() != s.matrix.rows) return amplify::wrong_size("an output", s.matrix.rows, output.size());
  amplify::begin_output(s.matrix, input, output);
  if (s.matrix.columns == 0) return {};
  s.product.set_input(input, s.matrix.first_column);
  s.product.add_forgetting_input(output, 0);
  return {};
}

const AmplifierSettings& Amplifier::settings() const noexcept { return state_->settings; }
std::size_t Amplifier::seed_bits() const noexcept {
  const AmplifierSettings& settings = state_->settings;
  return amplification_seed_bits(settings.input_bits, settings.output_bits, settings.form);
}
bool Amplifier::is_one_piece() const noexcept { return state_->tile_rows == 0; }
std::size_t Amplifier::memory_bytes() const noexcept { return sizeof(State) + state_->product.memory_bytes(); }

}  // namespace caligo
