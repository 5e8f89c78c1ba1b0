#include "lb/admin/show_stat.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <vector>

#include "lb/admin/stat_rows.h"

namespace lb::admin {
namespace {

using Format = StatQuery::Format;

int as_number(std::string_view word) {
  int number = 0;
  std::from_chars(word.data(), word.data() + word.size(), number);
  return number;
}

std::string_view object_name(char object) {
  return object == 'F' ? "Frontend" : object == 'B' ? "Backend" : "Server";
}

// Goes over the rows of a snapshot that a query asks for, one after the other.
class Rows {
 public:
  Rows(StatQuery query, std::shared_ptr<const telemetry::Snapshot> snapshot)
      : query_(std::move(query)), snapshot_(std::move(snapshot)) {}

  [[nodiscard]] const StatQuery& query() const { return query_; }

  // nullopt: that was all.
  [[nodiscard]] std::optional<StatRow> next() {
    while (frontend_ < snapshot_->frontends.size()) {
      const auto& frontend = snapshot_->frontends[frontend_++];
      if (asks(1) && query_.sid <= 0 && is_asked(frontend.iid)) return row_of(frontend);
    }
    while (backend_ < snapshot_->backends.size()) {
      const auto& backend = snapshot_->backends[backend_];
      const bool named = is_asked(backend.iid);
      while (named && asks(4) && server_ < backend.servers.size()) {
        const auto& server = backend.servers[server_++];
        if (shows(server)) return row_of(server, backend, query_.addresses);
      }
      server_ = 0;
      ++backend_;
      if (named && asks(2) && query_.sid <= 0) return row_of(backend, query_.addresses);
    }
    return std::nullopt;
  }

 private:
  [[nodiscard]] bool is_asked(std::uint32_t iid) const {
    return query_.iid == -1 || query_.iid == static_cast<int>(iid);
  }
  [[nodiscard]] bool asks(int type) const {
    return query_.types == -1 || (query_.types & type) != 0;
  }
  [[nodiscard]] bool shows(const telemetry::ServerStat& server) const {
    if (query_.sid != -1 && query_.sid != static_cast<int>(server.sid)) return false;
    if (query_.up && (!server.up || server.maintenance)) return false;
    return !query_.no_maint || !server.maintenance;
  }

  StatQuery query_;
  std::shared_ptr<const telemetry::Snapshot> snapshot_;
  std::size_t frontend_ = 0;
  std::size_t backend_ = 0;
  std::size_t server_ = 0;
};

void append_header(std::string& out) {
  out += "# ";
  for (const StatColumn& column : kStatTable) {
    out += column.name;
    out += ',';
  }
  out += '\n';
}

void append_csv_row(std::string& out, const StatRow& row) {
  for (std::size_t i = 0; i < kStatColumns; ++i) {
    if (kStatTable[i].name == "-") out += '-';
    append_csv(out, row.values[i]);
    out += ',';
  }
  out += '\n';
}

// The modules' columns have the numbers from the one that parts them on.
std::size_t position_of(std::size_t column) {
  static const std::size_t parting = stat_column("-");
  return column > parting ? column - 1 : column;
}

void append_typed_row(std::string& out, const StatRow& row, bool descriptions) {
  for (std::size_t i = 0; i < kStatColumns; ++i) {
    if (row.values[i].index() == 0) continue;
    fmt::format_to(std::back_inserter(out), "{}.{}.{}.{}.{}.1:{}:", row.object, row.iid, row.sid,
                   position_of(i), kStatTable[i].name, kStatTable[i].tags);
    append_typed(out, row.values[i]);
    if (descriptions) fmt::format_to(std::back_inserter(out), ":\"{}\"", kStatTable[i].description);
    out += '\n';
  }
}

void append_json_row(std::string& out, const StatRow& row) {
  const char* between = "[";
  for (std::size_t i = 0; i < kStatColumns; ++i) {
    if (row.values[i].index() == 0) continue;
    fmt::format_to(std::back_inserter(out),
                   R"({}{{"objType":"{}","proxyId":{},"id":{},"field":{{"pos":{},"name":"{}"}},)"
                   R"("processNum":1,)",
                   between, object_name(row.object), row.iid, row.sid, position_of(i),
                   kStatTable[i].name);
    append_json_tags(out, kStatTable[i].tags);
    out += R"(,"value":)";
    append_json(out, row.values[i]);
    out += '}';
    between = ",";
  }
  out += ']';
}

}  // namespace

std::expected<StatQuery, std::string_view> StatQuery::read(std::span<const std::string> words) {
  StatQuery query;
  std::size_t at = 0;
  const auto word = [&](std::size_t n) {
    return n < words.size() ? std::string_view(words[n]) : std::string_view();
  };
  if (word(0) == "domain") {
    if (word(1) != "proxy") return std::unexpected("Invalid statistics domain.\n");
    at = 2;
  }
  if (words.size() >= at + 3 && !word(at + 2).empty()) {
    query.proxy = word(at);
    query.iid = as_number(query.proxy);
    query.types = as_number(word(at + 1));
    query.sid = as_number(word(at + 2));
    at += 3;
  }
  for (; at < words.size(); ++at) {
    if (word(at) == "typed") query.format = Format::kTyped;
    if (word(at) == "json") query.format = Format::kJson;
    if (word(at) == "desc") query.descriptions = true;
    if (word(at) == "up") query.up = true;
    if (word(at) == "no-maint") query.no_maint = true;
  }
  return query;
}

bool resolve(StatQuery& query, const telemetry::Snapshot& snapshot) {
  if (query.iid != 0) return true;
  const auto find = [&query](const auto& proxies) {
    const auto found = std::ranges::find_if(
        proxies, [&query](const auto& proxy) { return proxy.name == query.proxy; });
    if (found != proxies.end()) query.iid = static_cast<int>(found->iid);
    return found != proxies.end();
  };
  return find(snapshot.frontends) || find(snapshot.backends);
}

Producer render(StatQuery query, std::shared_ptr<const telemetry::Snapshot> snapshot) {
  return [rows = Rows(std::move(query), std::move(snapshot)),
          first = true](std::string& part) mutable {
    const StatQuery& asked = rows.query();
    if (first && asked.format == Format::kCsv) append_header(part);
    if (first && asked.format == Format::kJson) part += '[';
    while (part.size() < kPart) {
      const auto row = rows.next();
      if (!row) {
        if (asked.format == Format::kJson) part += "]\n";
        return false;
      }
      switch (asked.format) {
        case Format::kCsv:
          append_csv_row(part, *row);
          break;
        case Format::kTyped:
          append_typed_row(part, *row, asked.descriptions);
          break;
        case Format::kJson:
          if (!first) part += ',';
          append_json_row(part, *row);
          break;
      }
      first = false;
    }
    return true;
  };
}

}  // namespace lb::admin
