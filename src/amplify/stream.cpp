// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/amplify.hpp>

#include <algorithm>

#include "amplify/tiles.hpp"

namespace caligo {

struct StreamAmplifier::State {
  State(const AmplifierSettings& wanted, std::size_t words, Isa isa)
      : settings(wanted), matrix(amplify::matrix_of(wanted)), product(words, isa) {}
  AmplifierSettings settings;
  amplify::Matrix matrix;
  amplify::ToeplitzProduct product;
  std::size_t max_chunk_bits = 0;
  std::size_t tile_rows = 0;
  std::size_t consumed = 0;
  BitString window;  ///< of the seed, for one tile
};

StreamAmplifier::StreamAmplifier(std::unique_ptr<State> state) noexcept : state_(std::move(state)) {}
StreamAmplifier::StreamAmplifier(StreamAmplifier&&) noexcept = default;
StreamAmplifier& StreamAmplifier::operator=(StreamAmplifier&&) noexcept = default;
StreamAmplifier::~StreamAmplifier() = default;

Result<StreamAmplifier> StreamAmplifier::make(const AmplifierSettings& settings, std::size_t max_chunk_bits) {
  if (auto checked = amplify::check(settings); !checked) return checked.error();
  const auto isa = active_isa();
  if (!isa) return isa.error();
  if (max_chunk_bits == 0) return Error{ErrorCode::invalid_argument, "privacy amplification: chunks of 0 bits"};
  const std::size_t chunk = words_for(std::min(max_chunk_bits, settings.input_bits));
  // The window of the seed is as long as the product has points.
  std::size_t words = amplify::affordable_words(settings.max_bytes, *isa);
  while (words > 0 && amplify::ToeplitzProduct::bytes_for_words(words, *isa) + 8 * words > settings.max_bytes) {
    words /= 2;
  }
  if (words <= chunk) {
    return Error{ErrorCode::invalid_argument,
                 fmt::format("privacy amplification: chunks of {} bits do not fit into {} bytes", max_chunk_bits,
                             settings.max_bytes)};
  }
  words = std::min(words, chunk + words_for(settings.output_bits));
  auto state = std::make_unique<State>(settings, words, *isa);
  state->max_chunk_bits = 64 * chunk;
  state->tile_rows = 64 * (words - chunk);
  state->window = BitString(64 * words);
  return StreamAmplifier(std::move(state));
}

Result<void> StreamAmplifier::push(BitView chunk, const SeedReader& seed, MutableBitView output) {
  State& s = *state_;
  const std::size_t left = s.settings.input_bits - s.consumed;
  if (chunk.size() > std::min(left, s.max_chunk_bits)) {
    return Error{ErrorCode::size_mismatch,
                 fmt::format("privacy amplification: a chunk of at most {} bits expected, got {}",
                             std::min(left, s.max_chunk_bits), chunk.size())};
  }
  if (output.size() != s.matrix.rows) {
    return Error{ErrorCode::size_mismatch, fmt::format("privacy amplification: an output of {} bits expected, got {}",
                                                       s.matrix.rows, output.size())};
  }
  if (s.consumed == 0) std::ranges::fill(output.words(), 0);
  // The bits before the matrix are copied. The matrix has added to them if it began in an earlier chunk only, so never.
  const std::size_t copied =
      s.consumed < s.matrix.first_column ? std::min(chunk.size(), s.matrix.first_column - s.consumed) : 0;
  if (copied > 0) copy_bits(chunk, 0, output, s.consumed, copied);
  const std::size_t columns = chunk.size() - copied;
  if (columns != 0) {
    const auto set_seed = [&](std::size_t offset, std::size_t rows) -> Result<void> {
      const std::size_t bits = rows + columns - 1;
      const MutableBitView window{s.window.words().data(), bits};
      if (auto read = seed(offset, window); !read) return read;
      s.product.set_seed(window, 0);
      return {};
    };
    auto added = amplify::add_columns(s.product, s.matrix, s.tile_rows, s.consumed + copied - s.matrix.first_column,
                                      columns, chunk, copied, output, set_seed);
    if (!added) return added;
  }
  s.consumed += chunk.size();
  return {};
}

std::size_t StreamAmplifier::consumed() const noexcept { return state_->consumed; }
std::size_t StreamAmplifier::memory_bytes() const noexcept {
  return sizeof(State) + state_->product.memory_bytes() + state_->window.words().size_bytes();
}

}  // namespace caligo
