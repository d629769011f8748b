#include "conf/route_tests.h"

#include <initializer_list>
#include <string_view>

#include "conf/reader/yaml_reader.h"

namespace poise::conf {
namespace {

using Of = Expectation::Of;

constexpr Range<std::uint32_t> kStatus{100, 599};

void read_one(YamlValue& value, Of of, RouteTest& test) {
  const auto text = value.text();
  if (text) test.expect.push_back({of, {}, {*text}, value.at()});
}

// `pool: api`, or `pool: [api, next]` of a split.
void read_pools(YamlValue& value, RouteTest& test) {
  if (!value.is_list()) return read_one(value, Of::pools, test);
  if (value.size() == 0) return value.error("must name a pool");
  Expectation expectation{Of::pools, {}, {}, value.at()};
  value.each([&](YamlValue& item) {
    if (const auto text = item.text()) expectation.wanted.push_back(*text);
  });
  test.expect.push_back(std::move(expectation));
}

void read_status(YamlValue& value, RouteTest& test) {
  int status = 0;
  value.read_status(status, kStatus);
  if (status != 0) test.expect.push_back({Of::status, {}, {std::to_string(status)}, value.at()});
}

// `X-Debug: ~` expects that there is none.
void read_headers(YamlValue& value, RouteTest& test) {
  value.entries([&](const std::string& name, YamlValue& entry) {
    Expectation expectation{Of::header, name, {}, entry.at()};
    if (!entry.is_null()) {
      const auto text = entry.text();
      if (!text) return;
      expectation.wanted.push_back(*text);
    }
    test.expect.push_back(std::move(expectation));
  });
}

void read_expect(YamlMap& map, RouteTest& test) {
  for (const auto& [key, of] :
       std::initializer_list<std::pair<std::string_view, Of>>{{"listener", Of::listener},
                                                              {"route", Of::route},
                                                              {"redirect", Of::redirect},
                                                              {"cause", Of::cause},
                                                              {"path", Of::path},
                                                              {"host", Of::host}}) {
    map.with(key, [&, kind = of](YamlValue& value) { read_one(value, kind, test); });
  }
  map.with("pool", [&](YamlValue& value) { read_pools(value, test); });
  map.with("status", [&](YamlValue& value) { read_status(value, test); });
  map.with("request_headers", [&](YamlValue& value) { read_headers(value, test); });
}

}  // namespace

RouteTest parse_route_test(YamlValue& value) {
  RouteTest test;
  test.at = value.at();
  const std::size_t before = value.diagnostics().error_count();
  value.read_map(value.what(), [&](YamlMap& map) {
    map.with("request", [&](YamlValue& request) {
      request.read(test.request);
      test.at = request.at();
    });
    map.entries("headers", [&](const std::string& name, YamlValue& entry) {
      if (const auto text = entry.text()) test.headers.emplace_back(name, *text);
    });
    map.read("from", test.from);
    map.read("listener", test.listener);
    map.read_map("expect", [&](YamlMap& expect) { read_expect(expect, test); });
  });
  if (value.diagnostics().error_count() != before) return test;
  if (test.request.empty() && test.listener.empty()) {
    value.error("has no 'request'");
  } else if (test.expect.empty()) {
    value.error("expects nothing: give it 'expect: { route: … }'");
  }
  return test;
}

}  // namespace poise::conf
