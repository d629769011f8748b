#include "proxy/admin/reply.h"

#include "proxy/admin/admin_exchange.h"
#include "proxy/base/json_text.h"

namespace poise::admin {

Reply::Line::~Line() {
  if (exchange != nullptr) exchange->on_reply_dropped();
}

Reply::Reply(AdminExchange& exchange) : line_(std::make_shared<Line>()) {
  line_->exchange = &exchange;
  exchange.on_reply_made(*line_);
}

bool Reply::is_open() const { return line_ != nullptr && line_->exchange != nullptr; }

void Reply::send(Answer answer) const {
  if (is_open()) line_->exchange->send(std::move(answer));
}

void Reply::json(std::string text, int status) const {
  send({.status = status, .type = kJson, .body = std::move(text)});
}

void Reply::error(int status, std::string_view words) const {
  json(json_object("error", words), status);
}

void Reply::begin_stream(std::string_view type) const {
  if (is_open()) line_->exchange->begin_stream(type);
}

bool Reply::write(std::string_view bytes) const {
  return is_open() && line_->exchange->write(bytes);
}

void Reply::end_stream() const {
  if (is_open()) line_->exchange->end_stream();
}

std::string json_object(std::string_view key, std::string_view text) {
  std::string json = "{\"";
  base::append_json_escaped(json, key);
  json += "\": \"";
  base::append_json_escaped(json, text);
  return json += "\"}\n";
}

}  // namespace poise::admin
