// TCP keep-alive, for peers that vanish without a word: the only thing that ends a silent tunnel to
// one. The kernel's own default would take two hours.
#pragma once

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace poise::net {

// A peer is given up after about two minutes of silence. Accepted sockets inherit it.
inline void watch_for_vanished_peer(int fd) {
  const auto set = [fd](int level, int option, int value) {
    (void)::setsockopt(fd, level, option, &value, sizeof value);
  };
  set(SOL_SOCKET, SO_KEEPALIVE, 1);
  set(IPPROTO_TCP, TCP_KEEPIDLE, 60);
  set(IPPROTO_TCP, TCP_KEEPINTVL, 15);
  set(IPPROTO_TCP, TCP_KEEPCNT, 4);
}

}  // namespace poise::net
