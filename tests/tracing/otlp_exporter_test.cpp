// What becomes of spans when a collector answers, fails, or is not there; turned by hand, with the
// test's clock.
#include "proxy/tracing/otlp_exporter.h"

#include <catch2/catch.hpp>

#include "tests/net/turned_loop.h"

using namespace poise;
using namespace poise::tracing;
using namespace std::chrono_literals;

namespace {

struct ExporterStage {
  ExporterStage() : exporter(turned.loop()) { exporter.follow(config(), {}); }
  ~ExporterStage() { exporter.follow({}, {}); }

  TracingConfig config() const {
    TracingConfig tracing;
    tracing.enabled = true;
    const std::string authority = "127.0.0.1:" + std::to_string(collector.port());
    tracing.otlp = {.url = "http://" + authority + "/v1/traces",
                    .authority = authority,
                    .path = "/v1/traces",
                    .address = *net::Address::parse(authority)};
    return tracing;
  }

  void give(std::size_t count) {
    SpanIntake::Batch batch;
    for (std::size_t i = 0; i < count; ++i) {
      if (exporter.intake().claim()) batch.emplace_back();
    }
    exporter.intake().hand_over(std::move(batch));
    turned.settle();
  }
  // The collector's end of the next connection.
  test::BarePeer& accept() {
    net::Fd fd;
    test::must(turned.comes_true([&] {
      if (!fd) fd = collector.accept();
      return static_cast<bool>(fd);
    }));
    test::BarePeer& peer = turned.add_peer(std::move(fd));
    test::must(turned.comes_true([&] { return !peer.received().empty(); }));
    turned.settle();
    return peer;
  }
  void answer(test::BarePeer& peer, const std::string& status) {
    turned.send(peer, "HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n");
  }

  test::TurnedLoop turned;
  test::BarePort collector;
  OtlpExporter exporter;
};

std::size_t requests_in(const std::string& bytes) {
  std::size_t count = 0;
  for (auto at = bytes.find("POST /v1/traces HTTP/1.1\r\n"); at != bytes.npos;
       at = bytes.find("POST /v1/traces HTTP/1.1\r\n", at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace

TEST_CASE("batches go one after the other over one connection") {
  ExporterStage stage;
  stage.give(1);
  test::BarePeer& collector = stage.accept();
  stage.give(2);
  CHECK(requests_in(collector.received()) == 1);
  stage.answer(collector, "200 OK");
  CHECK(requests_in(collector.received()) == 2);
  stage.answer(collector, "200 OK");
  CHECK(stage.exporter.exported() == 3);
  CHECK(stage.exporter.intake().waiting() == 0);
  CHECK(stage.exporter.intake().dropped() == 0);
}

TEST_CASE("a collector that is busy is asked again after a second, with the same batch") {
  ExporterStage stage;
  stage.give(1);
  test::BarePeer& collector = stage.accept();
  stage.answer(collector, "429 Slow Down");
  CHECK(requests_in(collector.received()) == 1);
  stage.turned.pass_time(OtlpExporter::kFirstPause + 100ms);
  CHECK(requests_in(collector.received()) == 2);
  stage.answer(collector, "200 OK");
  CHECK(stage.exporter.exported() == 1);
}

TEST_CASE("what a collector refuses for good is dropped and counted, and the next goes on") {
  ExporterStage stage;
  stage.give(3);
  test::BarePeer& collector = stage.accept();
  stage.give(1);
  stage.answer(collector, "400 Bad Request");
  CHECK(stage.exporter.intake().dropped() == 3);
  CHECK(requests_in(collector.received()) == 2);
  stage.answer(collector, "200 OK");
  CHECK(stage.exporter.exported() == 1);
  CHECK(stage.exporter.intake().waiting() == 0);
}

TEST_CASE("a collector that stays silent is left after ten seconds, five times, then given up") {
  ExporterStage stage;
  stage.give(2);
  for (int i = 0; i < OtlpExporter::kMostTries; ++i) {
    stage.accept();
    stage.turned.pass_time(OtlpExporter::kTimeout + 100ms);
    CHECK(stage.exporter.intake().dropped() == (i + 1 == OtlpExporter::kMostTries ? 2 : 0));
    stage.turned.pass_time(20s);
  }
  CHECK(stage.exporter.intake().waiting() == 0);
}

TEST_CASE("a connection the collector closed is opened anew") {
  ExporterStage stage;
  stage.give(1);
  test::BarePeer& first = stage.accept();
  stage.answer(first, "200 OK");
  first.close();
  stage.turned.settle();
  stage.give(1);
  test::BarePeer& second = stage.accept();
  stage.answer(second, "200 OK");
  CHECK(stage.exporter.exported() == 2);
}

TEST_CASE("only so many requests wait, the rest is dropped where it comes from") {
  ExporterStage stage;
  stage.give(SpanIntake::kMostWaiting + 10);
  CHECK(stage.exporter.intake().dropped() == 10);
  CHECK(stage.exporter.intake().waiting() == SpanIntake::kMostWaiting);
  CHECK_FALSE(stage.exporter.intake().claim());
}

TEST_CASE("without a collector nothing is wanted, and what waits is dropped") {
  ExporterStage stage;
  CHECK(stage.exporter.intake().is_wanted());
  stage.give(2);
  stage.exporter.follow({}, {});
  CHECK_FALSE(stage.exporter.intake().is_wanted());
  CHECK(stage.exporter.intake().waiting() == 0);
}

TEST_CASE("at the end what waits is sent, for at most a second") {
  ExporterStage stage;
  int done = 0;
  stage.exporter.finish([&] { ++done; });
  CHECK(done == 1);
  stage.give(1);
  test::BarePeer& collector = stage.accept();
  stage.exporter.finish([&] { ++done; });
  CHECK(done == 1);
  stage.answer(collector, "200 OK");
  CHECK(done == 2);
  stage.give(1);
  stage.exporter.finish([&] { ++done; });
  stage.turned.pass_time(OtlpExporter::kFarewell + 100ms);
  CHECK(done == 3);
}

TEST_CASE("a worker hands over in batches, or after a while") {
  test::TurnedLoop turned;
  std::size_t batches = 0;
  std::size_t taken = 0;
  SpanIntake intake(turned.loop(), [&](SpanIntake::Batch batch) {
    ++batches;
    taken += batch.size();
  });
  SpanOutbox outbox(turned.loop(), intake);
  CHECK_FALSE(outbox.has_room());
  intake.set_wanted(true);
  for (std::size_t i = 0; i < SpanOutbox::kBatch + 1; ++i) {
    REQUIRE(outbox.has_room());
    outbox.add({});
  }
  turned.settle();
  CHECK(taken == SpanOutbox::kBatch);
  turned.pass_time(SpanOutbox::kPatience + 100ms);
  CHECK(taken == SpanOutbox::kBatch + 1);
  CHECK(batches == 2);
}
