// SPDX-License-Identifier: Apache-2.0
// The only unit that includes spdlog, whose headers take seconds to compile.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>

#include "cli/context.hpp"

namespace caligo::cli {

namespace {

std::string_view level_name(spdlog::level::level_enum level) {
  if (level >= spdlog::level::err) return "error";
  return level == spdlog::level::warn ? "warning" : "info";
}

std::string_view text_of(const spdlog::details::log_msg& message) {
  return {message.payload.data(), message.payload.size()};
}

void append(spdlog::memory_buf_t& out, std::string_view text) { out.append(text.data(), text.data() + text.size()); }

/// "caligo: error: ...", as other command line tools write.
class TextForm : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    append(out, "caligo: ");
    if (message.level >= spdlog::level::warn) {
      append(out, level_name(message.level));
      append(out, ": ");
    }
    append(out, text_of(message));
    append(out, "\n");
  }
  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<TextForm>(); }
};

/// One object per line: {"time": seconds since 1970, "level": "error", "message": "..."}.
class JsonForm : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    nlohmann::ordered_json line;
    line["time"] = std::chrono::duration<double>(message.time.time_since_epoch()).count();
    line["level"] = level_name(message.level);
    line["message"] = text_of(message);
    // A path may hold bytes that are not UTF-8.
    append(out, line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    append(out, "\n");
  }
  [[nodiscard]] std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonForm>(); }
};

}  // namespace

void start_log(const Context& context) {
  auto logger = std::make_shared<spdlog::logger>("caligo", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  if (context.log == "json") {
    logger->set_formatter(std::make_unique<JsonForm>());
  } else {
    logger->set_formatter(std::make_unique<TextForm>());
  }
  logger->set_level(context.quiet ? spdlog::level::err : spdlog::level::info);
  spdlog::set_default_logger(std::move(logger));
}

void log_info(std::string_view message) { spdlog::info("{}", message); }
void log_warning(std::string_view message) { spdlog::warn("{}", message); }
void log_error(std::string_view message) { spdlog::error("{}", message); }

}  // namespace caligo::cli
