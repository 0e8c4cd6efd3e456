// Boost.URL's bodies, compiled once.
#include <boost/url/src.hpp>
