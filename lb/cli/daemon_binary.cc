#include "lb/cli/daemon_binary.h"

#include <algorithm>

namespace lb::cli {

std::vector<std::string> daemon_places(std::string_view self, std::string_view path) {
  std::vector<std::string> places;
  if (const std::size_t slash = self.rfind('/'); slash != std::string_view::npos) {
    const std::string directory(self.substr(0, slash));
    places.push_back(directory + "/tidegate");
    places.push_back(directory + "/../sbin/tidegate");
  }
  while (!path.empty()) {
    const std::string_view directory = path.substr(0, path.find(':'));
    path.remove_prefix(std::min(path.size(), directory.size() + 1));
    if (!directory.empty()) places.push_back(std::string(directory) + "/tidegate");
  }
  return places;
}

}  // namespace lb::cli
