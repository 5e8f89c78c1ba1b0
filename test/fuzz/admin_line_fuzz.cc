#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "lb/admin/command_reader.h"

namespace {

using lb::admin::CommandReader;
using State = CommandReader::State;

void require(bool condition) {
  if (!condition) std::abort();
}

// All that comes of the input when it is taken in parts of that size.
std::vector<CommandReader::Command> commands_of(std::string_view input, std::size_t part,
                                                bool& too_long) {
  CommandReader reader;
  std::vector<CommandReader::Command> found;
  for (; !input.empty(); input.remove_prefix(std::min(part, input.size()))) {
    reader.take(input.substr(0, part));
    for (State state = reader.next(); state != State::kNeedsBytes; state = reader.next()) {
      too_long = state == State::kTooLong;
      if (too_long) return found;
      if (state == State::kCommand) found.push_back(reader.command());
    }
  }
  return found;
}

}  // namespace

// The first byte says in which parts the rest arrives.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  bool whole_too_long = false;
  bool parts_too_long = false;
  const auto whole = commands_of(input, input.size(), whole_too_long);
  const auto parts = commands_of(input, std::size_t{data[0]} + 1, parts_too_long);
  require(whole_too_long == parts_too_long);
  require(whole.size() == parts.size());
  for (std::size_t i = 0; i < whole.size(); ++i) {
    const CommandReader::Command& command = whole[i];
    require(command.text == parts[i].text && command.words == parts[i].words);
    require(command.payload == parts[i].payload && command.ends_line == parts[i].ends_line);
    require(command.text.size() <= CommandReader::kLongestLine);
    require(command.text.find('\n') == std::string::npos);
    require(command.payload.size() <= CommandReader::kLongestPayload + 1);
    std::size_t letters = 0;
    for (const std::string& word : command.words) {
      letters += word.size();
    }
    require(letters <= command.text.size());
  }
  return 0;
}
