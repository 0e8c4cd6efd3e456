# What the verbs of ./dev need, and how it comes onto a Debian. Sourced by ./dev, which has `say` and `die`.

# What is looked for (a program, a file, or a Python module), and the Debian package that brings it.
needed_to_run='
  g++                                 g++
  cmake                               cmake
  ninja                               ninja-build
  ccache                              ccache
  /usr/include/fmt/format.h           libfmt-dev
  /usr/include/spdlog/spdlog.h        libspdlog-dev
  /usr/include/toml++/toml.h          libtomlplusplus-dev
  /usr/include/CLI/CLI.hpp            libcli11-dev
  /usr/include/prometheus/registry.h  prometheus-cpp-dev
  /usr/include/openssl/evp.h          libssl-dev
  /usr/include/librdkafka/rdkafka.h   librdkafka-dev
  /usr/include/re2/re2.h              libre2-dev
  curl-config                         libcurl4-openssl-dev
  /usr/include/rocksdb/db.h           librocksdb-dev
  /usr/include/lz4.h                  liblz4-dev
  jemalloc-config                     libjemalloc-dev
  ffmpeg                              ffmpeg'
needed_to_build_tests='
  python3                             python3
  /usr/include/doctest/doctest.h      doctest-dev'
needed_for_brokers='
  python3                             python3
  java                                default-jre-headless
  mvn                                 maven'
# Beside what all tests need.
needed_for_door='
  docker-compose                      docker-compose'
needed_for_tokens='
  javac                               default-jdk-headless
  mvn                                 maven'
needed_for_clients='
  javac                               default-jdk-headless
  go                                  golang-go'
# Beside what all tests need. Helm wants Go 1.21 or later, which fetches what is newer itself: that of Debian 13, or go.dev.
needed_for_chart='
  go                                  golang-go'
# Beside what all tests need: promtool comes with the server.
needed_for_alarms='
  promtool                            prometheus'
# Beside what all tests need. varnish compiles its configuration.
needed_for_proxies='
  /usr/sbin/haproxy                   haproxy
  /usr/sbin/apache2                   apache2
  /usr/sbin/varnishd                  varnish
  /usr/sbin/lighttpd                  lighttpd
  /usr/sbin/squid                     squid
  h2o                                 h2o
  caddy                               caddy'
needed_for_tls='
  python3                             python3
  openssl                             openssl
  /usr/sbin/nginx                     nginx-light'
needed_for_clang='
  clang++-19                          clang-19'
needed_for_sanitizers='
  clang++-19                          clang-19
  /usr/lib/llvm-19/lib/clang/19/include/sanitizer/asan_interface.h  libclang-rt-19-dev
  /usr/lib/llvm-19/bin/llvm-symbolizer  llvm-19'
needed_for_fresh='
  git                                 git
  debootstrap                         debootstrap'
needed_to_test='
  python3                             python3
  python:ensurepip                    python3-venv
  clang-format-19                     clang-format-19
  curl                                curl
  openssl                             openssl
  /usr/sbin/nginx                     nginx-light
  node                                nodejs
  npm                                 npm
  chromium                            chromium
  firefox-esr                         firefox-esr'

is_there() {
  case $1 in
    /*) [[ -e $1 ]] ;;
    python:*) python3 -c "import ${1#python:}" 2>/dev/null ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

has_boost() {
  [[ -n ${Boost_ROOT:-} ]] && return 0
  local header=/usr/include/boost/version.hpp version
  [[ -e $header ]] && version=$(awk '$1 == "#define" && $2 == "BOOST_VERSION" {print $3}' "$header") && ((${version:-0} >= 108100))
}

# The distribution's own Boost where that is new enough, Debian 12's second one otherwise.
boost_package() {
  local candidate
  candidate=$(apt-cache policy libboost-dev | awk '/Candidate:/ && $2 != "(none)" {print $2}')
  # Before the first `apt-get update` there is no candidate.
  [[ -n $candidate ]] || grep -q '^VERSION_ID="12"' /etc/os-release || candidate=1.83
  if dpkg --compare-versions "$candidate" ge 1.81; then echo libboost-dev; else echo libboost1.81-dev; fi
}

# as_root COMMAND...: with sudo only where it is needed, and with the proxy of whoever calls.
as_root() {
  local proxies=() name
  for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
    [[ -n ${!name:-} ]] && proxies+=("$name=${!name}")
  done
  if ((EUID == 0)); then "$@"; else sudo env "${proxies[@]}" "$@"; fi
}

# What would go, if it were allowed to.
explain_conflict() {
  local removed
  removed=$(LC_ALL=C apt-get -s -o Debug::NoLocking=1 install --no-install-recommends "$@" 2>/dev/null |
    awk '/^Remv/ {print $2}' | sort -u | paste -sd' ')
  die "Nothing was installed. To install
  $*
apt would have to remove packages of yours:
  ${removed:-(it does not say which)}
Debian's Boost 1.81 and its headers of another version exclude each other. Three ways on:
  - remove the other headers, if nothing of yours needs them:  sudo apt-get remove $removed
  - use a Boost >= 1.81 of your own:                           Boost_ROOT=/path/to/boost ./dev run
  - build in a container:  docker run --rm -it -v \"\$PWD\":/src -w /src --network host debian:12 ./dev run"
}

# ensure LIST...: installs what is missing of the lists, after naming it with its size.
# Boost is looked for, too, unless needs_boost is false.
ensure() {
  local missing=() probe package
  while read -r probe package; do
    [[ -z $probe ]] || is_there "$probe" || missing+=("$package")
  done <<<"$(printf '%s\n' "$@")"
  local boost=false
  ! ${needs_boost:-true} || has_boost || boost=true
  if ((${#missing[@]} == 0)) && ! $boost; then return 0; fi

  command -v apt-get >/dev/null ||
    die "Missing: ${missing[*]} $($boost && echo 'Boost >= 1.81'). These are Debian's names; install them your system's way."
  if ((EUID != 0)) && ! command -v sudo >/dev/null; then
    $boost && missing+=("$(boost_package)")
    die "Missing packages, and there is no sudo here. Run this as root, then ./dev again:
  apt-get update && apt-get install --no-remove --no-install-recommends ${missing[*]}"
  fi
  say "Missing: ${missing[*]} $($boost && echo 'Boost'). Asking apt what that takes..."
  as_root apt-get update -qq || die "apt-get update failed: see above. Without network: install ${missing[*]} yourself."
  $boost && missing+=("$(boost_package)")

  local plan
  plan=$(LC_ALL=C apt-get install --assume-no --no-remove --no-install-recommends -o Debug::NoLocking=1 \
    "${missing[@]}" 2>&1) || true
  [[ $plan == *"remove is disabled"* ]] && explain_conflict "${missing[@]}"
  grep -E '^(Need to get|After this operation)' <<<"$plan" || true
  say "Installing ${missing[*]} (only apt runs as root)"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-remove --no-install-recommends "${missing[@]}" ||
    die "apt-get failed: see above. By hand:
  sudo apt-get install --no-remove --no-install-recommends ${missing[*]}"
}
