// Preloaded into a process it moves the time of day that the process sees, and leaves alone the time that only counts
// on, and what waits by the time of day. (libfaketime also moves timespec_get, but not cnd_timedwait: whoever asks the
// one to wait by the other, as Kafka's client library does, then waits for an hour.)
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec* t) {
  const int failed = (int)syscall(SYS_clock_gettime, clock, t);
  if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) t->tv_sec += AHEAD_SECONDS;
  return failed;
}

int gettimeofday(struct timeval* t, void* zone) {
  const int failed = (int)syscall(SYS_gettimeofday, t, zone);
  if (!failed) t->tv_sec += AHEAD_SECONDS;
  return failed;
}

time_t time(time_t* t) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (t) *t = now.tv_sec;
  return now.tv_sec;
}
