// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <caligo/channel.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "cli/simulate.hpp"

namespace caligo::cli {

namespace {

struct Screen {
  std::size_t lines = 24;
  std::size_t columns = 80;
};

Screen screen() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_row == 0 || size.ws_col == 0) return {};
  return {size.ws_row, size.ws_col};
}

std::string clock_text(double seconds) {
  if (!std::isfinite(seconds) || seconds > 1e8) return "?";
  const auto whole = static_cast<long>(seconds + 0.5);
  return whole >= 3600 ? fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
                       : fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::string fer_text(const Statistics& c) {
  const caligo::Interval fer = likelihood_interval(c.frame_errors, c.frames);
  const double rate = c.frames > 0 ? static_cast<double>(c.frame_errors) / static_cast<double>(c.frames) : 0;
  const auto brief = [](double r) { return r == 0 ? std::string("0") : fmt::format("{:.1e}", r); };
  return fmt::format("{} [{}..{}]", brief(rate), brief(fer.low), brief(fer.high));
}

}  // namespace

SimulateView::SimulateView(const Context& context, const std::vector<NamedTask>& tasks, bool is_speaker)
    : tasks_(tasks),
      live_(is_speaker && !context.quiet && !context.no_progress && context.log != "json" &&
            ::isatty(STDERR_FILENO) == 1),
      speaks_(is_speaker && !live_),
      reported_(tasks.size()) {
  for (const NamedTask& named : tasks) {
    channel_width_ = std::max(channel_width_, to_string(named.task.channel()).size());
    decoder_width_ = std::max(decoder_width_, named.task.decoder_name().size());
  }
}

SimulateView::~SimulateView() { wipe(); }

void SimulateView::wipe() {
  if (drawn_ > 0) std::fputs(fmt::format("\x1b[{}A\x1b[J", drawn_).c_str(), stderr);
  drawn_ = 0;
}

std::string SimulateView::line(std::size_t index, const PointProgress& point) const {
  const SimulationTask& task = tasks_[index].task;
  const Statistics& c = point.counted;
  const double mbps = point.frames_per_second * static_cast<double>(task.frame_bits()) / 1e6;
  const std::string left = point.finished ? "done" : point.started ? clock_text(point.seconds_left) : "";
  return fmt::format("{:<{}} {:<{}} {:>9} {:>6} {:<26} {:>5} {:>5}", to_string(task.channel()), channel_width_,
                     task.decoder_name(), decoder_width_, c.frames, c.frame_errors, c.frames > 0 ? fer_text(c) : "",
                     mbps > 0 ? fmt::format("{:.3g}", mbps) : "", left);
}

/// All points if they fit; else what is going on, from the first unfinished one.
void SimulateView::draw(std::span<const PointProgress> points) {
  const Screen size = screen();
  const std::size_t room = std::max<std::size_t>(size.lines, 4) - 3;
  std::size_t first = 0;
  if (points.size() > room) {
    const auto open = std::ranges::find_if(points, [](const PointProgress& p) { return !p.finished; });
    const auto at = static_cast<std::size_t>(open - points.begin());
    first = std::min(at > 2 ? at - 2 : 0, points.size() - room);
  }
  const std::size_t last = std::min(points.size(), first + room);
  std::vector<std::string> lines{fmt::format("{:<{}} {:<{}} {:>9} {:>6} {:<26} {:>5} {:>5}", "channel", channel_width_,
                                             "decoder", decoder_width_, "frames", "errors", "FER [interval]", "Mb/s",
                                             "left")};
  for (std::size_t i = first; i < last; ++i) lines.push_back(line(i, points[i]));
  const auto done = std::ranges::count_if(points, [](const PointProgress& p) { return p.finished; });
  if (points.size() > room) lines.push_back(fmt::format("{} of {} points done", done, points.size()));
  std::string text = drawn_ > 0 ? fmt::format("\x1b[{}A", drawn_) : std::string();
  for (const std::string& l : lines) text += l.substr(0, size.columns - 1) + "\x1b[K\n";
  text += "\x1b[J";
  std::fputs(text.c_str(), stderr);
  drawn_ = lines.size();
}

void SimulateView::show(std::span<const PointProgress> points) {
  if (live_) draw(points);
  if (!speaks_) return;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (!points[i].finished || reported_[i]) continue;
    reported_[i] = true;
    const Statistics& c = points[i].counted;
    log_info(fmt::format("{} {}: {} errors in {} frames, FER {}", to_string(tasks_[i].task.channel()),
                         tasks_[i].task.decoder_name(), c.frame_errors, c.frames, fer_text(c)));
  }
}

}  // namespace caligo::cli
