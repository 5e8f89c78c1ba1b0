#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "conf/check.h"
#include "conf/yaml/cursor.h"
#include "conf/yaml/fields.h"

// What a check says to the server: its kind by a word, or with settings.
namespace conf::yaml {

// Kinds that need no settings: "tcp, tls-hello, ... or smtp".
[[nodiscard]] std::string kind_words();

// The kind of a word that `at` has. A mistake, which names what is `expected`, and nullopt for any
// other.
[[nodiscard]] std::optional<CheckDialog> kind_of(const Cursor& at, std::string_view word,
                                                 std::string_view expected);

// Settings of a kind, each a mapping.
[[nodiscard]] CheckDialog read_check_mysql(const Cursor& at);
[[nodiscard]] CheckDialog read_check_postgres(const Cursor& at);
[[nodiscard]] CheckDialog read_check_smtp(const Cursor& at);
void list_check_mysql_keys(const std::string& prefix, std::vector<KnownKey>& keys);
void list_check_postgres_keys(const std::string& prefix, std::vector<KnownKey>& keys);
void list_check_smtp_keys(const std::string& prefix, std::vector<KnownKey>& keys);

}  // namespace conf::yaml
