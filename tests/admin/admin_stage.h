// An admin's door with a few endpoints that show what they get, and its clients, on one thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "proxy/admin/admin_door.h"
#include "tests/net/turned_loop.h"

namespace poise::test {

class AdminStage {
 public:
  explicit AdminStage(const std::string& bind = "127.0.0.1:9900", const std::string& token = "");
  ~AdminStage();

  // GET /fine and /open say so; GET /things/{thing}/parts/{part} says both and the query's "q";
  // POST /change says its body; GET /big has a megabyte; GET /later waits in `later`; GET /stream
  // streams by it; GET /forgotten answers never.
  std::vector<admin::Reply> later;

  BarePeer& client();
  // What a fresh client gets for these bytes.
  std::string ask(const std::string& bytes);
  std::string get(const std::string& path, const std::string& fields = "");
  std::string post(const std::string& path, const std::string& body, const std::string& fields);

  TurnedLoop turned;
  admin::AdminDoor& door() { return *door_; }

 private:
  std::vector<admin::Endpoint> endpoints_;
  std::unique_ptr<admin::AdminDoor> door_;
};

}  // namespace poise::test
