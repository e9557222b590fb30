/* local_backend: the state file on this machine (one lock for loam, OpenTofu and Terraform).
 *
 * lock    fcntl write lock on the whole state file, the holder's info in .NAME.lock.info beside it;
 *         a file that locking made and that stayed empty goes when it is unlocked
 * write   new content is first durable in NAME.next, then the file is written in place and synced,
 *         then the copy goes: a rename would lose the lock to the other tools
 * read    the copy counts if the file is empty or does not parse, or if both have one lineage and
 *         the file's serial is not the higher: a file torn between two states may well parse
 * backup  NAME.backup holds the snapshot that the run began from, written once, before the first
 *         write that differs */
#pragma once

#include "backend.h"

extern const BackendType local_backend;
