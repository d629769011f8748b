#include "proxy/net/crc32c.h"

#include <array>

namespace poise::net {
namespace {

constexpr std::uint32_t kReversedPolynomial = 0x82f63b78;

constexpr std::array<std::uint32_t, 256> kTable = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < table.size(); ++byte) {
    std::uint32_t rest = byte;
    for (int bit = 0; bit < 8; ++bit) rest = (rest >> 1) ^ ((rest & 1) * kReversedPolynomial);
    table[byte] = rest;
  }
  return table;
}();

}  // namespace

std::uint32_t crc32c(base::Bytes bytes, std::uint32_t before) {
  std::uint32_t rest = ~before;
  for (const char byte : bytes) {
    rest = kTable[(rest ^ static_cast<unsigned char>(byte)) & 0xff] ^ (rest >> 8);
  }
  return ~rest;
}

}  // namespace poise::net
