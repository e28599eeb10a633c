#!/bin/sh
# Proves the two commands on a fresh clone: clones this repository elsewhere, runs both, prints minutes, megabytes
# and the time until the first page. FRESH_DIR chooses the place; what was cloned is removed unless KEEP=1.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
place=${FRESH_DIR:-$(mktemp -d "${TMPDIR:-/var/tmp}/anlan-fresh.XXXXXX")}
port=${PORT:-8765}
copy=$place/anlan
chmod 755 "$place"
unset DATABASE_URL ANLAN_HOME ANLAN_FILES ANLAN_SECRET_KEY VIRTUAL_ENV || true

up=""
finish() {
    if [ -n "$up" ] && kill -0 "$up" 2>/dev/null; then kill -TERM "$up"; wait "$up" || true; fi
    if [ "${KEEP:-0}" != 1 ]; then rm -rf "$place"; fi
}
trap finish EXIT
trap 'exit 130' INT TERM

answers() { python3 -c "import urllib.request, sys; urllib.request.urlopen(sys.argv[1], timeout=20).read()" "$1" 2>/dev/null; }
now() { date +%s.%N; }
since() { echo "$1 $(now)" | awk '{ printf "%.1f", $2 - $1 }'; }

# Starts the clone, waits for its first page, prints the seconds, and stops it again.
start_once() {
    begun=$(now)
    (cd "$copy" && exec make run PORT="$port") >"$place/run.log" 2>&1 &
    up=$!
    until answers "http://127.0.0.1:$port/"; do
        if ! kill -0 "$up" 2>/dev/null; then cat "$place/run.log"; echo "make run 提前结束"; exit 1; fi
        sleep 0.2
    done
    seconds=$(since "$begun")
    page=$(now)
    answers "http://127.0.0.1:$port/"
    page=$(since "$page")
    (cd "$copy" && .venv/bin/anlan down)
    wait "$up" || true
    up=""
}

git clone -q "$here" "$copy"
start_once
first=$seconds
run_megabytes=$(du -sm "$copy" | cut -f1)
start_once
second=$seconds
begun=$(now)
if (cd "$copy" && make test) >"$place/test.log" 2>&1; then result=通过; else result=未通过; fi
test_seconds=$(since "$begun")
tail -n 15 "$place/test.log"
echo
awk -v a="$first" 'BEGIN { printf "首次 make run 到首页：%.1f 分钟（%s 秒）\n", a / 60, a }'
echo "首页一次：$page 秒"
echo "再次 make run 到首页：$second 秒"
echo "make run 之后占用：$run_megabytes MB；make test 之后：$(du -sm "$copy" | cut -f1) MB"
awk -v a="$test_seconds" -v r="$result" 'BEGIN { printf "make test：%s，%.1f 分钟\n", r, a / 60 }'
[ "$result" = 通过 ]
