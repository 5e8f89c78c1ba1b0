#include "lb/admin/frontend_commands.h"

#include <memory>
#include <string>
#include <utility>

#include "lb/admin/limit_number.h"

namespace lb::admin {
namespace {

using proxy::Frontend;
using Standing = Frontend::Standing;

// The answer ends when every worker has heard of what was done.
Gates::Then when_known(Answer answer) {
  const auto kept = std::make_shared<Answer>(std::move(answer));
  return [kept] { kept->finish(); };
}

void disable(Engine& engine, Frontend& frontend, const Request&, Answer answer) {
  if (frontend.standing == Standing::kShut)
    return answer.fail("Frontend was previously shut down, cannot disable.");
  if (frontend.standing == Standing::kPaused)
    return answer.fail("All sockets are already disabled.");
  engine.gates().pause(frontend, when_known(std::move(answer)));
}

void enable(Engine& engine, Frontend& frontend, const Request&, Answer answer) {
  if (frontend.standing == Standing::kShut)
    return answer.fail("Frontend was previously shut down, cannot enable.");
  if (frontend.standing == Standing::kOpen) return answer.fail("All sockets are already enabled.");
  engine.gates().open(frontend, when_known(std::move(answer)));
}

void shut_down(Engine& engine, Frontend& frontend, const Request&, Answer answer) {
  if (frontend.standing == Standing::kShut) return answer.fail("Frontend was already shut down.");
  engine.gates().shut(frontend, when_known(std::move(answer)));
}

void set_maxconn(Engine& engine, Frontend& frontend, const Request& request, Answer answer) {
  const auto max = limit_in(request.word(1), "Integer value expected.");
  if (!max) return answer.fail(max.error());
  engine.gates().set_maxconn(frontend, *max);
}

}  // namespace

void add_frontend_commands(CommandTable& table, Engine& engine) {
  using Change = void (*)(Engine&, Frontend&, const Request&, Answer);
  const auto add = [&](std::string words, std::string arguments, std::string description,
                       Change change) {
    table.add({.words = std::move(words),
               .arguments = std::move(arguments),
               .description = std::move(description),
               .level = Level::kAdmin,
               .changes = true,
               .handler = [&engine, change](const Request& request, Answer answer) {
                 if (request.words.empty()) return answer.fail("A frontend name is expected.");
                 Frontend* const frontend = engine.fleet().find_frontend(request.word(0));
                 if (frontend == nullptr) return answer.fail("No such frontend.");
                 change(engine, *frontend, request, std::move(answer));
               }});
  };
  add("disable frontend", "<frontend>", "temporarily disable specific frontend", disable);
  add("enable frontend", "<frontend>", "re-enable specific frontend", enable);
  add("shutdown frontend", "<frontend>", "stop a specific frontend", shut_down);
  add("set maxconn frontend", "<frontend> <value>", "change a frontend's maxconn setting",
      set_maxconn);
}

}  // namespace lb::admin
