// SPDX-License-Identifier: Apache-2.0
#include "plot/canvas.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace caligo::plot {

namespace {

/// Thousandths of the font size, for U+0020 to U+007E: the advance widths of Helvetica (Adobe font metrics).
constexpr std::array<short, 95> widths{278,  278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
                                       556,  556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
                                       1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
                                       667,  778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
                                       333,  556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
                                       556,  556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584};

constexpr double marker_radius = 2.1;

std::string path_of(std::string_view shape, Position at, double r) {
  const auto p = [at](double dx, double dy) { return coordinate(at.x + dx) + ' ' + coordinate(at.y + dy); };
  // Radii are such that all shapes look equally large.
  if (shape == "square")
    return fmt::format("M{}L{}L{}L{}Z", p(-.9 * r, -.9 * r), p(.9 * r, -.9 * r), p(.9 * r, .9 * r), p(-.9 * r, .9 * r));
  if (shape == "triangle")
    return fmt::format("M{}L{}L{}Z", p(0, -1.25 * r), p(1.15 * r, .75 * r), p(-1.15 * r, .75 * r));
  if (shape == "wedge") return fmt::format("M{}L{}L{}Z", p(0, 1.25 * r), p(1.15 * r, -.75 * r), p(-1.15 * r, -.75 * r));
  if (shape == "diamond")
    return fmt::format("M{}L{}L{}L{}Z", p(0, -1.3 * r), p(1.3 * r, 0), p(0, 1.3 * r), p(-1.3 * r, 0));
  return fmt::format("M{}L{}M{}L{}", p(-r, -r), p(r, r), p(-r, r), p(r, -r));
}

}  // namespace

std::string coordinate(double value) {
  std::string text = fmt::format("{:.2f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
    }
  }
  return out;
}

double text_width(std::string_view text, double size) {
  double sum = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte < 0x7F) {
      sum += widths[byte - 0x20U];
    } else if ((byte & 0xC0U) != 0x80U) {  // one width per character of UTF-8
      sum += 600;
    }
  }
  constexpr double other_fonts = 1.12;
  return sum / 1000 * size * other_fonts;
}

void Canvas::line(Position from, Position to, std::string_view style) {
  text_ += fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" {}/>\n", coordinate(from.x), coordinate(from.y),
                       coordinate(to.x), coordinate(to.y), style);
}

void Canvas::polyline(std::span<const Position> points, std::string_view style) {
  text_ += R"(<polyline points=")";
  for (std::size_t i = 0; i < points.size(); ++i) {
    text_ += fmt::format("{}{},{}", i == 0 ? "" : " ", coordinate(points[i].x), coordinate(points[i].y));
  }
  text_ += fmt::format("\" fill=\"none\" {}/>\n", style);
}

void Canvas::rectangle(const Box& box, std::string_view style) {
  text_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" {}/>\n", coordinate(box.left),
                       coordinate(box.top), coordinate(box.width()), coordinate(box.height()), style);
}

void Canvas::text(Position at, std::string_view words, double size, std::string_view anchor, std::string_view style) {
  text_ += fmt::format("<text x=\"{}\" y=\"{}\" font-size=\"{}\" text-anchor=\"{}\"{}{}>{}</text>\n", coordinate(at.x),
                       coordinate(at.y), coordinate(size), anchor, style.empty() ? "" : " ", style, escaped(words));
}

void Canvas::label(Position at, std::span<const Run> runs, double size, bool turned) {
  text_ += fmt::format(R"(<text x="{}" y="{}" font-size="{}" text-anchor="middle")", coordinate(at.x), coordinate(at.y),
                       coordinate(size));
  if (turned) text_ += fmt::format(" transform=\"rotate(-90 {} {})\"", coordinate(at.x), coordinate(at.y));
  text_ += '>';
  // Relative shifts (dy): not every viewer knows baseline-shift.
  double shift = 0;
  for (const Run& run : runs) {
    const double wanted = run.shift < 0 ? 0.25 * size : run.shift > 0 ? -0.4 * size : 0;
    text_ += "<tspan";
    if (wanted != shift) text_ += fmt::format(R"( dy="{}")", coordinate(wanted - shift));
    if (run.shift != 0) text_ += fmt::format(R"( font-size="{}")", coordinate(0.72 * size));
    if (run.italic) text_ += R"( font-style="italic")";
    text_ += fmt::format(">{}</tspan>", escaped(run.text));
    shift = wanted;
  }
  text_ += "</text>\n";
}

void Canvas::marker(Position at, std::string_view shape, bool hollow, std::string_view colour) {
  const std::string style =
      fmt::format(R"(fill="{}" stroke="{}" stroke-width="0.8")", hollow ? "#ffffff" : colour, colour);
  if (shape == "circle") {
    text_ += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\" {}/>\n", coordinate(at.x), coordinate(at.y),
                         coordinate(marker_radius), style);
  } else {
    text_ += fmt::format("<path d=\"{}\" {}/>\n", path_of(shape, at, marker_radius), style);
  }
}

}  // namespace caligo::plot
