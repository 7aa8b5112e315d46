#!/usr/bin/env bash
# Pin every package that pyproject.toml asks for, with the hashes of all its files, so that one lock
# holds on every system and Python that the project supports. Needs pip-compile on the PATH.
set -euo pipefail
cd "$(dirname "$0")/.."

compile() {
  # No registry host is written: each site uses its own.
  pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-header \
    --no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options \
    --annotation-style line "$@" pyproject.toml
}

compile --output-file requirements/lock.txt
compile --extra dev --constraint requirements/lock.txt --output-file requirements/dev.txt
compile --extra spark --constraint requirements/dev.txt --output-file requirements/spark.txt
