#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "balancer/drain.h"
#include "lb/check/judgement.h"
#include "lb/crew.h"
#include "lb/telemetry/note.h"

namespace lb {

// What a drain is asked to be, over what the backend's configuration says.
struct DrainWish {
  using Mode = balancer::DrainOrder::Mode;
  std::optional<Mode> mode = {};
  std::optional<conf::Milliseconds> deadline = {};
  std::optional<conf::Milliseconds> quiet_time = {};
  std::optional<std::uint32_t> pace = {};  // sessions a second
};

// One drain as it is now, or as it ended.
struct DrainView {
  enum class State : std::uint8_t { kDraining, kDrained, kAborted };
  struct Point {
    std::chrono::milliseconds at{0};
    std::uint32_t sessions = 0;
  };

  check::Place server;
  balancer::DrainOrder order;
  State state = State::kDraining;
  std::chrono::system_clock::time_point started;
  std::chrono::milliseconds age{0};  // until it ended, or until now
  std::uint32_t at_start = 0;
  std::uint32_t left = 0;     // neither ended nor closed
  std::uint32_t closing = 0;  // closed, and their clients have not ended yet
  std::array<std::uint64_t, balancer::kGrades> closed{};  // by grade
  std::uint64_t ended = 0;                                // by themselves
  std::uint64_t moved = 0;
  std::uint64_t raced = 0;
  std::uint64_t raced_bytes = 0;
  std::optional<std::chrono::milliseconds> oldest;  // sessions' ages
  std::optional<std::chrono::milliseconds> youngest;
  std::optional<std::chrono::milliseconds> estimate;  // until none is left
  std::vector<Point> curve;                           // at most some hundred
};

// The drains of a process: what each was asked, how far it has come, and what is said of it. The
// closing itself is the workers' (proxy::ServerDrain). Belongs to the control thread.
class Drains {
 public:
  using Note = std::function<void(telemetry::Level, std::string)>;

  // `crew` outlives it.
  Drains(Crew& crew, Note note) : crew_(crew), note_(std::move(note)) {}

  // The next drain of the server is to be like that.
  void wish(const check::Place& server, const DrainWish& wish) { wishes_[key(server)] = wish; }

  // Its sessions are to end, in place of what was asked before. New ones are not its business.
  void start(const check::Place& server);
  [[nodiscard]] bool drains(const check::Place& server) { return running(server) != nullptr; }

  // What is asked of those going on, and was of those that are over, the oldest first.
  [[nodiscard]] std::vector<std::pair<check::Place, balancer::DrainOrder>> orders() const;

  // Calls `then` once all drains that were started before have begun on every worker.
  void when_begun(std::function<void()> then);

  // Its sessions are to go on, as far as they have not been closed.
  void abort(const check::Place& server);

  // The server leaves: nothing is told of it any more.
  void forget(const check::Place& server);

  // Asks the workers how far they are, if somebody drains. To be called every 100 ms or so while
  // active().
  void pulse();
  [[nodiscard]] bool active() const;

  // Those going on, and those that ended in the last quarter of an hour, with the figures of the
  // moment.
  void view(std::function<void(std::vector<DrainView>)> then);

 private:
  using Key = std::pair<const proxy::Backend*, balancer::ServerId>;
  struct Drain {
    DrainView view;
    balancer::Tick start = 0;
    balancer::Tick ended = 0;
    proxy::DrainTally before;  // of earlier drains
    bool begun = false;        // on the workers
    std::chrono::milliseconds next_point{0};
    std::chrono::milliseconds step{500};  // between two points of the curve
  };

  static Key key(const check::Place& server) { return {server.backend, server.server}; }
  [[nodiscard]] balancer::DrainOrder order_for(const check::Place& server);
  [[nodiscard]] Drain* running(const check::Place& server);
  void begin(const check::Place& server, const std::vector<DrainReport>& reports);
  void look(std::function<void()> then);
  void learn(Drain& drain, const std::vector<DrainReport>& reports);
  void end(Drain& drain, DrainView::State state, const char* how);
  void forget_old_ones();

  Crew& crew_;
  Note note_;
  std::map<Key, DrainWish> wishes_;
  std::deque<Drain> drains_;
  balancer::Tick next_look_ = 0;
  bool looking_ = false;
};

}  // namespace lb
