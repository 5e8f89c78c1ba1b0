#include <catch2/catch.hpp>
#include <string>

#include "balancer/redispatch.h"
#include "balancer/retry_budget.h"

using balancer::may_redispatch;
using balancer::RetryBudget;

TEST_CASE("retries of ten seconds are bounded by the sessions of ten seconds", "[balancer]") {
  RetryBudget budget(20);
  for (int i = 0; i < 1000; ++i) budget.session(5'000);

  int retries = 0;
  while (retries < 1000 && budget.retry(6'000)) ++retries;
  CHECK(retries == 200);
  CHECK_FALSE(budget.retry(14'999));
  CHECK(budget.retry(16'000));
}

TEST_CASE("a quiet backend has ten retries in ten seconds", "[balancer]") {
  RetryBudget budget(20);

  int retries = 0;
  while (retries < 1000 && budget.retry(50)) ++retries;
  CHECK(retries == 10);
  CHECK(budget.retry(10'050));
}

TEST_CASE("without a budget retries have no bound", "[balancer]") {
  RetryBudget budget(0);

  for (int i = 0; i < 1000; ++i) CHECK(budget.retry(0));
}

// HAProxy: `option redispatch N` with `retries 4`; each letter is a retry, y: may go elsewhere.
TEST_CASE("which retries may go elsewhere is counted from the first or from the last",
          "[balancer]") {
  struct Row {
    std::int32_t redispatch;
    std::string_view bound;
  };
  const auto row = GENERATE(values<Row>(
      {{0, "nnnn"}, {1, "yyyy"}, {2, "nyny"}, {3, "nnyn"}, {-1, "nnny"}, {-2, "nnyn"}}));
  conf::Backend config;
  config.retries = 4;
  config.redispatch = row.redispatch;
  std::string bound;
  std::string free;
  for (std::uint32_t retry = 1; retry <= 4; ++retry) {
    bound += may_redispatch(config, retry, true, true) ? 'y' : 'n';
    free += may_redispatch(config, retry, false, true) ? 'y' : 'n';
  }

  CAPTURE(row.redispatch);
  CHECK(bound == row.bound);
  CHECK(free == (row.redispatch == 0 ? "nnnn" : "yyyy"));
}
