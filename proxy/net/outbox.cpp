#include "proxy/net/outbox.h"

#include <algorithm>
#include <array>

namespace poise::net {
namespace {

constexpr std::size_t kSlices = 16;

}  // namespace

void Outbox::write(Transport& transport, base::Bytes bytes) {
  if (error_ != 0) return;
  if (blocked_ || bytes.size() <= kSmall) {
    staged_.append(bytes);
    return;
  }
  send_with(transport, bytes);
}

void Outbox::flush(Transport& transport) {
  if (error_ != 0 || blocked_ || staged_.empty()) return;
  send_with(transport, {});
}

void Outbox::send_with(Transport& transport, base::Bytes tail) {
  while (!staged_.empty() || !tail.empty()) {
    std::array<iovec, kSlices> slices;
    std::size_t count = staged_.slices(std::span(slices).first(kSlices - 1));
    std::size_t offered = 0;
    for (std::size_t i = 0; i < count; ++i) offered += slices[i].iov_len;
    if (offered == staged_.size() && !tail.empty()) {
      slices[count++] = {const_cast<char*>(tail.data()), tail.size()};
    }
    const IoResult result = transport.send({slices.data(), count});
    if (result.status == IoResult::Status::failed) return fail(result.error);
    if (!result.ok()) return block(transport, tail);
    sent_ += result.count;
    const std::size_t from_staged = std::min(result.count, staged_.size());
    staged_.drop(from_staged);
    tail.remove_prefix(result.count - from_staged);
  }
}

void Outbox::block(Transport& transport, base::Bytes tail) {
  staged_.append(tail);
  blocked_ = true;
  sent_ += staged_.size();
  transport.write_rest(std::move(staged_));
}

bool Outbox::on_writable(Transport& transport, int error) {
  blocked_ = false;
  if (error != 0) fail(error);
  flush(transport);
  return empty() || error_ != 0;
}

void Outbox::fail(int error) {
  error_ = error;
  staged_.clear();
}

}  // namespace poise::net
