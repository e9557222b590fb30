/* snapshot_file: a snapshot of etcd in a local file, which is read piece by piece:
 *
 *   sealed  loam has encrypted it with a passphrase (sealed_file.h); it describes itself
 *   CMS     a machine has encrypted it for a certificate (cms_reader.h); its name describes it
 *   plain   as etcdctl writes it. The last 32 bytes are the SHA-256 of the others, so that a file
 *           whose copy broke off is not taken as whole
 *
 * Functions that return a Str return an empty text, or the end of a sentence that says why they
 * failed. */
#pragma once

#include "disk.h"
#include "etcd_snapshot.h"

typedef struct SnapshotFile SnapshotFile;

/* Reads the description of a sealed or a plain file; needs no passphrase. Of a plain file, which is
 * read wholly, *head has only `id`, `size` and `digest`. The caller closes *out, also after a
 * failure. */
MUST_USE Str snapshot_file_open(const Disk *disk, Str path, SnapshotFile **out, EtcdSnapshot *head,
                                Arena *arena);
/* Opens a CMS message; it needs no snapshot_file_unlock. */
MUST_USE Str snapshot_file_open_message(const Disk *disk, Str path, Str key_pem, SnapshotFile **out,
                                        Arena *arena);
/* Call before the first piece of a sealed or plain file; a plain one needs no passphrase. */
MUST_USE Str snapshot_file_unlock(SnapshotFile *file, Str passphrase, Arena *arena);
/* Sets *out to the next piece, valid until the next call. After the last piece *is_end is true and
 * *out is empty. Pieces are authentic only after the last one. */
MUST_USE Str snapshot_file_next(SnapshotFile *file, Str *out, bool *is_end, Arena *arena);
/* Wipes keys. Accepts NULL. */
void snapshot_file_close(SnapshotFile *file);
