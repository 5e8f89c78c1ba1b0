#include <fmt/format.h>

#include <memory>

#include "lb/cli/commands.h"
#include "lb/cli/terminal.h"
#include "lb/cli/top_view.h"

namespace lb::cli {
namespace {

struct TopOptions {
  int interval_ms = 1'000;
  int count = 0;  // frames; 0: until q
};

std::chrono::milliseconds now() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::steady_clock::now().time_since_epoch());
}

void sample(TopView& view, const Client& client) {
  const auto info = client.ask("show info");
  if (!info) return view.miss(info.error());
  const auto stats = ask_stat(client);
  if (!stats) return view.miss(stats.error());
  view.add(*stats, *info, now());
}

// What is in the way of the last frame is cleared line by line, so that nothing flickers.
std::string over_the_last(std::string_view frame) {
  std::string text = "\x1b[H";
  for (const char letter : frame)
    text += letter == '\n' ? std::string("\x1b[K\r\n") : std::string(1, letter);
  return text + "\x1b[K\x1b[J";
}

int top(const Context& context, const TopOptions& options) {
  if (!on_terminal())
    return fail("top wants a terminal; for a pipe or a file there is tidectl status");
  const Client client = context.client();
  // Who named the wrong socket learns it where it can be read.
  if (const auto answer = client.ask("show info"); !answer) return fail(answer.error());

  TopView view;
  catch_signals();
  const Screen screen;
  for (int frames = 1;; ++frames) {
    sample(view, client);
    put(over_the_last(view.frame(terminal_size(), colour_wanted())));
    if (frames == options.count) return 0;
    const auto key = wait_key(std::chrono::milliseconds(options.interval_ms));
    if (interrupted()) return kInterrupted;
    if (key == 'q') return 0;
  }
}

}  // namespace

void add_top(CLI::App& app, Context& context) {
  const auto options = std::make_shared<TopOptions>();
  CLI::App* const command =
      app.add_subcommand("top", "The same, live: rates and their last minute, on the whole screen");
  command->footer(
      "Keys: q quits.\n\n"
      "Examples:\n"
      "  tidectl top\n"
      "  tidectl top --interval 200");
  add_socket(*command, context);
  command->add_option("--interval", options->interval_ms, "milliseconds between two looks (1000)")
      ->type_name("MS")
      ->check(CLI::Range(50, 3'600'000).description(""));
  command->add_option("--count", options->count, "end after so many looks")
      ->type_name("N")
      ->check(CLI::PositiveNumber.description(""));
  command->callback([&context, options] { context.status = top(context, *options); });
}

}  // namespace lb::cli
