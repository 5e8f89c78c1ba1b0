#include "lb/net/pipe_pool.h"

#include <unistd.h>

#include <catch2/catch.hpp>

using lb::net::PipePool;

TEST_CASE("a pool lends what it has and then nothing", "[lb]") {
  PipePool pool(2);
  auto first = pool.borrow();
  auto second = pool.borrow();
  REQUIRE(first);
  REQUIRE(second);
  CHECK_FALSE(pool.borrow());

  pool.give_back(std::move(*first));

  CHECK(pool.free() == 1);
  CHECK(pool.borrow());
}

TEST_CASE("a pool counts as lent what neither came back nor was lost", "[lb]") {
  PipePool pool(2);
  auto first = pool.borrow();
  auto second = pool.borrow();
  REQUIRE(first);
  REQUIRE(second);
  CHECK(pool.lent() == 2);

  pool.give_back(std::move(*first));
  CHECK(pool.lent() == 1);

  second.reset();
  pool.replace_lost();
  CHECK(pool.lent() == 0);
  CHECK(pool.free() == 2);
}

TEST_CASE("what is written into a pipe's end comes out of the other", "[lb]") {
  PipePool pool(1);
  auto pipe = pool.borrow();
  REQUIRE(pipe);
  char byte = 'x';
  REQUIRE(write(pipe->in.get(), &byte, 1) == 1);
  byte = 0;
  REQUIRE(read(pipe->out.get(), &byte, 1) == 1);
  CHECK(byte == 'x');
}

TEST_CASE("an empty pool is a pool", "[lb]") { CHECK_FALSE(PipePool().borrow()); }
