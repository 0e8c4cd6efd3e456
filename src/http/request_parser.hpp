// Parses requests, one after the other, with Beast's grammar and stricter rules for heads. Pure: no socket, no clock.
// Used by one connection.
#pragma once
#include <boost/beast/http/basic_parser.hpp>
#include <streamdemo/http/message.hpp>

namespace streamdemo::http {

// The answer to a request that cannot be accepted. status 0: nothing is wrong.
struct problem {
  int status = 0;
  std::string detail;
};

class request_parser {
 public:
  // Fills `r`, which must outlive the parser.
  request_parser(request& r, std::uint64_t max_header_bytes) : request_(r), max_header_bytes_(max_header_bytes) {}

  // Drops all state: the next byte begins a request.
  void reset();

  enum class step { more, done, failed };

  // Parses the next bytes of a head. `used` of them are consumed; give the others again, together with the bytes that
  // follow. After `done` the request is complete except for its body; after `failed` see why().
  step head(std::string_view bytes, std::size_t& used);
  // The approximate memory of the request without its body, in bytes.
  std::size_t room() const noexcept;
  const problem& why() const noexcept { return problem_; }

  bool http11() const noexcept { return grammar_ && grammar_->http11; }
  bool keep_alive() const { return grammar_ && grammar_->keep_alive(); }
  bool expects_continue() const noexcept { return grammar_ && grammar_->expects; }

  // For the body; only after head() has returned `done`.
  bool body_done() const { return grammar_->is_done(); }
  std::optional<std::uint64_t> content_length() const;       // nullopt: chunked
  std::optional<std::uint64_t> content_length_left() const;  // nullopt: chunked

  // Copies body bytes to `out`; `used` as for head(). done: the body has ended; more: it has not; failed: invalid
  // chunked coding.
  struct body_step {
    step state;
    std::size_t size;  // bytes written to `out`
  };
  body_step body(std::string_view bytes, std::size_t& used, char* out, std::size_t room);

 private:
  using string_view = boost::beast::string_view;
  using error_code = boost::beast::error_code;

  struct grammar final : boost::beast::http::basic_parser<true> {
    explicit grammar(request& r) : into(r) {}
    void on_request_impl(boost::beast::http::verb, string_view, string_view, int, error_code&) override;
    void on_field_impl(boost::beast::http::field, string_view, string_view, error_code&) override;
    void on_header_impl(error_code&) override { in_head = false; }
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(string_view, error_code&) override;
    void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, string_view, error_code&) override;
    void on_finish_impl(error_code&) override {}
    void on_response_impl(int, string_view, int, error_code&) override {}

    request& into;
    char* out = nullptr;
    std::size_t room = 0;
    bool in_head = true;
    bool http11 = true;
    bool expects = false;
    unsigned hosts = 0;
    unsigned lengths = 0;
    unsigned encodings = 0;
    bool too_many_fields = false;
  };

  void begin_grammar();
  step fail(int status, std::string detail);
  step too_long(std::string_view unread);
  step check();
  step check_framing();
  step check_upgrade();

  request& request_;
  const std::uint64_t max_header_bytes_;
  std::uint64_t head_bytes_ = 0;
  std::optional<grammar> grammar_;
  problem problem_;
};

}  // namespace streamdemo::http
