#include "conf/yaml/balance_draft.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "conf/algorithm.h"
#include "conf/yaml/choice.h"

namespace conf::yaml {

bool concerns(const Cursor& at, const BalanceDraft& draft, Algorithms those) {
  const Balance& balance = draft.balance;
  if (!draft.known || (those & algorithms(balance.by, placing(balance))) != 0) return true;

  std::vector<std::string_view> names;
  for (const auto& [name, algorithm] : kAlgorithms) {
    if ((those & algorithms(algorithm)) != 0) names.push_back(name);
  }
  const bool sticky = balance.by == Algorithm::kStickySource;
  at.mistake(fmt::format(
      "is of {}, not of {}: leave it out, or write {}: {}", one_of(names),
      sticky ? fmt::format("sticky-source with first_visit: {}", name_of(balance.first_visit))
             : std::string(name_of(balance.by)),
      sticky ? "first_visit" : "by", one_of(names)));
  return false;
}

}  // namespace conf::yaml
