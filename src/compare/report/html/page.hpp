// Parts of a self-contained page: without scripts, and without fonts or pictures from elsewhere. Pure.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace streamdemo::compare::html {

std::string escape(std::string_view text);

// The whole page, styles included. `body` is HTML.
std::string page(std::string_view title, std::string_view body);

std::string heading(std::string_view text);
std::string paragraph(std::string_view text);

// Marks on a strip as wide as the page; positions are 0 … 1. Text is outside of it, so that it stays readable on a
// phone.
class strip {
 public:
  void tick(double at, std::string_view css);                                 // from top to bottom
  void bar(double from, double to, std::string_view css, double height = 1);  // from the bottom up, height 0 … 1
  std::string svg() const;

 private:
  std::string marks_;
};

// One row of a picture: a label, a strip, and a number or a word.
std::string lane(std::string_view label, const strip& s, std::string_view note);
// Texts at positions 0 … 1, to put above or below lanes.
std::string axis(const std::vector<std::pair<double, std::string>>& texts);
// Coloured squares with their meanings.
std::string legend(const std::vector<std::pair<std::string, std::string>>& css_and_text);

// The first row is the header.
std::string table(const std::vector<std::vector<std::string>>& rows);
std::string details(std::string_view summary, std::string_view text);

}  // namespace streamdemo::compare::html
