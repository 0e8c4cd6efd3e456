// The bodies of Asio's TLS, compiled once (for the client; the server's TLS ends at the proxy in front).
#include <boost/asio/ssl/impl/src.hpp>
