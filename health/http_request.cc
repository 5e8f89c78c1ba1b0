#include "health/http_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace health {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  return result;
}

bool promises_body(std::string_view method) {
  return method == "POST" || method == "PUT" || method == "PATCH";
}

}  // namespace

std::string write_http_request(const conf::HttpRequest& request) {
  std::string text = fmt::format("{} {} {}\r\n", request.method, request.path, request.version);
  bool closes = request.version == "HTTP/1.0";
  for (const auto& header : request.headers) {
    const std::string name = lower(header.name);
    if (name == "content-length" || name == "transfer-encoding") continue;
    if (name == "connection") closes = true;
    text += fmt::format("{}: {}\r\n", name, header.value);
  }
  if (!request.body.empty() || promises_body(request.method))
    text += fmt::format("content-length: {}\r\n", request.body.size());
  if (!closes) text += "connection: close\r\n";
  return text + "\r\n" + request.body;
}

}  // namespace health
