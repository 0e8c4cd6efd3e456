# Runs steps, counts their tests and says at the end what failed and how long each took. Sourced by ./dev.

passed=0 failed=0 skipped=0
failures=() times=()

# Adds up the summary lines of doctest, Python's unittest, node --test and our own runners. Prints: passed failed skipped
count() {
  awk '
    /^  \| /                   { next }  # shown from the log of a run that has sums of its own
    /\[doctest\] test cases:/ { for (i = 1; i < NF; i++) { if ($(i + 1) == "passed") p += $i; if ($(i + 1) == "failed") f += $i; if ($(i + 1) == "skipped") s += $i } next }
    /^Ran [0-9]+ tests? in /  { ran = $2; next }
    /^(OK|FAILED)( \(.*\))?$/ { bad = skip = 0; n = split($0, part, /[(), ]+/)
                                for (i = 1; i <= n; i++) { split(part[i], kv, "="); if (kv[1] ~ /^(failures|errors)$/) bad += kv[2]; if (kv[1] == "skipped") skip = kv[2] }
                                p += ran - bad - skip; f += bad; s += skip; ran = 0; next }
    /^(#|ℹ) (pass|fail|cancelled|skipped|todo) [0-9]+$/ { if ($2 == "pass") p += $3; else if ($2 ~ /^(fail|cancelled)$/) f += $3; else s += $3; next }
    /^[0-9]+ passed, [0-9]+ failed, [0-9]+ skipped$/ { p += $1; f += $3; s += $5; next }
    /\*\*\*Skipped|\*\*\*Not Run/ { s++ }
    END { print p + 0, f + 0, s + 0 }' "$@"
}

# COMMAND...: in the continuous integration no longer than half an hour, so that what hangs has a name there. Then it ends,
# with all that it started. (A person has Ctrl-C, which would not reach a process group of its own.)
bounded() {
  [[ ${CI:-} == true ]] || { "$@"; return; }
  local limit=${STEP_LIMIT:-1800} status=0 job watch
  set -m
  "$@" &
  job=$!
  { sleep "$limit" && echo "Not done after $limit s: ended" && kill -- -"$job"; } &
  watch=$!
  set +m
  wait "$job" || status=$?
  kill -- -"$watch" 2>/dev/null || true
  return "$status"
}

# step NAME COMMAND...: runs it, shows its output, adds its counts. A step that ends badly has failed at least once.
step() {
  local name=$1 log="build/logs/${1// /-}.log" status=0 began=$SECONDS p f s
  shift
  say "== $name"
  mkdir -p build/logs
  bounded "$@" 2>&1 | tee "$log" || status=$?
  read -r p f s < <(count "$log")
  if ((status != 0 && f == 0)); then f=1; fi
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  times+=("$(printf '%4d s  %s' $((SECONDS - began)) "$name")")
  ((f == 0)) || failures+=("$name: $f failed, see $log" "$(complaints "$log")")
  ((s == 0)) || failures+=("$name: $s skipped, see $log")
}

# FILE: what is wrong in the log of a step, briefly: whoever reads the end of a long log sees it without the rest.
complaints() {
  grep -E -A 12 '(ERROR|FATAL ERROR|error): |^(not ok|FAIL|ERROR|FAILED)\b|^✖|Sanitizer|runtime error' "$1" | head -n 60 || true
}

# Prints how long each took, what those that failed complained of, and the sum; fails when anything failed, and in the continuous integration also when anything was skipped.
finish() {
  ((${#times[@]} < 2)) || printf '%s\n' '' "${times[@]}"
  ((${#failures[@]} == 0)) || printf '%s\n' '' "${failures[@]}"
  printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
  ((failed == 0 && passed > 0)) && { [[ ${CI:-} != true ]] || ((skipped == 0)); }
}

# one_step NAME COMMAND...: a single part of it.
one_step() {
  step "$@"
  finish
}
