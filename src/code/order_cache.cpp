// SPDX-License-Identifier: Apache-2.0
/// Orders on disk. A file is one byte string: header (magic, the request in words, whether there are error
/// probabilities), indices as 32-bit integers, error probabilities as 32-bit floats, BLAKE2b-128 of all that. The
/// header and the size follow from the request, so whatever is not exactly what this program would have written is
/// computed anew. Files appear by renaming, so that processes that run at once see a whole file or none.

#include <fmt/format.h>
#include <caligo/construct.hpp>

#include <bit>
#include <cstdlib>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/file.hpp"
#include "code/digest.hpp"
#include "code/ranking.hpp"
#include "code/request.hpp"

namespace caligo {
namespace {

namespace fs = std::filesystem;
static_assert(std::endian::native == std::endian::little, "cache files are little-endian");

/// Raise it whenever any construction gives another result than before.
constexpr unsigned algorithm_version = 1;
constexpr std::string_view magic("caligo order 1\n", 15);
constexpr std::size_t digest_size = 16;
/// Smaller orders take less time to compute than to read.
constexpr unsigned min_cached_log2_length = 12;

/// Everything that the order depends on.
std::string describe(const code::Request& request) {
  const Provenance provenance = request.provenance();
  return fmt::format("algorithm {} method {} channel {} n {} shortened {}\n", algorithm_version, provenance.method,
                     provenance.channel, request.n, request.shortened);
}

bool has_error_probability(ConstructionMethod method) {
  return method != ConstructionMethod::polarization_weight && method != ConstructionMethod::nr5g;
}

template <class T>
void append_array(std::string& out, const std::vector<T>& values) {
  if (!values.empty()) out.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

template <class T>
std::vector<T> take_array(std::string_view& bytes, std::size_t count) {
  std::vector<T> values(count);
  if (count > 0) std::memcpy(values.data(), bytes.data(), count * sizeof(T));
  bytes.remove_prefix(count * sizeof(T));
  return values;
}

std::string serialise(const code::Request& request, const ReliabilityOrder& order) {
  std::string bytes = std::string(magic) + describe(request);
  append_array(bytes, order.indices);
  append_array(bytes, order.error_probability);
  const auto digest = code::digest128(bytes);
  bytes.append(reinterpret_cast<const char*>(digest.data()), digest.size());
  return bytes;
}

/// The digest guards against accidents only: what would break a caller is checked too.
bool is_permutation_below(const std::vector<std::uint32_t>& indices) {
  std::vector<bool> seen(indices.size());
  for (const std::uint32_t index : indices) {
    if (index >= seen.size() || seen[index]) return false;
    seen[index] = true;
  }
  return true;
}

bool are_probabilities(const std::vector<float>& values) {
  for (const float p : values) {
    if (!(p >= 0 && p <= 1)) return false;
  }
  return true;
}

std::optional<ReliabilityOrder> load(const fs::path& path, const code::Request& request) {
  const std::string header = std::string(magic) + describe(request);
  const std::size_t length = std::size_t{1} << request.n;
  const std::size_t sent = length - request.shortened;
  const std::size_t probabilities = has_error_probability(request.method) ? length : 0;
  const std::size_t size = header.size() + 4 * (sent + probabilities) + digest_size;

  const Result<std::string> file = base::read_file(path, size);
  if (!file || file->size() != size || !file->starts_with(header)) return std::nullopt;
  std::string_view bytes(*file);
  const auto digest = code::digest128(bytes.substr(0, size - digest_size));
  if (std::memcmp(digest.data(), bytes.data() + size - digest_size, digest_size) != 0) return std::nullopt;

  bytes.remove_prefix(header.size());
  ReliabilityOrder order{request.n, request.shortened, {}, {}, request.provenance()};
  order.indices = take_array<std::uint32_t>(bytes, sent);
  order.error_probability = take_array<float>(bytes, probabilities);
  if (!is_permutation_below(order.indices) || !are_probabilities(order.error_probability)) return std::nullopt;
  return order;
}

/// A cache that cannot be written is no error: the next call computes again.
void store(const fs::path& path, const std::string& bytes) {
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  if (failed) return;
  Result<base::AtomicFile> file = base::AtomicFile::create(path);
  if (!file || !file->write(bytes)) return;
  [[maybe_unused]] const Result<void> committed = file->commit();
}

/// The XDG base directory specification: relative paths in the variable are to be ignored.
std::optional<fs::path> default_directory() {
  const auto variable = [](const char* name) {
    return fs::path(std::getenv(name) != nullptr ? std::getenv(name) : "");
  };
  if (const fs::path own = variable("CALIGO_CACHE_DIR"); !own.empty()) return own;
  if (const fs::path cache = variable("XDG_CACHE_HOME"); cache.is_absolute()) return cache / "caligo";
  if (const fs::path home = variable("HOME"); home.is_absolute()) return home / ".cache" / "caligo";
  return std::nullopt;
}

}  // namespace

Result<ReliabilityOrder> construct_order_cached(unsigned n, const Channel& channel, ConstructionMethod method,
                                                std::size_t shortened, const std::optional<fs::path>& directory) {
  const Result<code::Request> request = code::Request::make(n, channel, method, shortened);
  if (!request) return request.error();
  const std::optional<fs::path> cache = directory ? directory : default_directory();
  if (!cache || n < min_cached_log2_length) return request->compute();

  const fs::path path = *cache / (code::digest128_hex(describe(*request)) + ".order");
  if (std::optional<ReliabilityOrder> order = load(path, *request)) return *std::move(order);
  ReliabilityOrder order = request->compute();
  store(path, serialise(*request, order));
  return order;
}

}  // namespace caligo
