// Builds the tree of YamlNode while a YAML parser walks through a text: start, scalar, alias, end.
// Counts depth and nodes, replaces variables, checks keys. Knows no parser. Lives for one text.
#pragma once

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

#include "conf/reader/diagnostics.h"
#include "conf/reader/text_index.h"
#include "conf/reader/variables.h"
#include "conf/reader/yaml_node.h"

namespace poise::conf {

class TreeBuilder {
 public:
  TreeBuilder(const TextIndex& index, const Environment& environment, Diagnostics& diagnostics)
      : index_(index), environment_(environment), diagnostics_(diagnostics) {}

  using Anchor = std::size_t;  // 0: none

  // Each returns false when parsing must stop; the reason is reported then.
  bool add_null(std::size_t offset, Anchor anchor);
  bool add_scalar(std::size_t offset, Anchor anchor, YamlNode::Style style,
                  const std::string& text);
  bool add_alias(std::size_t offset, Anchor anchor);
  bool start(YamlNode::Kind kind, std::size_t offset, Anchor anchor);
  bool end();

  // The finished document; nullptr when there was none.
  YamlNodePtr root() const { return root_; }

 private:
  struct Open {
    std::shared_ptr<YamlNode> node;
    Anchor anchor = 0;
    bool has_key = false;  // in a map: `key` waits for its value
    bool drop = false;     // the value of a key that is not kept
    YamlEntry key;
    std::unordered_map<std::string, Position> seen;
  };

  bool expects_key() const;
  bool attach(YamlNodePtr node, Anchor anchor);
  void take_key(const YamlNode& node);
  void take_value(Open& open, YamlNodePtr node);
  bool count(std::size_t nodes, Position at);
  void expand(YamlNode& node, std::size_t offset);

  const TextIndex& index_;
  const Environment& environment_;
  Diagnostics& diagnostics_;
  std::vector<Open> open_;
  std::unordered_map<Anchor, YamlNodePtr> anchors_;
  std::size_t nodes_ = 0;
  YamlNodePtr root_;
};

}  // namespace poise::conf
