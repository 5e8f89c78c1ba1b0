#include "lb/proxy/session.h"

// What sessions are counted for, as HAProxy counts them (stream.c, process_stream() and
// stream_update_time_stats()).
namespace lb::proxy {

using telemetry::Cause;
using telemetry::Stage;

// One more attempt at the same server begins.
void Session::count_retry() {
  at_->counters.retries.add();
  backend_.choice.tried_again(lease_.server(), host_.now());
}

void Session::count_bytes() {
  const std::uint64_t in = to_server_.bytes() - counted_to_server_;
  const std::uint64_t out = to_client_.bytes() - counted_to_client_;
  if ((in | out) == 0) return;
  counted_to_server_ += in;
  counted_to_client_ += out;
  telemetry::FrontendCounters& frontend = frontend_.counters.of(host_.index());
  frontend.bytes_in.add(in);
  frontend.bytes_out.add(out);
  at_->counters.bytes_in.add(in);
  at_->counters.bytes_out.add(out);
}

void Session::count_end() {
  if (entry_ != Entry::kAdmitted) return;
  count_bytes();
  if (reason_.cause != Cause::kNone) count_loss();
  if (connected_tick_ == 0) return;
  const net::Tick queued = chosen_tick_ - accepted_tick_;
  const net::Tick connecting = connected_tick_ - chosen_tick_;
  const net::Tick total = over_tick_ - accepted_tick_;
  at_->counters.times.add(queued, connecting, total);
}

// A client's FIN while it waits is no abort to HAProxy; its reset, told as CD, is one at any time.
void Session::count_loss() {
  const auto [cause, stage] = reason_;
  const bool client_left =
      (cause == Cause::kClientAbort && stage == Stage::kData) || cause == Cause::kClientTimeout;
  const bool server_left = cause == Cause::kServerAbort || cause == Cause::kServerTimeout;
  if (at_ == nullptr) {
    telemetry::BackendCounters& backend = backend_.counters.of(host_.index());
    if (client_left) backend.client_aborts.add();
    if (server_left) backend.failed_connects.add();
    return;
  }
  if (client_left) at_->counters.client_aborts.add();
  if (!server_left || stage != Stage::kData) return;
  at_->counters.server_aborts.add();
  if (cause == Cause::kServerAbort) at_->counters.failed_responses.add();
}

}  // namespace lb::proxy
