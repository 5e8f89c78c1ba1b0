#include "lb/telemetry/escape.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace {

std::string json(std::string_view text) {
  std::string out;
  lb::telemetry::append_json(text, out);
  return out;
}

std::string plain(std::string_view text) {
  std::string out;
  lb::telemetry::append_plain(text, out);
  return out;
}

constexpr std::string_view kReplacement = "\xef\xbf\xbd";

}  // namespace

TEST_CASE("plain text keeps to its line", "[telemetry]") {
  CHECK(plain("Server web/s7 is DOWN") == "Server web/s7 is DOWN");
  CHECK(plain("a\nb\r\x7f\x1b[2J") == "a#0Ab#0D#7F#1B[2J");
  CHECK(plain(std::string_view("a\0b", 3)) == "a#00b");
  CHECK(plain("zürich") == "zürich");
}

TEST_CASE("a JSON string reads back as what was written", "[telemetry]") {
  for (const std::string text : {"", "web", "a \"quoted\" \\ name", "tab\tline\nnull", "é ₿ 🌊"}) {
    CHECK(nlohmann::json::parse(json(text)).get<std::string>() == text);
  }
  for (int c = 1; c < 0x80; ++c) {
    const std::string text(1, static_cast<char>(c));
    CHECK(nlohmann::json::parse(json(text)).get<std::string>() == text);
  }
}

TEST_CASE("bytes that are not UTF-8 are replaced one by one in JSON", "[telemetry]") {
  for (const std::string_view bad : {
           "\xff",  // never a first byte
           "\x80",  // a continuation alone
           "\xc3",  // cut short
           "\xc0",  // overlong by its first byte
           "\xf5",  // above U+10FFFF by its first byte
       }) {
    CHECK(nlohmann::json::parse(json(bad)).get<std::string>() == kReplacement);
  }
  for (const std::string_view bad : {
           "\xe0\x80\xaf",  // overlong
           "\xed\xa0\x80",  // a surrogate
       }) {
    CHECK(nlohmann::json::parse(json(bad)).get<std::string>().size() == 3 * kReplacement.size());
  }
  CHECK(nlohmann::json::parse(json("\xf0\x8f\xbf\xbf")).get<std::string>().size() == 12);
  CHECK(nlohmann::json::parse(json("\xf4\x90\x80\x80")).get<std::string>().size() == 12);
}

TEST_CASE("every two bytes become valid JSON", "[telemetry]") {
  bool valid = true;
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      const std::string text = {static_cast<char>(a), static_cast<char>(b), 'x'};
      valid = valid && nlohmann::json::accept(json(text));
    }
  }
  CHECK(valid);
}
