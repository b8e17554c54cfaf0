// SPDX-License-Identifier: Apache-2.0
/// Key pool and tags.

#include <nanobind/stl/shared_ptr.h>
#include <nanobind/stl/string.h>

#include <array>
#include <cstring>
#include <mutex>
#include <string>

#include "arrays.hpp"
#include "bits.hpp"
#include "errors.hpp"
#include "session_bind.hpp"
#include "shared_pool.hpp"

namespace nb = nanobind;
using namespace nb::literals;

namespace caligo::python {

namespace {

std::shared_ptr<SharedPool> make_pool(nb::handle alice_to_bob, nb::handle bob_to_alice, double epsilon,
                                      bool bit_packed) {
  const BitString forth = read_bits(alice_to_bob, "alice_to_bob", bit_packed);
  const BitString back = read_bits(bob_to_alice, "bob_to_alice", bit_packed);
  return std::make_shared<SharedPool>(take(KeyPool::make(forth, back, epsilon)));
}

/// What travels: counter, eight bytes little-endian, then the tag.
constexpr std::size_t counter_bytes = 8;

nb::bytes to_bytes(const FrameTag& tag) {
  std::array<std::uint8_t, counter_bytes + 32> bytes{};
  std::memcpy(bytes.data(), &tag.counter, counter_bytes);
  std::memcpy(bytes.data() + counter_bytes, tag.bytes.data(), tag.size);
  return nb::bytes(bytes.data(), counter_bytes + tag.size);
}

FrameTag from_bytes(const Array& bytes) {
  FrameTag tag;
  const std::size_t size = bytes.size();
  if (size < counter_bytes || size > counter_bytes + tag.bytes.size()) {
    throw nb::value_error(("tag: expected 8 to 40 bytes, got " + std::to_string(size)).c_str());
  }
  std::memcpy(&tag.counter, bytes.data<const std::uint8_t>(), counter_bytes);
  tag.size = static_cast<std::uint8_t>(size - counter_bytes);
  std::memcpy(tag.bytes.data(), bytes.data<const std::uint8_t>() + counter_bytes, tag.size);
  return tag;
}

/// An authenticator of one direction; keeps its pool.
template <class Method>
struct Authenticator {
  Authenticator(std::shared_ptr<SharedPool> from, Direction direction)
      : pool(std::move(from)), method(take(Method::make(pool->pool, direction))) {}
  std::shared_ptr<SharedPool> pool;
  Method method;
};

template <class Method>
nb::class_<Authenticator<Method>> bind_method(nb::module_& module, const char* name) {
  using Self = Authenticator<Method>;
  return nb::class_<Self>(module, name)
      .def(nb::new_([](std::shared_ptr<SharedPool> pool, const std::string& direction) {
             const Direction way = parse_direction(direction);
             const std::scoped_lock lock(pool->mutex);
             return std::make_shared<Self>(pool, way);
           }),
           "pool"_a, "direction"_a)
      .def(
          "seal",
          [](Self& self, nb::handle frame) {
            const Array bytes(frame, "frame", Dtypes{Dtype::uint8});
            Result<FrameTag> tag(FrameTag{});
            {
              const nb::gil_scoped_release unlocked;
              const std::scoped_lock lock(self.pool->mutex);
              tag = self.method.seal(bytes.values<std::uint8_t>());
            }
            return to_bytes(take(std::move(tag)));
          },
          "frame"_a.none())
      .def(
          "open",
          [](Self& self, nb::handle frame, nb::handle tag) {
            const Array bytes(frame, "frame", Dtypes{Dtype::uint8});
            const FrameTag given = from_bytes(Array(tag, "tag", Dtypes{Dtype::uint8}));
            Result<void> opened;
            {
              const nb::gil_scoped_release unlocked;
              const std::scoped_lock lock(self.pool->mutex);
              opened = self.method.open(bytes.values<std::uint8_t>(), given);
            }
            check(opened);
          },
          "frame"_a.none(), "tag"_a.none())
      .def_prop_ro("counter", [](const Self& self) { return self.method.counter(); });
}

}  // namespace

Direction parse_direction(const std::string& name) {
  if (name == "alice-to-bob") return Direction::alice_to_bob;
  if (name == "bob-to-alice") return Direction::bob_to_alice;
  throw nb::value_error(("direction: expected 'alice-to-bob' or 'bob-to-alice', got '" + name + "'").c_str());
}

void bind_authenticate(nb::module_& module) {
  nb::class_<SharedPool>(module, "KeyPool")
      .def(nb::new_(&make_pool), "alice_to_bob"_a.none(), "bob_to_alice"_a.none(), "epsilon"_a, "bit_packed"_a)
      .def(
          "replenish",
          [](SharedPool& self, const std::string& direction, nb::handle key, double epsilon, bool bit_packed) {
            const BitString bits = read_bits(key, "key", bit_packed);
            const std::scoped_lock lock(self.mutex);
            check(self.pool.replenish(parse_direction(direction), bits, epsilon));
          },
          "direction"_a, "key"_a.none(), "epsilon"_a, "bit_packed"_a)
      .def("consumed",
           [](SharedPool& self, const std::string& direction) {
             const std::scoped_lock lock(self.mutex);
             return self.pool.consumed(parse_direction(direction));
           })
      .def("remaining",
           [](SharedPool& self, const std::string& direction) {
             const std::scoped_lock lock(self.mutex);
             return self.pool.remaining(parse_direction(direction));
           })
      .def_prop_ro("epsilon", [](SharedPool& self) {
        const std::scoped_lock lock(self.mutex);
        return self.pool.epsilon();
      });
  bind_method<WegmanCarter>(module, "WegmanCarter").def_prop_ro("epsilon", [](const Authenticator<WegmanCarter>& self) {
    return self.method.epsilon();
  });
  bind_method<HmacSha256>(module, "HmacSha256");
}

}  // namespace caligo::python
