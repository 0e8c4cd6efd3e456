// receive() and publish() with a time limit, after which they are canceled.
#pragma once
#include <boost/asio/experimental/awaitable_operators.hpp>

#include "contract/contract_fixture.hpp"

namespace streamdemo::contract {

inline awaitable<std::vector<bus::shared_item>> received_within(bus::shared_consumer& c, std::size_t max,
                                                                base::microseconds limit) {
  using namespace boost::asio::experimental::awaitable_operators;
  auto either = co_await (c.receive(max) || base::sleep_for(limit));
  if (either.index() == 1) co_return std::vector<bus::shared_item>{};
  auto& items = std::get<0>(either);
  REQUIRE(items.has_value());
  co_return std::move(*items);
}

// nullopt: it was canceled at the limit.
inline awaitable<std::optional<result<bus::published>>> published_within(bus::producer& p, record r,
                                                                         base::microseconds limit) {
  using namespace boost::asio::experimental::awaitable_operators;
  auto either = co_await (bus::publish(p, std::move(r)) || base::sleep_for(limit));
  if (either.index() == 1) co_return std::nullopt;
  co_return std::get<0>(std::move(either));
}

}  // namespace streamdemo::contract
