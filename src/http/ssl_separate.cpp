// Asio's TLS functions, compiled once. Only the client uses TLS; for the server, the proxy in front terminates it.
#include <boost/asio/ssl/impl/src.hpp>
