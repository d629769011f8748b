// From names to backends: a pool as configured, and what DNS says of its names, give the pool with
// addresses only. Each endpoint becomes a backend called NAME@ADDRESS, which has what was set for
// the name (weight, max_connections); a service's priority becomes its tier, its weight its weight
// (RFC 2782). The same answers in any order give the same backends. Pure.
#pragma once

#include <functional>
#include <vector>

#include "proxy/net/resolution.h"
#include "proxy/pool/pool_config.h"

namespace poise::pool {

// What is known of a question at the moment; nothing, where nobody could say yet.
using Answers = std::function<std::vector<net::Endpoint>(const net::Question&)>;

std::vector<net::Endpoint> no_answers(const net::Question& question);

struct AskedQuestion {
  net::Question question;
  base::Duration interval{0};  // 0: by the answer's TTL
};
std::vector<AskedQuestion> questions_of(const PoolConfig& pool);

// Without a question in it; without any backend where no name has an answer and nothing else is
// configured. An address that comes twice is one backend: the first.
PoolConfig resolved(const PoolConfig& pool, const Answers& answers);

}  // namespace poise::pool
