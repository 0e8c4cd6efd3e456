// Only for the thread sanitizer: implements C11 threads by POSIX threads. librdkafka uses C11 threads, which the
// sanitizer does not intercept: it would crash on a thread whose start it did not see, and report races where it did
// not see a lock. glibc uses the same types for both.
#if defined(__SANITIZE_THREAD__)
#define THREADS_ARE_WATCHED
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)  // clang's way to ask
#define THREADS_ARE_WATCHED
#endif
#endif
#if defined(THREADS_ARE_WATCHED)
#include <pthread.h>
#include <threads.h>

#include <cerrno>
#include <cstdint>

namespace {

static_assert(sizeof(mtx_t) == sizeof(pthread_mutex_t) && sizeof(cnd_t) == sizeof(pthread_cond_t));

pthread_mutex_t* mutex(mtx_t* m) {
  return reinterpret_cast<pthread_mutex_t*>(m);
}
pthread_cond_t* condition(cnd_t* c) {
  return reinterpret_cast<pthread_cond_t*>(c);
}

int outcome(int error) {
  switch (error) {
    case 0:
      return thrd_success;
    case EBUSY:
      return thrd_busy;
    case ETIMEDOUT:
      return thrd_timedout;
    case ENOMEM:
      return thrd_nomem;
    default:
      return thrd_error;
  }
}

struct beginning {
  thrd_start_t function;
  void* argument;
};

void* run(void* p) {
  const beginning b = *static_cast<beginning*>(p);
  delete static_cast<beginning*>(p);
  return reinterpret_cast<void*>(static_cast<std::intptr_t>(b.function(b.argument)));
}

}  // namespace

extern "C" {

int thrd_create(thrd_t* t, thrd_start_t function, void* argument) {
  return outcome(pthread_create(t, nullptr, run, new beginning{function, argument}));
}
int thrd_join(thrd_t t, int* result) {
  void* r = nullptr;
  const int error = pthread_join(t, &r);
  if (result != nullptr) *result = static_cast<int>(reinterpret_cast<std::intptr_t>(r));
  return outcome(error);
}
int thrd_detach(thrd_t t) {
  return outcome(pthread_detach(t));
}

int mtx_init(mtx_t* m, int type) {
  pthread_mutexattr_t attributes;
  pthread_mutexattr_init(&attributes);
  if ((type & mtx_recursive) != 0) pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_RECURSIVE);
  const int error = pthread_mutex_init(mutex(m), &attributes);
  pthread_mutexattr_destroy(&attributes);
  return outcome(error);
}
void mtx_destroy(mtx_t* m) {
  pthread_mutex_destroy(mutex(m));
}
int mtx_lock(mtx_t* m) {
  return outcome(pthread_mutex_lock(mutex(m)));
}
int mtx_trylock(mtx_t* m) {
  return outcome(pthread_mutex_trylock(mutex(m)));
}
int mtx_timedlock(mtx_t* m, const timespec* until) {
  return outcome(pthread_mutex_timedlock(mutex(m), until));
}
int mtx_unlock(mtx_t* m) {
  return outcome(pthread_mutex_unlock(mutex(m)));
}

int cnd_init(cnd_t* c) {
  return outcome(pthread_cond_init(condition(c), nullptr));
}
void cnd_destroy(cnd_t* c) {
  pthread_cond_destroy(condition(c));
}
int cnd_signal(cnd_t* c) {
  return outcome(pthread_cond_signal(condition(c)));
}
int cnd_broadcast(cnd_t* c) {
  return outcome(pthread_cond_broadcast(condition(c)));
}
int cnd_wait(cnd_t* c, mtx_t* m) {
  return outcome(pthread_cond_wait(condition(c), mutex(m)));
}
int cnd_timedwait(cnd_t* c, mtx_t* m, const timespec* until) {
  return outcome(pthread_cond_timedwait(condition(c), mutex(m), until));
}

}  // extern "C"
#endif
