#include "conf/reader/tree_builder.h"

#include <utility>

#include "conf/reader/suggestion.h"
#include "conf/reader/yaml_parser.h"

namespace poise::conf {

bool TreeBuilder::expects_key() const {
  return !open_.empty() && open_.back().node->kind == YamlNode::Kind::map && !open_.back().has_key;
}

bool TreeBuilder::count(std::size_t nodes, Position at) {
  nodes_ += nodes;
  if (nodes_ <= kMaxNodes) return true;
  diagnostics_.error(at, "too many values: more than " + std::to_string(kMaxNodes) +
                             ", counting what aliases repeat");
  return false;
}

bool TreeBuilder::add_null(std::size_t offset, Anchor anchor) {
  auto node = std::make_shared<YamlNode>();
  // The parser stands at whatever comes next, lines below perhaps; a written `~` is a key's only.
  node->at = index_.at(expects_key() ? offset : index_.skip_blanks_back(offset));
  return count(1, node->at) && attach(std::move(node), anchor);
}

bool TreeBuilder::add_scalar(std::size_t offset, Anchor anchor, YamlNode::Style style,
                             const std::string& text) {
  auto node = std::make_shared<YamlNode>();
  node->kind = YamlNode::Kind::scalar;
  node->style = style;
  node->at = index_.at(offset, index_.width_of(offset, text));
  node->text = text;
  if (!expects_key()) expand(*node, offset);
  return count(1, node->at) && attach(std::move(node), anchor);
}

void TreeBuilder::expand(YamlNode& node, std::size_t offset) {
  Expansion expansion = expand_variables(node.text, environment_);
  const std::size_t start = offset + (index_.is_quote(offset) ? 1 : 0);
  const bool as_written = index_.text().substr(start).starts_with(node.text);
  for (auto& fault : expansion.faults) {
    const Position place = as_written ? index_.at(start + fault.offset, fault.length) : node.at;
    diagnostics_.error(place, std::move(fault.message));
  }
  node.text = std::move(expansion.text);
  node.reported = !expansion.faults.empty();
  if (!expansion.replaced) return;
  node.style = YamlNode::Style::plain;
  // `token: ${TOKEN:-}` with no TOKEN is a setting left out, not one set to nothing.
  if (node.text.empty() && !node.reported) node.kind = YamlNode::Kind::null;
}

bool TreeBuilder::add_alias(std::size_t offset, Anchor anchor) {
  const Position at = index_.at(offset);
  const auto target = anchors_.find(anchor);
  if (target == anchors_.end()) {
    diagnostics_.error(at, "an alias cannot stand inside what it names");
    return false;
  }
  return count(target->second->expanded, at) && attach(target->second, 0);
}

bool TreeBuilder::start(YamlNode::Kind kind, std::size_t offset, Anchor anchor) {
  Open open;
  open.node = std::make_shared<YamlNode>();
  open.node->kind = kind;
  open.node->at = index_.at(offset);
  open.anchor = anchor;
  if (open_.size() >= kMaxDepth) {
    diagnostics_.error(open.node->at,
                       "nested too deeply: more than " + std::to_string(kMaxDepth) + " levels");
    return false;
  }
  const Position at = open.node->at;
  open_.push_back(std::move(open));
  return count(1, at);
}

bool TreeBuilder::end() {
  Open closed = std::move(open_.back());
  open_.pop_back();
  return attach(std::move(closed.node), closed.anchor);
}

bool TreeBuilder::attach(YamlNodePtr node, Anchor anchor) {
  if (anchor != 0) anchors_[anchor] = node;
  if (open_.empty()) {
    root_ = std::move(node);
    return true;
  }
  if (expects_key()) {
    take_key(*node);
    return true;
  }
  Open& open = open_.back();
  open.node->expanded += node->expanded;
  if (open.node->kind == YamlNode::Kind::list) {
    open.node->items.push_back(std::move(node));
  } else {
    take_value(open, std::move(node));
  }
  return true;
}

void TreeBuilder::take_key(const YamlNode& node) {
  Open& open = open_.back();
  open.has_key = true;
  open.drop = false;
  open.key = {node.text, node.at, nullptr};
  if (node.kind != YamlNode::Kind::scalar) {
    diagnostics_.error(node.at, "a key must be plain text");
    open.drop = true;
  } else if (node.text == "<<" && node.style == YamlNode::Style::plain) {
    diagnostics_.error(node.at, "merge keys ('<<') are not supported");
    open.drop = true;
  } else if (const auto [first, fresh] = open.seen.emplace(node.text, node.at); !fresh) {
    diagnostics_.error(node.at, "duplicate key " + quoted(node.text) +
                                    "; it is first given on line " +
                                    std::to_string(first->second.line));
    open.drop = true;
  }
}

void TreeBuilder::take_value(Open& open, YamlNodePtr node) {
  open.has_key = false;
  if (open.drop) return;
  open.key.value = std::move(node);
  open.node->entries.push_back(std::move(open.key));
}

}  // namespace poise::conf
