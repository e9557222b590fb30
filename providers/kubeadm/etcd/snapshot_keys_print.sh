#!/bin/sh
set -u
# shellcheck source=snapshot_keys.sh
. ./snapshot_keys.sh
snapshot_keys
