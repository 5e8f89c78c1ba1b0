#include "bench/load/loads.h"

#include <algorithm>
#include <cmath>

namespace bench {
namespace {

constexpr std::size_t kOpenedAtOnce = 64;  // well below the listen backlog of every rival

Duration interval_of(double rate) {
  return rate > 0 ? Duration(std::llround(1e9 / rate)) : Duration(0);
}

}  // namespace

// ---- a crowd

Crowd::Crowd(Path& path, Purpose purpose, std::size_t count)
    : path_(path), purpose_(purpose), count_(count) {}

void Crowd::open() {
  while (begun_ < std::min(count_, kOpenedAtOnce)) open_next();
}

void Crowd::open_next() {
  const std::size_t index = begun_++;
  Client::open(path_.loop, path_.proxy(index), purpose_, index, *this);
}

void Crowd::on_open(Client& client) {
  clients_.push_back(&client);
  if (begun_ < count_) open_next();
}

void Crowd::on_end(Client& client, bool) {
  ++path_.tally.failures;
  std::erase(clients_, &client);
}

// ---- bulk

void Bulk::start() {
  for (Client* client : clients_) {
    if (purpose_ == Purpose::kUpload) {
      client->pour();
    } else {
      client->say();
    }
  }
}

// ---- round trips

RoundTrips::RoundTrips(Path& path, std::size_t count, double rate)
    : Crowd(path, Purpose::kEcho, count), waiting_(count), interval_(interval_of(rate)) {}

void RoundTrips::start() {
  started_ = true;
  next_ = Clock::now();
  if (interval_ == Duration(0))
    for (Client* client : clients_) send(*client, next_);
}

bool RoundTrips::tick(Clock::time_point now) {
  if (interval_ == Duration(0) || !started_) return false;
  for (; next_ <= now && left_ > 0 && !clients_.empty(); next_ += interval_)
    send(*clients_[turn_++ % clients_.size()], next_);
  return left_ > 0 || under_way_ > 0;
}

void RoundTrips::send(Client& client, Clock::time_point meant) {
  if (left_ == 0) return;
  --left_;
  ++under_way_;
  waiting_[client.index()].meant.push_back(meant);
  client.say();
}

void RoundTrips::on_bytes(Client& client, std::size_t bytes) {
  Waiting& waiting = waiting_[client.index()];
  const Clock::time_point now = Clock::now();
  waiting.bytes += bytes;
  for (; waiting.bytes >= kMessage && !waiting.meant.empty(); waiting.bytes -= kMessage) {
    path_.tally.add_round_trip(waiting.meant.front(), now);
    waiting.meant.pop_front();
    --under_way_;
    if (interval_ == Duration(0)) send(client, now);
  }
}

void RoundTrips::on_end(Client& client, bool failed) {
  under_way_ -= waiting_[client.index()].meant.size();
  waiting_[client.index()].meant.clear();
  Crowd::on_end(client, failed);
}

// ---- connections

void Connects::start() {
  for (std::size_t lane = 0; lane < lanes_; ++lane) connect(lane);
}

void Connects::connect(std::size_t lane) {
  if (left_ == 0) return;
  --left_;
  ++under_way_;
  Client::open(path_.loop, path_.proxy(count_++), purpose_, lane, *this);
}

void Connects::on_end(Client& client, bool failed) {
  --under_way_;
  ++(failed ? path_.tally.failures : path_.tally.connections);
  connect(client.index());
}

}  // namespace bench
