// Shows the progress on standard error: on a terminal one line that is overwritten, otherwise one line per step.
#pragma once
#include <string>

namespace streamdemo::compare {

class progress {
 public:
  progress();
  void step(const std::string& text);    // a new step begins
  void detail(const std::string& text);  // the progress of the step; shown only on a terminal
  void done();                           // clears the line

 private:
  bool terminal_;
  std::string step_;
};

}  // namespace streamdemo::compare
