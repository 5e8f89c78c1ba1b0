#include "lb/fleet.h"

#include <algorithm>
#include <charconv>

namespace lb {
namespace {

constexpr std::uint32_t kFirstNumber = 2;

// What `#3` asks for.
std::optional<std::uint32_t> number_in(std::string_view name) {
  if (!name.starts_with('#')) return std::nullopt;
  std::uint32_t number = 0;
  const char* end = name.data() + name.size();
  const auto [stop, error] = std::from_chars(name.data() + 1, end, number);
  return error == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

template <typename T>
T* named(std::deque<T>& all, std::string_view name, std::uint32_t first) {
  if (const auto number = number_in(name)) {
    return *number >= first && *number - first < all.size() ? &all[*number - first] : nullptr;
  }
  const auto found =
      std::ranges::find(all, name, [](const T& one) { return std::string_view(one.config.name); });
  return found == all.end() ? nullptr : &*found;
}

}  // namespace

proxy::Frontend* Fleet::find_frontend(std::string_view name) {
  return named(frontends, name, kFirstNumber);
}

proxy::Backend* Fleet::find_backend(std::string_view name) {
  return named(backends, name, kFirstNumber + static_cast<std::uint32_t>(frontends.size()));
}

std::optional<check::Place> Fleet::find_server(proxy::Backend& backend, std::string_view name) {
  const auto number = number_in(name);
  for (const balancer::ServerId id : backend.servers.all()) {
    const conf::Server& one = backend.servers[id].config;
    if (number ? one.id == *number : one.name == name)
      return check::Place{.backend = &backend, .server = id};
  }
  return std::nullopt;
}

check::Place Fleet::root_of(check::Place place) {
  while (const auto& track = place.config().track) {
    proxy::Backend& backend = *find_backend(track->backend);
    place = *find_server(backend, track->server);
  }
  return place;
}

std::uint32_t Fleet::number_of(const proxy::Frontend& frontend) const {
  const auto same = [&](const proxy::Frontend& one) { return &one == &frontend; };
  return kFirstNumber +
         static_cast<std::uint32_t>(std::ranges::find_if(frontends, same) - frontends.begin());
}

std::uint32_t Fleet::number_of(const proxy::Backend& backend) const {
  return kFirstNumber + static_cast<std::uint32_t>(frontends.size() + backend.index);
}

}  // namespace lb
