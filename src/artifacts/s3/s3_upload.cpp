#include "artifacts/s3/s3_upload.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <streamdemo/base/hash.hpp>

namespace streamdemo::artifacts::s3 {

struct s3_upload::progress {
  progress(base::executor e, base::byte_budget::share r) : ex(e), room(std::move(r)), landed(e) {}

  const base::executor ex;  // the upload's
  base::byte_budget::share room;
  std::mutex mutex;  // for the following
  std::uint32_t on_their_way = 0;
  std::vector<sent_part> sent;
  std::optional<error> failed;
  bool abandoned = false;  // the upload is gone, and perhaps its loop: nothing may be posted there
  base::notifier landed;   // on `ex`
};

s3_upload::s3_upload(s3_store& owner, base::executor ex, std::string key, std::uint64_t max_bytes,
                     std::uint64_t expected, base::byte_budget::share room)
    : owner_(owner),
      key_(std::move(key)),
      max_bytes_(max_bytes),
      expected_(expected),
      reserved_(expected),
      progress_(std::make_shared<progress>(ex, std::move(room))) {}

s3_upload::~s3_upload() {
  bool idle = false;
  {
    const std::lock_guard lock(progress_->mutex);
    progress_->abandoned = true;
    idle = progress_->on_their_way == 0;
  }
  if (!committed_) owner_.release(sort::input, reserved_);
  if (kept_) return;
  if (committed_) {
    owner_.spawn([&owner = owner_, key = key_] { return owner.remove_upload(key, client::try_once::no); });
  } else if (parts_ && idle) {
    // Otherwise the last of its parts does it.
    owner_.spawn([&owner = owner_, shared = progress_, what = *parts_] { return drop(owner, shared, what); });
  }
}

awaitable<void> s3_upload::drop(s3_store& owner, std::shared_ptr<progress>, client::parts_upload what) {
  co_await owner.bucket().abort(what.key, what.id);  // what remains is given up by the sweep
}

awaitable<result<void>> s3_upload::write(std::string_view bytes) {
  if (failed_ || committed_) co_return error{errc::closed, "this upload already ended"};
  failed_ = true;  // should the coroutine be canceled
  auto done = co_await write_some(bytes);
  failed_ = !done;
  co_return done;
}

awaitable<result<void>> s3_upload::write_some(std::string_view bytes) {
  if (bytes.size() > max_bytes_ - size_) {
    co_return error{errc::too_large, fmt::format("the file is larger than the allowed {} bytes", max_bytes_)};
  }
  if (size_ + bytes.size() > reserved_) {
    const auto more = size_ + bytes.size() - reserved_;
    if (auto room = co_await owner_.make_room(sort::input, more); !room) co_return room;
    reserved_ += more;
  }
  size_ += bytes.size();
  while (!bytes.empty()) {
    const auto full = static_cast<std::size_t>(owner_.chosen().part_bytes);
    // Once, so that it does not move as it grows.
    if (filling_.empty() && expected_ > 0) {
      filling_.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(full, expected_)));
    } else if (filling_.empty()) {
      filling_.reserve(full);
    }
    const auto n = std::min(bytes.size(), full - filling_.size());
    filling_.append(bytes.substr(0, n));
    bytes.remove_prefix(n);
    if (filling_.size() < full) continue;
    if (auto started = co_await start_part(); !started) co_return started;
  }
  co_return result<void>{};
}

awaitable<result<void>> s3_upload::start_part() {
  if (!parts_) {
    auto begun = co_await owner_.bucket().begin(key_);
    if (!begun) co_return std::move(begun).error();
    parts_ = std::move(*begun);
  }
  if (auto free = co_await wait_for_parts(owner_.chosen().parts_in_flight); !free) co_return free;
  {
    const std::lock_guard lock(progress_->mutex);
    ++progress_->on_their_way;
  }
  // The body may be copied as a std::function, its bytes must not.
  auto bytes = std::make_shared<std::string>(std::move(filling_));
  filling_ = {};
  owner_.spawn([&owner = owner_, shared = progress_, to = *parts_, number = next_part_++, bytes] {
    return send(owner, shared, to, number, std::move(*bytes));
  });
  co_return result<void>{};
}

// On the store's loop.
awaitable<void> s3_upload::send(s3_store& owner, std::shared_ptr<progress> shared, client::parts_upload to, int number,
                                std::string bytes) {
  content what;
  what.bytes = bytes;
  what.hash = co_await owner.pool().run([&bytes] { return base::sha256_hex(bytes); });
  auto sent = co_await owner.bucket().put_part(to, number, std::move(what));
  std::string().swap(bytes);
  bool last_of_abandoned = false;
  {
    const std::lock_guard lock(shared->mutex);
    --shared->on_their_way;
    if (sent) {
      shared->sent.push_back(std::move(*sent));
    } else if (!shared->failed) {
      shared->failed = std::move(sent).error();
    }
    if (shared->abandoned) {
      last_of_abandoned = shared->on_their_way == 0;
    } else {
      asio::post(shared->ex, [shared] { shared->landed.notify_all(); });
    }
  }
  if (last_of_abandoned) co_await drop(owner, shared, std::move(to));
}

awaitable<result<void>> s3_upload::wait_for_parts(std::uint32_t most) {
  for (;;) {
    {
      const std::lock_guard lock(progress_->mutex);
      if (progress_->failed) co_return *progress_->failed;
      if (progress_->on_their_way < most) co_return result<void>{};
    }
    co_await progress_->landed.wait();
  }
}

awaitable<result<void>> s3_upload::commit() {
  if (failed_ || committed_) co_return error{errc::closed, "this upload already ended"};
  failed_ = true;
  auto done = co_await publish();
  failed_ = !done;
  committed_ = !failed_;
  if (committed_) {
    owner_.committed(key_);
    owner_.publish(sort::input, size_);
    owner_.release(sort::input, reserved_ - size_);
    progress_->room.release();
  }
  co_return done;
}

awaitable<result<void>> s3_upload::publish() {
  if (!parts_) {
    content what;
    what.bytes = filling_;
    what.hash = co_await owner_.pool().run([this] { return base::sha256_hex(filling_); });
    auto put = co_await owner_.bucket().put(key_, std::move(what));
    if (put) filling_ = {};
    co_return put;
  }
  if (!filling_.empty()) {
    if (auto started = co_await start_part(); !started) co_return started;
  }
  if (auto all = co_await wait_for_parts(1); !all) co_return all;
  auto sent = progress_->sent;
  std::sort(sent.begin(), sent.end(), [](const auto& a, const auto& b) { return a.number < b.number; });
  co_return co_await owner_.bucket().complete(*parts_, sent);
}

}  // namespace streamdemo::artifacts::s3
