/* kubernetes_backend: a state as a Secret, locked by a Lease, as Terraform and OpenTofu keep it.
 *
 * state    Secret tfstate-WORKSPACE-SUFFIX, data.tfstate, packed by gzip. Several Secrets
 *          (…-part-1 …), which newer tools make of a large state, are read; loam writes one, which
 *          holds 1 MiB of packed state
 * lock     Lease lock-tfstate-WORKSPACE-SUFFIX with the holder's ID and info; it does not expire
 * write    one update, on condition that the Secret has the version that was read: old or new, and
 *          never over somebody else's
 * journal  Secrets loam-journal-WORKSPACE-SUFFIX-NUMBER, each made on condition that it is not
 *          there, so a run that lost its lock cannot go on beside the next one */
#pragma once

#include "backend.h"

extern const BackendType kubernetes_backend;
