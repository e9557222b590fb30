/* etcd_encryption: how the API servers of a cluster encrypt objects in etcd: the argument, and the
 * keys and the progress that the state keeps.
 *
 * A change leads from one key to another, or from or to none, in five phases. Each ends on all
 * control planes before the next one begins:
 *
 *   1  read       the API servers can decrypt with the new key
 *   2  write      they encrypt with it
 *   3  rewrite    every object is written anew
 *   4  check      etcd has no other value
 *   5  end        the API servers drop the former key
 *
 * Sources: "Encrypting Confidential Data at Rest" and the API apiserver.config.k8s.io/v1 of the
 * documentation of Kubernetes. Texts live in the arena of the functions that make them. */
#pragma once

#include "schema.h"
#include "snapshot_keys.h"
#include "vec.h"

#define ETCD_ENCRYPTION_PHASES    5
#define ETCD_ENCRYPTION_PROVIDERS "secretbox aesgcm aescbc kms"

extern const NestedObject etcd_encryption_argument;
extern const NestedObject etcd_encryption_state;

typedef struct EncryptionKey {
    Str name;     /* unique in the life of the cluster; in the prefix of values */
    Str provider; /* one of ETCD_ENCRYPTION_PROVIDERS */
    Str secret;   /* Base64 of 32 bytes; empty: kms */
    Str socket;   /* of kms: "unix:///run/kms/kms.sock" */
    int64_t version;
} EncryptionKey;

typedef struct EtcdEncryption {
    VEC(EncryptionKey) keys; /* the newest first */
    Str current;             /* name of the key of all objects of `resources`; empty: none */
    StrVec resources;
    bool is_changing;
    bool is_restored;     /* objects may have other keys, or none: for example, of a snapshot */
    StrVec restored_keys; /* names of these keys; empty: any of `keys` */
    int64_t phase;        /* of the change: the last one that has ended; 0: none */
    Str next;             /* like `current`, after the change */
    StrVec next_resources;
    Str rewriting; /* phase 3: the resource; empty: the first one */
    Str at;        /* token of its next page; empty: the first one */
    int64_t written;
} EtcdEncryption;

/* The argument. */
typedef struct EncryptionWish {
    bool is_on;
    Str provider;
    Str socket;
    StrVec resources;
    int64_t version;
    int64_t retained; /* number of former keys that the state keeps */
} EncryptionWish;

EncryptionWish etcd_encryption_wish(Value argument, Arena *arena);
/* Returns the error of an argument that is not valid; empty if it is. May have unknowns. */
Str etcd_encryption_check(Value argument, Arena *arena);

/* `state` may be null. */
EtcdEncryption etcd_encryption_read(Value state, Arena *arena);
/* Returns null if there are neither keys nor a change. `type`: of the attribute. */
Value etcd_encryption_value(const EtcdEncryption *encryption, const Type *type, Arena *arena);

/* Returns the key; NULL if it is not there or `name` is empty. */
const EncryptionKey *etcd_encryption_find(const EtcdEncryption *encryption, Str name);
/* Returns whether the state after the last change is not the wanted one. */
bool etcd_encryption_differs(const EtcdEncryption *encryption, const EncryptionWish *wish);
/* Begins a change to the wanted state. Makes a key unless the current one is wanted. */
void etcd_encryption_begin(EtcdEncryption *encryption, const EncryptionWish *wish, Arena *arena);
/* Sets the wanted state of a cluster that is not made yet. */
void etcd_encryption_create(EtcdEncryption *encryption, const EncryptionWish *wish, Arena *arena);
/* Begins a change for the data of a snapshot, whose API servers start with phase 2. Does nothing
 * if there is no key, and none is needed. */
void etcd_encryption_restore(EtcdEncryption *encryption, const SnapshotKeys *snapshot,
                             Arena *arena);
/* Returns whether restored objects may have the key. */
bool etcd_encryption_is_restored(const EtcdEncryption *encryption, Str name);
/* Returns the names of the keys that the snapshot needs and that are not there, with their
 * fingerprints. */
StrVec etcd_encryption_missing(const EtcdEncryption *encryption, const SnapshotKeys *snapshot,
                               Arena *arena);
/* Takes over the keys that a machine has, and its current one. Former ones stay. */
void etcd_encryption_adopt(EtcdEncryption *encryption, const EtcdEncryption *found, Arena *arena);
/* Ends phase 5: the next key is the current one. */
void etcd_encryption_settle(EtcdEncryption *encryption);
/* Drops former keys until so many are left, but none that is as new as the oldest one of `needed`,
 * which has names. Does nothing during a change. */
void etcd_encryption_prune(EtcdEncryption *encryption, int64_t retained, const StrVec *needed);
/* Returns all resources that are or will be encrypted. */
StrVec etcd_encryption_resources(const EtcdEncryption *encryption, Arena *arena);
