#include "lb/proxy/session_view.h"

#include "lb/proxy/session.h"

namespace lb::proxy {

SessionState Session::state() const {
  switch (phase_) {
    case Phase::kHandshake:
      return SessionState::kHandshake;
    case Phase::kChoosing:
    case Phase::kQueued:
      return SessionState::kQueued;
    case Phase::kConnecting:
    case Phase::kPausing:
      return SessionState::kConnecting;
    case Phase::kFlowing:
      return SessionState::kOpen;
    case Phase::kResetting:
    case Phase::kDiscarding:
    case Phase::kParting:
    case Phase::kOver:
      break;
  }
  return SessionState::kClosing;
}

SessionHoldings Session::holdings() const {
  SessionHoldings all;
  all.client = client_.fd();
  all.server = server_.fd();
  std::size_t at = 0;
  for (const Flow* flow : {&to_server_, &to_client_}) {
    const std::size_t block = flow->block_size();
    all.blocks += block != 0 ? 1 : 0;
    all.block_bytes += block;
    if (const auto& pipe = flow->pipe()) {
      all.pipes[at++] = pipe->out.get();
      all.pipes[at++] = pipe->in.get();
    }
  }
  return all;
}

SessionView Session::view() const {
  SessionView view;
  view.id = id_;
  view.frontend = frontend_.config.name;
  if (entry_ == Entry::kAdmitted) view.backend = backend_.config.name;
  view.client = client_peer_;
  view.accepted = accepted_tick_;
  view.last_byte = connected_tick_ != 0 ? last_byte_ : accepted_tick_;
  view.server = server_name_;
  if (lease_) {
    view.connects = true;
    view.server_id = lease_.server();
    view.server_address = at_->address;
  }
  view.bytes_to_server = to_server_.bytes();
  view.bytes_to_client = to_client_.bytes();
  if (view.bytes_to_server != 0 || view.bytes_to_client != 0)
    view.last = client_spoke_last_ ? balancer::Talk::Last::kClient : balancer::Talk::Last::kServer;
  view.state = state();
  view.retries = retries_;
  return view;
}

}  // namespace lb::proxy
