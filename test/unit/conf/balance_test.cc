#include "conf/balance.h"

#include <catch2/catch.hpp>

#include "conf/algorithm.h"
#include "test/unit/conf/reading.h"

namespace conf::test {
namespace {

using Lines = std::vector<std::string>;

Balance balance_of(const std::string& text) {
  return reading_of(file_with("", "    balance: " + text + "\n")).config.backends.at(0).balance;
}

// Its mistakes, without the place that all of them have.
Lines wrong(const std::string& text) {
  const std::string place = "lb.yaml:9: backends.app.balance";
  Lines lines;
  for (const auto& line : mistakes_of(file_with("", "    balance: " + text + "\n"))) {
    REQUIRE(line.starts_with(place));
    lines.push_back(line.substr(place.size()));
  }
  return lines;
}

TEST_CASE("an algorithm is named alone or in a mapping, and has its defaults", "[conf]") {
  for (const auto& [name, algorithm] : kAlgorithms) {
    INFO(name);
    CHECK(balance_of(std::string(name)) == Balance{.by = algorithm});
    CHECK(balance_of("{by: " + std::string(name) + "}") == Balance{.by = algorithm});
    CHECK(name_of(algorithm) == name);
  }
}

TEST_CASE("an algorithm has its settings, wherever they stand", "[conf]") {
  CHECK(balance_of("{draws: 64, by: random}") == Balance{.by = Algorithm::kRandom, .draws = 64});
  CHECK(balance_of("{by: maglev, table_size: 251, key: source_port}") ==
        Balance{.by = Algorithm::kMaglev,
                .key = {.source = false, .source_port = true},
                .table_size = 251});
  CHECK(balance_of("{by: peak-ewma, decay: 100ms}") ==
        Balance{.by = Algorithm::kPeakEwma, .decay = Milliseconds{100}});
  CHECK(balance_of("{by: hash, function: wt6, key: [destination_port, source, destination]}") ==
        Balance{.by = Algorithm::kHash,
                .function = HashFunction::kWt6,
                .key = {.source = true, .destination = true, .destination_port = true}});
  CHECK(balance_of("{balance_factor: 101, hash_type: consistent, by: source}") ==
        Balance{.by = Algorithm::kSource,
                .hash_type = HashType::kConsistent,
                .avalanche = true,
                .balance_factor = 101});
}

TEST_CASE("sticky-source has its settings and those of the algorithm of a first visit", "[conf]") {
  CHECK(balance_of("{by: sticky-source, first_visit: random, draws: 3, expire: 8h, entries: 1}") ==
        Balance{.by = Algorithm::kStickySource,
                .draws = 3,
                .first_visit = Algorithm::kRandom,
                .expire = std::chrono::hours{8},
                .entries = 1});
  CHECK(balance_of("{by: sticky-source, first_visit: hash, function: djb2}").function ==
        HashFunction::kDjb2);
  CHECK(balance_of("{by: sticky-source, first_visit: maglev, key: source}").key == HashKey{});
}

TEST_CASE("a consistent hash has an avalanche unless its function is given, as in HAProxy",
          "[conf]") {
  const auto avalanche = [](const std::string& settings) {
    return balance_of("{by: hash" + settings + "}").avalanche;
  };

  CHECK_FALSE(avalanche(""));
  CHECK_FALSE(avalanche(", hash_type: map-based"));
  CHECK_FALSE(avalanche(", function: sdbm"));
  CHECK(avalanche(", avalanche: true"));
  CHECK(avalanche(", hash_type: consistent"));
  CHECK_FALSE(avalanche(", function: sdbm, hash_type: consistent"));
  CHECK(avalanche(", hash_type: consistent, avalanche: true, function: sdbm"));
  CHECK_FALSE(avalanche(", hash_type: consistent, avalanche: false"));
}

TEST_CASE("a name that other balancers have for an algorithm is told ours", "[conf]") {
  const auto [theirs, ours] = GENERATE(table<std::string, std::string>({
      {"least_conn", "write leastconn"},
      {"ip_hash", "write source"},
      {"round_robin", "write roundrobin"},
      {"wrr", "write roundrobin"},
      {"least_time", "write peak-ewma"},
      {"p2c", "write random"},
      {"random two least_conn", "write random"},
      {"random(3)", "write {by: random, draws: 3}"},
      {"random(0)", "write {by: random, draws: 2}"},
      {"hash $remote_addr consistent", "write {by: hash, key: source, hash_type: consistent}"},
      {"hash dst_port", "write {by: hash, key: destination_port}"},
      {"leastcon", "did you mean \"leastconn\"?"},
      {"sticky", "did you mean \"sticky-source\"?"},
      {"fastest",
       "write roundrobin, static-rr, leastconn, first, source, hash, random, maglev, peak-ewma or "
       "sticky-source"},
  }));

  CHECK(wrong(theirs) == Lines{": there is no algorithm \"" + theirs + "\": " + ours});
}

TEST_CASE("a wrong setting of an algorithm is told", "[conf]") {
  const auto [text, mistake] = GENERATE(table<std::string, std::string>({
      {"{}", ": has no by: write by: roundrobin"},
      {"{draws: 3}", ": has no by: write by: roundrobin"},
      {"[hash]", ": must be the name of an algorithm such as roundrobin, is a list"},
      {"{by: quickest, draws: 3}",
       ".by: there is no algorithm \"quickest\": write roundrobin, static-rr, leastconn, first, "
       "source, hash, random, maglev, peak-ewma or sticky-source"},
      {"{by: random, draw: 3}", ".draw: is no known key: did you mean \"draws\"?"},
      {"{by: random, draws: 65}", ".draws: must be a number from 1 to 64, is \"65\""},
      {"{by: hash, hash_type: consistant}",
       ".hash_type: must be map-based or consistent, is \"consistant\": did you mean "
       "\"consistent\"?"},
      {"{by: hash, function: none}", ".function: must be sdbm, djb2, wt6 or crc32, is \"none\""},
      {"{by: hash, avalanche: 1}", ".avalanche: must be true or false, is \"1\""},
      {"{by: hash, hash_type: consistent, balance_factor: 100}",
       ".balance_factor: must be 0 or a percentage from 101 to 100000, is \"100\""},
      {"{by: hash, balance_factor: 150}",
       ".balance_factor: is of consistent hashes: leave it out, or write hash_type: consistent"},
      {"{by: hash, key: src}",
       ".key: must be source, source_port, destination or destination_port, is \"src\""},
      {"{by: hash, key: []}",
       ".key: names nothing to hash: write source, source_port, destination or destination_port"},
      {"{by: maglev, key: [source, source]}", ".key[1]: is given twice: keep one"},
      {"{by: maglev, table_size: 250}",
       ".table_size: must be a number from 251 to 1000003, is \"250\""},
      {"{by: maglev, table_size: 65536}", ".table_size: must be a prime, is 65536: write 65537"},
      {"{by: maglev, table_size: 1000000}",
       ".table_size: must be a prime, is 1000000: write 1000003"},
      {"{by: peak-ewma, decay: 99ms}", ".decay: must be a duration from 100ms to 1h, is \"99ms\""},
      {"{by: peak-ewma, decay: 10}", ".decay: must be a duration from 100ms to 1h, is \"10\""},
      {"{by: sticky-source, first_visit: sticky-source}",
       ".first_visit: must be another algorithm: sticky-source knows nobody on the first visit"},
      {"{by: sticky-source, first_visit: quick, draws: 3}",
       ".first_visit: there is no algorithm \"quick\": write roundrobin, static-rr, leastconn, "
       "first, source, hash, random, maglev, peak-ewma or sticky-source"},
      {"{by: sticky-source, first_visit: hash, key: destination}",
       ".key: must be source under sticky-source, which knows its clients by that: write source or "
       "leave it out"},
      {"{by: sticky-source, first_visit: maglev, key: [source, source_port]}",
       ".key: must be source under sticky-source, which knows its clients by that: write source or "
       "leave it out"},
      {"{by: sticky-source, expire: infinite}",
       ".expire: must be a duration from 1s to 24d, is \"infinite\""},
      {"{by: sticky-source, entries: 10000001}",
       ".entries: must be a number from 1 to 10000000, is \"10000001\""},
  }));

  CHECK(wrong(text) == Lines{mistake});
}

TEST_CASE("a setting that the algorithm does not have is told", "[conf]") {
  const auto [text, mistake] = GENERATE(table<std::string, std::string>({
      {"{by: leastconn, draws: 3}",
       ".draws: is of random, not of leastconn: leave it out, or write by: random"},
      {"{by: maglev, hash_type: consistent}",
       ".hash_type: is of source or hash, not of maglev: leave it out, or write by: source or "
       "hash"},
      {"{by: roundrobin, function: sdbm}",
       ".function: is of hash, not of roundrobin: leave it out, or write by: hash"},
      {"{by: source, function: sdbm}",
       ".function: is not used by source, to which the address itself is the hash: leave it out"},
      {"{by: sticky-source, first_visit: source, function: sdbm}",
       ".function: is not used by source, to which the address itself is the hash: leave it out"},
      {"{by: random, avalanche: true}",
       ".avalanche: is of source or hash, not of random: leave it out, or write by: source or "
       "hash"},
      {"{by: first, balance_factor: 150}",
       ".balance_factor: is of source or hash, not of first: leave it out, or write by: source or "
       "hash"},
      {"{by: source, key: source}",
       ".key: is of hash or maglev, not of source: leave it out, or write by: hash or maglev"},
      {"{by: hash, table_size: 251}",
       ".table_size: is of maglev, not of hash: leave it out, or write by: maglev"},
      {"{by: leastconn, decay: 1s}",
       ".decay: is of peak-ewma, not of leastconn: leave it out, or write by: peak-ewma"},
      {"{by: source, first_visit: random}",
       ".first_visit: is of sticky-source, not of source: leave it out, or write by: "
       "sticky-source"},
      {"{by: source, expire: 1h}",
       ".expire: is of sticky-source, not of source: leave it out, or write by: sticky-source"},
      {"{by: source, entries: 5}",
       ".entries: is of sticky-source, not of source: leave it out, or write by: sticky-source"},
      {"{by: sticky-source, draws: 3}",
       ".draws: is of random, not of sticky-source with first_visit: roundrobin: leave it out, or "
       "write first_visit: random"},
  }));

  CHECK(wrong(text) == Lines{mistake});
}

TEST_CASE("a Maglev table that is too small for the servers is told, with the next prime",
          "[conf]") {
  std::string servers;
  for (int i = 2; i <= 252; ++i)
    servers += "      s" + std::to_string(i) + ": 10.0.1." + std::to_string(i % 256) + ":80\n";
  const std::string size = "    balance: {by: maglev, table_size: 251}\n";

  CHECK(mistakes_of(file_with("", servers + size)) ==
        Lines{"lb.yaml:260: backends.app.balance: has a table_size of 251 for 252 servers: write "
              "257 or a larger prime"});
  CHECK(mistakes_of(file_with("", servers + "    balance: maglev\n")).empty());
}

}  // namespace
}  // namespace conf::test
