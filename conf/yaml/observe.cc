#include "conf/yaml/observe.h"

#include "conf/yaml/choice.h"
#include "conf/yaml/leaf.h"

namespace conf::yaml {
namespace {

constexpr std::uint32_t kMostErrors = 1'000'000;

constexpr Choices<bool, 2> kObserve = {{{"none", false}, {"layer4", true}}};

using Action = Observe::Action;
constexpr Choices<Action, 5> kActions = {{{"fastinter", Action::kFastInterval},
                                          {"fail-check", Action::kFailCheck},
                                          {"sudden-death", Action::kSuddenDeath},
                                          {"mark-down", Action::kMarkDown},
                                          {"eject", Action::kEject}}};

}  // namespace

void read_observe(const Cursor& at, ObserveDraft& draft) {
  if (const auto on = choice_at<kObserve>(at)) draft.on = *on;
}

void read_error_limit(const Cursor& at, ObserveDraft& draft) {
  draft.error_limit = number_at<1, kMostErrors>(at);
  if (!draft.setting) draft.setting = at;
}

void read_on_error(const Cursor& at, ObserveDraft& draft) {
  draft.on_error = choice_at<kActions>(at);
  if (!draft.setting) draft.setting = at;
}

std::optional<Observe> observe_of(const ObserveDraft& draft, bool has_check) {
  if (!draft.on) return std::nullopt;
  return Observe{
      .error_limit = draft.error_limit.value_or(Observe{}.error_limit),
      .on_error = draft.on_error.value_or(has_check ? Action::kFailCheck : Action::kEject)};
}

void note_unobserved(const ObserveDraft& draft) {
  if (draft.setting) draft.setting->note("has no effect without observe: write observe: layer4");
}

}  // namespace conf::yaml
