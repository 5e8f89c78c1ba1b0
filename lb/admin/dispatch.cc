#include "lb/admin/dispatch.h"

#include <cstddef>
#include <utility>

#include "lb/admin/help.h"

namespace lb::admin {

void dispatch(const CommandTable& table, const CommandReader::Command& typed, const Client& client,
              Terms& terms, const Audit& audit, Answer answer) {
  if (typed.words.size() > kMostWords)
    return answer.fail("Too many words: a command has at most 64.");
  const Command* const command = table.find(typed.words);
  if (command == nullptr)
    return answer.say(conf::LogLevel::kInfo, unknown_text(table, terms.level, typed.words));
  if (command->changes)
    answer.when_ended([audit, client, text = typed.text](std::string_view result) {
      audit(client, text, result);
    });
  if (command->level > terms.level) return answer.fail("Permission denied");

  const auto own = static_cast<std::ptrdiff_t>(CommandTable::length(*command));
  const Request request{.words = {typed.words.begin() + own, typed.words.end()},
                        .payload = typed.payload,
                        .client = client,
                        .terms = terms};
  command->handler(request, std::move(answer));
}

}  // namespace lb::admin
