#include "conf/reader/yaml_parser.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <array>
#include <sstream>
#include <string_view>
#include <utility>

#include "conf/reader/source_text.h"
#include "conf/reader/suggestion.h"
#include "conf/reader/text_index.h"
#include "conf/reader/tree_builder.h"

namespace poise::conf {

namespace {

struct Stop {};  // leaves the parser early; what was wrong is reported already

std::size_t offset_of(const YAML::Mark& mark) {
  return mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos);
}

// The parser's terse words, and what they mostly mean to someone writing a configuration.
struct Wording {
  std::string_view parser;
  std::string_view ours;
};
constexpr std::array<Wording, 10> kWordings{{
    {"illegal map value", "':' cannot stand here; check the indentation, or quote the value"},
    {"illegal block entry", "'-' cannot stand here; check the indentation, or quote the value"},
    {"illegal tab when looking for indentation", "tabs cannot indent; use spaces"},
    {"end of map not found", "this does not belong to the map above; check the indentation"},
    {"end of sequence not found", "this does not belong to the list above; check the indentation"},
    {"end of map flow not found", "expected ',' or '}' here"},
    {"end of sequence flow not found", "expected ',' or ']' here"},
    {"illegal flow end", "a closing bracket without its opening one"},
    {"unknown token", "this character cannot begin a value; put the value in quotes"},
    {"the referenced anchor is not defined", "this alias names no anchor ('&name') before it"},
}};

std::string reword(std::string_view message) {
  for (const auto& wording : kWordings) {
    if (wording.parser == message) return std::string(wording.ours);
  }
  return std::string(message);
}

class Handler final : public YAML::EventHandler {
 public:
  Handler(const TextIndex& index, const Environment& environment, Diagnostics& diagnostics)
      : index_(index), builder_(index, environment, diagnostics), diagnostics_(diagnostics) {}

  YamlNodePtr root() const { return builder_.root(); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (std::exchange(started_, true)) {
      fail(mark, "a second document begins here; a file holds one, and its top level is one map");
    }
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    go_on(builder_.add_null(offset_of(mark), anchor));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    go_on(builder_.add_alias(offset_of(mark), anchor));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_tag(mark, tag);
    const std::size_t offset = index_.skip_properties(offset_of(mark));
    const bool plain = tag == "?";
    // yaml-cpp takes a quote that never closes to end with the file.
    if (!plain && index_.is_quote(offset) && !index_.quote_end(offset)) {
      fail(mark, "this quote is never closed");
    }
    const auto style = plain ? YamlNode::Style::plain : YamlNode::Style::quoted;
    go_on(builder_.add_scalar(offset, anchor, style, value));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    check_tag(mark, tag);
    go_on(builder_.start(YamlNode::Kind::list, offset_of(mark), anchor));
  }
  void OnSequenceEnd() override { go_on(builder_.end()); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    check_tag(mark, tag);
    go_on(builder_.start(YamlNode::Kind::map, offset_of(mark), anchor));
  }
  void OnMapEnd() override { go_on(builder_.end()); }

 private:
  static void go_on(bool wanted) {
    if (!wanted) throw Stop{};
  }
  [[noreturn]] void fail(const YAML::Mark& mark, std::string message) {
    diagnostics_.error(index_.at(offset_of(mark)), std::move(message));
    throw Stop{};
  }
  void check_tag(const YAML::Mark& mark, const std::string& tag) {
    const bool usual = tag.empty() || tag == "?" || tag == "!" || tag == "tag:yaml.org,2002:str";
    if (!usual) fail(mark, "tags such as '!name' are not supported");
  }

  const TextIndex& index_;
  TreeBuilder builder_;
  Diagnostics& diagnostics_;
  bool started_ = false;
};

std::string hint_for(std::string_view line) {
  if (line.find("${") == std::string_view::npos) return {};
  return "; a value with ${…} must be in quotes inside [ ] and { }";
}

void report(const YAML::Exception& exception, const TextIndex& index, Diagnostics& diagnostics) {
  const Position at = index.at(offset_of(exception.mark));
  diagnostics.error(at, reword(exception.msg) + hint_for(diagnostics.source_line(at)));
}

// False when the text is not YAML as far as it was read.
bool walk(const std::string& text, const TextIndex& index, Handler& handler,
          Diagnostics& diagnostics) {
  try {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(handler)) {
    }
    return true;
  } catch (const YAML::Exception& exception) {
    report(exception, index, diagnostics);
  } catch (const Stop&) {
  } catch (const std::exception& exception) {
    diagnostics.error(index.at(0), std::string("cannot be parsed: ") + exception.what());
  }
  return false;
}

}  // namespace

YamlNodePtr parse_yaml(const std::string& raw, const std::string& file_name,
                       const Environment& environment, Diagnostics& diagnostics) {
  const std::string text = normalise(raw);
  const std::uint32_t file = diagnostics.add_source(file_name, text);
  if (!is_clean_text(text, file, diagnostics)) return nullptr;
  const TextIndex index(text, file);
  Handler handler(index, environment, diagnostics);
  if (!walk(text, index, handler, diagnostics)) return nullptr;
  if (handler.root() == nullptr || handler.root()->kind == YamlNode::Kind::null) {
    diagnostics.error(index.at(0), "the configuration is empty");
    return nullptr;
  }
  if (handler.root()->kind != YamlNode::Kind::map) {
    diagnostics.error(handler.root()->at, "the top level must be a map such as 'listeners: …'");
    return nullptr;
  }
  return handler.root();
}

}  // namespace poise::conf
