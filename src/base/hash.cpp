#include <openssl/evp.h>

#include <streamdemo/base/hash.hpp>

namespace streamdemo::base {

namespace {

constexpr std::string_view digits_of_hex = "0123456789abcdef";

// Looked for once: OpenSSL 3 looks through its providers each time that it is given EVP_sha256(), which takes longer
// than the digest of a short text.
const EVP_MD* sha256_method() {
  static const EVP_MD* const found = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return found;
}
const EVP_MD* sha1_method() {
  static const EVP_MD* const found = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  return found;
}

template <class Digest>
unsigned char* octets_of(Digest& d) noexcept {
  return reinterpret_cast<unsigned char*>(d.data());
}

template <class Digest>
Digest digest_of(const EVP_MD* method, std::string_view bytes) {
  // Kept: to make one takes as long as the digest of a token, and each request with one asks for that.
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  Digest digest{};
  EVP_DigestInit_ex(context.get(), method, nullptr);
  EVP_DigestUpdate(context.get(), bytes.data(), bytes.size());
  EVP_DigestFinal_ex(context.get(), octets_of(digest), nullptr);
  return digest;
}

}  // namespace

struct sha256::state {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~state() { EVP_MD_CTX_free(context); }
};

sha256::sha256() : state_(std::make_unique<state>()) {
  EVP_DigestInit_ex(state_->context, sha256_method(), nullptr);
}
sha256::~sha256() = default;
sha256::sha256(sha256&&) noexcept = default;
sha256& sha256::operator=(sha256&&) noexcept = default;

void sha256::update(std::string_view bytes) {
  EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}

std::string sha256::hex() {
  sha256_digest digest{};
  EVP_DigestFinal_ex(state_->context, octets_of(digest), nullptr);
  return to_hex(digest);
}

sha256_digest sha256_bytes(std::string_view bytes) {
  return digest_of<sha256_digest>(sha256_method(), bytes);
}

sha1_digest sha1_bytes(std::string_view bytes) {
  return digest_of<sha1_digest>(sha1_method(), bytes);
}

std::string sha256_hex(std::string_view bytes) {
  return to_hex(sha256_bytes(bytes));
}

std::string to_hex(std::string_view bytes) {
  std::string out(2 * bytes.size(), '\0');
  auto* at = out.data();
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    *at++ = digits_of_hex[byte >> 4];
    *at++ = digits_of_hex[byte & 15];
  }
  return out;
}

std::optional<sha256_digest> digest_from_hex(std::string_view text) noexcept {
  sha256_digest out{};
  if (text.size() != 2 * out.size()) return std::nullopt;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto high = digits_of_hex.find(text[2 * i]);
    const auto low = digits_of_hex.find(text[2 * i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    out[i] = static_cast<char>(high << 4 | low);
  }
  return out;
}

}  // namespace streamdemo::base
