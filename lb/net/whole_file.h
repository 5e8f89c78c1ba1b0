#pragma once

#include <cstddef>
#include <expected>
#include <string>
#include <string_view>

#include "lb/net/opener.h"
#include "lb/net/status.h"

// Files that are read and written as a whole. These calls wait for the disk.
namespace lb::net {

// EFBIG when it is longer than `most`; EINVAL when it is no file but a pipe, a device.
[[nodiscard]] std::expected<std::string, Status> read_file(Opener& opener, const std::string& path,
                                                           std::size_t most);

// Puts a new file in the place of an old one: whoever looks finds one or the other, whole, after a
// power cut, too.
Status replace_file(Opener& opener, const std::string& path, std::string_view text);

// Whether that could be done: by the permissions, and no device is there.
[[nodiscard]] Status may_replace_file(const std::string& path);

}  // namespace lb::net
