// SPDX-License-Identifier: Apache-2.0
#include "session_bind.hpp"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>

#include <array>
#include <mutex>
#include <string>
#include <type_traits>
#include <vector>

#include "arrays.hpp"
#include "bits.hpp"
#include "errors.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace caligo::python {

namespace {

template <class T>
T field(nb::handle settings, const char* name) {
  const nb::object value = settings.attr(name);
  try {
    return nb::cast<T>(value);
  } catch (const nb::cast_error&) {
    throw nb::value_error((std::string(name) + ": expected another value, got " + nb::repr(value).c_str()).c_str());
  }
}

SessionMode parse_mode(const std::string& name) {
  if (name == "one-way") return SessionMode::one_way;
  if (name == "blind") return SessionMode::blind;
  if (name == "interactive") return SessionMode::interactive;
  throw nb::value_error(("mode: expected 'one-way', 'blind' or 'interactive', got '" + name + "'").c_str());
}

VerdictTiming parse_timing(const std::string& name) {
  if (name == "each-block") return VerdictTiming::each_block;
  if (name == "at-end") return VerdictTiming::at_end;
  throw nb::value_error(("verdicts: expected 'each-block' or 'at-end', got '" + name + "'").c_str());
}

const char* to_string(SessionStatus status) noexcept {
  constexpr std::array<const char*, 4> names = {"negotiating", "running", "finished", "failed"};
  return names[static_cast<std::size_t>(status)];
}

const char* to_string(BlockOutcome outcome) noexcept {
  constexpr std::array<const char*, 4> names = {"open", "verified", "failed", "lost"};
  return names[static_cast<std::size_t>(outcome)];
}

nb::dict statistics_dict(const SessionStatistics& statistics) {
  constexpr std::array<const char*, refusal_count> reasons = {
      "length", "magic", "version", "checksum", "session", "type", "state", "settings", "exchange", "message", "busy"};
  nb::dict refused;
  for (std::size_t i = 0; i < refusal_count; ++i) refused[reasons[i]] = statistics.refused[i];
  nb::dict dict;
  dict["frames_sent"] = statistics.frames_sent;
  dict["bytes_sent"] = statistics.bytes_sent;
  dict["frames_accepted"] = statistics.frames_accepted;
  dict["bytes_accepted"] = statistics.bytes_accepted;
  dict["duplicates"] = statistics.duplicates;
  dict["frames_repeated"] = statistics.frames_repeated;
  dict["messages_sent"] = statistics.messages_sent;
  dict["refused"] = refused;
  return dict;
}

nb::dict block_dict(const SessionBlock& block) {
  nb::dict dict;
  dict["outcome"] = to_string(block.outcome);
  dict["bits"] = block.bits;
  dict["key_bits"] = block.key_bits;
  dict["rounds"] = block.rounds;
  dict["errors"] = block.errors;
  dict["leaked"] = block.leaked.total();
  return dict;
}

/// A session and what guards it: without the interpreter's lock two threads might call it at once.
template <class Session>
class Guarded {
 public:
  Guarded(Session session, std::size_t max_frame) : session_(std::move(session)), frame_(max_frame) {}

  /// call(session), without the interpreter's lock and alone.
  template <class Call>
  auto run(const Call& call) {
    const nb::gil_scoped_release unlocked;
    const std::scoped_lock lock(mutex_);
    return call(session_);
  }
  nb::object next_frame() {
    std::unique_lock<std::mutex> lock(mutex_, std::defer_lock);
    std::size_t size = 0;
    {
      const nb::gil_scoped_release unlocked;
      lock.lock();
      size = session_.next_frame(frame_);
    }
    if (size == 0) return nb::none();
    return nb::bytes(frame_.data(), size);
  }

 private:
  std::mutex mutex_;
  Session session_;
  std::vector<std::byte> frame_;
};

using Alice = Guarded<AliceSession>;
using Bob = Guarded<BobSession>;

template <class Session>
std::shared_ptr<Guarded<Session>> make_session(nb::handle settings_object, nb::handle bits, bool bit_packed,
                                               std::shared_ptr<CodeBook> codes) {
  const SessionSettings settings = read_settings(settings_object);
  const BitString word = read_bits(bits, "bits", bit_packed);
  Result<Session> made(Error{});
  {
    const nb::gil_scoped_release unlocked;
    made = Session::make(settings, word, std::move(codes));
  }
  return std::make_shared<Guarded<Session>>(take(std::move(made)), settings.max_frame);
}

/// What both sides have.
template <class Session>
nb::class_<Guarded<Session>> bind_side(nb::module_& module, const char* name) {
  using Side = Guarded<Session>;
  return nb::class_<Side>(module, name)
      .def(nb::new_(&make_session<Session>), "settings"_a, "bits"_a.none(), "bit_packed"_a, "codes"_a.none())
      .def(
          "receive",
          [](Side& side, nb::handle frame) {
            const Array bytes(frame, "frame", Dtypes{Dtype::uint8});
            check(side.run([&](Session& s) { return s.receive(std::as_bytes(bytes.values<std::uint8_t>())); }));
          },
          "frame"_a.none())
      .def("work",
           [](Side& side) {
             if constexpr (std::is_same_v<Session, AliceSession>) {
               return take(side.run([](Session& s) { return s.work(); }));
             } else {
               return side.run([](Session& s) { return s.work(); });
             }
           })
      .def("next_frame", [](Side& side) { return as_any(side.next_frame()); })
      .def("on_timeout", [](Side& side) { side.run([](Session& s) { s.on_timeout(); }); })
      .def_prop_ro("status", [](Side& side) { return to_string(side.run([](Session& s) { return s.status(); })); })
      .def_prop_ro("error",
                   [](Side& side) -> std::optional<std::string> {
                     const auto error = side.run([](Session& s) { return s.error(); });
                     if (!error) return std::nullopt;
                     return error->message;
                   })
      .def("blocks",
           [](Side& side) {
             const auto blocks = side.run([](Session& s) {
               std::vector<SessionBlock> all;
               for (std::size_t i = 0; i < s.blocks(); ++i) all.push_back(s.block(i));
               return all;
             });
             nb::list list;
             for (const SessionBlock& block : blocks) list.append(block_dict(block));
             return list;
           })
      .def("leaked", [](Side& side) { return leakage_dict(side.run([](Session& s) { return s.leaked(); })); })
      .def("statistics",
           [](Side& side) { return statistics_dict(side.run([](Session& s) { return s.statistics(); })); })
      .def(
          "key",
          [](Side& side, bool bit_packed) {
            return as_any(write_bits(side.run([](Session& s) { return s.key(); }), bit_packed));
          },
          "bit_packed"_a);
}

}  // namespace

nb::dict leakage_dict(const Leakage& leaked) {
  nb::dict dict;
  dict["frozen"] = leaked.frozen;
  dict["crc"] = leaked.crc;
  dict["tag"] = leaked.tag;
  dict["sample"] = leaked.sample;
  dict["feedback"] = leaked.feedback;
  dict["questions"] = leaked.questions;
  dict["total"] = leaked.total();
  return dict;
}

SessionSettings read_settings(nb::handle settings) {
  SessionSettings read;
  read.session_id = field<std::uint64_t>(settings, "session_id");
  read.mode = parse_mode(field<std::string>(settings, "mode"));
  read.verdicts = parse_timing(field<std::string>(settings, "verdicts"));
  read.max_log2_block = field<unsigned>(settings, "max_log2_block");
  read.list_size = field<unsigned>(settings, "list_size");
  read.target_fer = field<double>(settings, "target_fer");
  read.tag_bits = field<unsigned>(settings, "tag_bits");
  read.crc = take(parse_crc(field<std::string>(settings, "crc_name")));
  read.qber = field<std::optional<double>>(settings, "qber");
  read.sample_bits = field<std::uint32_t>(settings, "sample_bits");
  read.boldness = field<double>(settings, "boldness");
  read.breadth = field<unsigned>(settings, "breadth");
  read.max_rounds = field<unsigned>(settings, "max_rounds");
  read.window = field<unsigned>(settings, "window");
  read.max_frame = field<std::size_t>(settings, "max_frame");
  read.max_codes = field<unsigned>(settings, "max_codes");
  read.simulation_seed = field<std::optional<std::uint64_t>>(settings, "simulation_seed");
  return read;
}

void bind_session(nb::module_& module) {
  nb::class_<CodeBook>(module, "CodeBook")
      .def(nb::new_([](const std::optional<std::string>& cache, std::size_t decoders) {
             return std::make_shared<CodeBook>(cache ? std::optional<std::filesystem::path>(*cache) : std::nullopt,
                                               decoders);
           }),
           "cache"_a.none(), "decoders"_a);
  bind_side<AliceSession>(module, "AliceSession").def("abandon", [](Alice& side) {
    side.run([](AliceSession& s) { s.abandon(); });
  });
  nb::class_<DecodeJob>(module, "DecodeJob").def("run", &DecodeJob::run, nb::call_guard<nb::gil_scoped_release>());
  bind_side<BobSession>(module, "BobSession")
      .def("take_job", [](Bob& side) { return side.run([](BobSession& s) { return s.take_job(); }); })
      .def(
          "complete", [](Bob& side, DecodeJob& job) { side.run([&](BobSession& s) { s.complete(std::move(job)); }); },
          "job"_a)
      .def_prop_ro("epsilon", [](Bob& side) { return side.run([](BobSession& s) { return s.epsilon(); }); });
  module.def("peek_session", [](nb::handle frame) -> std::optional<std::uint64_t> {
    const Array bytes(frame, "frame", Dtypes{Dtype::uint8});
    return peek_session(std::as_bytes(bytes.values<std::uint8_t>()));
  });
  module.def(
      "compare",
      [](nb::handle alice, nb::handle bob, bool bit_packed) {
        const BitString x = read_bits(alice, "alice", bit_packed);
        const BitString y = read_bits(bob, "bob", bit_packed);
        if (x.size() != y.size() || x.empty()) {
          throw nb::value_error(("expected two copies of equal length, got " + std::to_string(x.size()) + " and " +
                                 std::to_string(y.size()) + " bits")
                                    .c_str());
        }
        return std::pair(x.size(), hamming_distance(x, y));
      },
      "alice"_a.none(), "bob"_a.none(), "bit_packed"_a);
  module.def("verification_epsilon", &verification_epsilon);
  module.def("one_way_efficiency_limit", &one_way_efficiency_limit);
}

}  // namespace caligo::python
