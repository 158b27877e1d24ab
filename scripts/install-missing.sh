#!/bin/sh
# Installs what package-lock.json names when it is not there, or not as the lock file has it. Says nothing when all is there.
set -eu
cd "$(dirname -- "$0")/.."
installed=node_modules/.package-lock.json
if [ ! -x node_modules/node/bin/node ] || [ ! -e "$installed" ] || [ package-lock.json -nt "$installed" ]; then
  npm install --no-audit --no-fund
  # npm leaves the file alone when nothing had to change.
  touch "$installed"
fi
