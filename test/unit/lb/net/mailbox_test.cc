#include "lb/net/mailbox.h"

#include <catch2/catch.hpp>
#include <thread>
#include <vector>

TEST_CASE("messages of several threads all run on the loop, each thread's in its order", "[lb]") {
  constexpr int kThreads = 4;
  constexpr int kEach = 2000;
  lb::net::Loop loop;
  lb::net::Mailbox mailbox(loop);
  std::vector<int> next(kThreads, 0);
  int total = 0;
  bool in_order = true;

  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread)
    threads.emplace_back([&, thread] {
      for (int i = 0; i < kEach; ++i)
        mailbox.post([&, thread, i] {
          in_order = in_order && next[static_cast<std::size_t>(thread)]++ == i;
          if (++total == kThreads * kEach) loop.stop();
        });
    });
  loop.run();
  for (std::thread& thread : threads) thread.join();

  CHECK(total == kThreads * kEach);
  CHECK(in_order);
}

TEST_CASE("a message may post another", "[lb]") {
  lb::net::Loop loop;
  lb::net::Mailbox mailbox(loop);
  int run = 0;
  mailbox.post([&] {
    ++run;
    mailbox.post([&] {
      ++run;
      loop.stop();
    });
  });

  loop.run();

  CHECK(run == 2);
}
