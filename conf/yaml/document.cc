#include "conf/yaml/document.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <sstream>
#include <unordered_map>
#include <utility>

#include "conf/value.h"
#include "conf/yaml/syntax_hint.h"

namespace conf::yaml {
namespace {

constexpr std::size_t kDeepest = 32;
constexpr std::size_t kMostNodes = 1'000'000;

// Ends a parse; thrown through yaml-cpp and caught in parse().
struct Refusal {
  SyntaxError error;
};

// Makes nodes of yaml-cpp's events. Its recursion is as deep as the nesting, so refusing here
// bounds it.
class Builder final : public YAML::EventHandler {
 public:
  [[nodiscard]] Document take() { return std::move(document_); }
  [[nodiscard]] int last_line() const { return last_line_; }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ > 1) refuse(mark, "a second document begins here: write one a file");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (wants_key()) refuse(mark, "a key is missing before the colon");
    add(mark, make(Node::Kind::kEmpty), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (wants_key()) refuse(mark, "an alias cannot be a key: write the key out");
    const auto target = anchors_.find(anchor);
    if (target == anchors_.end()) refuse(mark, "an alias stands inside what it repeats");
    count(mark, target->second.size);
    attach(mark, target->second.node);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_tag(mark, tag);
    if (value.contains('\0')) refuse(mark, "a value holds a NUL byte: remove it");
    if (wants_key()) {
      if (value == "<<") {
        refuse(mark,
               "merge keys (<<) are not supported: put what is shared into defaults or "
               "server_defaults");
      }
      count(mark, 1);
      open_.back().key = Child{value, line(mark), nullptr};
      return;
    }
    Node& node = make(Node::Kind::kText);
    node.text = value;
    add(mark, node, anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    enter(mark, tag, anchor, Node::Kind::kList);
  }
  void OnSequenceEnd() override { leave(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    enter(mark, tag, anchor, Node::Kind::kMapping);
  }
  void OnMapEnd() override { leave(); }

 private:
  struct Open {
    Node* node = nullptr;
    YAML::anchor_t anchor = 0;
    std::size_t counted_before = 0;
    std::optional<Child> key;
  };
  struct Anchored {
    const Node* node = nullptr;
    std::size_t size = 0;
  };

  static int line(const YAML::Mark& mark) { return std::max(mark.line, 0) + 1; }

  [[noreturn]] static void refuse(const YAML::Mark& mark, std::string what) {
    throw Refusal{{line(mark), std::move(what)}};
  }

  static void check_tag(const YAML::Mark& mark, const std::string& tag) {
    if (tag.empty() || tag == "?" || tag == "!") return;
    refuse(mark, "tags such as !!str are not used here: remove the tag");
  }

  [[nodiscard]] bool wants_key() const {
    return !open_.empty() && open_.back().node->kind == Node::Kind::kMapping && !open_.back().key;
  }

  Node& make(Node::Kind kind) {
    Node& node = document_.nodes.emplace_back();
    node.kind = kind;
    return node;
  }

  void count(const YAML::Mark& mark, std::size_t nodes) {
    last_line_ = line(mark);
    counted_ += nodes;
    if (counted_ > kMostNodes) refuse(mark, "more than 1,000,000 values: write less, repeat less");
  }

  void add(const YAML::Mark& mark, Node& node, YAML::anchor_t anchor) {
    count(mark, 1);
    if (anchor != 0) anchors_[anchor] = {&node, 1};
    attach(mark, &node);
  }

  void attach(const YAML::Mark& mark, const Node* node) {
    if (open_.empty()) {
      document_.root = node;
      return;
    }
    Open& parent = open_.back();
    Child child = parent.key.value_or(Child{"", line(mark), nullptr});
    child.node = node;
    parent.node->children.push_back(std::move(child));
    parent.key.reset();
  }

  void enter(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
             Node::Kind kind) {
    check_tag(mark, tag);
    if (wants_key()) refuse(mark, "a key must be one word, is a list or a mapping");
    if (open_.size() == kDeepest) refuse(mark, "nested more than 32 deep: nothing here needs that");
    Node& node = make(kind);
    const std::size_t before = counted_;
    count(mark, 1);
    attach(mark, &node);
    open_.push_back({&node, anchor, before, std::nullopt});
  }

  void leave() {
    const Open& done = open_.back();
    if (done.anchor != 0) anchors_[done.anchor] = {done.node, counted_ - done.counted_before};
    open_.pop_back();
  }

  Document document_;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, Anchored> anchors_;
  std::size_t counted_ = 0;
  int documents_ = 0;
  int last_line_ = 1;
};

// yaml-cpp takes the end of the file for a closing quote. With an end of document after the text it
// complains.
constexpr std::string_view kEnd = "\n...\n";

}  // namespace

std::expected<Document, SyntaxError> parse(std::string_view text) {
  std::stringstream input;
  input << text << kEnd;
  Builder builder;
  try {
    YAML::Parser parser(input);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Refusal& refusal) {
    return std::unexpected(refusal.error);
  } catch (const YAML::Exception& error) {
    if (error.msg == YAML::ErrorMsg::DOC_IN_SCALAR) {
      return std::unexpected(SyntaxError{
          builder.last_line(), "a quote that is opened here or just below is not closed"});
    }
    text = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
    const auto last = static_cast<int>(std::ranges::count(text, '\n')) + 1;
    const int line = std::clamp(error.mark.line + 1, 1, last);
    return std::unexpected(
        SyntaxError{line, printable(error.msg) + ": " + syntax_hint(error.msg, text, line)});
  }

  Document document = builder.take();
  if (document.root != nullptr && document.root->kind == Node::Kind::kEmpty)
    document.root = nullptr;
  return document;
}

}  // namespace conf::yaml
