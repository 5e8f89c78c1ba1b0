#include "conf/yaml/cursor.h"

#include <fmt/format.h>

#include <cstddef>
#include <unordered_map>
#include <utility>

#include "conf/value.h"
#include "conf/yaml/expand.h"

namespace conf::yaml {
namespace {

std::string describe(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kEmpty:
      return "empty";
    case Node::Kind::kList:
      return "a list";
    case Node::Kind::kMapping:
      return "a mapping";
    case Node::Kind::kText:
      break;
  }
  return quoted(node.text);
}

}  // namespace

void Cursor::mistake(std::string what) const { mistake_in(context_->file, line_, std::move(what)); }

void Cursor::mistake_in(std::string file, int line, std::string what) const {
  context_->mistakes.push_back(
      {std::move(file), line, where_.empty() ? "file" : where_, std::move(what)});
}

void Cursor::note(std::string what) const {
  context_->notes.push_back({context_->file, line_, where_, std::move(what)});
}

void Cursor::wrong_kind(std::string_view expected) const {
  mistake(fmt::format("must be {}, is {}", expected, describe(*node_)));
}

std::optional<std::string> Cursor::text(std::string_view expected) const {
  if (node_->kind != Node::Kind::kText || node_->text.empty()) {
    wrong_kind(expected);
    return std::nullopt;
  }
  auto expanded = expand(node_->text, context_->source);
  if (!expanded) {
    mistake(std::move(expanded.error()));
    return std::nullopt;
  }
  if (!expanded->empty()) return *std::move(expanded);
  mistake(fmt::format("must be {}, is {}, which is empty", expected, quoted(node_->text)));
  return std::nullopt;
}

std::vector<Cursor> Cursor::items() const {
  if (!is_list()) return {*this};
  std::vector<Cursor> result;
  result.reserve(node_->children.size());
  for (std::size_t i = 0; i < node_->children.size(); ++i) {
    const Child& child = node_->children[i];
    result.emplace_back(*child.node, child.line, fmt::format("{}[{}]", where_, i), *context_);
  }
  return result;
}

std::optional<std::vector<Cursor::Entry>> Cursor::entries(std::string_view expected) const {
  if (!is_mapping()) {
    wrong_kind(expected);
    return std::nullopt;
  }
  std::vector<Entry> result;
  result.reserve(node_->children.size());
  std::unordered_map<std::string_view, int> lines;
  for (const Child& child : node_->children) {
    const std::string dot = where_.empty() ? "" : ".";
    const Cursor at(*child.node, child.line, where_ + dot + printable(child.key), *context_);
    const auto [first, is_new] = lines.try_emplace(child.key, child.line);
    if (is_new) {
      result.push_back({child.key, at});
    } else {
      at.mistake(fmt::format("is given twice, first on line {}: keep one", first->second));
    }
  }
  return result;
}

}  // namespace conf::yaml
