#!/bin/sh
# Prints only the certificates of a control plane, in the form of host_facts.sh.
# shellcheck source=host_facts_prelude.sh
. ./host_facts_prelude.sh
echo "facts 1"
# shellcheck source=host_certificates.sh
. ./host_certificates.sh
print_fact time "$(date +%s.%N)"
echo end
