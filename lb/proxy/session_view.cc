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
