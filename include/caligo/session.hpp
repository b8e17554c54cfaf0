// SPDX-License-Identifier: Apache-2.0
#pragma once
/// Two-party reconciliation as two state machines that exchange frames. No sockets, no clock, no threads: the caller
/// carries frames from next_frame() of one side to receive() of the other by whatever transport there is, and says when
/// it is time to repeat what was not answered. Frames may be lost, repeated, reordered or damaged on the way. The
/// format is in docs/formats/session.md, the protocol in docs/session.md.
///
/// A frame is either refused with an Error, and nothing changes but a counter, or it is accepted. Frames are protected
/// against accidents (CRC-32C), not against an adversary: authenticate them outside, before receive().

#include <caligo/bits.hpp>
#include <caligo/crc.hpp>
#include <caligo/error.hpp>
#include <caligo/reconcile.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>

namespace caligo {

namespace session {
class AliceMachine;
class BobMachine;
class Codes;
struct Task;
}  // namespace session

// ---- What both sides agree on
// ----------------------------------------------------------------------------------------

enum class SessionMode : std::uint8_t {
  one_way = 1,  ///< one disclosure per block; what Bob says does not influence what Alice discloses about that block
  blind = 2,    ///< Bob asks for more where his decoder got lost (blind.hpp)
  interactive = 3,  ///< Cascade (cascade.hpp): a block is a group, of which verified units become key
};

/// When Bob tells which blocks were verified.
enum class VerdictTiming : std::uint8_t {
  each_block = 1,  ///< as soon as it is known
  at_end = 2,      ///< after all blocks; until then nothing but receipts flows back. Needs a known QBER
};

/// Alice proposes all of these, Bob compares them with his own; a difference ends in one error that names it.
struct SessionSettings {
  /// Tells the sessions of one transport apart. Both sides know it beforehand; it should never be used again.
  std::uint64_t session_id = 0;
  SessionMode mode = SessionMode::one_way;
  VerdictTiming verdicts = VerdictTiming::each_block;
  unsigned max_log2_block = 16;  ///< blocks of at most 2^this bits, 6 to 24
  unsigned list_size = 8;        ///< 1, 2, 4, 8, 16 or 32; from 16 on a quarter of the paths is tried first
  double target_fer = 1e-2;      ///< in [1e-4, 0.5]
  unsigned tag_bits = 64;        ///< 32 to 64
  CrcSpec crc;                   ///< picks the list entry; width 0 for none
  /// The QBER to design for. Without it: what the sample and the error counts of verified blocks teach.
  std::optional<double> qber;
  /// Positions compared openly and left out of the key; needed if, and only if, `qber` is not given. At most a quarter
  /// of the bits, and 2^24.
  std::uint32_t sample_bits = 0;
  double boldness = 1;   ///< blind: as in BlindSettings, in [0.01, 100]
  unsigned breadth = 2;  ///< interactive: as in CascadeParameters; Alice's counts, not compared
  unsigned max_rounds =
      1024;             ///< blind, interactive: questions about one block at most, 1 to 65535; then it has failed
  unsigned window = 8;  ///< blocks in flight, 1 to 1024
  std::size_t max_frame = 61440;  ///< bytes of a frame at most, 256 to 2^20; see docs/formats/session.md
  /// Different codes of one block length that Alice may ask Bob to build, 1 to 4096.
  unsigned max_codes = 64;
  /// Verification keys and sample positions from this seed, for simulation only; by default from the operating system.
  /// Not compared.
  std::optional<std::uint64_t> simulation_seed;
};

// ---- Results
// ----------------------------------------------------------------------------------------------------------

enum class SessionStatus : std::uint8_t {
  negotiating,  ///< the other side has not agreed yet
  running,
  finished,  ///< both sides know which blocks are key
  failed,    ///< see error(); no block is key
};

enum class BlockOutcome : std::uint8_t {
  open,      ///< not decided yet
  verified,  ///< the tag holds: both sides have the same bits
  failed,    ///< decoding did not succeed, or the disclosure could not be used
  lost,      ///< abandoned before it was decided on both sides
};

struct SessionBlock {
  BlockOutcome outcome = BlockOutcome::open;
  std::size_t bits = 0;
  std::size_t key_bits = 0;  ///< of verified blocks: all bits, in interactive mode those of verified units
  unsigned rounds = 0;       ///< questions about the block
  std::uint32_t errors = 0;  ///< corrected bits; Bob always knows them of a verified block, Alice if she was told
  Leakage leaked;            ///< bits that this side sent about the block, repetitions of the same bits left out
};

/// Why frames were refused.
enum class Refusal : std::uint8_t {
  length,    ///< too short, too long, or not as long as its header says
  magic,     ///< not a frame
  version,   ///< of another version of the format
  checksum,  ///< damaged on the way
  session,   ///< of another session
  type,      ///< unknown, or only the other side sends it
  state,     ///< comes too early or too late
  settings,  ///< the two sides want different things
  exchange,  ///< a block that does not exist or is not in the window
  message,   ///< a message or a part of it that cannot be
  busy,      ///< the slot is still decoding an earlier block; sent again later it will be accepted
};
inline constexpr std::size_t refusal_count = 11;

struct SessionStatistics {
  std::uint64_t frames_sent = 0;
  std::uint64_t bytes_sent = 0;
  std::uint64_t frames_accepted = 0;
  std::uint64_t bytes_accepted = 0;
  std::uint64_t duplicates = 0;          ///< accepted frames that said nothing new
  std::uint64_t frames_repeated = 0;     ///< parts of messages sent again
  std::uint64_t disclosed_repeated = 0;  ///< disclosed bits in these: the same bits again, which leak nothing new
  std::uint64_t messages_sent = 0;       ///< complete messages, receipts left out
  std::array<std::uint64_t, refusal_count> refused{};  ///< by Refusal
  [[nodiscard]] std::uint64_t refused_total() const noexcept;
};

// ---- Codes
// ------------------------------------------------------------------------------------------------------------

/// Codes and decoders shared by any number of sessions of one process, on any threads. Designing a long code takes
/// seconds, and a decoder's scratch memory is what a session needs most of: share one book wherever you can. Waiting
/// decoders hold bits of their last block until they are used again or the book is destroyed, which wipes them.
class CodeBook {
 public:
  /// cache: see construct_order_cached(). decoders: how many wait for their next block at most, of each mode. In blind
  /// mode a block goes on where it stopped if its decoder still waits for it, and starts again otherwise; so there
  /// should be one for each block in flight.
  explicit CodeBook(const std::optional<std::filesystem::path>& cache = std::nullopt, std::size_t decoders = 8);
  ~CodeBook();
  CodeBook(const CodeBook&) = delete;
  CodeBook& operator=(const CodeBook&) = delete;
  [[nodiscard]] session::Codes& codes() noexcept { return *codes_; }  ///< internal

 private:
  std::unique_ptr<session::Codes> codes_;
};

// ---- The two sides
// ----------------------------------------------------------------------------------------------------

/// Alice: she discloses. One thread at a time. Key material is wiped on destruction.
class AliceSession {
 public:
  /// x: copied, 64 bits or more. Errors: invalid_argument, no_key (the QBER given leaves none), io.
  static Result<AliceSession> make(const SessionSettings& settings, BitView x,
                                   std::shared_ptr<CodeBook> codes = nullptr);
  AliceSession(AliceSession&&) noexcept;
  AliceSession& operator=(AliceSession&&) noexcept;
  ~AliceSession();

  /// A frame from Bob, as next_frame() gave it. Bounded work: at most a frame is copied. Errors: malformed_input or
  /// invalid_argument; then nothing has changed, and the frame counts in statistics().refused.
  Result<void> receive(std::span<const std::byte> frame);
  /// One piece of work (prepares a disclosure), false if there is none. Errors: the session has failed.
  Result<bool> work();
  /// Writes the next frame to send and returns its length, 0 if there is none now. out: settings.max_frame bytes; with
  /// less, nothing is written.
  std::size_t next_frame(std::span<std::byte> out);
  /// The caller waited long enough: what was not answered will be sent again. Call it when next_frame() and work() have
  /// nothing left and nothing came in for longer than an answer takes.
  void on_timeout();
  /// Gives up what is not decided: those blocks are lost, and Bob is told. If all is decided and only Bob's agreement
  /// is missing, the session fails, as it does if Bob has not agreed to the settings yet.
  void abandon();

  [[nodiscard]] SessionStatus status() const noexcept;
  [[nodiscard]] bool finished() const noexcept { return status() == SessionStatus::finished; }
  /// Why the session failed, or why its last blocks were abandoned.
  [[nodiscard]] const std::optional<Error>& error() const noexcept;
  [[nodiscard]] std::size_t blocks() const noexcept;
  [[nodiscard]] SessionBlock block(std::size_t index) const noexcept;
  /// Everything this side sent, by purpose: the blocks and the sample. Bob's is apart; the session's is the sum.
  [[nodiscard]] const Leakage& leaked() const noexcept;
  [[nodiscard]] const SessionStatistics& statistics() const noexcept;
  /// The verified blocks, one after the other. Empty unless finished(): before that the two sides may not agree.
  [[nodiscard]] BitString key() const;

 private:
  explicit AliceSession(std::unique_ptr<session::AliceMachine> machine);
  std::unique_ptr<session::AliceMachine> machine_;
};

/// One block to decode, taken out of a BobSession. It may outlive the session.
class DecodeJob {
 public:
  DecodeJob(DecodeJob&&) noexcept;
  DecodeJob& operator=(DecodeJob&&) noexcept;
  ~DecodeJob();
  /// Decodes; on any thread, once.
  void run();

 private:
  friend class BobSession;
  explicit DecodeJob(std::shared_ptr<session::Task> task);
  std::shared_ptr<session::Task> task_;
};

/// Bob: he corrects. One thread at a time, except DecodeJob::run(). Key material is wiped on destruction.
class BobSession {
 public:
  /// y: copied, as long as Alice's x. Errors: as AliceSession::make.
  static Result<BobSession> make(const SessionSettings& settings, BitView y, std::shared_ptr<CodeBook> codes = nullptr);
  BobSession(BobSession&&) noexcept;
  BobSession& operator=(BobSession&&) noexcept;
  ~BobSession();

  /// As AliceSession::receive(). Decodes nothing.
  Result<void> receive(std::span<const std::byte> frame);
  /// One piece of work (decodes a block), false if there is none: take_job(), run() and complete() in one.
  bool work();
  /// For callers with threads of their own: a block that is ready to be decoded. Run it anywhere, then give it back.
  std::optional<DecodeJob> take_job();
  void complete(DecodeJob job);
  std::size_t next_frame(std::span<std::byte> out);
  void on_timeout();

  [[nodiscard]] SessionStatus status() const noexcept;
  /// Alice knows all verdicts, and the two agree on them. She may still ask whether this is so: go on to carry frames
  /// for as long as a lost one may be repeated.
  [[nodiscard]] bool finished() const noexcept { return status() == SessionStatus::finished; }
  [[nodiscard]] const std::optional<Error>& error() const noexcept;
  [[nodiscard]] std::size_t blocks() const noexcept;
  [[nodiscard]] SessionBlock block(std::size_t index) const noexcept;
  [[nodiscard]] const Leakage& leaked() const noexcept;
  [[nodiscard]] const SessionStatistics& statistics() const noexcept;
  /// Sum over the verified blocks of the probability that x̂ differs from x although the tags agree.
  [[nodiscard]] double epsilon() const noexcept;
  [[nodiscard]] BitString key() const;

 private:
  explicit BobSession(std::unique_ptr<session::BobMachine> machine);
  std::unique_ptr<session::BobMachine> machine_;
};

/// The session that a frame says it belongs to, so that one transport can carry many. Nothing else is checked. Empty:
/// not a frame.
[[nodiscard]] std::optional<std::uint64_t> peek_session(std::span<const std::byte> frame) noexcept;

}  // namespace caligo
