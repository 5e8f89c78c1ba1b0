#include "lb/cli/fields.h"

#include <fmt/format.h>

#include "conf/value.h"

namespace lb::cli {

std::expected<Json, std::string> read_json(std::string_view text, std::string_view member) {
  auto json = Json::parse(text, nullptr, false);
  if (json.is_object() && json.contains(member)) return json;
  return std::unexpected(fmt::format(
      "the answer is not the JSON with \"{}\" that was asked for: {}", member, conf::quoted(text)));
}

std::optional<std::int64_t> number_in(const Json& object, std::string_view key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  return found->get<std::int64_t>();
}

std::string text_in(const Json& object, std::string_view key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const Json& part_of(const Json& object, std::string_view key) {
  static const Json kNothing = Json::array();
  const auto found = object.find(key);
  return found != object.end() && found->is_structured() ? *found : kNothing;
}

std::string indented(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace lb::cli
