#!/bin/sh
# A wrapper for any CI and any shell: one call. What is judged stands in ci.toml,
# the receipt in the git directory; '--receipt PATH' puts it elsewhere.
set -eu
cd "$(dirname "$0")/.."
INSTALL
exec XTASK verify --no-reuse "$@"
