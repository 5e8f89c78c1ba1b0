#include "lb/cli/stat.h"

#include <algorithm>
#include <charconv>
#include <cstddef>

namespace lb::cli {
namespace {

// One line, whose values are asked for by the names of the header.
class Line {
 public:
  Line(const std::vector<std::string>& names, std::string_view csv)
      : names_(names), values_(split_csv(csv)) {}

  [[nodiscard]] std::string text(std::string_view name) const {
    const auto place = static_cast<std::size_t>(std::ranges::find(names_, name) - names_.begin());
    return place < values_.size() ? values_[place] : std::string();
  }

  [[nodiscard]] std::optional<std::int64_t> number(std::string_view name) const {
    const std::string value = text(name);
    const char* const end = value.data() + value.size();
    std::int64_t result = 0;
    const auto [stop, error] = std::from_chars(value.data(), end, result);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return result;
  }

 private:
  const std::vector<std::string>& names_;
  std::vector<std::string> values_;
};

Stat::Kind kind_of(const Line& line) {
  switch (line.number("type").value_or(2)) {
    case 0:
      return Stat::Kind::kFrontend;
    case 1:
      return Stat::Kind::kBackend;
    case 3:
      return Stat::Kind::kListener;
    default:
      return Stat::Kind::kServer;
  }
}

Stat stat_of(const Line& line) {
  return {.proxy = line.text("pxname"),
          .name = line.text("svname"),
          .kind = kind_of(line),
          .status = line.text("status"),
          .check = line.text("check_status"),
          .last_check = line.text("last_chk"),
          .check_ms = line.number("check_duration"),
          .sessions = line.number("scur"),
          .queued = line.number("qcur"),
          .total = line.number("stot"),
          .rate = line.number("rate"),
          .weight = line.number("weight"),
          .bytes_in = line.number("bin"),
          .bytes_out = line.number("bout"),
          .last_change_s = line.number("lastchg")};
}

}  // namespace

std::vector<std::string> split_csv(std::string_view line) {
  std::vector<std::string> values(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char letter = line[i];
    if (letter == '"' && quoted && i + 1 < line.size() && line[i + 1] == '"') {
      values.back() += '"';
      ++i;
    } else if (letter == '"') {
      quoted = !quoted;
    } else if (letter == ',' && !quoted) {
      values.emplace_back();
    } else {
      values.back() += letter;
    }
  }
  return values;
}

std::expected<std::vector<Stat>, std::string> read_stat(std::string_view csv) {
  if (!csv.starts_with("# pxname,"))
    return std::unexpected("the answer to 'show stat' is not HAProxy's table");
  csv.remove_prefix(2);

  std::vector<std::string> names;
  std::vector<Stat> stats;
  while (!csv.empty()) {
    const std::string_view line = csv.substr(0, csv.find('\n'));
    csv.remove_prefix(std::min(csv.size(), line.size() + 1));
    if (names.empty()) {
      names = split_csv(line);
    } else if (!line.empty()) {
      stats.push_back(stat_of(Line(names, line)));
    }
  }
  return stats;
}

}  // namespace lb::cli
