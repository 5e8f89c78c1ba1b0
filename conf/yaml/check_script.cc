#include "conf/yaml/check_script.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <variant>

#include "conf/yaml/check_expect.h"
#include "conf/yaml/check_text.h"
#include "conf/yaml/exclusive.h"
#include "conf/yaml/leaf.h"

namespace conf::yaml {
namespace {

constexpr std::size_t kMostSteps = 1'000;

struct Draft {
  CheckStep step;
  Given given;  // of the kinds of steps
};

constexpr Field<CheckConnect> kConnect[] = {
    {"port", kUnset, kSet<&CheckConnect::port, port_at>},
    {"address", kUnset, kSet<&CheckConnect::address, ip_at>},
    {"send_proxy", "false", kSet<&CheckConnect::send_proxy, switch_at>},
};

void read_connect(const Cursor& at, Draft& draft) {
  draft.given.emplace_back("connect");
  CheckConnect connect;
  read_fields(at, kConnect, connect);
  draft.step = std::move(connect);
}

void read_send(const Cursor& at, Draft& draft) {
  draft.given.emplace_back("send");
  draft.step = CheckSend{.bytes = bytes_at(at).value_or("")};
}

void read_send_binary(const Cursor& at, Draft& draft) {
  draft.given.emplace_back("send_binary");
  draft.step = CheckSend{.bytes = hex_at(at).value_or("")};
}

void read_expect(const Cursor& at, Draft& draft) {
  draft.given.emplace_back("expect");
  draft.step = read_script_expect(at);
}

// A comment is read last: it becomes a part of the step.
void read_comment(const Cursor& at, Draft& draft) {
  auto comment = line_at(at);
  if (!comment) return;
  if (auto* const connect = std::get_if<CheckConnect>(&draft.step)) connect->comment = *comment;
  if (auto* const send = std::get_if<CheckSend>(&draft.step)) send->comment = *comment;
  if (auto* const expect = std::get_if<CheckExpect>(&draft.step)) expect->comment = *comment;
}

constexpr Field<Draft> kStep[] = {
    {"connect", kNoDefault, read_connect, list_fields<kConnect>},
    {"send", kUnset, read_send},
    {"send_binary", kUnset, read_send_binary},
    {"expect", kUnset, read_expect, list_script_expect_keys},
    {"comment", kUnset, read_comment},
};

bool connects(const CheckStep& step) { return std::holds_alternative<CheckConnect>(step); }

// The first connection is opened unasked only where no step opens one, as in HAProxy.
void check_connects(const Cursor& at, const std::vector<CheckStep>& steps) {
  if (!connects(steps.front()) && std::ranges::any_of(steps, connects))
    at.mistake("connects later, but not first: begin with a connect, {} for the server itself");
}

}  // namespace

std::vector<CheckStep> read_check_script(const Cursor& at) {
  std::vector<CheckStep> steps;
  const auto before = at.mistakes();
  const auto items = at.items();
  if (items.size() > kMostSteps) {
    at.mistake(fmt::format("has {} steps: at most {} are possible", items.size(), kMostSteps));
    return steps;
  }
  if (items.empty()) at.mistake("has no step: write one such as send: \"PING\\r\\n\"");
  for (const Cursor& item : items) {
    Draft draft;
    const auto before_step = item.mistakes();
    read_fields(item, kStep, draft);
    require_one(item, draft.given, "connect, send, send_binary, expect",
                item.mistakes() != before_step);
    steps.push_back(std::move(draft.step));
  }
  if (!steps.empty() && at.mistakes() == before) check_connects(at, steps);
  return steps;
}

void list_check_script_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kStep>(prefix, keys);
}

}  // namespace conf::yaml
