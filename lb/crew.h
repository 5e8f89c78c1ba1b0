#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>
#include <vector>

#include "lb/net/mailbox.h"
#include "lb/worker.h"

namespace lb {

// The workers of a process, and how the control thread has something done by all of them. What is
// asked for one after the other each worker does in that order. All of it belongs to the control
// thread; while the workers do not run nothing is done.
class Crew {
 public:
  using Post = std::function<void(net::Mailbox::Message)>;

  // `to_control` may be called on any thread.
  explicit Crew(Post to_control) : to_control_(std::move(to_control)) {}

  void add(std::unique_ptr<Worker> worker) { workers_.push_back(std::move(worker)); }
  [[nodiscard]] std::size_t size() const { return workers_.size(); }
  [[nodiscard]] Worker& operator[](std::size_t index) const { return *workers_[index]; }
  [[nodiscard]] auto begin() const { return workers_.begin(); }
  [[nodiscard]] auto end() const { return workers_.end(); }

  // Runs `what` on each worker's thread, and then `then` on this one, once all have done it.
  void each(const std::function<void(Worker&)>& what, std::function<void()> then = [] {});

  // The same for what takes a worker some turns: it calls `done` on its thread when it has done it.
  using Done = std::function<void()>;
  void each_in_turns(const std::function<void(Worker&, const Done& done)>& what,
                     std::function<void()> then);

  // Calls `look` with each session, on its worker's thread, and then `then` on this one.
  void walk(const std::function<void(Worker&, proxy::Session&)>& look, std::function<void()> then);

  // The same for an answer from each, in the order of the workers.
  template <typename What, typename Then>
  void ask(const What& what, Then then) {
    using Answer = std::invoke_result_t<What, Worker&>;
    auto answers = std::make_shared<std::vector<Answer>>(workers_.size());
    each([answers, what](Worker& worker) { (*answers)[worker.index()] = what(worker); },
         [answers, then = std::move(then)] { then(std::move(*answers)); });
  }

 private:
  Post to_control_;
  std::vector<std::unique_ptr<Worker>> workers_;
};

}  // namespace lb
