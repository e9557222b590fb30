#!/bin/sh
# Makes the files below /etc/kubernetes/loam equal to those on standard input, before the machine becomes a control plane.
set -eu
umask 077
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/bin
LC_ALL=C
export PATH LC_ALL
# shellcheck source=../host/host_files.sh
. ./../host/host_files.sh
# shellcheck source=control_files.sh
. ./control_files.sh
staged=/var/lib/loam/files
stage_files $staged
put_files $staged
rm -rf $staged
