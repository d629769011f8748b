#include "proxy/net/resolver.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace poise::net {

namespace {

// More targets than this behind one service are no plan but a mistake or an attack.
constexpr std::size_t kMostServices = 256;

class LookupInSteps final : public Lookup, private Task {
 public:
  LookupInSteps(Loop& loop, ResolverChannel& channel, HostsFile& hosts,
                std::function<void(Resolution)> done)
      : loop_(loop), channel_(channel), hosts_(hosts), done_(std::move(done)) {}

  void start(const Question& question);

 private:
  class ServiceQuery;
  class HostQuery;

  void on_services(DnsReply reply);
  void look_up_host(const std::string& name, const std::vector<HostRecord>& told);
  void ask_host(const std::string& target, RecordType type);
  void on_host_done(HostAnswer answer);
  void finish_if_complete();
  void run() override;

  Loop& loop_;
  ResolverChannel& channel_;
  HostsFile& hosts_;
  std::function<void(Resolution)> done_;
  std::unique_ptr<ServiceQuery> service_query_;
  std::vector<std::unique_ptr<HostQuery>> host_queries_;
  std::size_t missing_ = 0;
  std::vector<ServiceRecord> services_;
  std::chrono::seconds ttl_ = kLongestTtl;
  std::vector<HostAnswer> answers_;
  Resolution no_services_;
};

class LookupInSteps::ServiceQuery final : public DnsQuery {
 public:
  ServiceQuery(LookupInSteps& lookup, const std::string& name)
      : DnsQuery(name, RecordType::srv), lookup_(lookup) {}
  void on_reply(DnsReply reply) noexcept override { lookup_.on_services(std::move(reply)); }

 private:
  LookupInSteps& lookup_;
};

class LookupInSteps::HostQuery final : public DnsQuery {
 public:
  HostQuery(LookupInSteps& lookup, std::string target, const std::string& name, RecordType type)
      : DnsQuery(name, type), lookup_(lookup), target_(std::move(target)) {}

  void on_reply(DnsReply reply) noexcept override {
    HostAnswer answer;
    answer.target = target_;
    answer.type = type();
    answer.reason = std::move(reply.reason);
    answer.ttl = reply.answer.ttl;
    answer.addresses = std::move(reply.answer.addresses);
    if (reply.kind == DnsReply::Kind::answered) answer.kind = HostAnswer::Kind::found;
    if (reply.kind == DnsReply::Kind::denied) answer.kind = HostAnswer::Kind::denied;
    lookup_.on_host_done(std::move(answer));
  }

 private:
  LookupInSteps& lookup_;
  std::string target_;
};

Resolution why_no_services(DnsReply reply) {
  Resolution resolution;
  if (reply.kind == DnsReply::Kind::failed) {
    resolution.reason = std::move(reply.reason);
  } else {
    resolution.kind = Resolution::Kind::denied;
    resolution.reason = "no service by that name";
  }
  return resolution;
}

std::vector<Address> of_type(RecordType type, const std::vector<Address>& all) {
  const int family = type == RecordType::a ? AF_INET : AF_INET6;
  std::vector<Address> some;
  std::copy_if(all.begin(), all.end(), std::back_inserter(some),
               [&](const Address& address) { return address.family() == family; });
  return some;
}

std::vector<Address> addresses_of(const std::string& name, const std::vector<HostRecord>& told) {
  std::vector<Address> addresses;
  for (const HostRecord& record : told) {
    if (record.name == name) addresses.push_back(record.address);
  }
  return addresses;
}

void LookupInSteps::start(const Question& question) {
  if (question.kind == Question::Kind::services) {
    service_query_ = std::make_unique<ServiceQuery>(*this, question.name);
    return channel_.ask(*service_query_);
  }
  services_.push_back({0, 0, question.port, question.name});
  look_up_host(question.name, {});
  finish_if_complete();
}

void LookupInSteps::on_services(DnsReply reply) {
  services_ = std::move(reply.answer.services);
  std::erase_if(services_, [](const ServiceRecord& each) { return each.target.empty(); });
  if (services_.size() > kMostServices) services_.resize(kMostServices);
  if (services_.empty()) no_services_ = why_no_services(std::move(reply));
  ttl_ = reply.answer.ttl;
  std::set<std::string> targets;
  for (const ServiceRecord& service : services_) targets.insert(service.target);
  for (const std::string& target : targets) look_up_host(target, reply.answer.additional);
  finish_if_complete();
}

// What the file says of a name is all there is to it. What the server told along is good for its
// family only: it may have left out the other.
void LookupInSteps::look_up_host(const std::string& name, const std::vector<HostRecord>& told) {
  const std::vector<Address> in_file = hosts_.find(name);
  for (const RecordType type : {RecordType::a, RecordType::aaaa}) {
    HostAnswer answer;
    answer.target = name;
    answer.type = type;
    answer.kind = HostAnswer::Kind::denied;
    answer.addresses = of_type(type, in_file.empty() ? addresses_of(name, told) : in_file);
    answer.ttl = in_file.empty() ? ttl_ : std::chrono::seconds(0);
    if (!answer.addresses.empty()) answer.kind = HostAnswer::Kind::found;
    if (answer.addresses.empty() && in_file.empty()) {
      ask_host(name, type);
    } else {
      answers_.push_back(std::move(answer));
    }
  }
}

// The target of a service is a whole name: the search list is not for it.
void LookupInSteps::ask_host(const std::string& target, RecordType type) {
  const std::string name = service_query_ != nullptr ? target + '.' : target;
  host_queries_.push_back(std::make_unique<HostQuery>(*this, target, name, type));
  ++missing_;
  channel_.ask(*host_queries_.back());
}

void LookupInSteps::on_host_done(HostAnswer answer) {
  answers_.push_back(std::move(answer));
  --missing_;
  finish_if_complete();
}

void LookupInSteps::finish_if_complete() {
  if (missing_ == 0) loop_.schedule(*this);
}

void LookupInSteps::run() {
  Resolution resolution =
      services_.empty() ? std::move(no_services_) : join_answers(services_, ttl_, answers_);
  const auto done = std::exchange(done_, nullptr);
  done(std::move(resolution));
}

}  // namespace

Resolver::Resolver(Loop& loop, DnsConfig config, std::string hosts_path)
    : loop_(loop),
      config_(config),
      channel_(loop, std::move(config)),
      hosts_(std::move(hosts_path)) {}

std::unique_ptr<Lookup> Resolver::resolve(const Question& question,
                                          std::function<void(Resolution)> done) {
  auto lookup = std::make_unique<LookupInSteps>(loop_, channel_, hosts_, std::move(done));
  lookup->start(question);
  return lookup;
}

void Resolver::configure(DnsConfig config) {
  if (config == config_) return;
  config_ = config;
  channel_.configure(std::move(config));
}

}  // namespace poise::net
