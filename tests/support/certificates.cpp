#include "tests/support/certificates.h"

#include <stdexcept>

#include "tests/support/child_process.h"

namespace poise::support {
namespace {

const std::vector<std::string> kEcdsa{"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"};

std::string run(const std::vector<std::string>& arguments) {
  ChildProcess process(arguments);
  const auto code = process.wait_for_exit(Deadline(Milliseconds(20000)));
  process.standard_output().wait_for_end();
  if (code == 0) return process.standard_output().text();
  throw std::runtime_error(arguments[0] + " " + arguments[1] +
                           " failed: " + process.standard_error().text());
}

}  // namespace

CertificateFiles Certificates::make(const std::string& name, const std::vector<std::string>& names,
                                    const std::vector<std::string>& options) {
  const std::string number = std::to_string(++made_);
  CertificateFiles files{folder_.path("cert" + number + ".pem"),
                         folder_.path("key" + number + ".pem")};
  std::string alternatives = "DNS:" + name;
  for (const std::string& one : names) alternatives += ",DNS:" + one;
  std::vector<std::string> command{"openssl", "req",
                                   "-x509",   "-nodes",
                                   "-days",   "30",
                                   "-out",    files.cert,
                                   "-keyout", files.key,
                                   "-subj",   "/CN=" + name,
                                   "-addext", "subjectAltName=" + alternatives};
  command.insert(command.end(), options.begin(), options.end());
  run(command);
  return files;
}

CertificateFiles Certificates::make(const std::string& name, const std::vector<std::string>& more) {
  return make(name, more, kEcdsa);
}

CertificateFiles Certificates::make_rsa(const std::string& name) {
  return make(name, {}, {"-newkey", "rsa:2048"});
}

CertificateFiles Certificates::make_authority(const std::string& name) {
  return make(name, {}, kEcdsa);  // what openssl req makes is an authority unless told otherwise
}

CertificateFiles Certificates::make_signed(const std::string& name,
                                           const CertificateFiles& authority) {
  std::vector<std::string> options = kEcdsa;
  options.insert(options.end(), {"-CA", authority.cert, "-CAkey", authority.key, "-addext",
                                 "basicConstraints=critical,CA:FALSE"});
  return make(name, {}, options);
}

std::string Certificates::make_ocsp(const CertificateFiles& certificate,
                                    const CertificateFiles& authority) {
  std::string serial = run({"openssl", "x509", "-in", certificate.cert, "-noout", "-serial"});
  serial = serial.substr(serial.find('=') + 1);
  serial.erase(serial.find_last_not_of("\r\n") + 1);
  const std::string index =
      folder_.write("index", "V\t401231235959Z\t\t" + serial + "\tunknown\t/CN=x\n");
  const std::string response = folder_.path("ocsp" + std::to_string(++made_) + ".der");
  run({"openssl", "ocsp", "-index", index, "-CA", authority.cert, "-rsigner", authority.cert,
       "-rkey", authority.key, "-issuer", authority.cert, "-cert", certificate.cert, "-respout",
       response, "-ndays", "7"});
  return response;
}

std::string in_yaml(const CertificateFiles& files) {
  return "{ cert: " + files.cert + ", key: " + files.key + " }";
}

std::string s_client(std::uint16_t port, const std::string& options, const std::string& input) {
  ChildProcess process({"sh", "-c",
                        "printf '" + input + "' | openssl s_client -ign_eof -connect 127.0.0.1:" +
                            std::to_string(port) + options + " 2>&1"});
  (void)process.wait_for_exit(Deadline(Milliseconds(20000)));
  process.standard_output().wait_for_end();
  return process.standard_output().text();
}

CurlAnswer curl_tls(std::uint16_t port, const std::vector<std::string>& options) {
  std::vector<std::string> command{"curl", "-sSik", "--max-time", "20"};
  command.insert(command.end(), options.begin(), options.end());
  command.push_back("https://127.0.0.1:" + std::to_string(port) + "/");
  ChildProcess process(command);
  CurlAnswer answer;
  answer.exit_code = process.wait_for_exit(Deadline(Milliseconds(20000))).value_or(-1);
  process.standard_output().wait_for_end();
  process.standard_error().wait_for_end();
  answer.output = process.standard_output().text();
  answer.error = process.standard_error().text();
  return answer;
}

}  // namespace poise::support
