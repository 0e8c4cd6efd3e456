// What is going on, on standard error: one line that is written over and over on a terminal, a line a step elsewhere.
#pragma once
#include <string>

namespace streamdemo::compare {

class progress {
 public:
  progress();
  void step(const std::string& text);    // something begins
  void detail(const std::string& text);  // how far it is; only a terminal shows it
  void done();                           // the line is cleared

 private:
  bool terminal_;
  std::string step_;
};

}  // namespace streamdemo::compare
