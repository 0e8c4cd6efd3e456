// A table for a terminal: the first column is left-aligned, the others right-aligned. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace streamdemo::compare {

using table_rows = std::vector<std::vector<std::string>>;  // all of the same length; the first is the header

class table {
 public:
  explicit table(std::vector<std::string> head) : rows_{std::move(head)} {}
  static table of(table_rows rows) {
    table t(std::vector<std::string>{});
    t.rows_ = std::move(rows);
    return t;
  }
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  std::string text() const;  // with a line under the header
  const table_rows& rows() const { return rows_; }

 private:
  table_rows rows_;
};

// Three significant digits: "0.31", "4.2", "512", "12 300".
std::string number(double value);
// The text for a value that was not measured.
inline const std::string not_measured = "-";
std::string cell(const std::optional<double>& value);
// "7", "12 300".
std::string count(std::uint64_t n);

}  // namespace streamdemo::compare
