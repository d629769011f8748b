// Says what poise would do with a request, by asking the very code that does it: the route table,
// the selector, the rewriting. Reads a compiled configuration and the records it leads to, and
// changes nothing; whoever holds the snapshot may call it, on any thread. What depends on chance or
// on the load of the moment is given as shares. Opens no socket and asks no DNS.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "proxy/base/result.h"
#include "proxy/explain/explanation.h"
#include "proxy/explain/question.h"
#include "proxy/server/snapshot.h"

namespace poise::explain {

struct Scene {
  std::shared_ptr<const server::Snapshot> snapshot;
  // By pool: the names whose addresses are not in it.
  std::map<std::string, std::vector<std::string>> unresolved{};
  bool is_live = false;  // the records tell of a running process
};

// As poise would begin with this configuration, with every backend fit and no name resolved.
// Requires: `config` passed conf::check.
Scene offline_scene(const conf::Config& config);

// As a process that runs with this snapshot does at this moment.
Scene live_scene(std::shared_ptr<const server::Snapshot> snapshot, const pool::Answers& answers);

// The error is the question's fault: a listener that is not there, or speaks another protocol.
base::Result<Explanation, std::string> explain(const Scene& scene, const Question& question);

}  // namespace poise::explain
