#include "conf/reader/reading_observer.h"

namespace poise::conf {
namespace {

thread_local ReadingObserver* observer_of_this_thread = nullptr;

}  // namespace

ReadingObserver* reading_observer() { return observer_of_this_thread; }

ObservedReading::ObservedReading(ReadingObserver& observer) { observer_of_this_thread = &observer; }

ObservedReading::~ObservedReading() { observer_of_this_thread = nullptr; }

void note_words(const std::vector<std::string>& words) {
  if (auto* observer = reading_observer()) observer->on_words(words);
}

}  // namespace poise::conf
