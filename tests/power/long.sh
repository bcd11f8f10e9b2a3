#!/usr/bin/env bash
# The long rigs, for a night: the same tests as in CI with many more faults, each from another seed.
# Usage: tests/power/long.sh [KILLS] [CUTS] — 500 kills and 300 cuts unless said otherwise (about 20 minutes).
set -euo pipefail
cd "$(dirname "$0")/../.."
. provisioning/environment.sh

venv=${APPLIANCE_TEST_VENV:-.venv-test}
environment "$venv" provisioning/requirements-test.lock
export APPLIANCE_KILLS=${1:-500} APPLIANCE_CUTS=${2:-300} APPLIANCE_RIG_CUTS=${3:-200}
export PYTHONPATH="$PWD" PYTHONDONTWRITEBYTECODE=1
exec "$venv/bin/python" -m pytest -p no:cacheprovider --durations=5 tests/power
