#include "proxy/server/carried_counters.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>
#include <vector>

#include "proxy/server/metrics_view.h"

namespace poise::server {
namespace {

using nlohmann::json;

// ---- which cells a record has, by name. Not those of what is under way, which stays behind.

template <class Cells, class Visit>
void each_series(exchange::ListenerCells*, Cells& cells, Visit visit) {
  visit("connections_total", cells.connections_total);
  visit("bytes_in", cells.bytes_in);
  visit("bytes_out", cells.bytes_out);
}

template <class Cells, class Visit>
void each_series(exchange::RouteCells*, Cells& cells, Visit visit) {
  visit("requests", cells.requests);
  visit("failures", cells.failures);
  visit("duration", cells.duration);
  visit("self", cells.self);
}

template <class Cells, class Visit>
void each_series(pool::PoolCells*, Cells& cells, Visit visit) {
  visit("retries", cells.retries);
  visit("retry_budget_exhausted", cells.retry_budget_exhausted);
  visit("queue", cells.queue);
}

template <class Cells, class Visit>
void each_series(pool::BackendCells*, Cells& cells, Visit visit) {
  visit("requests", cells.requests);
  visit("failures", cells.failures);
  visit("duration", cells.duration);
  visit("wait", cells.wait);
}

// ---- a series as numbers

using Numbers = std::vector<std::uint64_t>;

template <class Visit>
void each_cell(base::Cell& cell, Visit visit) {
  visit(cell);
}
template <class Visit>
void each_cell(const base::Cell& cell, Visit visit) {
  visit(cell);
}
template <std::size_t N, class Visit>
void each_cell(std::array<base::Cell, N>& cells, Visit visit) {
  for (base::Cell& cell : cells) visit(cell);
}
template <std::size_t N, class Visit>
void each_cell(const std::array<base::Cell, N>& cells, Visit visit) {
  for (const base::Cell& cell : cells) visit(cell);
}
template <class Visit>
void each_cell(base::Histogram& histogram, Visit visit) {
  histogram.for_each_cell(visit);
}
template <class Visit>
void each_cell(const base::Histogram& histogram, Visit visit) {
  histogram.for_each_cell(visit);
}

template <class Series>
void add_to(Numbers& sums, const Series& series) {
  std::size_t place = 0;
  each_cell(series, [&](const base::Cell& cell) {
    if (place == sums.size()) sums.push_back(0);
    sums[place++] += cell.read();
  });
}

// Whose cells have another number belong to another version: better none than wrong ones.
template <class Series>
void set_to(const Numbers& numbers, Series& series) {
  std::size_t count = 0;
  each_cell(series, [&](base::Cell&) { ++count; });
  if (count != numbers.size()) return;
  std::size_t place = 0;
  each_cell(series, [&](base::Cell& cell) { cell.add(numbers[place++] - cell.read()); });
}

template <class Cells>
json numbers_of(const base::PerWorker<Cells>& cells) {
  std::map<std::string, Numbers> sums;
  cells.for_each([&](const Cells& of_one) {
    each_series(static_cast<Cells*>(nullptr), of_one,
                [&](const char* name, const auto& series) { add_to(sums[name], series); });
  });
  json all = json::object();
  for (const auto& [name, numbers] : sums) {
    const bool is_zero =
        std::all_of(numbers.begin(), numbers.end(), [](std::uint64_t n) { return n == 0; });
    if (!is_zero) all[name] = numbers;
  }
  return all;
}

std::optional<Numbers> read_numbers(const json& value) {
  if (!value.is_array()) return std::nullopt;
  Numbers numbers;
  for (const json& number : value) {
    if (!number.is_number_unsigned()) return std::nullopt;
    numbers.push_back(number.get<std::uint64_t>());
  }
  return numbers;
}

template <class Cells>
void carry(const json& all, base::PerWorker<Cells>& cells) {
  if (!all.is_object() || all.empty()) return;
  each_series(static_cast<Cells*>(nullptr), cells.of(base::kCarriedOver),
              [&](const char* name, auto& series) {
                const auto found = all.find(name);
                if (found == all.end()) return;
                if (const auto numbers = read_numbers(*found)) set_to(*numbers, series);
              });
}

// ---- whose they are

// Calls `visit` with a name that no other record has, and the record's cells.
template <class Visit>
void each_record(const Snapshot& snapshot, Visit visit) {
  for (const ListenerSnapshot& listener : snapshot.listeners) {
    const auto& record = listener.http != nullptr ? listener.http->listener : listener.tcp->record;
    visit(json::array({"listener", record->name}), record->cells);
    for (const auto& route : route_records(listener)) {
      visit(json::array({"route", route->listener, route->route, route->pool}), route->cells);
    }
  }
  for (const auto& plan : snapshot.pools) {
    visit(json::array({"pool", plan->config.name}), plan->record->cells);
    for (const auto& backend : plan->backend_records) {
      visit(json::array({"backend", plan->config.name, backend->name, backend->address.text()}),
            backend->cells);
    }
  }
}

std::string text_of(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::string counters_text(const Snapshot& snapshot) {
  json all = json::array();
  each_record(snapshot, [&](const json& name, const auto& cells) {
    json numbers = numbers_of(cells);
    if (!numbers.empty()) all.push_back(json::array({name, std::move(numbers)}));
  });
  return text_of(all);
}

bool carry_counters(std::string_view text, const Snapshot& snapshot) {
  const json all = json::parse(text, nullptr, false);
  if (!all.is_array()) return false;
  std::map<std::string, const json*> by_name;
  for (const json& entry : all) {
    if (!entry.is_array() || entry.size() != 2) return false;
    by_name[text_of(entry[0])] = &entry[1];
  }
  each_record(snapshot, [&](const json& name, auto& cells) {
    const auto found = by_name.find(text_of(name));
    if (found != by_name.end()) carry(*found->second, cells);
  });
  return true;
}

}  // namespace poise::server
