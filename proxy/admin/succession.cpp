#include "proxy/admin/succession.h"

namespace poise::admin {

void upgrade(Facilities& facilities, const Request&, Reply reply) {
  facilities.server.upgrade([reply](const std::string& fault, int pid) {
    if (!fault.empty()) return reply.error(409, "not replaced: " + fault);
    reply.json("{\"ok\":true,\"pid\":" + std::to_string(pid) + "}");
  });
}

}  // namespace poise::admin
