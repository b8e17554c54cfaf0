// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Two sessions of small blocks, and frames between them that the input loses, repeats, reorders, damages and forges.

#include <caligo/session.hpp>

#include <deque>
#include <vector>

#include "tests/fuzz/input.hpp"

namespace caligo::fuzz {

using FrameBytes = std::vector<std::byte>;

/// Which side gets forged frames: such with a right checksum that the other side never sent.
struct Attack {
  bool alice = false;
  bool bob = false;
};

class SessionPair {
 public:
  SessionPair(Input& input, const Attack& attack);
  /// As many steps as the input wants, then what must hold.
  void run();

 private:
  void step();
  void finish();
  void forge(bool to_bob);
  FrameBytes forged(const FrameBytes& pattern);
  FrameBytes invented();
  void send(bool from_alice);
  void deliver(bool to_bob, const FrameBytes& frame);
  template <class Side>
  void receive(Side& side, const FrameBytes& frame);
  template <class Side>
  void drain(Side& side, std::deque<FrameBytes>& pipe);
  void check_agreement();

  Input& input_;
  Attack attack_;
  SessionSettings settings_;
  BitString x_;
  BitString y_;
  std::optional<AliceSession> alice_;
  std::optional<BobSession> bob_;
  std::vector<DecodeJob> jobs_;
  std::deque<FrameBytes> to_alice_;
  std::deque<FrameBytes> to_bob_;
  FrameBytes buffer_;
};

/// CRC-32C, byte by byte.
std::uint32_t plain_crc32c(std::span<const std::byte> bytes);

}  // namespace caligo::fuzz
