// Asio's bodies, compiled once.
#include <boost/asio/impl/src.hpp>
