// A library to preload into a process. It shifts the wall clock that the process reads, but not the monotonic clock, nor
// waits until a wall-clock time. The file that CLOCK_AHEAD names contains the shift in seconds, as eight bytes; it may
// change at any time. (libfaketime shifts timespec_get but not cnd_timedwait: a program that uses one to compute the
// deadline of the other, as librdkafka does, then waits for an hour.)
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t* ahead;

__attribute__((constructor)) static void find_the_file(void) {
  const char* name = getenv("CLOCK_AHEAD");
  const int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
  if (file < 0) return;
  void* const at = mmap(NULL, sizeof *ahead, PROT_READ, MAP_SHARED, file, 0);
  if (at != MAP_FAILED) ahead = at;
  close(file);
}

static time_t seconds_ahead(void) { return ahead ? (time_t)*ahead : 0; }

int clock_gettime(clockid_t clock, struct timespec* t) {
  const int failed = (int)syscall(SYS_clock_gettime, clock, t);
  if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) t->tv_sec += seconds_ahead();
  return failed;
}

int gettimeofday(struct timeval* t, void* zone) {
  const int failed = (int)syscall(SYS_gettimeofday, t, zone);
  if (!failed) t->tv_sec += seconds_ahead();
  return failed;
}

time_t time(time_t* t) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (t) *t = now.tv_sec;
  return now.tv_sec;
}
