#include "conf/yaml/algorithm.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conf/algorithm.h"
#include "conf/nearest.h"
#include "conf/value.h"
#include "conf/yaml/choice.h"

namespace conf::yaml {
namespace {

// Words of nginx, IPVS, Traefik and linkerd, and ours.
constexpr Choices<std::string_view, 14> kElsewhere = {{
    {"round_robin", "roundrobin"},
    {"rr", "roundrobin"},
    {"wrr", "roundrobin"},
    {"least_conn", "leastconn"},
    {"lc", "leastconn"},
    {"wlc", "leastconn"},
    {"least_time", "peak-ewma"},
    {"ewma", "peak-ewma"},
    {"ip_hash", "source"},
    {"sh", "source"},
    {"mh", "maglev"},
    {"p2c", "random"},
    {"random two", "random"},
    {"random two least_conn", "random"},
}};

// HAProxy's and nginx's words for parts of a key.
constexpr Choices<std::string_view, 8> kParts = {{{"src", "source"},
                                                  {"$remote_addr", "source"},
                                                  {"src_port", "source_port"},
                                                  {"$remote_port", "source_port"},
                                                  {"dst", "destination"},
                                                  {"$server_addr", "destination"},
                                                  {"dst_port", "destination_port"},
                                                  {"$server_port", "destination_port"}}};

// "random(3)" of HAProxy, "hash src" too, "hash $remote_addr consistent" of nginx: what stands
// behind the name is a key here. Empty: none of these.
std::string with_settings(std::string_view text) {
  constexpr std::string_view kRandom = "random(";
  if (text.starts_with(kRandom) && text.ends_with(')')) {
    const auto draws =
        parse_number(text.substr(kRandom.size(), text.size() - kRandom.size() - 1), 1, 64);
    return fmt::format("{{by: random, draws: {}}}", draws.value_or(2));
  }
  constexpr std::string_view kHash = "hash ";
  if (text.starts_with(kHash)) {
    const std::string_view words = text.substr(kHash.size());
    const auto part = find_choice(kParts, words.substr(0, words.find(' ')));
    return fmt::format("{{by: hash, key: {}{}}}", part.value_or("source"),
                       words.ends_with(" consistent") ? ", hash_type: consistent" : "");
  }
  return {};
}

std::string instead_of(std::string_view text) {
  if (const auto ours = find_choice(kElsewhere, text)) return fmt::format("write {}", *ours);
  if (const auto ours = with_settings(text); !ours.empty()) return fmt::format("write {}", ours);

  std::vector<std::string_view> names;
  names.reserve(kAlgorithms.size());
  for (const auto& [name, algorithm] : kAlgorithms) names.push_back(name);
  const auto meant = nearest(text, names);
  return meant.empty() ? fmt::format("write {}", one_of(names))
                       : fmt::format("did you mean {}?", quoted(meant));
}

}  // namespace

std::optional<Algorithm> algorithm_at(const Cursor& at) {
  const auto text = at.text("the name of an algorithm such as roundrobin");
  if (!text) return std::nullopt;
  const auto algorithm = find_choice(kAlgorithms, *text);
  if (!algorithm)
    at.mistake(fmt::format("there is no algorithm {}: {}", quoted(*text), instead_of(*text)));
  return algorithm;
}

}  // namespace conf::yaml
