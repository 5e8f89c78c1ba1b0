#include "lb/crew.h"

namespace lb {
namespace {

// What is to be done once by the last of several.
struct Round {
  std::atomic<std::size_t> left;
  std::function<void()> then;

  // What it holds belongs to the thread that does it, so it does not stay for a worker to destroy.
  void end() { std::exchange(then, nullptr)(); }
};

}  // namespace

void Crew::each(const std::function<void(Worker&)>& what, std::function<void()> then) {
  each_in_turns(
      [what](Worker& worker, const Done& done) {
        what(worker);
        done();
      },
      std::move(then));
}

void Crew::walk(const std::function<void(Worker&, proxy::Session&)>& look,
                std::function<void()> then) {
  each_in_turns(
      [look](Worker& worker, const Done& done) {
        worker.walk([look, &worker](proxy::Session& session) { look(worker, session); }, done);
      },
      std::move(then));
}

void Crew::each_in_turns(const std::function<void(Worker&, const Done& done)>& what,
                         std::function<void()> then) {
  const auto round = std::make_shared<Round>(workers_.size(), std::move(then));
  for (const auto& worker : workers_)
    worker->post([this, round, what, &one = *worker] {
      what(one, [this, round] {
        if (--round->left == 0) to_control_([round] { round->end(); });
      });
    });
}

}  // namespace lb
