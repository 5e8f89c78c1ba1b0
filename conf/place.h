#pragma once

#include <string>

namespace conf {

// Where in the operator's files a thing stands.
struct Place {
  std::string file;
  int line = 0;
};

}  // namespace conf
