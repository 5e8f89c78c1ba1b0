#include "health/http_answer.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>
#include <system_error>

namespace health {
namespace {

using Body = HttpAnswer::Body;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

// RFC 9110, section 5.6.2.
bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           std::string_view("!#$%&'*+-.^_`|~").contains(c);
  });
}

bool same_word(std::string_view text, std::string_view lower_case) {
  return std::ranges::equal(text, lower_case, [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
  });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

// The whole of `text` as a number.
std::optional<std::uint64_t> number(std::string_view text, int base) {
  std::uint64_t value = 0;
  const char* const begin = std::to_address(text.begin());
  const char* const end = begin + text.size();
  const auto [stop, error] = std::from_chars(begin, end, value, base);
  if (text.empty() || error != std::errc{} || stop != end) return std::nullopt;
  return value;
}

// Takes lines off the front of what came.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  // Without its end; nullopt: it has none yet.
  std::optional<std::string_view> take() {
    const auto end = rest_.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
  }
  std::string_view take(std::size_t bytes) {
    const std::string_view taken = rest_.substr(0, bytes);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

// "HTTP/1.1 200 OK". The version's digits and its name are of no interest, as in HAProxy, but there
// must be some.
bool read_status_line(std::string_view line, HttpAnswer& answer) {
  const auto blank = std::min(line.find_first_of(" \t"), line.size());
  const std::string_view version = line.substr(0, blank);
  if (version.size() != 8 || version.substr(4, 1) != "/" || version[6] != '.') return false;
  if (!is_digit(version[5]) || !is_digit(version[7])) return false;
  if (!std::ranges::all_of(version.substr(0, 4), [](char c) { return c >= 'A' && c <= 'Z'; }))
    return false;
  const std::string_view rest = trimmed(line.substr(blank));
  const auto end = std::min(rest.find_first_of(" \t"), rest.size());
  answer.digits = rest.substr(0, end);
  answer.reason = trimmed(rest.substr(end));
  if (answer.digits.size() > 9 || !std::ranges::all_of(answer.digits, is_digit)) return false;
  const auto status = number(answer.digits, 10);
  answer.status = static_cast<std::uint32_t>(status.value_or(0));
  return status.has_value();
}

struct Framing {
  std::optional<std::uint64_t> length = {};
  bool encoded = false;  // in some way
  bool chunked = false;
};

bool read_header(std::string_view line, Framing& framing) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_token(line.substr(0, colon))) return false;
  const std::string_view name = line.substr(0, colon);
  const std::string_view value = trimmed(line.substr(colon + 1));
  if (same_word(name, "content-length")) {
    const auto length = number(value, 10);
    if (!length || (framing.length && *framing.length != *length)) return false;
    framing.length = length;
  } else if (same_word(name, "transfer-encoding")) {
    framing.encoded = true;
    framing.chunked = same_word(trimmed(value.substr(value.rfind(',') + 1)), "chunked");
  }
  return true;
}

// From the line after the status line to the empty one.
std::expected<Framing, HttpFault> read_headers(Lines& lines) {
  Framing framing;
  for (bool first = true;; first = false) {
    const auto line = lines.take();
    if (!line) return std::unexpected(HttpFault::kIncomplete);
    if (line->empty()) return framing;
    const bool folded = is_blank(line->front());
    if (folded ? first : !read_header(*line, framing)) return std::unexpected(HttpFault::kInvalid);
  }
}

// RFC 9112, section 7.1. Extensions and trailers are passed over.
Body read_chunks(Lines lines, std::string& body) {
  while (const auto line = lines.take()) {
    const auto size = number(trimmed(line->substr(0, line->find(';'))), 16);
    if (!size) return Body::kBroken;
    if (*size == 0) {
      while (const auto trailer = lines.take()) {
        if (trailer->empty()) return Body::kComplete;
      }
      return Body::kOpen;
    }
    const bool whole = *size <= lines.rest().size();
    body += lines.take(whole ? static_cast<std::size_t>(*size) : lines.rest().size());
    if (lines.rest().empty() || lines.rest() == "\r") return Body::kOpen;
    if (const auto end = lines.take(); !end || !end->empty()) return Body::kBroken;
  }
  return Body::kOpen;
}

void read_body(Lines lines, const Framing& framing, HttpAnswer& answer) {
  if (framing.chunked) {
    answer.framing = read_chunks(lines, answer.body);
    return;
  }
  const std::string_view rest = lines.rest();
  answer.framing = Body::kOpen;
  // With an encoding that we do not know only the end of the connection ends it.
  if (framing.length && !framing.encoded && *framing.length <= rest.size()) {
    answer.framing = Body::kComplete;
    answer.body = rest.substr(0, static_cast<std::size_t>(*framing.length));
    return;
  }
  answer.body = rest;
}

}  // namespace

std::expected<HttpAnswer, HttpFault> read_http_answer(std::string_view input, bool last,
                                                      bool to_head) {
  Lines lines(input);
  while (true) {
    auto line = lines.take();
    while (line && line->empty()) line = lines.take();
    if (!line) return std::unexpected(HttpFault::kIncomplete);
    HttpAnswer answer;
    if (!read_status_line(*line, answer)) return std::unexpected(HttpFault::kInvalid);
    const auto framing = read_headers(lines);
    if (!framing) return std::unexpected(framing.error());
    if (answer.status / 100 == 1 && answer.status != 101) continue;
    const bool bodiless = to_head || answer.status == 204 || answer.status == 304;
    if (!bodiless) read_body(lines, *framing, answer);
    if (last && answer.framing == Body::kOpen) answer.framing = Body::kComplete;
    return answer;
  }
}

}  // namespace health
