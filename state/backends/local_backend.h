/* local_backend: the state file on this machine (design: one lock for loam, OpenTofu and
 * Terraform).
 *
 * lock    fcntl write lock on the whole state file, holder's info in .NAME.lock.info beside it
 * write   new content is first durable in NAME.next, then the file is written in place and synced,
 *         then the copy goes: a rename would lose the lock to the other tools
 * read    the copy counts if the file is empty or does not parse, or if both have one lineage and
 *         the copy's serial is the higher
 * backup  NAME.backup holds the snapshot that the run began from, written once, before the first
 *         write that differs */
#pragma once

#include "backend.h"

extern const BackendType local_backend;
