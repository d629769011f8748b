#include "tls/certificate.h"

#include <catch2/catch.hpp>

#include "tests/tls/test_certificates.h"
#include "tls/sni_map.h"
#include "tls/validity.h"

using namespace poise;
using namespace poise::test;
using tls::CertificatePart;

namespace {

tls::LoadedCertificate load_texts(const std::string& cert, const std::string& key,
                                  const std::string& ocsp = "") {
  return tls::make_certificate({"c.pem", cert, "k.pem", key, "o.der", ocsp});
}

std::string fault_of(const tls::LoadedCertificate& loaded, CertificatePart part) {
  REQUIRE_FALSE(loaded.ok());
  CHECK(loaded.error().part == part);
  return loaded.error().message;
}

}  // namespace

TEST_CASE("a certificate is loaded with its chain, and knows for whom and how long it is") {
  const auto authority = test::make_certificate({.common_name = "ca", .is_authority = true});
  const auto made = test::make_certificate(
      {.common_name = "x", .names = {"A.test", "*.b.test"}, .days_until_end = 90}, &authority);
  const auto loaded = load_texts(made.cert + authority.cert, made.key);
  REQUIRE(loaded.ok());
  CHECK((*loaded)->names == std::vector<std::string>{"a.test", "*.b.test"});
  CHECK((*loaded)->chain.size() == 1);
  CHECK((*loaded)->fingerprint.size() == 64);
  CHECK((*loaded)->not_after > (*loaded)->not_before);
}

TEST_CASE("a certificate without alternative names is for its common name") {
  const auto loaded = load(test::make_certificate({.common_name = "Old.Test"}));
  CHECK(loaded->names == std::vector<std::string>{"old.test"});
}

TEST_CASE("what is wrong with a certificate is told with the file it is in") {
  const auto authority = test::make_certificate({.common_name = "ca", .is_authority = true});
  const auto one = test::make_certificate({.common_name = "one"}, &authority);
  const auto two = test::make_certificate({.common_name = "two"});
  CHECK(fault_of(load_texts("", one.key), CertificatePart::cert) ==
        "'c.pem' holds no certificate in PEM");
  CHECK(fault_of(load_texts(one.cert, "nonsense"), CertificatePart::key) ==
        "'k.pem' holds no private key in PEM");
  CHECK(fault_of(load_texts(one.cert, two.key), CertificatePart::key) ==
        "'k.pem' is not the key of certificate 'c.pem'");
  CHECK(fault_of(load_texts(authority.cert + one.cert, one.key), CertificatePart::key) ==
        "'k.pem' has its certificates in the wrong order: the server's own must come first");
  CHECK(fault_of(load_texts(one.cert, one.key, "x"), CertificatePart::ocsp) ==
        "'o.der' holds no OCSP response in DER");
}

TEST_CASE("people are told of a certificate's end two weeks before it comes") {
  const auto now =
      std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto warning_with = [&](int days) {
    return tls::validity_warning(*load(test::make_certificate({.days_until_end = days})), now);
  };
  CHECK(warning_with(30).empty());
  CHECK_THAT(warning_with(10), Catch::Contains("expires on ") && Catch::Contains("in 9 days"));
  CHECK_THAT(warning_with(-3), Catch::Contains("expired on "));
  const auto early = now - std::chrono::hours(72);
  CHECK_THAT(tls::validity_warning(*load(test::make_certificate({})), early),
             Catch::Contains("is not valid before"));
}

TEST_CASE("a wildcard takes one label, and an exact name goes before it") {
  tls::SniMap map;
  map.add("*.a.test", 1);
  map.add("x.a.test", 2);
  map.add("x.a.test", 3);
  CHECK(map.find("x.a.test") == 2U);
  CHECK(map.find("Y.A.Test.") == 1U);
  CHECK_FALSE(map.find("a.test"));
  CHECK_FALSE(map.find("z.y.a.test"));
  CHECK_FALSE(map.find(".a.test"));
  CHECK_FALSE(map.find(""));
  CHECK_FALSE(map.find(std::string(300, 'a') + ".a.test"));
}
