#include <doctest/doctest.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <streamdemo/base/id.hpp>
#include <streamdemo/processor/handlers.hpp>

#include "support/fake_emitter.hpp"
#include "support/run.hpp"
#include "support/temporary_directory.hpp"

using namespace streamdemo;
using namespace boost::asio::experimental::awaitable_operators;
using base::awaitable;
using base::errc;
namespace fs = std::filesystem;

namespace {

std::string read_all(const fs::path& p) {
  std::ifstream in(p, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

// Where a top-level box of an MP4 file begins; npos: there is none.
std::size_t box(const std::string& file, std::string_view type) {
  for (std::size_t at = 0; at + 8 <= file.size();) {
    if (file.compare(at + 4, 4, type) == 0) return at;
    std::size_t size = 0;
    for (int i = 0; i < 4; ++i) size = size << 8 | static_cast<unsigned char>(file[at + i]);
    if (size < 8) break;
    at += size;
  }
  return std::string::npos;
}

// What ffprobe measures: seconds, and how many frames of picture it could decode.
struct measured {
  double seconds = 0;
  int frames = 0;
  double first = -1;
};
measured measure(const fs::path& p) {
  const auto line =
      "ffprobe -v error -count_frames -select_streams v:0 -of default=nk=1:nw=1 "
      "-show_entries stream=start_time,duration,nb_read_frames " +
      p.string();
  measured m;
  if (FILE* out = ::popen(line.c_str(), "r")) {
    if (std::fscanf(out, "%lf %lf %d", &m.first, &m.seconds, &m.frames) != 3) m.frames = -1;
    ::pclose(out);
  }
  return m;
}

// How many samples of sound, of one channel, a player gets out of it at `rate`.
std::int64_t samples(const fs::path& p, int rate) {
  const auto line = "ffmpeg -v error -nostdin -i " + p.string() + " -map 0:a:0 -ac 1 -ar " + std::to_string(rate) +
                    " -f s16le - | wc -c";
  long long bytes = -1;
  if (FILE* out = ::popen(line.c_str(), "r")) {
    if (std::fscanf(out, "%lld", &bytes) != 1) bytes = -1;
    ::pclose(out);
  }
  return bytes / 2;
}

struct seen_clip {
  std::int64_t index;
  std::string name;
  double start, end;
  std::int64_t bytes;
};

struct fixture {
  test::temporary_directory root;
  base::system_clock clock;
  base::metrics metrics;
  base::logger log{"test", base::log_level::off};
  std::unique_ptr<artifacts::store> store =
      artifacts::make_directory_store({root.path() / "store", std::chrono::hours(1), 1 << 28, 2}, clock, metrics, log)
          .value();
  std::string id = base::random_id();
  std::stop_source stop;

  processor::job job_of(std::string payload) {
    processor::job j;
    j.request_id = id;
    j.kind = "process-video";
    j.run = base::random_id();
    j.payload = std::move(payload);
    j.stop = stop.get_token();
    return j;
  }

  std::unique_ptr<processor::handler> handler(std::function<void(processor::video_options&)> change = {}) {
    processor::video_options o;
    o.max_sample_seconds = 1000;
    if (change) change(o);
    return processor::make_video_handler(o, *store);
  }

  // Makes a file with ffmpeg; the arguments may name others of these.
  fs::path make(const std::string& name, const std::string& arguments) {
    const auto line = "cd " + root.path().string() + " && ffmpeg -v error -nostdin -y " + arguments + " " + name;
    REQUIRE(std::system(line.c_str()) == 0);
    return root.path() / name;
  }
  fs::path video(const std::string& name, int seconds, const std::string& more = "") {
    const auto s = std::to_string(seconds);
    return make(name, "-f lavfi -i testsrc2=size=160x90:rate=30000/1001:duration=" + s +
                          " -f lavfi -i sine=duration=" + s + " -c:v libx264 -preset ultrafast -g 300 " + more);
  }

  awaitable<void> upload(std::string name, std::string bytes) {
    auto u = co_await store->create(id, name, 1 << 28);
    CHECK((co_await (*u)->write(bytes)).has_value());
    CHECK((co_await (*u)->commit()).has_value());
    (*u)->keep();
  }

  fs::path visible(const std::string& name) const { return root.path() / "store/files" / id / name; }
  bool scratch_is_empty() const { return fs::is_empty(root.path() / "store/tmp"); }
};

std::vector<seen_clip> clips_of(const test::fake_emitter& out, const std::string& id) {
  std::vector<seen_clip> clips;
  for (const auto& text : out.payloads("result")) {
    const auto o = boost::json::parse(text).as_object();
    const std::string url(o.at("url").as_string());
    const auto prefix = "/api/artifacts/" + id + "/";
    CHECK(url.starts_with(prefix));
    CHECK(o.at("media_type").as_string() == "video/mp4");
    clips.push_back({o.at("index").as_int64(), url.substr(prefix.size()), o.at("start").to_number<double>(),
                     o.at("end").to_number<double>(), o.at("bytes").as_int64()});
  }
  return clips;
}

// Each clip plays on its own, has its index in front, and they fit together without gap or overlap.
void check_clips(const fixture& f, const std::vector<seen_clip>& clips, double seconds, double clip_seconds) {
  double at = 0;
  std::int64_t index = 0;
  for (const auto& c : clips) {
    CAPTURE(c.index);
    CHECK(c.index == index++);
    CHECK(c.start == doctest::Approx(at).epsilon(0.0001));
    at = c.end;
    const bool last = index == static_cast<std::int64_t>(clips.size());
    if (!last) CHECK(c.end - c.start == doctest::Approx(clip_seconds).epsilon(0.03));
    const auto bytes = read_all(f.visible(c.name));
    CHECK(static_cast<std::int64_t>(bytes.size()) == c.bytes);
    CHECK(box(bytes, "moov") < box(bytes, "mdat"));
    CHECK(box(bytes, "mdat") != std::string::npos);
    const auto m = measure(f.visible(c.name));
    CHECK(m.seconds == doctest::Approx(c.end - c.start).epsilon(0.03));
    CHECK(m.first == doctest::Approx(0).epsilon(0.001));
    CHECK(m.frames > 0);
  }
  CHECK(at == doctest::Approx(seconds).epsilon(0.02));
}

bool says(const base::result<processor::outcome>& r, std::string_view text) {
  return !r && r.error().message.find(text) != std::string::npos;
}

constexpr auto upload_in = R"({"source":"upload","upload":"in","clip_seconds":2,"size":"144p","preset":"ultrafast"})";

}  // namespace

TEST_CASE_FIXTURE(fixture, "the sample becomes clips that play on their own, each told as soon as it is finished") {
  test::run([&]() -> awaitable<void> {
    test::fake_emitter out(co_await asio::this_coro::executor);
    // A clip is whole at the moment of its event, not only in the end.
    out.on_event = [&](const test::emitted& e) {
      if (e.type == "result") CHECK(measure(visible(clips_of(out, id).back().name)).frames == 50);
    };
    const auto h = handler();
    CHECK(h->resumable());
    const auto r = co_await h->run(job_of(R"({"source":"sample","sample_seconds":12,"clip_seconds":2,
      "size":"160x90"})"),
                                   out);
    CHECK(r.has_value());
    const auto clips = clips_of(out, id);
    CHECK(clips.size() == 6);
    check_clips(*this, clips, 12, 2);
    double told = 0;
    for (const auto& e : out.events) {
      if (e.type != "progress") continue;
      CHECK(e.fraction >= told);
      CHECK(e.fraction <= 1);
      told = e.fraction;
    }
    CHECK(told == 1);
    CHECK(out.most_at_once == 1);
    CHECK(scratch_is_empty());
  });
}

TEST_CASE_FIXTURE(fixture, "an upload with an uneven frame rate is cut at the right places") {
  const auto file = video("in.mkv", 7);
  test::run([&]() -> awaitable<void> {
    co_await upload("in", read_all(file));
    test::fake_emitter out(co_await asio::this_coro::executor);
    CHECK((co_await handler()->run(job_of(upload_in), out)).has_value());
    const auto clips = clips_of(out, id);
    CHECK(clips.size() == 4);
    check_clips(*this, clips, 7, 2);
  });
}

TEST_CASE_FIXTURE(fixture, "the sound of the clips, joined, is as long as the video's, at every rate and preset") {
  // With B-frames, which the encoder puts out late; few pictures a second made it worst.
  for (const auto& [rate, preset] : std::vector<std::pair<std::string, std::string>>{
           {"30000/1001", "veryfast"}, {"2", "veryfast"}, {"25", "medium"}, {"120", "ultrafast"}}) {
    CAPTURE(rate);
    id = base::random_id();
    const auto file = make("in.mp4", "-f lavfi -i testsrc2=size=160x90:rate=" + rate +
                                         ":duration=7 -f lavfi -i sine=duration=7:sample_rate=48000 -c:v libx264 "
                                         "-preset ultrafast");
    test::run([&]() -> awaitable<void> {
      co_await upload("in", read_all(file));
      test::fake_emitter out(co_await asio::this_coro::executor);
      const auto payload = R"({"source":"upload","upload":"in","clip_seconds":2,"preset":")" + preset + R"("})";
      CHECK((co_await handler()->run(job_of(payload), out)).has_value());
      const auto clips = clips_of(out, id);
      CHECK(clips.size() == 4);
      std::int64_t sum = 0;
      int frames = 0;
      for (const auto& c : clips) {
        sum += samples(visible(c.name), 48000);
        frames += measure(visible(c.name)).frames;
      }
      CHECK(std::abs(sum - samples(file, 48000)) <= 1024);
      CHECK(frames == measure(file).frames);
    });
  }
}

TEST_CASE_FIXTURE(fixture, "sound that is longer than the picture is in the last clip, which says so") {
  const auto file = make("in.mp4",
                         "-f lavfi -i testsrc2=size=160x90:rate=25:duration=3 -f lavfi -i sine=duration=6 "
                         "-c:v libx264 -preset ultrafast");
  test::run([&]() -> awaitable<void> {
    co_await upload("in", read_all(file));
    test::fake_emitter out(co_await asio::this_coro::executor);
    CHECK((co_await handler()->run(job_of(upload_in), out)).has_value());
    const auto clips = clips_of(out, id);
    REQUIRE(clips.size() == 2);
    CHECK(clips[0].end == doctest::Approx(2));
    CHECK(clips[1].end == doctest::Approx(6).epsilon(0.01));
    CHECK(samples(visible(clips[1].name), 44100) == doctest::Approx(4 * 44100).epsilon(0.02));
  });
}

TEST_CASE_FIXTURE(fixture, "a video without sound is cut too") {
  const auto file = video("in.mp4", 3, "-an");
  test::run([&]() -> awaitable<void> {
    co_await upload("in", read_all(file));
    test::fake_emitter out(co_await asio::this_coro::executor);
    CHECK((co_await handler()->run(job_of(upload_in), out)).has_value());
    CHECK(clips_of(out, id).size() == 2);
  });
}

TEST_CASE_FIXTURE(fixture, "a second run goes on behind the last clip: none twice, none missing, no frame lost") {
  const auto file = video("in.mp4", 7);
  for (const std::string& payload :
       {std::string(upload_in),
        std::string(
            R"({"source":"sample","sample_seconds":7,"clip_seconds":2,"size":"160x90","preset":"ultrafast"})")}) {
    CAPTURE(payload);
    const bool sample = payload != upload_in;
    id = base::random_id();
    stop = std::stop_source();
    test::run([&]() -> awaitable<void> {
      co_await upload("in", read_all(file));
      test::fake_emitter out(co_await asio::this_coro::executor);
      out.on_event = [&](const test::emitted&) {
        if (out.count("result") == 2) stop.request_stop();
      };
      const auto first = co_await handler()->run(job_of(payload), out);
      CHECK(first.error().code == errc::canceled);
      CHECK(out.count("result") == 2);
      CHECK(scratch_is_empty());

      stop = std::stop_source();
      out.on_event = {};
      auto j = job_of(payload);
      j.results_before = 2;
      j.last_result = out.payloads("result").back();
      CHECK((co_await handler()->run(j, out)).has_value());
      const auto clips = clips_of(out, id);
      CHECK(clips.size() == 4);
      check_clips(*this, clips, 7, 2);
      int frames = 0;
      for (const auto& c : clips) frames += measure(visible(c.name)).frames;
      CHECK(frames == (sample ? 175 : 210));

      // Everything was done already: there is nothing to add.
      j.results_before = 4;
      j.last_result = out.payloads("result").back();
      CHECK((co_await handler()->run(j, out)).has_value());
      CHECK(out.count("result") == 4);
    });
  }
}

TEST_CASE_FIXTURE(fixture, "what is no video fails with a sentence that says why") {
  const auto good = read_all(video("good.mp4", 3));
  const auto sound = read_all(make("sound.m4a", "-f lavfi -i sine=duration=2 -c:a aac"));
  const auto picture = read_all(make("picture.png", "-i good.mp4 -frames:v 1"));
  const auto nothing = read_all(make("nothing.mp4", "-f lavfi -i testsrc2=size=160x90 -frames:v 0"));
  test::run([&]() -> awaitable<void> {
    const std::vector<std::array<std::string, 3>> cases{
        {"text", std::string(5000, 'x'), "cannot be read as a video"},
        {"empty", "", "empty (0 bytes)"},
        {"cut-off", good.substr(0, good.size() / 2), "index is missing"},
        {"sound", sound, "sound but no picture"},
        {"picture", picture, "format"},
        {"nothing", nothing, "0 s long"},
    };
    for (const auto& [name, bytes, reason] : cases) {
      CAPTURE(name);
      co_await upload(name, bytes);
      test::fake_emitter out(co_await asio::this_coro::executor);
      const auto payload = R"({"source":"upload","upload":")" + name + R"("})";
      const auto r = co_await handler()->run(job_of(payload), out);
      CHECK(says(r, reason));
      CHECK_FALSE(says(r, root.path().string()));
      CHECK(out.events.empty());
    }
    test::fake_emitter out(co_await asio::this_coro::executor);
    for (const std::string gone : {"missing", "../../secret", "/etc/passwd"}) {
      const auto payload = R"({"source":"upload","upload":")" + gone + R"("})";
      const auto r = co_await handler()->run(job_of(payload), out);
      CHECK(says(r, "not there any more"));
    }
    CHECK(scratch_is_empty());
  });
}

TEST_CASE_FIXTURE(fixture, "an uploaded playlist opens no other file") {
  const auto secret = video("secret.ts", 2);
  const auto hls = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile://" + secret.string() + "\n#EXT-X-ENDLIST\n";
  const auto concat = "ffconcat version 1.0\nfile " + secret.string() + "\n";
  test::run([&]() -> awaitable<void> {
    for (const std::string name : {"in", "in.m3u8", "in.mp4", "in.txt"}) {
      for (const auto& list : {&hls, &concat}) {
        CAPTURE(name);
        id = base::random_id();
        co_await upload(name, *list);
        test::fake_emitter out(co_await asio::this_coro::executor);
        const auto payload = R"({"source":"upload","upload":")" + name + R"("})";
        const auto r = co_await handler()->run(job_of(payload), out);
        CHECK_FALSE(r.has_value());
        CHECK(out.count("result") == 0);
      }
    }
  });
}

TEST_CASE_FIXTURE(fixture, "a video that stops short gives its good clips and then the reason") {
  const auto whole = read_all(video("whole.mp4", 10, "-movflags +faststart"));
  const auto matroska = read_all(make("whole.mkv", "-i whole.mp4 -c copy"));
  test::run([&]() -> awaitable<void> {
    for (const auto* bytes : {&whole, &matroska}) {
      id = base::random_id();
      co_await upload("in", bytes->substr(0, bytes->size() * 6 / 10));
      test::fake_emitter out(co_await asio::this_coro::executor);
      const auto r = co_await handler()->run(job_of(upload_in), out);
      CHECK(says(r, "cut off or damaged"));
      CHECK(says(r, "of the 10.0 s"));
      const auto clips = clips_of(out, id);
      CHECK(clips.size() >= 2);
      CHECK(clips.size() <= 4);
      CHECK(measure(visible(clips[0].name)).frames == 60);
      CHECK(scratch_is_empty());
    }
  });
}

TEST_CASE_FIXTURE(fixture, "without ffmpeg the sentence says what to install and which setting names it") {
  test::run([&]() -> awaitable<void> {
    co_await upload("in", "something");
    test::fake_emitter out(co_await asio::this_coro::executor);
    const auto without = [](processor::video_options& o) { o.ffmpeg = o.ffprobe = "no-ffmpeg-here"; };
    const auto sample = co_await handler(without)->run(job_of(R"({"source":"sample"})"), out);
    CHECK(says(sample, "install ffmpeg"));
    CHECK(says(sample, "video.ffmpeg"));
    const auto sent = co_await handler(without)->run(job_of(upload_in), out);
    CHECK(says(sent, "video.ffprobe"));
    CHECK(scratch_is_empty());
  });
}

TEST_CASE_FIXTURE(fixture, "a stopped task leaves neither a process nor a file behind") {
  test::run([&]() -> awaitable<void> {
    test::fake_emitter out(co_await asio::this_coro::executor);
    std::optional<base::result<processor::outcome>> ended;
    const auto h = handler();
    const auto payload = R"({"source":"sample","sample_seconds":1000,"clip_seconds":600,"size":"1080p",
      "preset":"slow"})";
    const auto runner = [&]() -> awaitable<void> { ended = co_await h->run(job_of(payload), out); };
    const auto stopper = [&]() -> awaitable<void> {
      co_await out.until(1, "progress");
      CHECK_FALSE(scratch_is_empty());
      stop.request_stop();
    };
    auto both = runner() && stopper();
    co_await std::move(both);
    CHECK(ended->error().code == errc::canceled);
    CHECK(out.count("result") == 0);
    CHECK(scratch_is_empty());
  });
}

TEST_CASE_FIXTURE(fixture, "a store without room ends the task and says so") {
  artifacts::options o;
  o.directory = root.path() / "small";
  o.keep_for = std::chrono::hours(1);
  o.max_bytes = 30000;
  const auto small = artifacts::make_directory_store(o, clock, metrics, log).value();
  test::run([&]() -> awaitable<void> {
    test::fake_emitter out(co_await asio::this_coro::executor);
    const auto h = processor::make_video_handler({}, *small);
    const auto r = co_await h->run(job_of(R"({"source":"sample","sample_seconds":4,"clip_seconds":4})"), out);
    CHECK(says(r, "artifacts.max_bytes"));
    CHECK(out.count("result") == 0);
    CHECK(fs::is_empty(o.directory / "tmp"));
  });
}
