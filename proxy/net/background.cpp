#include "proxy/net/background.h"

#include <memory>
#include <utility>

#include "proxy/base/check.h"

namespace poise::net {
namespace {

struct Job {
  uv_work_t request{};
  Loop& loop;
  std::function<void()> work;
  std::function<void()> done;
};

}  // namespace

void run_in_background(Loop& loop, std::function<void()> work, std::function<void()> done) {
  auto job =
      std::make_unique<Job>(Job{.loop = loop, .work = std::move(work), .done = std::move(done)});
  job->request.data = job.get();
  const int result = uv_queue_work(
      loop.uv(), &job->request,
      [](uv_work_t* request) { static_cast<Job*>(request->data)->work(); },
      [](uv_work_t* request, int) {
        const std::unique_ptr<Job> finished(static_cast<Job*>(request->data));
        finished->loop.begin_callback();
        finished->done();
        finished->loop.end_callback();
      });
  POISE_CHECK(result == 0);
  (void)job.release();
}

}  // namespace poise::net
