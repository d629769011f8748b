#include "tests/support/admin_client.h"

#include <nlohmann/json.hpp>
#include <stdexcept>

namespace poise::support {
namespace {

std::uint16_t admin_port(LivePoise& poise) {
  const std::string mark = "admin at http://127.0.0.1:";
  const auto line = poise.process().standard_error().wait_for_line(mark);
  if (!line) throw std::runtime_error("poise does not say where its admin listens");
  return static_cast<std::uint16_t>(std::stoi(line->substr(line->find(mark) + mark.size())));
}

}  // namespace

AdminClient::AdminClient(LivePoise& poise) : port_(admin_port(poise)) {}

Answer AdminClient::get(const std::string& path, const std::string& fields) const {
  return RawClient(port_).ask("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + fields + "\r\n");
}

nlohmann::json AdminClient::get_json(const std::string& path) const {
  const Answer answer = get(path);
  if (answer.status() != 200) return nullptr;
  return nlohmann::json::parse(answer.message.body, nullptr, false);
}

}  // namespace poise::support
