// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <caligo/channel.hpp>

#include "capi/codec.hpp"
#include "capi/construct.hpp"

namespace capi = caligo::capi;
using caligo::Error;
using caligo::ErrorCode;
using caligo::Result;

namespace caligo::capi {

namespace {

bool needs_channel(ConstructionMethod method) noexcept {
  return method != ConstructionMethod::polarization_weight && method != ConstructionMethod::nr5g;
}

Result<Channel> design_channel(const caligo_order_options& options) {
  auto channel = parse_channel(options.channel);
  if (!channel || !std::holds_alternative<AwgnEbN0>(*channel)) return channel;
  if (!(options.rate > 0 && options.rate <= 1)) {
    return invalid(fmt::format("rate is {}, expected above 0 to 1: noise given by Eb/N0 depends on it", options.rate));
  }
  return resolve_rate(*channel, options.rate);
}

}  // namespace

std::optional<std::filesystem::path> cache_path(const char* directory) {
  return directory == nullptr ? std::nullopt : std::optional<std::filesystem::path>(directory);
}

Result<ReliabilityOrder> design_order(const caligo_order_options& options) {
  auto method = parse_method(text_or(options.method, "automatic"));
  if (!method) return std::move(method).error();
  Channel channel = Bsc{};
  if (options.channel != nullptr) {
    auto wanted = design_channel(options);
    if (!wanted) return std::move(wanted).error();
    channel = *wanted;
  } else if (needs_channel(*method)) {
    return invalid(fmt::format("channel is NULL, but the method {} needs one", to_string(*method)));
  }
  return construct_order_cached(options.log2_length, channel, *method, options.shortened,
                                cache_path(options.cache_directory));
}

}  // namespace caligo::capi

caligo_error caligo_order_construct(const caligo_order_options* options, caligo_order** order) {
  return capi::create(order, "order", [&]() -> Result<std::unique_ptr<caligo_order>> {
    auto wanted = capi::read_struct(options, "options");
    if (!wanted) return std::move(wanted).error();
    auto designed = capi::design_order(*wanted);
    if (!designed) return std::move(designed).error();
    return std::make_unique<caligo_order>(std::move(*designed));
  });
}

caligo_error caligo_order_parse(const char* text, size_t length, const char* source, caligo_order** order) {
  return capi::create(order, "order", [&]() -> Result<std::unique_ptr<caligo_order>> {
    if (auto there = capi::need(text, "text"); !there) return there.error();
    auto parsed = caligo::parse_order({text, length}, capi::text_or(source, "order"));
    if (!parsed) return std::move(parsed).error();
    return std::make_unique<caligo_order>(std::move(*parsed));
  });
}

size_t caligo_order_size(const caligo_order* order) { return order == nullptr ? 0 : order->order.indices.size(); }

namespace {

template <class T>
Result<void> copy_array(const std::vector<T>& from, T* to, std::size_t count, const char* name) {
  if (auto there = capi::need(to, name); !there) return there;
  if (count != from.size()) {
    return Error{ErrorCode::size_mismatch, fmt::format("{}: expected {} values, got {}", name, from.size(), count)};
  }
  std::copy(from.begin(), from.end(), to);
  return {};
}

}  // namespace

caligo_error caligo_order_indices(const caligo_order* order, uint32_t* indices, size_t count) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(order, "order"); !there) return there;
    return copy_array(order->order.indices, indices, count, "indices");
  });
}

caligo_error caligo_order_error_probabilities(const caligo_order* order, float* probabilities, size_t count) {
  return capi::guarded([&]() -> Result<void> {
    if (auto there = capi::need(order, "order"); !there) return there;
    if (order->order.error_probability.empty()) {
      return Error{ErrorCode::unsupported,
                   fmt::format("the method {} gives no error probabilities", order->order.provenance.method)};
    }
    return copy_array(order->order.error_probability, probabilities, count, "probabilities");
  });
}

void caligo_order_destroy(caligo_order* order) { delete order; }
