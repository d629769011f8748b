#include "tests/ops/call_stage.h"

namespace poise::test {

CallStage::CallStage() {
  const std::string authority = "127.0.0.1:" + std::to_string(port_.port());
  target = {*net::Address::parse(authority), authority, "http://" + authority};
}

CallStage::~CallStage() { hang_up(); }

void CallStage::call(ops::AdminRequest request, base::Duration timeout) {
  turned_.loop().read_now();
  call_ = std::make_unique<ops::AdminCall>(turned_.loop(), target, std::move(request), timeout,
                                           static_cast<ops::AdminCall::Events&>(*this));
  call_->start();
}

BarePeer& CallStage::peer() {
  if (peer_ != nullptr) return *peer_;
  must(turned_.comes_true([&] {
    net::Fd fd = port_.accept();
    if (fd) peer_ = &turned_.add_peer(std::move(fd));
    return peer_ != nullptr;
  }));
  turned_.settle();
  return *peer_;
}

void CallStage::answer(const std::string& bytes) {
  BarePeer& far = peer();
  must(turned_.comes_true([&] { return far.received().find("\r\n\r\n") != std::string::npos; }));
  turned_.send(far, bytes);
}

}  // namespace poise::test
