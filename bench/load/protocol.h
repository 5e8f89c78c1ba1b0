#pragma once

#include <array>
#include <cstddef>

namespace bench {

// What a session is for. Its client says so in the first byte of its first message, the server
// answers with a message, and then:
enum class Purpose : char {
  kEcho = 'e',      // every byte comes back
  kUpload = 'u',    // the server discards what the client sends
  kDownload = 'd',  // from the client's next byte on the server sends without end
  kOnce = 'c',      // the server closes behind its answer
};

constexpr std::size_t kMessage = 64;                     // bytes
constexpr std::size_t kChunk = std::size_t{256} * 1024;  // bytes one send() or recv() moves at most

using Message = std::array<char, kMessage>;

constexpr Message message(Purpose purpose) {
  Message text{};
  text.fill('.');
  text[0] = static_cast<char>(purpose);
  return text;
}

}  // namespace bench
