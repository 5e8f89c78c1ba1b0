#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "balancer/growth.h"
#include "balancer/rebalance.h"
#include "lb/crew.h"
#include "lb/fleet.h"
#include "lb/telemetry/note.h"

namespace lb {

// What a rebalance is asked to be, over what the backend's configuration says.
struct RebalanceWish {
  std::optional<std::uint32_t> to = {};    // percent
  std::optional<std::uint32_t> pace = {};  // sessions a second
};

// The rebalance of a backend as it was at the last look, as it ended, or as it would be.
struct RebalanceView {
  enum class State : std::uint8_t {
    kPlanned,
    kRunning,
    kDone,
    kAborted,  // somebody ended it
    kGivenUp,  // it did not help
  };
  struct Server {
    balancer::ServerId id = 0;
    std::string_view name = {};  // a text that stays
    std::uint32_t sessions = 0;
    std::uint32_t share = 0;
    std::uint32_t surplus = 0;  // to be closed
  };

  proxy::Backend* backend = nullptr;
  State state = State::kPlanned;
  std::uint32_t to = 0;
  std::uint32_t pace = 0;
  std::vector<Server> servers = {};  // those that serve
  std::uint64_t surplus = 0;
  std::array<std::uint64_t, balancer::kGrades> closed{};  // by grade
};

// Moves sessions from servers that have more than their share to those that have less, by closing
// them in a good moment: their clients come back, and are given to whom has room. How many may be
// closed where is said here, twice a second, by the counts of the moment; the closing is the
// workers' (proxy::ServerDrain), and only what costs nobody an answer. Belongs to the control
// thread.
class Rebalances {
 public:
  using Note = std::function<void(telemetry::Level, std::string)>;
  using Then = std::function<void(RebalanceView)>;

  // `crew` outlives it.
  Rebalances(Crew& crew, Note note) : crew_(crew), note_(std::move(note)) {}

  // Begins one by itself when the backend's servers have become more, as its configuration has it.
  void watch(proxy::Backend& backend);

  // Begins one, or changes the one that runs; `then` gets what there is to do. Where everybody has
  // his share that is nothing, and it is over.
  void start(proxy::Backend& backend, const RebalanceWish& wish, const Then& then);

  // False when none runs.
  bool abort(proxy::Backend& backend);

  // Ends all of them, and none begins by itself any more.
  void stop();

  // The one that runs, as it was at the last look; otherwise as one would be, and for a minute how
  // the last one ended.
  void view(proxy::Backend& backend, const RebalanceWish& wish, Then then);

  // To be called every 100 ms or so while active().
  void pulse();
  [[nodiscard]] bool active() const;

 private:
  struct Run {
    RebalanceView view;
    std::uint64_t number = 0;  // tells it from the one before
    balancer::Tick start = 0;
    balancer::Tick ended = 0;
    balancer::Tick granted = 0;
    double credit = 0;  // what the pace allows
    double turn = 0;
    bool looking = false;
    std::array<std::uint64_t, balancer::kGrades> before{};  // closed by earlier ones
    std::optional<balancer::Headway> headway;               // once it has been looked at
  };
  struct Watched {
    proxy::Backend* backend;
    balancer::Growth growth;
  };
  // By worker, then by server.
  using Reports = std::vector<std::vector<SurplusReport>>;

  [[nodiscard]] static bool is_remembered(const Run& run);
  [[nodiscard]] Run* running(const proxy::Backend& backend);
  [[nodiscard]] balancer::Spread spread_of(const proxy::Backend& backend,
                                           const std::vector<balancer::Load>& loads);
  void look(Run& run, const Then& then = {});
  void learn(Run& run, const Reports& reports);
  void grant(Run& run, const Reports& reports, balancer::Tick now);
  void end(Run& run, RebalanceView::State state, const std::string& how);
  void look_for_growth();

  Crew& crew_;
  Note note_;
  std::map<const proxy::Backend*, Run> runs_;  // the last one of each
  std::map<const proxy::Backend*, balancer::Absent> absent_;
  std::vector<Watched> watched_;
  std::uint64_t started_ = 0;
  balancer::Tick next_look_ = 0;
};

}  // namespace lb
