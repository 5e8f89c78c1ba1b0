#pragma once

#include <cstdint>
#include <deque>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace conf::yaml {

struct Node;

// An item of a list, or an entry of a mapping with its key. `line` is where it begins in the file.
struct Child {
  std::string key;
  int line = 0;
  const Node* node = nullptr;
};

struct Node {
  enum class Kind : std::uint8_t { kEmpty, kText, kList, kMapping };
  Kind kind = Kind::kEmpty;
  std::string text;
  std::vector<Child> children;
};

// What a file says, in our own terms; aliases share a node.
struct Document {
  std::deque<Node> nodes;
  const Node* root = nullptr;  // null: the file holds nothing
};

struct SyntaxError {
  int line = 1;
  std::string what;
};

// Nesting and the number of nodes, aliases counted as what they stand for, are bounded while
// parsing.
[[nodiscard]] std::expected<Document, SyntaxError> parse(std::string_view text);

}  // namespace conf::yaml
