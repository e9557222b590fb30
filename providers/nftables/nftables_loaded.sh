#!/bin/sh
# Arguments: family, name; $3 the id of the change. Waits until nft has loaded the table, or rejected it.
# shellcheck source=nftables_prelude.sh
. ./nftables_prelude.sh
wait_for_load "$3"
