#!/usr/bin/env bash
# Puts plimsoll on the PATH of the steps that follow. PLIMSOLL_WHEEL is for pip; without it the command that the runner
# has is taken, else it is built from the sources that this action came with.
set -euo pipefail

folder=$RUNNER_TEMP/plimsoll
if [ -n "$PLIMSOLL_WHEEL" ]; then
    python3 -m venv "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check -- "$PLIMSOLL_WHEEL"
elif command -v plimsoll >/dev/null; then
    exit 0
else
    sources=$(cd "$GITHUB_ACTION_PATH/../../.." && pwd)
    # In the folder of the sources, rustup reads which toolchain and target they need.
    cd "$sources"
    rustup toolchain install
    cargo install --locked --path host --root "$folder"
fi
echo "$folder/bin" >>"$GITHUB_PATH"
