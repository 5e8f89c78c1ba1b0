#pragma once

#include "lb/cli/command.h"

namespace lb::cli {

// Each adds its commands; the values they read live as long as the application.
void add_status(CLI::App& app, Context& context);  // status, names
void add_top(CLI::App& app, Context& context);
void add_drain(CLI::App& app, Context& context);     // drain, drains
void add_server(CLI::App& app, Context& context);    // ready, maint, weight
void add_fleet(CLI::App& app, Context& context);     // add, del
void add_sessions(CLI::App& app, Context& context);  // sessions, kill
void add_rebalance(CLI::App& app, Context& context);
void add_plain(CLI::App& app, Context& context);  // check, log reopen, raw
void add_completion(CLI::App& app);               // completion; after all others, which it tells of

}  // namespace lb::cli
