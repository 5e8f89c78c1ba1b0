#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "balancer/policy.h"
#include "conf/model.h"

namespace balancer {

// Maglev hashing: a client's key decides its server through a table that is almost the same after a
// server has come or gone (D. Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load
// Balancer", NSDI 2016, section 3.4). Each server's name gives an order in which it wishes for the
// entries; the servers take turns, and at each the server takes its first wish that is not taken.
//
// Weights (the paper has none): a server's turns are due at 0, 1/weight, 2/weight and so on, and
// all are taken in the order of their times; of equals, the first by name. So at the end all have
// come to the same time, to one turn each, and everybody has an entry, as long as the table is no
// smaller than the fleet.
//
// Nothing depends on the order of the file: balancers whose servers have the same names and weights
// send a client to the same server.
//
// The key decides, whether its server is full or not. While a server of the table is not usable,
// its keys go to the server of the next entry, and so on.
class Maglev final : public Policy {
 public:
  // In what order a server wishes for the entries: first, first + skip, first + 2 skip and so on,
  // modulo the size: for each of them once, as that is a prime.
  struct Wishes {
    std::uint32_t first = 0;
    std::uint32_t skip = 0;
  };

  // What build() answers.
  struct Entries final : Table {
    std::vector<ServerId> servers;  // empty when nobody was usable
  };

  [[nodiscard]] static Wishes wishes_of(std::string_view name, std::uint32_t size);

  // `config` is read only here. Requires that the table's size is a prime.
  explicit Maglev(const conf::Backend& config);

  void enroll(ServerId server, std::uint32_t number, std::string_view name) override;
  void set(ServerId server, Weight weight, bool usable) override;
  void taken(ServerId /*server*/) override {}
  void released(ServerId /*server*/) override {}
  void full(ServerId server) override { full_[server] = true; }
  void free(ServerId server) override { full_[server] = false; }

  // Without a key the entries have their turns one after the other, and full servers lose theirs.
  [[nodiscard]] std::optional<ServerId> pick(Key key, Tick now) override;
  [[nodiscard]] bool binds() const override { return true; }

  // O(size log servers): 4 ms for 10 servers, 9 to 16 ms for 10,000, with the default size.
  [[nodiscard]] std::unique_ptr<Table> build(std::span<const Candidate> candidates) const override;
  void adopt(std::unique_ptr<Table>& table) override;

 private:
  [[nodiscard]] std::optional<ServerId> pick_without_key();
  [[nodiscard]] bool takes_turn(ServerId server) const {
    return position_[server] != kNowhere && !full_[server];
  }

  // After so many entries of servers that are not usable, any usable server will do.
  static constexpr std::uint32_t kSteps = 64;
  static constexpr std::uint32_t kNowhere = UINT32_MAX;

  void rank();

  const std::uint32_t size_;
  std::vector<std::string> names_;
  std::vector<Wishes> wishes_;        // of each server
  std::vector<std::uint32_t> ranks_;  // the place of its name among the names
  std::unique_ptr<Table> table_;
  std::span<const ServerId> entries_;  // of table_

  // Whom set() allows to pick, in no particular order, and where each server stands there.
  std::vector<ServerId> usable_;
  std::vector<std::uint32_t> position_;
  std::vector<bool> full_;
  std::size_t turn_ = 0;  // an entry, for those without a key
};

}  // namespace balancer
