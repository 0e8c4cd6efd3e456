#include <openssl/evp.h>

#include <streamdemo/base/hash.hpp>

namespace streamdemo::base {

namespace {

constexpr std::size_t sha256_size = 32;

// Looked for once: OpenSSL 3 looks through its providers each time that it is given EVP_sha256(), which takes longer
// than the digest of a short text.
const EVP_MD* sha256_digest() {
  static const EVP_MD* const found = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return found;
}

std::string hex_of(std::string_view bytes) {
  std::string out(2 * bytes.size(), '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    out[2 * i] = "0123456789abcdef"[byte >> 4];
    out[2 * i + 1] = "0123456789abcdef"[byte & 15];
  }
  return out;
}

unsigned char* octets_of(std::string& s) noexcept {
  return reinterpret_cast<unsigned char*>(s.data());
}

}  // namespace

struct sha256::state {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~state() { EVP_MD_CTX_free(context); }
};

sha256::sha256() : state_(std::make_unique<state>()) {
  EVP_DigestInit_ex(state_->context, sha256_digest(), nullptr);
}
sha256::~sha256() = default;
sha256::sha256(sha256&&) noexcept = default;
sha256& sha256::operator=(sha256&&) noexcept = default;

void sha256::update(std::string_view bytes) {
  EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}

std::string sha256::hex() {
  std::string digest(sha256_size, '\0');
  EVP_DigestFinal_ex(state_->context, octets_of(digest), nullptr);
  return hex_of(digest);
}

std::string sha256_bytes(std::string_view bytes) {
  // Kept: to make one takes as long as the digest of a token, and each request with one asks for that.
  thread_local const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  std::string digest(sha256_size, '\0');
  EVP_DigestInit_ex(context.get(), sha256_digest(), nullptr);
  EVP_DigestUpdate(context.get(), bytes.data(), bytes.size());
  EVP_DigestFinal_ex(context.get(), octets_of(digest), nullptr);
  return digest;
}

std::string sha256_hex(std::string_view bytes) {
  return hex_of(sha256_bytes(bytes));
}

}  // namespace streamdemo::base
