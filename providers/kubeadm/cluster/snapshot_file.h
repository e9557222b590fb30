/* snapshot_file: reads a snapshot of etcd from a file: a sealed one (sealed_file.h), or a plain one
 * of etcdctl, such as those of an etcd_schedule.
 *
 * A plain file does not say of which cluster it is. Its last 32 bytes are the SHA-256 of the
 * others, so that a file whose copy broke off is not taken as whole. Functions return an empty
 * text, or the end of a sentence that says why they failed. */
#pragma once

#include "disk.h"
#include "etcd_snapshot.h"

typedef struct SnapshotFile SnapshotFile;

/* Reads the description; needs no passphrase. Of a plain file, which is read wholly, *head has only
 * `id`, `size` and `digest`. The caller closes *out, also after a failure. */
MUST_USE Str snapshot_file_open(const Disk *disk, Str path, SnapshotFile **out, EtcdSnapshot *head,
                                Arena *arena);
/* Call before the first piece. A plain file needs no passphrase. */
MUST_USE Str snapshot_file_unlock(SnapshotFile *file, Str passphrase, Arena *arena);
/* As sealed_reader_next. */
MUST_USE Str snapshot_file_next(SnapshotFile *file, Str *out, bool *is_end, Arena *arena);
/* Accepts NULL. */
void snapshot_file_close(SnapshotFile *file);
