// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Privacy amplification: Toeplitz hashing, exact over GF(2), and the length of the key that may be taken.
///
/// A Toeplitz matrix T of m rows and k columns is made of a seed s of m + k - 1 bits:
///
///     T[i][j] = s[i - j + k - 1],  0 ≤ i < m,  0 ≤ j < k.
///
/// So the first row is s[k-1], s[k-2], …, s[0] and the first column s[k-1], s[k], …, s[m+k-2]. In other words bit i of
/// T·x is the coefficient of z^(i+k-1) in the product of Σ s[t]·z^t and Σ x[j]·z^j.

#include <caligo/bits.hpp>
#include <caligo/error.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace caligo {

// ---- Hashing
// ---------------------------------------------------------------------------------------------------------

/// How n input bits become m output bits. Both families are universal₂: two different inputs have the same output for a
/// fraction of at most 2^-m of all seeds, so that the leftover hash lemma holds, also against quantum side information:
/// from a source of smooth min-entropy H come m bits that are ε-close to uniform and independent of seed and
/// side information with ε = 2·ε_smooth + ½·2^((m - H)/2) (R. Renner, thesis, ETH Zurich 2005, corollary 5.6.1;
/// Tomamichel, Schaffner, Smith and Renner, IEEE Trans. Inf. Theory 57 (2011) 5524).
enum class HashForm {
  /// (I | T): the first m input bits, plus T times the other n - m. Seed n - 1 bits, or none if m = n, when nothing is
  /// to be hashed away. Universal₂, and its dual is too (M. Hayashi and T. Tsurumaru, IEEE Trans. Inf. Theory 62 (2016)
  /// 2213, arXiv:1311.5322). It wants the shorter seed and the shorter product, hence the default.
  modified_toeplitz,
  /// T times all n input bits. Seed n + m - 1 bits (H. Krawczyk, CRYPTO 1994, over all Toeplitz matrices).
  toeplitz,
};

/// Seed bits for n input and m output bits, 1 ≤ m ≤ n.
///
/// The seed has to be uniform and independent of the input and of everything that the eavesdropper had when she chose
/// what to do to the quantum channel: it is drawn, and sent, after the input is fixed. It may be public (the families
/// are strong extractors). It may serve several blocks whose transmission and reconciliation was over when it was first
/// announced; then the ε of the blocks add up. A seed that the eavesdropper knew earlier proves nothing.
[[nodiscard]] std::size_t amplification_seed_bits(std::size_t input_bits, std::size_t output_bits,
                                                  HashForm form) noexcept;
/// From the operating system's random numbers. Errors: io if there are none.
Result<BitString> fresh_amplification_seed(std::size_t bits);
/// Reproducible; for simulation only.
[[nodiscard]] BitString simulated_amplification_seed(std::size_t bits, std::uint64_t seed, std::uint64_t stream);

struct AmplifierSettings {
  std::size_t input_bits = 0;   ///< n, at least 1
  std::size_t output_bits = 0;  ///< m, 1 to n
  HashForm form = HashForm::modified_toeplitz;
  /// Bound of the memory that the object takes, input, seed and output apart. A product in one piece takes
  /// about 4·n bits (modified_toeplitz) to 8·n bits; less memory cuts it into tiles, which costs time: half as much
  /// memory twice the time, about. At least 64 KiB.
  std::size_t max_bytes = std::size_t{1} << 30;
};

/// Hashes blocks of one shape. Allocates at construction only. Key material is wiped on destruction.
class Amplifier {
 public:
  /// Errors: invalid_argument (lengths, max_bytes).
  static Result<Amplifier> make(const AmplifierSettings& settings);
  Amplifier(Amplifier&&) noexcept;
  Amplifier& operator=(Amplifier&&) noexcept;
  ~Amplifier();

  /// output ← hash of input. input: n bits, seed: seed_bits(), output: m bits, none of which overlap.
  /// Errors: size_mismatch.
  Result<void> amplify(BitView input, BitView seed, MutableBitView output);
  /// Transforms a seed that amplify_prepared() then uses for block after block; see amplification_seed_bits() for when
  /// that is allowed. Errors: size_mismatch, unsupported (is_one_piece() is false).
  Result<void> prepare(BitView seed);
  /// With the seed of the last prepare(); amplify() forgets it. Errors: size_mismatch, invalid_argument (no seed was
  /// prepared).
  Result<void> amplify_prepared(BitView input, MutableBitView output);

  [[nodiscard]] const AmplifierSettings& settings() const noexcept;
  [[nodiscard]] std::size_t seed_bits() const noexcept;
  /// Is T·x one product, or is it cut into tiles to keep within max_bytes?
  [[nodiscard]] bool is_one_piece() const noexcept;
  /// Allocated, in bytes.
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  struct State;
  explicit Amplifier(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

/// Fills `out` with the bits of a seed from `offset` on.
using SeedReader = std::function<Result<void>(std::size_t offset, MutableBitView out)>;

/// Hashes one input that comes in chunks, with a seed that is read where it is wanted, for lengths that do not fit into
/// memory. Only the output is held in full, by the caller. Allocates at construction only. Key material is wiped on
/// destruction.
class StreamAmplifier {
 public:
  /// Chunks have at most max_chunk_bits bits. max_bytes as in Amplifier; the chunk length takes up at least 5 times as
  /// many bits of it. Errors: invalid_argument.
  static Result<StreamAmplifier> make(const AmplifierSettings& settings, std::size_t max_chunk_bits);
  StreamAmplifier(StreamAmplifier&&) noexcept;
  StreamAmplifier& operator=(StreamAmplifier&&) noexcept;
  ~StreamAmplifier();

  /// The next bits of the input. The first chunk clears the output, m bits, the same in every call; after the last one
  /// it has the result. Errors: size_mismatch (a chunk too long, more than n bits in all, the output), those of seed.
  Result<void> push(BitView chunk, const SeedReader& seed, MutableBitView output);
  /// Input bits that have come so far.
  [[nodiscard]] std::size_t consumed() const noexcept;
  [[nodiscard]] std::size_t memory_bytes() const noexcept;

 private:
  struct State;
  explicit StreamAmplifier(std::unique_ptr<State> state) noexcept;
  std::unique_ptr<State> state_;
};

}  // namespace caligo
