#include "balancer/hash.h"

#include <catch2/catch.hpp>
#include <cstdint>
#include <string>
#include <vector>

using balancer::Key;

namespace {

std::vector<std::uint8_t> bytes(const std::string& text) { return {text.begin(), text.end()}; }

}  // namespace

// Told by the converters of HAProxy 2.6.12, without and with their argument for the avalanche.
TEST_CASE("each hash gives HAProxy's numbers", "[balancer]") {
  struct Row {
    std::vector<std::uint8_t> key;
    std::uint32_t sdbm, djb2, wt6, crc32;
    std::uint32_t sdbm_spread, djb2_spread, wt6_spread, crc32_spread;
  };
  const Row row = GENERATE(values<Row>({
      {bytes("a"), 97, 177670, 1900802597, 3904355907,  //
       1830748055, 3548763807, 1986649387, 1288200982},
      {bytes("hello"), 684824882, 261238937, 3538347703, 907060870,  //
       2061535398, 1119739105, 140457739, 3902247103},
      {bytes("123456789"), 1755344949, 902675330, 2225171485, 3421780262,  //
       3400502718, 2717138294, 4053691039, 1130417534},
      {{203, 0, 113, 77},
       3847791505,
       2093772622,
       41002567,
       3191980929,  //
       2995210093,
       1630551047,
       1763919246,
       3371043617},
      {std::vector<std::uint8_t>(36, 255), 1988205440, 3316934817, 1239796026, 429457753,  //
       1608282178, 4039763585, 2885586426, 537030868},
  }));

  CHECK(balancer::sdbm(row.key) == row.sdbm);
  CHECK(balancer::djb2(row.key) == row.djb2);
  CHECK(balancer::wt6(row.key) == row.wt6);
  CHECK(balancer::crc32(row.key) == row.crc32);
  CHECK(balancer::avalanche(row.sdbm) == row.sdbm_spread);
  CHECK(balancer::avalanche(row.djb2) == row.djb2_spread);
  CHECK(balancer::avalanche(row.wt6) == row.wt6_spread);
  CHECK(balancer::avalanche(row.crc32) == row.crc32_spread);
}

TEST_CASE("the hash of no key is where each function begins", "[balancer]") {
  CHECK(balancer::sdbm({}) == 0);
  CHECK(balancer::djb2({}) == 5381);
  CHECK(balancer::wt6({}) == (0xa53c965a ^ 0x5ca6953a));
  CHECK(balancer::crc32({}) == 0);
  CHECK(balancer::source_hash({}) == 0);
}

TEST_CASE("a source counts as the number of its address, of four words as their difference",
          "[balancer]") {
  const std::vector<std::uint8_t> ipv4 = {203, 0, 113, 77};
  const std::vector<std::uint8_t> ipv6 = {0x20, 0x01, 0x0d, 0xb8, 1, 2, 3, 4,
                                          0,    0,    0xff, 0,    5, 6, 7, 8};

  CHECK(balancer::source_hash(ipv4) == 0xcb00714d);
  CHECK(balancer::source_hash(ipv6) == (0x20010db8U ^ 0x01020304U ^ 0x0000ff00U ^ 0x05060708U));
}

TEST_CASE("the algorithm source takes the address for its number, whatever the function",
          "[balancer]") {
  const std::vector<std::uint8_t> key = {203, 0, 113, 77};
  conf::Balance balance;
  balance.by = conf::Algorithm::kSource;
  balance.function = GENERATE(conf::HashFunction::kSdbm, conf::HashFunction::kCrc32);

  CHECK(balancer::hash_of(balance, key) == 0xcb00714d);
  balance.avalanche = true;
  CHECK(balancer::hash_of(balance, key) == balancer::avalanche(0xcb00714d));
}

TEST_CASE("source is what it is where it places first visits only", "[balancer]") {
  const std::vector<std::uint8_t> key = {203, 0, 113, 77};
  conf::Balance balance;
  balance.by = conf::Algorithm::kStickySource;
  balance.first_visit = conf::Algorithm::kSource;

  CHECK(balancer::hash_of(balance, key) == 0xcb00714d);
}

TEST_CASE("the algorithm hash takes the function it is told, and the avalanche behind it",
          "[balancer]") {
  struct Row {
    conf::HashFunction function;
    std::uint32_t (*hash)(Key);
  };
  const Row row = GENERATE(values<Row>({{conf::HashFunction::kSdbm, balancer::sdbm},
                                        {conf::HashFunction::kDjb2, balancer::djb2},
                                        {conf::HashFunction::kWt6, balancer::wt6},
                                        {conf::HashFunction::kCrc32, balancer::crc32}}));
  const std::vector<std::uint8_t> key = {203, 0, 113, 77};
  conf::Balance balance;
  balance.by = conf::Algorithm::kHash;
  balance.function = row.function;

  CHECK(balancer::hash_of(balance, key) == row.hash(key));
  balance.avalanche = true;
  CHECK(balancer::hash_of(balance, key) == balancer::avalanche(row.hash(key)));
}
