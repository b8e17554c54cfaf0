// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/results.hpp>

#include <nlohmann/json.hpp>
#include <utility>

namespace caligo {

namespace {

using Json = nlohmann::json;

constexpr int format_version = 1;
constexpr std::uint64_t most_bits = std::uint64_t{1} << 24U;

/// The first fault is kept; what is read after it does not matter.
class Fields {
 public:
  explicit Fields(const Json& task) : task_(task) {}
  std::uint64_t number(const char* name, std::uint64_t low, std::uint64_t high) {
    const auto found = task_.find(name);
    const bool good = found != task_.end() && found->is_number_unsigned();
    const std::uint64_t value = good ? found->get<std::uint64_t>() : 0;
    if (good && value >= low && value <= high) return value;
    fail(fmt::format("{}: expected a whole number from {} to {}", name, low, high));
    return low;
  }
  std::string text(const char* name) {
    const auto found = task_.find(name);
    if (found != task_.end() && found->is_string() && found->get_ref<const std::string&>().size() <= 128) {
      return found->get<std::string>();
    }
    fail(fmt::format("{}: expected a short string", name));
    return {};
  }
  [[nodiscard]] bool has(const char* name) const { return task_.contains(name); }
  void fail(std::string message) {
    if (fault_.empty()) fault_ = std::move(message);
  }
  [[nodiscard]] const std::string& fault() const noexcept { return fault_; }

 private:
  const Json& task_;
  std::string fault_;
};

}  // namespace

Result<TaskSummary> summarise_task(std::string_view task) {
  const Json parsed = Json::parse(task, nullptr, false);
  if (!parsed.is_object()) return Error{ErrorCode::malformed_input, "task: expected a JSON object"};
  Fields fields(parsed);
  if (fields.number("caligo_task", 1, UINT32_MAX) != format_version) {
    return Error{ErrorCode::malformed_input, "task: this version of Caligo reads tasks of version 1 only"};
  }
  TaskSummary out;
  auto channel = parse_channel(fields.text("channel"));
  if (!channel) return Error{ErrorCode::malformed_input, "task: " + channel.error().message};
  out.channel = *channel;
  out.decoder = fields.text("decoder");
  out.is_reconciliation = fields.has("block_bits");
  if (out.is_reconciliation) {
    out.sent_bits = fields.number("block_bits", 1, most_bits);
    if (out.decoder != "interactive") {
      out.list_size = static_cast<unsigned>(fields.number("list", 1, 32));
      out.crc = fields.text("crc");
    } else {
      out.list_size = 0;
      out.crc = "none";
    }
  } else {
    out.code = fields.text("code");
    out.log2_length = static_cast<unsigned>(fields.number("n", 3, 24));
    out.sent_bits = fields.number("sent_bits", 1, most_bits);
    out.message_bits = fields.number("message_bits", 1, out.sent_bits);
    out.list_size = static_cast<unsigned>(fields.number("list", 1, 32));
    out.crc = fields.text("crc");
  }
  if (!fields.fault().empty()) return Error{ErrorCode::malformed_input, "task: " + fields.fault()};
  return out;
}

}  // namespace caligo
