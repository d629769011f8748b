#include "proxy/base/hmac.h"

#include <catch2/catch.hpp>
#include <vector>

using namespace poise::base;

namespace {

std::string hex(const Digest& digest) {
  std::string text;
  for (const auto byte : digest) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

}  // namespace

TEST_CASE("HMAC-SHA256 gives the digests of RFC 4231") {
  CHECK(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")) ==
        "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  CHECK(hex(hmac_sha256("Jefe", "what do ya want for nothing?")) ==
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST_CASE("base64url has one text for each value and one value for each text") {
  std::vector<std::uint8_t> bytes;
  for (int size = 0; size < 40; ++size) {
    const std::string text = to_base64url(bytes);
    std::vector<std::uint8_t> back(bytes.size());
    CHECK(from_base64url(text, back));
    CHECK(back == bytes);
    std::vector<std::uint8_t> longer(bytes.size() + 1);
    CHECK_FALSE(from_base64url(text, longer));
    bytes.push_back(static_cast<std::uint8_t>(size * 37 + 251));
  }
  std::vector<std::uint8_t> one(1);
  CHECK(from_base64url("-w", one));
  CHECK(one[0] == 251);
  for (const auto* wrong : {"-x", "+w", "-w=", "-", "", "- "})
    CHECK_FALSE(from_base64url(wrong, one));
}

TEST_CASE("two secrets are never the same") { CHECK(random_secret() != random_secret()); }
