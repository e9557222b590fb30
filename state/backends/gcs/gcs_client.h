/* GcsClient: HTTP requests for the objects of one bucket. Each object has a generation, a number
 * that the store chooses at each write; conditions of writes and deletions name it. Thread-safe. */
#pragma once

#include "gcp_api.h"
#include "vec.h"

typedef struct GcsSettings {
    Str bucket;
    Str endpoint;       /* "https://storage.googleapis.com/storage/v1/" */
    Str encryption_key; /* 32 bytes of the user, for the store to encrypt with; empty: none */
    Str kms_key;        /* name of a key in the key service; empty: none */
} GcsSettings;

typedef struct GcsClient {
    GcpApi api;
    GcsSettings settings;
} GcsClient;

typedef enum GcsStatus {
    GCS_DONE,
    GCS_ABSENT,  /* no such object */
    GCS_CHANGED, /* the object has another generation than the condition names */
    GCS_FAILED,  /* *problem is the end of a sentence */
} GcsStatus;

#define GCS_NO_OBJECT STR("0")

typedef struct GcsObject {
    Str name;
    Str bytes;
    Str generation; /* decimal; empty: unknown; GCS_NO_OBJECT: there is none */
    bool is_plain;  /* true: without the keys of the settings, as other programs read a lock */
} GcsObject;

/* Reads the bytes and the generation of object->name; sets both also for GCS_ABSENT. */
GcsStatus gcs_client_read(const GcsClient *client, GcsObject *object, Str *problem, Arena *arena);
/* Writes object->bytes if the stored object has object->generation, unless that is unknown, and
 * sets the new generation. GCS_CHANGED: *stored is the object that is there, which may be none; a
 * write of the same bytes whose answer was lost counts as done. */
GcsStatus gcs_client_write(const GcsClient *client, GcsObject *object, GcsObject *stored,
                           Str *problem, Arena *arena);
/* Deletes the object if it has this generation, unless that is empty. GCS_ABSENT, GCS_CHANGED: this
 * call has deleted nothing; after a lost answer, they count as done. */
GcsStatus gcs_client_delete(const GcsClient *client, Str name, Str generation, Str *problem,
                            Arena *arena);
/* Adds the names of all objects with this prefix, in order. If `is_flat`, only names without a "/"
 * after the prefix. */
GcsStatus gcs_client_list(const GcsClient *client, Str prefix, bool is_flat, StrVec *out,
                          Str *problem, Arena *arena);
