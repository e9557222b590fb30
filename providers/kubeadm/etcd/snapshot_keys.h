/* snapshot_keys: with which keys the objects in a snapshot of etcd may be encrypted. The record is
 * text, in the head of an encrypted file, in the metadata of an object, and in a file beside a
 * plain snapshot (snapshot_keys.sh):
 *
 *     NAME=FINGERPRINT,… RESOURCE,…    objects of these resources may have any of these keys, or
 * none none                             nothing is encrypted
 *
 * Any other text is unknown. The fingerprint is the beginning of the SHA-256 of the name and the
 * key, which are 32 random bytes, so it does not help to find the key. A key of a plugin has the
 * fingerprint "kms". */
#pragma once

#include "ssh_client.h"
#include "vec.h"

#define SNAPSHOT_KEYS_NONE "none"
#define SNAPSHOT_KEYS_KMS  "kms"

typedef struct SnapshotKey {
    Str name;
    Str fingerprint;
} SnapshotKey;

typedef struct SnapshotKeys {
    bool is_known;
    VEC(SnapshotKey) items;
    StrVec resources;
} SnapshotKeys;

/* The parts of the result point into `text`. */
SnapshotKeys snapshot_keys_parse(Str text, Arena *arena);
/* Returns the record; empty: unknown. */
Str snapshot_keys_text(const SnapshotKeys *keys, Arena *arena);
/* Returns a map from names to fingerprints; null: unknown. */
Value snapshot_keys_value(const SnapshotKeys *keys, Arena *arena);
/* `secret` in Base64; empty: of a plugin. */
Str snapshot_keys_fingerprint(Str name, Str secret, Arena *arena);
/* Reads the keys that the API server of the control plane knows now. A new key is there before an
 * object has it, so read them before the snapshot is taken. */
MUST_USE bool snapshot_keys_read(SshLink *link, SnapshotKeys *out, Diags *diags);
