// What only the store in a bucket does, and what becomes of it when its server fails.
#include <atomic>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <chrono>
#include <streamdemo/base/notifier.hpp>
#include <streamdemo/http/client.hpp>

#include "artifacts/s3/signer.hpp"
#include "stores/fault_proxy.hpp"
#include "stores/fixture.hpp"

using namespace streamdemo;
using namespace streamdemo::stores;

namespace {

struct bucket_fixture : fixture {
  // All stores that are made from now on speak with it.
  fault_proxy& faults(fault_proxy::judge j) {
    const auto server = proxy ? variable("STREAMDEMO_CONTRACT_S3") : bucket.endpoint;
    proxy = std::make_unique<fault_proxy>(server, std::move(j));
    bucket.endpoint = proxy->address();
    return *proxy;
  }
  double counted(const std::string& series) const {
    const auto text = metrics.expose();
    const auto at = text.find("\n" + series + " ");
    return at == text.npos ? 0 : std::stod(text.substr(at + series.size() + 2));
  }
  // What the judges of the proxy use: a request of a store that is gone may still be on its way.
  std::atomic<int> counted_faults{0};
  std::atomic<bool> expired{false};
  std::map<std::string, int> tries;
  std::unique_ptr<fault_proxy> proxy;
};

fault answered(int status, const std::string& code, const std::string& fields = {}) {
  return {fault::kind::answer, s3_error(status, code, fields), 0};
}

std::string first_line(const std::string& head) {
  return head.substr(0, head.find('\r'));
}

}  // namespace

#define ONLY_IN_A_BUCKET \
  if (!is_bucket()) return

TEST_CASE_FIXTURE(bucket_fixture, "a server that is busy is asked again, and then everything is as it should be") {
  ONLY_IN_A_BUCKET;
  faults([&](const std::string& head) {
    if (head.starts_with("GET") && head.find("list-type") != head.npos) return fault{};
    const int n = ++counted_faults % 3;
    if (n == 0) return fault{};
    return n == 1 ? answered(503, "SlowDown") : answered(500, "InternalError");
  });
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    CHECK((co_await put_output(*s, the_task, "clip", "0123")).value() == 4);
    CHECK((co_await get(*s, the_task, "clip")) == "0123");
  });
  CHECK(counted("streamdemo_bucket_retries_total") >= 4);
}

TEST_CASE_FIXTURE(bucket_fixture, "connections that break, before, during and after, cost no byte and double none") {
  ONLY_IN_A_BUCKET;
  const auto bytes = pattern(12 << 20);
  faults([&](const std::string& head) {
    if (head.find("list-type") != head.npos) return fault{};
    const auto n = ++tries[first_line(head)];
    if (head.starts_with("GET")) return n == 1 ? fault{fault::kind::cut_answer, {}, 30000} : fault{};
    if (head.starts_with("HEAD")) return fault{};
    // What begins an upload is lost once; every other request of it is carried out once, and its answer lost.
    if (n == 1) return fault{fault::kind::cut, {}, 0};
    return n == 2 ? fault{fault::kind::lost_answer, {}, 0} : fault{};
  });
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    CHECK((co_await put_output(*s, the_task, "clip", "0123")).value() == 4);
    CHECK((co_await put_output(*s, the_task, "clip", "0123")).error().code == errc::already_exists);
    CHECK(outcome(co_await put_input(*s, the_task, "in", bytes)) == "ok");
    CHECK((co_await get(*s, the_task, "in") == bytes));
    const auto copy = co_await s->local(the_task, "in");
    REQUIRE(copy.has_value());
    CHECK((text_of(copy->path) == bytes));
    CHECK((co_await s->inputs()).size() == 1);
  });
}

TEST_CASE_FIXTURE(bucket_fixture, "a completion that fails after the server has said 200 is tried again") {
  ONLY_IN_A_BUCKET;
  faults([&](const std::string& head) {
    const bool completes = head.starts_with("POST") && head.find("uploadId=") != head.npos;
    return completes && ++counted_faults == 1 ? answered(200, "InternalError") : fault{};
  });
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    CHECK(outcome(co_await put_input(*s, the_task, "in", std::string(6 << 20, 'x'))) == "ok");
    CHECK((co_await get(*s, the_task, "in")).size() == 6 << 20);
  });
  CHECK(counted_faults == 2);
}

TEST_CASE_FIXTURE(bucket_fixture, "a wrong clock of ours is told once, and requests are signed for the server's time") {
  ONLY_IN_A_BUCKET;
  faults([&](const std::string& head) {
    // As in 20261130T031500Z.
    auto stamp = head.substr(head.find("x-amz-date: ") + 12, 16);
    for (const auto& [at, mark] : {std::pair{13, ":"}, {11, ":"}, {6, "-"}, {4, "-"}}) stamp.insert(at, mark);
    const auto off = base::parse_time(stamp).value() - base::system_clock().now();
    if (off > -std::chrono::hours(1) && off < std::chrono::hours(1)) return fault{};
    ++counted_faults;
    const auto t = std::time(nullptr);
    char date[64];
    std::strftime(date, sizeof date, "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", std::gmtime(&t));
    return answered(403, "RequestTimeTooSkewed", date);
  });
  clock.ahead = std::chrono::hours(-5);
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    CHECK((co_await put_output(*s, the_task, "clip", "0123")).value() == 4);
    CHECK((co_await get(*s, the_task, "clip")) == "0123");
    // Nor does it look old.
    co_await s->sweep();
    CHECK((co_await get(*s, the_task, "clip")) == "0123");
  });
  CHECK(counted_faults == 1);
}

TEST_CASE_FIXTURE(bucket_fixture, "a key that expires is refused at once, and replaced by what its file has by then") {
  ONLY_IN_A_BUCKET;
  const auto file = root.path() / "credentials";
  const auto write = [&](const std::string& key, const std::string& secret) {
    std::ofstream(file) << "[other]\naws_access_key_id = x\n\n[default]\naws_access_key_id = " << key
                        << "\naws_secret_access_key=" << secret << "\n";
  };
  const auto key = bucket.access_key_id, secret = bucket.secret_access_key;
  bucket.access_key_id = bucket.secret_access_key = {};
  bucket.credentials_file = file;
  bucket.profile = "default";
  write("OLD", "old");
  const std::string list = "<ListBucketResult></ListBucketResult>";
  faults([&, list](const std::string& head) {
    if (head.find("Credential=OLD/") == head.npos) return fault{};
    if (expired) return answered(400, "ExpiredToken");
    return fault{
        fault::kind::answer,
        "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(list.size()) + "\r\nConnection: close\r\n\r\n" + list,
        0};
  });
  const auto s = make();
  expired = true;
  test::run([&]() -> awaitable<void> {
    const auto began = std::chrono::steady_clock::now();
    const auto refused = co_await put_output(*s, the_task, "clip", "0123");
    CHECK(refused.error().code == errc::unavailable);
    CHECK(refused.error().message.find("ExpiredToken") != std::string::npos);
    CHECK((co_await s->open(the_task, "clip")).error().code == errc::unavailable);
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(15));
    write(key, secret);
    CHECK((co_await put_output(*s, the_task, "clip", "0123")).value() == 4);
    CHECK((co_await get(*s, the_task, "clip")) == "0123");
  });
}

TEST_CASE_FIXTURE(bucket_fixture, "what is wrong with the settings is said at the start") {
  ONLY_IN_A_BUCKET;
  const auto good = bucket;
  bucket.bucket = "missing";
  CHECK(try_make().error().message.find("NoSuchBucket") != std::string::npos);
  CHECK(try_make().error().message.find("s3.bucket") != std::string::npos);
  bucket = good;
  bucket.secret_access_key = "another";
  CHECK(try_make().error().message.find("SignatureDoesNotMatch") != std::string::npos);
  bucket.access_key_id = {};
  CHECK(try_make().error().message.find("s3.access_key_id") != std::string::npos);
  bucket.credentials_file = root.path() / "none";
  CHECK(try_make().error().message.find("none (s3.credentials_file)") != std::string::npos);
  bucket = good;
  bucket.endpoint = "s3.example.org";
  CHECK(try_make().error().message.find("s3.endpoint") != std::string::npos);
  // A server that cannot be reached may come later.
  bucket.endpoint = "http://127.0.0.1:1";
  bucket.retry_for = std::chrono::milliseconds(300);
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    CHECK((co_await put_output(*s, the_task, "a", "1")).error().code == errc::unavailable);
    CHECK((co_await put_input(*s, the_task, "a", "1")).error().code == errc::unavailable);
    CHECK((co_await s->open(the_task, "a")).error().code == errc::unavailable);
    CHECK((co_await s->inputs()).empty());
    co_await s->sweep();
  });
}

TEST_CASE_FIXTURE(bucket_fixture, "what an upload that broke off has sent is given up") {
  ONLY_IN_A_BUCKET;
  faults([&](const std::string& head) {
    if (head.starts_with("DELETE") && head.find("uploadId=") != head.npos) ++counted_faults;
    return fault{};
  });
  {
    const auto s = make();
    test::run([&]() -> awaitable<void> {
      auto u = co_await s->create(the_task, "in", 1 << 26);
      CHECK(outcome(co_await (*u)->write(std::string(11 << 20, 'x'))) == "ok");
      u->reset();
      co_await until([&] { return counted_faults > 0; });
    });
  }
  CHECK(counted_faults == 1);
  if (server_lacks("listing unfinished uploads")) return;
  // That of a process that was killed is given up by whoever has seen it long enough.
  const auto patient = make();
  bucket.abort_after = std::chrono::milliseconds(0);
  bucket.retry_for = std::chrono::seconds(1);
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    auto u = co_await s->create(the_task, "in", 1 << 26);
    CHECK(outcome(co_await (*u)->write(std::string(5 << 20, 'x'))) == "ok");
    co_await patient->sweep();
    CHECK(counted("streamdemo_bucket_unfinished_uploads") == 1);
    CHECK(counted_faults == 1);
    co_await s->sweep();
    CHECK(counted("streamdemo_bucket_unfinished_uploads") == 0);
    CHECK(counted_faults == 2);
    CHECK(outcome(co_await (*u)->write(std::string(6 << 20, 'x'))) == "ok");
    CHECK((co_await (*u)->commit()).error().code == errc::unavailable);
  });
}

TEST_CASE_FIXTURE(bucket_fixture, "an upload that the server no longer knows is one that it cannot take now") {
  ONLY_IN_A_BUCKET;
  faults([&](const std::string& head) {
    const bool is_part = head.starts_with("PUT") && head.find("partNumber=2") != head.npos;
    return is_part ? fault{fault::kind::answer, s3_error(404, "NoSuchUpload"), 0} : fault{};
  });
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    auto u = co_await s->create(the_task, "in", 1 << 26);
    CHECK(outcome(co_await (*u)->write(std::string(11 << 20, 'x'))) == "ok");
    CHECK(outcome(co_await (*u)->commit()) ==
          "unavailable: the upload was given up by the bucket's server, or by its rules");
  });
}

TEST_CASE_FIXTURE(bucket_fixture,
                  "more files than the sweep remembers are removed in several looks, the oldest first") {
  ONLY_IN_A_BUCKET;
  bucket.swept_at_once = 3;
  max_bytes = 1000;
  const auto count = [&](const std::string& why) {
    return counted("streamdemo_artifacts_removed_total{reason=\"" + why + "\"}");
  };
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    const std::string content(100, 'x');
    for (char name = 'a'; name <= 'j'; ++name) {
      CHECK(outcome(co_await put_output(*s, the_task, std::string(1, name), content)) == "ok");
    }
    co_await s->sweep();
    CHECK(count("overflow") == 0);
    // Room for it, and a sixteenth of all.
    CHECK(outcome(co_await put_output(*s, the_task, "k", std::string(500, 'x'))) == "ok");
    CHECK(count("overflow") == 6);
    CHECK((co_await s->open(the_task, "f")).error().code == errc::not_found);
    CHECK((co_await s->open(the_task, "g")).has_value());
  });
  keep_for = -std::chrono::hours(1);
  const auto later = make();
  test::run([&]() -> awaitable<void> {
    co_await later->sweep();
    CHECK(count("expired") == 5);
    CHECK((co_await later->open(the_task, "k")).error().code == errc::not_found);
  });
}

TEST_CASE_FIXTURE(bucket_fixture, "who is canceled does not wait for a server that says nothing") {
  ONLY_IN_A_BUCKET;
  using namespace boost::asio::experimental::awaitable_operators;
  faults([&](const std::string& head) {
    return head.find("list-type") != head.npos ? fault{} : fault{fault::kind::silence, {}, 0};
  });
  const auto s = make();
  const auto began = std::chrono::steady_clock::now();
  test::run([&]() -> awaitable<void> {
    auto u = co_await s->create(the_task, "in", 1 << 26);
    CHECK(outcome(co_await (*u)->write("bytes")) == "ok");
    const auto opened = co_await (s->open(the_task, "clip") || base::sleep_for(std::chrono::milliseconds(50)));
    CHECK(opened.index() == 1);
    const auto committed = co_await ((*u)->commit() || base::sleep_for(std::chrono::milliseconds(50)));
    CHECK(committed.index() == 1);
    // Whether it is there is not known; it counts as refused.
    CHECK((co_await (*u)->commit()).error().code == errc::closed);
  });
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(15));
}

TEST_CASE_FIXTURE(bucket_fixture, "a file that is replaced while it is read is an error, not a mixture") {
  ONLY_IN_A_BUCKET;
  if (server_lacks("If-Match")) return;
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    CHECK(outcome(co_await put_output(*s, the_task, "clip", std::string(300'000, 'a'))) == "ok");
    const auto f = co_await s->open(the_task, "clip");
    REQUIRE(f.has_value());
    CHECK((co_await s->read(*f, 0, 10)).value() == "aaaaaaaaaa");
    co_await s->remove_outputs(the_task);
    CHECK((co_await s->read(*f, 200'000, 10)).error().code == errc::not_found);
    CHECK(outcome(co_await put_output(*s, the_task, "clip", std::string(300'000, 'b'))) == "ok");
    CHECK((co_await s->read(*f, 200'000, 10)).error().code == errc::conflict);
  });
}

TEST_CASE_FIXTURE(bucket_fixture, "memory for parts and space for copies have bounds, and become free again") {
  ONLY_IN_A_BUCKET;
  bucket.max_buffer_bytes = 3 * bucket.part_bytes;
  bucket.max_scratch_bytes = 150;
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    auto one = co_await s->create(the_task, "a", 1 << 26);
    REQUIRE(one.has_value());
    CHECK((co_await s->create(the_task, "b", 1 << 26)).error().code == errc::full);
    CHECK((co_await s->create(the_task, "b", 1 << 26, 100)).error().code == errc::full);
    CHECK(outcome(co_await (*one)->write(std::string(100, 'x'))) == "ok");
    CHECK(outcome(co_await (*one)->commit()) == "ok");
    (*one)->keep();
    CHECK(outcome(co_await put_input(*s, the_task, "b", std::string(100, 'y'))) == "ok");
    {
      const auto first = co_await s->local(the_task, "a");
      CHECK(counted("streamdemo_bucket_scratch_bytes") == 100);
      CHECK((co_await s->local(the_task, "b")).error().code == errc::full);
    }
    co_await s->sweep();
    co_await s->sweep();
    CHECK((co_await s->local(the_task, "b")).has_value());
  });
}

TEST_CASE_FIXTURE(bucket_fixture, "a link gives anybody the file, by the method and with the type that were signed") {
  ONLY_IN_A_BUCKET;
  bucket.endpoint = variable("STREAMDEMO_CONTRACT_OPEN_S3");
  const auto without = make();
  bucket.redirect = true;
  const auto s = make();
  CHECK(without->link_origin() == "");
  CHECK(s->link_origin() == bucket.endpoint);
  test::run([&]() -> awaitable<void> {
    CHECK(outcome(co_await put_output(*s, the_task, "clip.mp4", "0123456789")) == "ok");
    artifacts::link_request wanted;
    wanted.type = "video/mp4";
    const auto proxied = co_await without->open(the_task, "clip.mp4");
    CHECK_FALSE(without->link(*proxied, wanted).has_value());
    const auto f = co_await s->open(the_task, "clip.mp4");
    const auto address = s->link(*f, wanted).value();
    CHECK(address.starts_with(bucket.endpoint + "/contract/" + bucket.prefix + "files/" + the_task +
                              "/clip.mp4?X-Amz-Algorithm="));
    const auto colon = bucket.endpoint.rfind(':');
    const auto port = static_cast<std::uint16_t>(std::stoi(bucket.endpoint.substr(colon + 1)));
    const auto ex = co_await boost::asio::this_coro::executor;
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    const auto anybody = http::make_client(ex, "127.0.0.1", port);
    std::vector<http::field> fields;
    fields.push_back({"Range", "bytes=2-4"});
    const auto target = address.substr(bucket.endpoint.size());
    const auto got = co_await anybody->send(http::verb::get, target, fields, "", until);
    REQUIRE(got.has_value());
    CHECK(got->status == 206);
    CHECK(got->body == "234");
    CHECK(got->header("Content-Type") == "video/mp4");
    CHECK(got->header("ETag") == f->etag);
    wanted.head = true;
    const auto described = s->link(*f, wanted).value();
    const auto head = co_await anybody->send(http::verb::head, described.substr(bucket.endpoint.size()),
                                             std::vector<http::field>(), "", until);
    REQUIRE(head.has_value());
    CHECK(head->status == 200);
    CHECK(head->header("Content-Length") == "10");
    wanted.head = false;
    wanted.type = "application/octet-stream";
    wanted.disposition = "attachment; filename=\"clip.mp4\"";
    const auto attached = s->link(*f, wanted).value();
    const auto whole = co_await anybody->send(http::verb::get, attached.substr(bucket.endpoint.size()),
                                              std::vector<http::field>(), "", until);
    REQUIRE(whole.has_value());
    CHECK(whole->body == "0123456789");
    CHECK(whole->header("Content-Type") == wanted.type);
    CHECK(whole->header("Content-Disposition") == wanted.disposition);
    anybody->disconnect();
  });
}

TEST_CASE_FIXTURE(bucket_fixture, "what others have put below the prefix is neither swept nor taken for an upload") {
  ONLY_IN_A_BUCKET;
  {
    const auto s = make();
    test::run([&]() -> awaitable<void> {
      CHECK(outcome(co_await put_output(*s, "2024", "annual-report.pdf", "x")) == "ok");
      CHECK(outcome(co_await put_input(*s, "customer", "a.csv", "y")) == "ok");
      CHECK(outcome(co_await put_output(*s, the_task, "clip", "z")) == "ok");
      CHECK((co_await s->inputs()).empty());
    });
  }
  keep_for = -std::chrono::hours(1);
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    co_await s->sweep();
    CHECK((co_await get(*s, "2024", "annual-report.pdf")) == "x");
    CHECK((co_await get(*s, "customer", "a.csv")) == "y");
    CHECK((co_await s->open(the_task, "clip")).error().code == errc::not_found);
  });
}

TEST_CASE_FIXTURE(bucket_fixture, "a scratch directory that is gone is no missing upload") {
  ONLY_IN_A_BUCKET;
  const auto s = make();
  test::run([&]() -> awaitable<void> {
    CHECK(outcome(co_await put_input(*s, the_task, "in", "x")) == "ok");
    fs::remove_all(bucket.scratch_directory);
    const auto copy = co_await s->local(the_task, "in");
    REQUIRE(copy.has_error());
    CHECK(copy.error().code == errc::full);
    CHECK(copy.error().message.find("s3.scratch_directory") != std::string::npos);
  });
}
