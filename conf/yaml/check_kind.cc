#include "conf/yaml/check_kind.h"

#include <fmt/format.h>

#include <vector>

#include "conf/nearest.h"
#include "conf/value.h"
#include "conf/yaml/check_http.h"
#include "conf/yaml/check_text.h"
#include "conf/yaml/choice.h"
#include "conf/yaml/leaf.h"

namespace conf::yaml {
namespace {

constexpr Choices<CheckKind, 8> kKinds = {{{"tcp", CheckKind::kTcp},
                                           {"tls-hello", CheckKind::kTlsHello},
                                           {"http", CheckKind::kHttp},
                                           {"redis", CheckKind::kRedis},
                                           {"mysql", CheckKind::kMysql},
                                           {"ldap", CheckKind::kLdap},
                                           {"mqtt", CheckKind::kMqtt},
                                           {"smtp", CheckKind::kSmtp}}};

std::string advice_for(std::string_view word) {
  std::vector<std::string_view> known = {"postgres", "script"};
  for (const auto& [name, kind] : kKinds) known.push_back(name);
  const std::string_view meant = nearest(word, known);
  if (meant == "postgres") return ": it needs a user, write postgres: {user: haproxy}";
  if (meant == "script") return R"(: it needs steps, write script: [{send: "PING\r\n"}])";
  return meant.empty() ? "" : fmt::format(": did you mean {}?", quoted(meant));
}

// A word of SMTP's client and a name; anything else would be another command.
std::optional<std::string> hello_at(const Cursor& at) {
  auto hello = line_at(at);
  if (!hello) return std::nullopt;
  const bool greets = hello->starts_with("HELO ") || hello->starts_with("EHLO ");
  const std::string_view name = std::string_view(*hello).substr(greets ? 5 : 0);
  if (greets && !name.empty() && !name.contains(' ')) return hello;
  at.mistake(fmt::format("must be HELO or EHLO and a name, such as \"EHLO lb.internal\", is {}",
                         quoted(*hello)));
  return std::nullopt;
}

void read_pre_41(const Cursor& at, CheckDialog& dialog) {
  kSet<&CheckDialog::mysql_pre_41, switch_at>(at, dialog);
  if (dialog.mysql_pre_41 && dialog.user.empty())
    at.mistake("is how a user is told: write a user, or leave it out");
}

constexpr Field<CheckDialog> kMysql[] = {
    {"user", kUnset, kSet<&CheckDialog::user, line_at>},
    {"pre_41", "false", read_pre_41},
};

constexpr Field<CheckDialog> kPostgres[] = {
    {"user", kRequired, kSet<&CheckDialog::user, line_at>, nullptr, "user: haproxy"},
};

constexpr Field<CheckDialog> kSmtp[] = {
    {"hello", "HELO localhost", kSet<&CheckDialog::hello, hello_at>},
};

template <const auto& kFields>
CheckDialog read_kind(CheckKind kind, const Cursor& at) {
  CheckDialog dialog{.kind = kind};
  read_fields(at, kFields, dialog);
  return dialog;
}

}  // namespace

std::string kind_words() { return words_of(kKinds); }

std::optional<CheckDialog> kind_of(const Cursor& at, std::string_view word,
                                   std::string_view expected) {
  const auto kind = find_choice(kKinds, word);
  if (kind == CheckKind::kHttp) return plain_http();
  if (kind) return CheckDialog{.kind = *kind};
  at.mistake(fmt::format("must be {}, is {}{}", expected, quoted(word), advice_for(word)));
  return std::nullopt;
}

CheckDialog read_check_mysql(const Cursor& at) { return read_kind<kMysql>(CheckKind::kMysql, at); }

CheckDialog read_check_postgres(const Cursor& at) {
  return read_kind<kPostgres>(CheckKind::kPostgres, at);
}

CheckDialog read_check_smtp(const Cursor& at) { return read_kind<kSmtp>(CheckKind::kSmtp, at); }

void list_check_mysql_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kMysql>(prefix, keys);
}

void list_check_postgres_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kPostgres>(prefix, keys);
}

void list_check_smtp_keys(const std::string& prefix, std::vector<KnownKey>& keys) {
  list_fields<kSmtp>(prefix, keys);
}

}  // namespace conf::yaml
