#include "proxy/exchange/client_certificate_fields.h"

#include <catch2/catch.hpp>

using namespace poise;
using exchange::CertificateFields;

namespace {

http::RequestHead request_with(std::string_view name) {
  http::RequestHead head;
  head.fields.add(head.arena, name, "forged");
  head.fields.add(head.arena, "X-Other", "kept");
  return head;
}

tls::Facts facts_of_ann() {
  tls::Facts facts;
  facts.peer.push_back({"CN=ann", "DNS:ann.test", "ab12", "07"});
  return facts;
}

}  // namespace

TEST_CASE("a client's certificate is told to the backend in fields of its own") {
  http::RequestHead head = request_with("X-Client-Cert-Subject");
  const tls::Facts facts = facts_of_ann();
  exchange::apply_certificate_fields(head, CertificateFields::told, &facts);
  CHECK(head.fields.find("X-Client-Cert-Subject")->value == "CN=ann");
  CHECK(head.fields.find("X-Client-Cert-San")->value == "DNS:ann.test");
  CHECK(head.fields.find("X-Client-Cert-Fingerprint")->value == "ab12");
  CHECK(head.fields.find("X-Client-Cert-Serial")->value == "07");
  CHECK(head.fields.size() == 5);
}

TEST_CASE("no client can send those fields itself, however it spells them") {
  for (const char* name :
       {"X-Client-Cert-Subject", "x-client-cert-anything", "X_Client_Cert_San"}) {
    http::RequestHead head = request_with(name);
    exchange::apply_certificate_fields(head, CertificateFields::removed, nullptr);
    CHECK(head.fields.size() == 1);
    head = request_with(name);
    exchange::apply_certificate_fields(head, CertificateFields::told, nullptr);
    CHECK(head.fields.size() == 1);
    head = request_with(name);
    exchange::apply_certificate_fields(head, CertificateFields::untouched, nullptr);
    CHECK(head.fields.size() == 2);
  }
}
