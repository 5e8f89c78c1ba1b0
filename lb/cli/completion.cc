#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <memory>

#include "lb/cli/commands.h"

namespace lb::cli {
namespace {

// What stands between the table of commands below it and the shell. %COMMANDS% is all commands,
// %CASES% one case a command. The line is split at spaces, not at bash's word breaks, because the
// names of sockets have colons.
constexpr std::string_view kScript =
    R"bash(# bash completion of tidectl, made by `tidectl completion bash`

_tidectl() {
  local line=${COMP_LINE:0:COMP_POINT} words current previous command= socket=() options= names= i
  read -ra words <<<"$line"
  [[ $line == *' ' ]] && words+=('')
  current=${words[-1]} previous=${words[-2]}
  for ((i = 1; i < ${#words[@]} - 1; i++)); do
    case ${words[i]} in
      -s | --socket) socket=(-s "${words[i + 1]}"); ((i++)) ;;
      -o | --output) ((i++)) ;;
      -*) ;;
      *) [[ $command ]] || command=${words[i]} ;;
    esac
  done

  live() { timeout 1 "${words[0]}" names "$1" "${socket[@]}" 2>/dev/null; }
  COMPREPLY=()
  case $previous in
    -s | --socket) COMPREPLY=($(compgen -f -- "$current")); return ;;
    -o | --output) COMPREPLY=($(compgen -W 'table json csv' -- "$current")); return ;;
    --frontend) COMPREPLY=($(compgen -W "$(live frontends)" -- "$current")); return ;;
    --backend) COMPREPLY=($(compgen -W "$(live backends)" -- "$current")); return ;;
    --server) COMPREPLY=($(compgen -W "$(live servers)" -- "$current")); return ;;
    --state) COMPREPLY=($(compgen -W 'handshake queued connecting open closing' -- "$current")); return ;;
  esac
  case $command in
    '') options='-h --help --version -s --socket -o --output' names='%COMMANDS%' ;;
%CASES%  esac
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
  elif [[ $names == files ]]; then
    compopt -o filenames
    COMPREPLY=($(compgen -f -- "$current"))
  elif [[ $names == servers && $current == */*,* ]]; then
    # After a comma only the name is written, of the same backend.
    COMPREPLY=($(compgen -P "${current%,*}," -W "$(live servers | sed -n "s|^${current%%/*}/||p")" -- "${current##*,}"))
  else
    case $names in servers | backends | proxies) names=$(live "$names") ;; esac
    COMPREPLY=($(compgen -W "$names" -- "$current"))
  fi
}
complete -F _tidectl tidectl
)bash";

struct Kind {
  std::string_view command;
  std::string_view names;  // what `tidectl names` lists, "files", or words
};
constexpr auto kKinds = std::to_array<Kind>({{"status", "proxies"},
                                             {"drain", "servers"},
                                             {"drains", "servers"},
                                             {"ready", "servers"},
                                             {"maint", "servers"},
                                             {"weight", "servers"},
                                             {"del", "servers"},
                                             {"rebalance", "backends"},
                                             {"check", "files"},
                                             {"log", "reopen"},
                                             {"completion", "bash"}});

std::string_view names_of(std::string_view command) {
  for (const Kind& kind : kKinds) {
    if (kind.command == command) return kind.names;
  }
  return "";
}

std::vector<std::string> flags_of(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_snames()) flags.push_back("-" + name);
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
  }
  return flags;
}

void replace(std::string& text, std::string_view what, const std::string& instead) {
  text.replace(text.find(what), what.size(), instead);
}

std::string script(const CLI::App& app) {
  std::vector<std::string> commands;
  std::string cases;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_group().empty()) continue;
    commands.push_back(command->get_name());
    cases += fmt::format("    {}) options='{}' names='{}' ;;\n", command->get_name(),
                         fmt::join(flags_of(*command), " "), names_of(command->get_name()));
  }
  std::string text(kScript);
  replace(text, "%COMMANDS%", fmt::format("{}", fmt::join(commands, " ")));
  replace(text, "%CASES%", cases);
  return text;
}

}  // namespace

void add_completion(CLI::App& app) {
  const auto shell = std::make_shared<std::string>();
  CLI::App* const command =
      app.add_subcommand("completion", "The completion of a shell, with live names");
  command->footer(
      "Examples:\n"
      "  source <(tidectl completion bash)");
  command->add_option("shell", *shell, "bash")
      ->required()
      ->check(CLI::IsMember({"bash"}).description(""));
  command->callback([&app, shell] { fmt::print("{}", script(app)); });
}

}  // namespace lb::cli
