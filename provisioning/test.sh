#!/usr/bin/env bash
# Everything that is checked before a change is kept. Fetches what it needs first; then, where the machine
# allows it, the tests run in network namespaces with no route out, in two lanes. Prints seconds per stage and caps each.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1
. provisioning/environment.sh

venv=${APPLIANCE_TEST_VENV:-.venv-test}
environment "$venv" provisioning/requirements-test.lock || exit 1
# The browser's driver needs libatomic1, which a bare Debian does not have; some tests ask git what is kept.
debian chromium fuse git iproute2 libatomic1 poppler-utils shellcheck systemd || true
# Debian 13 renamed the library.
if apt-cache show libfuse2t64 >/dev/null 2>&1; then debian libfuse2t64 || true; else debian libfuse2 || true; fi
command -v chromium >/dev/null || say "no chromium: the tests in a real browser are not run"
command -v fusermount >/dev/null || say "no fusermount: the power cuts are not run"
command -v systemd-analyze >/dev/null || say "no systemd-analyze: the units are not checked"
export PATH="$PWD/$venv/bin:$PATH" PYTHONPATH="$PWD" PYTHONDONTWRITEBYTECODE=1

inside=()
if unshare --net true 2>/dev/null; then
  inside=(unshare --net -- bash -c 'ip link set lo up 2>/dev/null; exec "$@"' inside)
else
  say "no network namespace here: the tests run beside the machine's network"
fi

reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT

# stage NAME SECONDS COMMAND…
stage() {
  local name=$1 limit=$2 started=$SECONDS status
  shift 2
  printf '\n== %s\n' "$name"
  timeout --kill-after=20 "$limit" "$@"
  status=$?
  [ $status -eq 124 ] && printf '%s took longer than %s s\n' "$name" "$limit"
  [ $status -eq 0 ] || touch "$reports/failed"
  printf '== %s: %s s, %s\n' "$name" $((SECONDS - started)) "$([ $status -eq 0 ] && echo ok || echo FAILED)"
}

# tests NAME SECONDS PYTEST-ARGUMENTS…
tests() {
  local name=$1 limit=$2
  shift 2
  stage "$name" "$limit" "${inside[@]}" python -m pytest -p no:cacheprovider --junitxml="$reports/$name.xml" "$@"
}

command -v shellcheck >/dev/null && stage scripts 60 shellcheck .ci/run provisioning/*.sh tests/power/long.sh
stage lint 120 ruff check .
stage format 60 ruff format --check .
stage types 300 mypy
# Two lanes, one for each core of the smallest machine; the second is read when both have ended.
{
  tests web 900 tests/web
  tests power 1200 tests/power
  tests browser 1200 tests/browser
} >"$reports/second-lane" 2>&1 &
second=$!
tests rooms 1500 --ignore=tests/browser --ignore=tests/power --ignore=tests/web
wait "$second"
cat "$reports/second-lane"

printf '\n'
python - "$reports" <<'PY' || touch "$reports/failed"
import sys, xml.etree.ElementTree as tree
from pathlib import Path

total = {"tests": 0, "failures": 0, "errors": 0, "skipped": 0}
for file in Path(sys.argv[1]).glob("*.xml"):
    for suite in tree.parse(file).getroot().iter("testsuite"):
        for name in total:
            total[name] += int(suite.get(name, 0))
bad = total["failures"] + total["errors"]
print(f"{total['tests'] - bad - total['skipped']} passed, {bad} failed, {total['skipped']} skipped")
sys.exit(1 if bad or not total["tests"] else 0)
PY
[ ! -e "$reports/failed" ]
