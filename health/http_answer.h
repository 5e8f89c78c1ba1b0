#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

namespace health {

// The start of an HTTP/1 answer, as far as a check looks at it (RFC 9112).
struct HttpAnswer {
  enum class Body : std::uint8_t {
    kOpen,  // more of it may come
    kComplete,
    kBroken,  // in chunks, and not well-formed ones
  };
  std::uint32_t status = 0;
  std::string_view digits = {};  // of the status, as they came
  std::string_view reason = {};
  Body framing = Body::kComplete;
  std::string body = {};  // without chunk framing
};

enum class HttpFault : std::uint8_t {
  kIncomplete,  // the header has no end yet
  kInvalid,
};

// Reads `input`, whose views the answer keeps. `last`: nothing will follow, which ends a body that
// is told no length, and a shorter one than was told. `to_head`: the answer has no body for it
// answers a HEAD. Interim answers (1xx but 101) are passed over. Lenient where HAProxy is: a bare
// LF ends a line, empty lines may come first, headers may be folded. Memory: at most a copy of the
// body.
[[nodiscard]] std::expected<HttpAnswer, HttpFault> read_http_answer(std::string_view input,
                                                                    bool last, bool to_head);

}  // namespace health
