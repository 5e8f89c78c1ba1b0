#pragma once

#include <string>
#include <vector>

#include "conf/read.h"
#include "test/support/memory_source.h"

// Reads one file, lb.yaml, on a machine where the user nobody and the host db.internal exist.
namespace conf::test {

inline support::MemorySource machine() {
  support::MemorySource source;
  source.users = {"nobody"};
  source.groups = {"nogroup"};
  source.hosts["db.internal"] = {*parse_ip("10.0.0.7"), *parse_ip("2001:db8::7")};
  return source;
}

// Each mistake as one line; empty when there is none.
inline std::vector<std::string> mistakes_in(const std::vector<std::string>& paths,
                                            support::MemorySource& source) {
  std::vector<std::string> lines;
  const auto reading = read(paths, source);
  if (reading) return lines;
  for (const auto& mistake : reading.error()) lines.push_back(to_string(mistake));
  return lines;
}

inline std::vector<std::string> mistakes_of(const std::string& text) {
  auto source = machine();
  source.files["lb.yaml"] = text;
  return mistakes_in({"lb.yaml"}, source);
}

// Requires that `text` is valid.
inline Reading reading_of(const std::string& text) {
  auto source = machine();
  source.files["lb.yaml"] = text;
  auto reading = read({"lb.yaml"}, source);
  if (!reading) throw std::logic_error(to_string(reading.error().front()));
  return *std::move(reading);
}

// A valid file with `frontend` and `backend` as further lines of its two sections, from lines 5 and
// 9 on.
inline std::string file_with(const std::string& frontend, const std::string& backend = "") {
  return "frontends:\n  web:\n    bind: \"127.0.0.1:8080\"\n    backend: app\n" + frontend +
         "backends:\n  app:\n    servers:\n      s1: 10.0.0.1:80\n" + backend;
}

}  // namespace conf::test
