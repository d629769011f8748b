#include "tests/admin/admin_stage.h"

namespace poise::test {
namespace {

using admin::Access;
using admin::Reply;
using admin::Request;
using http::Method;

std::vector<admin::Endpoint> shown_endpoints(std::vector<Reply>& later) {
  const auto keep = [&later](const Request&, Reply reply) { later.push_back(std::move(reply)); };
  return {
      {Method::get, "/fine", Access::reading, [](auto&, Reply r) { r.json("\"fine\""); }},
      {Method::get, "/open", Access::open, [](auto&, Reply r) { r.json("\"open\""); }},
      {Method::get, "/things/{thing}/parts/{part}", Access::reading,
       [](const Request& request, Reply reply) {
         reply.json(request.parameters[0] + '|' + request.parameters[1] + '|' +
                    request.query("q").value_or("none"));
       }},
      {Method::get, "/change", Access::reading, [](auto&, Reply r) { r.json("unchanged"); }},
      {Method::post, "/change", Access::changing,
       [](const Request& request, Reply reply) { reply.json(std::string(request.body)); }},
      {Method::get, "/big", Access::reading,
       [](auto&, Reply r) { r.json(std::string(1'000'000, 'b')); }},
      {Method::get, "/later", Access::reading, keep},
      {Method::get, "/stream", Access::reading,
       [&later](const Request&, Reply reply) {
         reply.begin_stream("text/event-stream");
         later.push_back(std::move(reply));
       }},
      {Method::get, "/forgotten", Access::reading, [](auto&, Reply) {}},
  };
}

}  // namespace

AdminStage::AdminStage(const std::string& bind, const std::string& token)
    : endpoints_(shown_endpoints(later)) {
  const conf::AdminConfig config{net::Address::parse(bind, net::Address::Wildcard::allowed), token};
  door_ = std::make_unique<admin::AdminDoor>(turned.loop(), endpoints_, admin::AccessRules(config));
}

AdminStage::~AdminStage() {
  door_->close_now();
  turned.settle();
}

BarePeer& AdminStage::client() {
  Ends ends = connected_ends();
  door_->admit(std::move(ends.ours), *net::Address::parse("127.0.0.1:1"));
  return turned.add_peer(std::move(ends.theirs));
}

std::string AdminStage::ask(const std::string& bytes) {
  BarePeer& peer = client();
  turned.send(peer, bytes);
  turned.settle();
  return peer.received();
}

std::string AdminStage::get(const std::string& path, const std::string& fields) {
  return ask("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n");
}

std::string AdminStage::post(const std::string& path, const std::string& body,
                             const std::string& fields) {
  return ask("POST " + path + " HTTP/1.1\r\nHost: localhost\r\n" + fields +
             "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
}

}  // namespace poise::test
