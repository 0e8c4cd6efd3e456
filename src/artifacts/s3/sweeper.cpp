#include "artifacts/s3/sweeper.hpp"

#include <utility>

#include "artifacts/s3/object_pages.hpp"

namespace streamdemo::artifacts::s3 {

sweeper::sweeper(sweeper_options o, client& c, budget& b, store_metrics& counts, base::metrics& metrics,
                 const base::clock& clock, const base::logger& log)
    : options_(std::move(o)),
      client_(c),
      budget_(b),
      counts_(counts),
      open_uploads_(metrics.gauge("streamdemo_bucket_unfinished_uploads",
                                  "Uploads in parts that nobody has finished yet, as of the last sweep")),
      clock_(clock),
      log_(log),
      unfinished_(options_.most_remembered) {}

awaitable<result<oldest_files>> sweeper::look() const {
  const auto root = options_.prefix + "files/";
  oldest_files oldest(options_.most_remembered);
  object_pages pages(client_, root);
  while (!pages.is_over()) {
    auto page = co_await pages.next();
    if (!page) co_return std::move(page).error();
    for (auto& o : *page) {
      if (!name_below(root, o.key).empty()) oldest.add({std::move(o.key), o.size, o.modified, o.modified});
    }
  }
  co_return oldest;
}

awaitable<std::size_t> sweeper::remove(const std::vector<stored_file>& files, base::counter& count) {
  std::size_t removed = 0;
  for (const auto& f : files) {
    if (const auto done = co_await client_.remove(f.path.string()); !done) {
      log_.warning("could not remove {} from the bucket: {}", f.path.string(), done.error().message);
      continue;
    }
    budget_.remove(sort::output, f.size);
    count.Increment();
    ++removed;
  }
  co_return removed;
}

awaitable<void> sweeper::outputs(std::uint64_t max_bytes) {
  // Looks again only where all that could be remembered had to go.
  for (bool may_be_more = true; may_be_more;) {
    const auto oldest = co_await look();
    if (!oldest) {
      log_.warning("could not list the files in the bucket: {}", oldest.error().message);
      co_return;
    }
    budget_.set_visible(sort::output, oldest->bytes());
    const auto plan =
        plan_sweep(oldest->remembered(), client_.server_now(), options_.keep_for, max_bytes, oldest->left_out());
    auto removed = co_await remove(plan.expired, counts_.expired);
    removed += co_await remove(plan.overflow, counts_.evicted);
    counts_.bytes.Set(static_cast<double>(budget_.visible(sort::output)));
    tell_overflow(log_, plan.overflow.size(), options_.max_bytes);
    may_be_more = removed > 0 && oldest->left_out_any() &&
                  plan.expired.size() + plan.overflow.size() == oldest->remembered().size();
  }
}

// What counts is how long this process has seen an upload, whatever the clocks say: one under way must not be given up.
// Processes that do not live so long leave it to the rules of the bucket.
awaitable<void> sweeper::uploads() {
  const auto root = options_.prefix + "inputs/";
  upload_list page;
  page.more = true;
  std::size_t open = 0;
  std::size_t given_up = 0;
  unfinished_.begin(clock_.even());
  while (page.more) {
    auto next = co_await client_.list_uploads(root, page.next_key, page.next_upload_id);
    if (!next && next.error().code == errc::unsupported) {
      if (!std::exchange(told_unsupported_, true)) {
        log_.info(
            "the bucket's server cannot list unfinished uploads: those of processes that were killed are left to "
            "its own rules");
      }
      co_return;
    }
    if (!next) {
      log_.warning("could not list the unfinished uploads in the bucket: {}", next.error().message);
      co_return;
    }
    page = std::move(*next);
    for (const auto& u : page.uploads) {
      if (name_below(root, u.key).empty()) continue;
      ++open;
      const auto now = clock_.even();
      if (now - unfinished_.date(u.upload_id, now) < options_.abort_after) continue;
      if (co_await client_.abort(u.key, u.upload_id)) ++given_up;
    }
    if (page.next_key.empty()) break;
  }
  unfinished_.end();
  open_uploads_.Set(static_cast<double>(open - given_up));
  if (given_up > 0) log_.info("gave up {} unfinished uploads in the bucket", given_up);
}

}  // namespace streamdemo::artifacts::s3
