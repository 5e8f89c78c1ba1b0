#pragma once

#include <functional>
#include <string_view>

#include "lb/admin/answer.h"
#include "lb/admin/command_reader.h"
#include "lb/admin/command_table.h"
#include "lb/admin/request.h"

namespace lb::admin {

// Told of each use of a command that changes something, once it has ended, and of each refusal of
// one: who, what was typed, and "done" or the sentence that says why not.
using Audit =
    std::function<void(const Client& client, std::string_view command, std::string_view result)>;

inline constexpr std::size_t kMostWords = 64;  // of a command, as HAProxy

// Has the command that was typed carried out at the client's level, or says why that cannot be.
// An audited answer keeps a copy of `audit`.
void dispatch(const CommandTable& table, const CommandReader::Command& typed, const Client& client,
              Terms& terms, const Audit& audit, Answer answer);

}  // namespace lb::admin
