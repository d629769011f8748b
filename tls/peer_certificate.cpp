#include "tls/peer_certificate.h"

#include <arpa/inet.h>
#include <openssl/x509v3.h>

#include <array>

namespace poise::tls {
namespace {

constexpr char kHex[] = "0123456789abcdef";
constexpr std::size_t kMostText = 4096;  // of what goes into one header field

using NamesPtr = std::unique_ptr<GENERAL_NAMES, FreeWith<&GENERAL_NAMES_free>>;
using NumberPtr = std::unique_ptr<BIGNUM, FreeWith<&BN_free>>;

std::string hex_of(const unsigned char* bytes, std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text += kHex[bytes[i] >> 4];
    text += kHex[bytes[i] & 15];
  }
  return text;
}

// %XX for what is no printable ASCII, so that names and their separators cannot be forged.
void append_escaped(std::string& out, std::string_view text, std::string_view also = {}) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7f && c != '%' && also.find(c) == also.npos) {
      out += c;
    } else {
      out += '%';
      out += kHex[byte >> 4];
      out += kHex[byte & 15];
    }
  }
}

std::string_view text_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(::ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(::ASN1_STRING_length(text))};
}

NamesPtr names_of(X509& certificate) {
  return NamesPtr(static_cast<GENERAL_NAMES*>(
      ::X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)));
}

template <class Visit>
void for_each_name(X509& certificate, Visit visit) {
  const NamesPtr names = names_of(certificate);
  if (names == nullptr) return;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    visit(*sk_GENERAL_NAME_value(names.get(), i));
  }
}

std::string address_text(std::string_view bytes) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  const int family = bytes.size() == 4 ? AF_INET : AF_INET6;
  if (bytes.size() != 4 && bytes.size() != 16) return "?";
  (void)::inet_ntop(family, bytes.data(), text.data(), text.size());
  return text.data();
}

void append_name(std::string& out, const GENERAL_NAME& name) {
  const char* kind = nullptr;
  if (name.type == GEN_DNS) kind = "DNS:";
  if (name.type == GEN_EMAIL) kind = "email:";
  if (name.type == GEN_URI) kind = "URI:";
  const bool is_address = name.type == GEN_IPADD;
  if (kind == nullptr && !is_address) return;
  if (!out.empty()) out += ", ";
  if (is_address) {
    out += "IP:";
    out += address_text(text_of(name.d.iPAddress));
    return;
  }
  out += kind;
  append_escaped(out, text_of(name.d.ia5), ",");
}

std::string subject_of(X509& certificate) {
  const BioPtr memory(::BIO_new(::BIO_s_mem()));
  ::X509_NAME_print_ex(memory.get(), ::X509_get_subject_name(&certificate), 0,
                       XN_FLAG_RFC2253 & ~ASN1_STRFLGS_UTF8_CONVERT);
  char* data = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &data);
  return std::string(data, static_cast<std::size_t>(size)).substr(0, kMostText);
}

std::string serial_of(X509& certificate) {
  const NumberPtr number(::ASN1_INTEGER_to_BN(::X509_get0_serialNumber(&certificate), nullptr));
  std::array<unsigned char, 64> bytes{};
  if (number == nullptr || BN_num_bytes(number.get()) > static_cast<int>(bytes.size())) return {};
  const int size = ::BN_bn2bin(number.get(), bytes.data());
  return hex_of(bytes.data(), static_cast<std::size_t>(size));
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return out;
}

std::string common_name_of(X509& certificate) {
  X509_NAME* subject = ::X509_get_subject_name(&certificate);
  const int at = ::X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at < 0) return {};
  return lower(text_of(::X509_NAME_ENTRY_get_data(::X509_NAME_get_entry(subject, at))));
}

}  // namespace

std::string fingerprint_of(X509& certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  (void)::X509_digest(&certificate, ::EVP_sha256(), digest.data(), &size);
  return hex_of(digest.data(), size);
}

PeerCertificate describe(X509& certificate) {
  PeerCertificate texts;
  texts.subject = subject_of(certificate);
  for_each_name(certificate, [&](const GENERAL_NAME& name) {
    if (texts.names.size() < kMostText) append_name(texts.names, name);
  });
  texts.fingerprint = fingerprint_of(certificate);
  texts.serial = serial_of(certificate);
  return texts;
}

std::vector<std::string> dns_names_of(X509& certificate) {
  std::vector<std::string> names;
  for_each_name(certificate, [&](const GENERAL_NAME& name) {
    if (name.type == GEN_DNS) names.push_back(lower(text_of(name.d.dNSName)));
  });
  if (!names.empty()) return names;
  if (std::string name = common_name_of(certificate); !name.empty()) names.push_back(name);
  return names;
}

}  // namespace poise::tls
