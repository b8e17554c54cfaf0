// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Names of curves from what their tasks say.

#include <caligo/results.hpp>

#include <string>
#include <vector>

namespace caligo::plot {

/// What a curve's name is made of, part by part; parts at the same place speak of the same thing.
using LabelParts = std::vector<std::string>;

/// decoder_name: ResultRow::decoder.
LabelParts label_parts(const TaskSummary& task, const std::string& decoder_name);

struct Labels {
  std::string common;  ///< what all have in common; empty for a single curve
  std::vector<std::string> each;
};
/// Labels say what differs. Curves that nothing tells apart get the name of their file, or else a number.
Labels make_labels(const std::vector<LabelParts>& parts, const std::vector<std::string>& files);

}  // namespace caligo::plot
