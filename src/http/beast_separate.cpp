// Beast's functions, compiled once (HTTP, and WebSocket for the client).
#include <boost/beast/src.hpp>
