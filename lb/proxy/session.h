#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "balancer/backend.h"
#include "lb/net/timer_wheel.h"
#include "lb/proxy/at_server.h"
#include "lb/proxy/client_key.h"
#include "lb/proxy/endpoint.h"
#include "lb/proxy/flow.h"
#include "lb/proxy/frontend.h"
#include "lb/proxy/host.h"
#include "lb/proxy/on_server.h"
#include "lb/proxy/session_view.h"
#include "lb/telemetry/session_record.h"

namespace lb::proxy {

struct ProxyHeader;

// What a session is told at its start.
struct Arrival {
  net::Fd fd;
  net::Peer client;
  const conf::Bind* bind = nullptr;
  std::uint64_t id = 0;         // unique in the process
  bool expects_header = false;  // of the PROXY protocol; otherwise the client was let in
};

// One client connection and the server connection it is given, from accept to the end. It lives and
// dies on one worker. Its phases go forward only:
//
//   handshake -> choosing -> queued -> connecting <-> pausing -> flowing
//     -> resetting | discarding | parting -> over
//
// and whatever ends it goes through finish(). Only a server's leave sends one that has not reached
// it yet back to choosing.
class Session final : private EndpointOwner, private net::Timed, public OnServer {
 public:
  // `slot` and `generation` are how the worker finds it again.
  Session(Host& host, Frontend& frontend, Arrival arrival, std::uint32_t slot,
          std::uint32_t generation);

  // Waits for the client's header, or chooses a server and connects. May finish the session at
  // once.
  void start();

  // The slot this session waited for, and where it did. A lease that comes too late goes back by
  // itself.
  void granted(balancer::Lease lease, balancer::QueuePlace from);

  // Moves what can be moved, in both directions. Called by the host after run_later(), also when
  // the session has ended meanwhile.
  void run();

  // The one way out; later calls change nothing. Whoever calls it must return at once.
  void finish(telemetry::CloseReason reason);

  // Ends a session though both sides would go on: for what has become of its server, or another
  // one, or because the process stops. One that is over but for its last bytes keeps its reason.
  void shut(telemetry::Cause why);

  // The server gets no new sessions from now on: one that still connects to it chooses again.
  void leave_server();

  // Who spoke last, and when; nullopt while a close would cut off what is on its way.
  [[nodiscard]] std::optional<balancer::Talk> talk() const;
  [[nodiscard]] net::Tick last_byte_at() const { return last_byte_; }
  [[nodiscard]] bool flowing() const { return phase_ == Phase::kFlowing; }
  [[nodiscard]] net::Tick accepted_at() const { return accepted_tick_; }

  // Closes it so that its client misses nothing: a FIN, and then its own end is awaited. False: not
  // now, as something has just come from either side, which for kStill and kBusy does not count.
  // What the client sends after that has met no answer: it is not passed on, so that nothing is
  // done of what the client has to repeat, unless it had the word.
  bool part(balancer::Grade grade, Leave why);

  // The server is needed no more, though the client has not ended yet.
  void let_go();

  // Asks after each answer, from now on, whether it is to be closed.
  void watch_answers() { asked_ |= kAnswers; }

  // Whether its frontend let the client in, which may turn on what its header tells.
  enum class Entry : std::uint8_t { kUndecided, kAdmitted, kRefused };
  [[nodiscard]] Entry entry() const { return entry_; }

  // Adds to the counters what has passed since they were last brought up to date.
  void count_bytes();
  // And what it came to, once it is over.
  void count_end();

  // The session as it is now, or as it ended.
  [[nodiscard]] telemetry::SessionRecord record() const;
  [[nodiscard]] SessionView view() const;
  [[nodiscard]] SessionHoldings holdings() const;
  [[nodiscard]] std::uint64_t id() const { return id_; }
  // Where it is, or was; null: nowhere yet.
  [[nodiscard]] const AtServer* at_server() const { return at_; }
  [[nodiscard]] Frontend& frontend() const { return frontend_; }
  [[nodiscard]] const net::Peer& client() const { return client_peer_; }
  [[nodiscard]] balancer::Waiter waiter() const { return {host_.index(), slot_, generation_}; }
  [[nodiscard]] std::uint32_t slot() const { return slot_; }

 private:
  enum class Phase : std::uint8_t {
    kHandshake,  // until the client's PROXY protocol header is whole
    kChoosing,
    kQueued,
    kConnecting,
    kPausing,  // before another attempt at the same server
    kFlowing,
    kResetting,   // one side was reset: the other gets the bytes before it, then a reset
    kDiscarding,  // the server is gone, the client has its answer: what it sends is dropped
    kParting,     // the client has got our FIN, by part(): its own is awaited
    kOver,
  };

  // What a proxy in front told beside the client's address.
  struct Told {
    net::Peer destination;  // kUnix: not told
    std::string authority;
    std::string unique_id;
  };

  void on_endpoint(Endpoint& endpoint) override;
  void on_due() override;

  void read_header();
  void be_introduced(const ProxyHeader& header);
  void fail_handshake(telemetry::Cause cause, const char* why);
  void introduce_client();

  [[nodiscard]] bool waits() const {
    return phase_ == Phase::kQueued || phase_ == Phase::kConnecting || phase_ == Phase::kPausing;
  }
  void choose_first();
  void choose();
  [[nodiscard]] ClientKey key() const;
  [[nodiscard]] net::Peer destination() const;  // the client's
  void hold(balancer::Lease lease);
  void connect();
  [[nodiscard]] bool attempt_again(int error);
  void count_retry();
  void count_loss();
  void connected();
  void tell_of_connect();
  void measure();
  [[nodiscard]] std::chrono::microseconds waited() const;  // since it asked the server
  void report(balancer::Outcome outcome);
  bool look_closer(std::uint64_t up, std::uint64_t down, bool more);
  void look_for_first_byte(std::uint64_t up);
  void report_end();
  void watch_client();
  void watch_connect();

  void run_later();
  void run_parting();
  void cut_upload();
  void count_leave(balancer::Grade grade, Leave why);
  void tell_what_came_late();
  void settle();
  void pass_fin(Endpoint& to, bool& passed);
  void lose_server_after_its_fin();
  void reset_after_delivery(Endpoint& stays, Endpoint& gone);
  void check_delivery();
  void release_server();

  void enter(Phase phase);
  void arm();
  void arm_after_fin();
  [[nodiscard]] net::Tick deadline() const;
  [[nodiscard]] net::Tick tuning_due() const;
  [[nodiscard]] net::Tick of_age() const;
  [[nodiscard]] net::Tick aging_due() const;
  [[nodiscard]] balancer::Grade worst_for_age() const;
  bool part_for_age();
  [[nodiscard]] telemetry::Stage stage() const;
  [[nodiscard]] SessionState state() const;
  [[nodiscard]] net::Tick patience() const;  // of the client, while it waits for a server
  [[nodiscard]] net::Tick attempt_deadline() const;
  [[nodiscard]] net::Tick report_due() const;
  void report_progress();
  [[nodiscard]] bool client_has_spoken() const;
  [[nodiscard]] conf::Milliseconds client_limit() const;
  [[nodiscard]] conf::Milliseconds server_limit() const;
  [[nodiscard]] conf::Milliseconds linger_limit(const Endpoint& stays) const;
  [[nodiscard]] bool client_lost() const;
  [[nodiscard]] bool server_lost() const;
  void note_losses();
  void give_up_delivery();

  Host& host_;
  Frontend& frontend_;
  Backend& backend_;
  Endpoint client_;
  Endpoint server_;
  Flow to_server_;
  Flow to_client_;

  Phase phase_ = Phase::kChoosing;
  Entry entry_;
  bool introduced_ = false;  // the server was sent a header of ours
  bool fin_to_server_ = false;
  bool fin_to_client_ = false;
  bool server_ended_first_ = false;  // before the client, that is
  bool redispatched_ = false;
  bool waited_ = false;     // in the backend's queue
  bool scheduled_ = false;  // run() comes by itself
  bool client_spoke_ = false;
  static constexpr std::uint8_t kFirstByte = 1;  // of the server
  static constexpr std::uint8_t kAnswers = 2;
  std::uint8_t asked_ = 0;  // what somebody wants to know of what flows
  bool client_spoke_last_ = false;
  Leave leaves_for_ = Leave::kNone;
  telemetry::CloseReason reason_;
  std::uint32_t retries_ = 0;
  net::Tick accepted_tick_;
  net::Tick phase_since_;
  net::Tick last_byte_ = 0;  // when one last went either way

  // One side was lost then, and bytes for the other are still to be delivered.
  std::optional<net::Tick> failed_since_;
  std::uint64_t sent_at_fin_ = 0;        // bytes to the server when the client was sent a FIN
  std::uint64_t counted_to_server_ = 0;  // bytes that the counters have
  std::uint64_t counted_to_client_ = 0;

  balancer::Lease lease_;
  AtServer* at_ = nullptr;  // while it holds the lease, or did
  balancer::Counts left_;   // when the slot was given back
  std::string_view server_name_;
  std::uint64_t ticket_ = 0;  // in the backend's queue
  balancer::QueuePlace place_;
  net::Tick chosen_tick_ = 0;  // when the last attempt began; 0: none yet
  net::Tick connected_tick_ = 0;
  net::Tick over_tick_ = 0;
  std::chrono::steady_clock::time_point asked_at_;  // only where the backend asks

  std::chrono::system_clock::time_point accepted_;
  std::uint64_t id_;
  net::Peer client_peer_;
  const conf::Bind* bind_;
  std::uint32_t slot_;
  std::uint32_t generation_;
  std::unique_ptr<Told> told_;
  const char* handshake_error_ = nullptr;  // a text that stays
  net::Fd arrived_;                        // until start()
  std::uint32_t reports_ = 0;              // of progress, so far
};

}  // namespace lb::proxy
