// Holds the records of a processor against what docs/foreign-processors.md asks of it. Pure: the times are those of the
// records. One thread.
#pragma once
#include <streamdemo/base/record.hpp>
#include <streamdemo/task/fold.hpp>

#include <map>
#include <set>
#include <string>
#include <vector>

namespace streamdemo::check {

class record_judge {
 public:
  static constexpr std::size_t max_lines = 100;  // further faults are counted

  struct options {
    std::string kind;
    std::string request_topic;
    std::string response_topic;
    std::int32_t partitions = 1;
  };
  explicit record_judge(options o);

  // A task that is given to the processor; `must_fail`: its payload is wrong.
  void expect(const std::string& request_id, bool must_fail);

  // The next record of `response`, in the order of its partition. True: it is about an expected task.
  bool read(const base::record& r);

  bool is_over(const std::string& request_id) const { return tasks_.find(request_id)->second.ended.has_value(); }
  bool all_over() const;
  std::size_t ended() const;
  std::size_t results() const { return results_; }

  // What is missing, now that nothing more is expected.
  void finish();

  const std::vector<std::string>& wrong() const noexcept { return wrong_.lines; }
  const std::vector<std::string>& notes() const noexcept { return notes_.lines; }

 private:
  // Each line once, however many records are alike.
  struct lines_once {
    std::vector<std::string> lines;
    std::set<std::string, std::less<>> seen;
    // `what` is the same for all that are alike, `where` is of the first of them.
    void add(const std::string& what, const std::string& where);
  };
  struct given_task {
    bool must_fail = false;
    int attempts = 0;
    std::size_t results = 0;
    std::string source;  // of the current run
    std::optional<task::status> ended;
  };
  using tasks = std::map<std::string, given_task>;

  std::string place(const base::record& r) const;
  void wrong(const base::record& r, const std::string& what) { wrong_.add(what, " (" + place(r) + ")"); }
  void note(const base::record& r, const std::string& what) { notes_.add(what, " (" + place(r) + ")"); }
  void judge_envelope(const base::record& r);
  void judge_message(const base::record& r, const task::message_view& m, given_task& t);
  void judge_payload(const base::record& r, const task::message_view& m);
  void judge_step(const base::record& r, const task::message_view& m, given_task& t);
  void judge_alive(const base::record& r);

  const options options_;
  std::vector<task::fold> folds_;  // by partition
  tasks tasks_;
  std::set<std::string, std::less<>> ids_;  // the ce_id of each record
  std::size_t results_ = 0;
  bool offers_ = false;
  lines_once wrong_;
  lines_once notes_;
};

}  // namespace streamdemo::check
