#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "conf/read.h"
#include "conf/yaml/document.h"

namespace conf::yaml {

// What reading one file writes to and asks of. References outlive the cursors into the file.
struct Context {
  std::string file;
  Source& source;
  std::vector<Mistake>& mistakes;
  std::vector<Mistake>& notes;
};

// A value in a file, how one gets there, and where mistakes about it are told. A plain value.
class Cursor {
 public:
  struct Entry;

  Cursor(const Node& node, int line, std::string where, Context& context)
      : node_(&node), line_(line), where_(std::move(where)), context_(&context) {}

  void mistake(std::string what) const;
  void mistake_in(std::string file, int line,
                  std::string what) const;  // a file that this value names
  void note(std::string what) const;
  [[nodiscard]] Place place() const { return {context_->file, line_}; }
  [[nodiscard]] std::size_t mistakes() const { return context_->mistakes.size(); }
  [[nodiscard]] Source& source() const { return context_->source; }

  [[nodiscard]] bool is_mapping() const { return node_->kind == Node::Kind::kMapping; }
  [[nodiscard]] bool is_list() const { return node_->kind == Node::Kind::kList; }

  // The value as text, variables replaced. Anything else, the empty text too, is a mistake that
  // `expected` explains.
  [[nodiscard]] std::optional<std::string> text(std::string_view expected) const;

  // The items of a list; a value that is no list is a list of itself.
  [[nodiscard]] std::vector<Cursor> items() const;

  // The entries of a mapping in the order of the file, each key once: a second one is a mistake, as
  // is anything but a mapping.
  [[nodiscard]] std::optional<std::vector<Entry>> entries(std::string_view expected) const;

 private:
  void wrong_kind(std::string_view expected) const;

  const Node* node_;
  int line_;
  std::string where_;
  Context* context_;
};

struct Cursor::Entry {
  std::string_view key;
  Cursor at;
};

}  // namespace conf::yaml
