/* encryption_file: the file by which API servers know keys, in the directory of control_files: its
 * content in each phase of a change, and the flags and volumes that it needs.
 *
 * The file has a directory of its own, which API servers mount: a volume of a single file would not
 * show its successor. */
#pragma once

#include "etcd_encryption.h"

#define ENCRYPTION_FILE_KEY  "encryption/config.json"
#define ENCRYPTION_FILE_FLAG "encryption-provider-config"

/* Returns the EncryptionConfiguration (JSON) as it is when `encryption->phase` has ended, or
 * without a change; empty if nothing is encrypted and no key is needed to read. */
Str encryption_file_content(const EtcdEncryption *encryption, Arena *arena);
/* Returns the beginning of each value that is encrypted with the key. */
Str encryption_file_prefix(const EncryptionKey *key, Arena *arena);
/* Returns the object, of kubeadm_init, with this file among `files`, and with the flags and volumes
 * of the API server; without a file, the object itself. */
Value encryption_file_add(Value object, const EtcdEncryption *encryption, Arena *arena);
/* Returns whether the API servers need other flags or volumes. */
bool encryption_file_needs_restart(const EtcdEncryption *before, const EtcdEncryption *after,
                                   Arena *arena);
/* Reads all keys, the one with which API servers encrypt as the current one, and the resources.
 * Returns false if loam has not made the content. */
MUST_USE bool encryption_file_parse(Str content, EtcdEncryption *out, Arena *arena);
