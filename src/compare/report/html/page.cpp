#include "compare/report/html/page.hpp"

#include <fmt/format.h>

#include "compare/report/html/style.hpp"

namespace streamdemo::compare::html {

std::string escape(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string page(std::string_view title, std::string_view body) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" "
      "content=\"light "
      "dark\">\n<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n<main>\n<h1>{0}</h1>\n{2}</main>\n"
      "</body>\n</html>\n",
      escape(title), style, body);
}

std::string heading(std::string_view text) {
  return fmt::format("<h2>{}</h2>\n", escape(text));
}

std::string paragraph(std::string_view text) {
  return fmt::format("<p>{}</p>\n", escape(text));
}

void strip::tick(double at, std::string_view css) {
  marks_ += fmt::format("<path d=\"M{0:.1f} 0V100\" class=\"tick {1}\"/>", at * 1000, css);
}

void strip::bar(double from, double to, std::string_view css, double height) {
  marks_ += fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" class=\"{}\"/>",
                        from * 1000, 100 - height * 100, (to - from) * 1000, height * 100, css);
}

std::string strip::svg() const {
  return fmt::format("<svg viewBox=\"0 0 1000 100\" preserveAspectRatio=\"none\" aria-hidden=\"true\">{}</svg>",
                     marks_);
}

std::string lane(std::string_view label, const strip& s, std::string_view note) {
  return fmt::format("<div class=\"lane\"><b>{}</b>{}<i>{}</i></div>\n", escape(label), s.svg(), escape(note));
}

std::string axis(const std::vector<std::pair<double, std::string>>& texts) {
  std::string out = "<div class=\"axis\"><b></b><div>";
  for (const auto& [at, text] : texts) {
    out += fmt::format("<span style=\"left:{:.1f}%\">{}</span>", at * 100, escape(text));
  }
  return out + "</div><i></i></div>\n";
}

std::string legend(const std::vector<std::pair<std::string, std::string>>& css_and_text) {
  std::string out = "<p class=\"legend\">";
  for (const auto& [css, text] : css_and_text) {
    out +=
        fmt::format("<span><svg viewBox=\"0 0 10 10\"><rect width=\"10\" height=\"10\" class=\"{}\"/></svg>{}</span> ",
                    css, escape(text));
  }
  return out + "</p>\n";
}

std::string table(const std::vector<std::vector<std::string>>& rows) {
  std::string out = "<div class=\"scroll\"><table>\n";
  for (std::size_t r = 0; r < rows.size(); ++r) {
    out += "<tr>";
    for (const auto& cell : rows[r]) out += fmt::format("<{0}>{1}</{0}>", r == 0 ? "th" : "td", escape(cell));
    out += "</tr>\n";
  }
  return out + "</table></div>\n";
}

std::string details(std::string_view summary, std::string_view text) {
  return fmt::format("<details><summary>{}</summary><pre>{}</pre></details>\n", escape(summary), escape(text));
}

}  // namespace streamdemo::compare::html
