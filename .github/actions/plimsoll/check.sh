#!/usr/bin/env bash
# Checks, and leaves the exit code of the check. Everything comes in by environment variables, so that no input is a
# part of this script.
set -euo pipefail

read -r -d '' -a arguments <<<"$PLIMSOLL_ARGS" || true

check() {
    plimsoll check ${arguments[@]+"${arguments[@]}"} --format "$@" -- "$PLIMSOLL_PATH"
}

code=0
check "$PLIMSOLL_FORMAT" || code=$?
echo "exit-code=$code" >>"$GITHUB_OUTPUT"
# Wrong usage has nothing to show.
if [ "$code" -ne 2 ]; then
    # What went wrong has been said above.
    [ -z "$PLIMSOLL_SARIF" ] || check sarif --quiet >"$PLIMSOLL_SARIF" || [ $? -eq "$code" ]
    [ "$PLIMSOLL_SUMMARY" != true ] || check markdown --quiet >>"$GITHUB_STEP_SUMMARY" || [ $? -eq "$code" ]
fi
exit "$code"
