/* AzureBlob: requests for the blobs of one container of Azure Storage. Thread-safe.
 *
 * A blob may have a lease, which lasts until it is released or broken. The service then rejects
 * every write that does not name the lease, and every request that names another lease. */
#pragma once

#include "azure_signature.h"
#include "io.h"
#include "token_source.h"

typedef struct AzureBlobSettings {
    Str endpoint; /* "https://ACCOUNT.blob.core.windows.net", perhaps with a path; no slash at its
                     end */
    Str container;
    AzureAccount account; /* the key is empty if another of these fields is set: */
    Str sas;              /* a shared access signature: the query that authorizes each request */
    TokenSource *keys;    /* the key of the account, from the resource manager */
    TokenSource *tokens;  /* access tokens for the storage service */
    HttpHeaders read_headers;  /* for requests that read content: the customer's encryption key */
    HttpHeaders write_headers; /* for those that write it: the same, or the encryption scope */
    int64_t timeout_ms;        /* of each attempt */
} AzureBlobSettings;

typedef struct AzureBlob {
    const Io *io;
    AzureBlobSettings settings;
    const CancelToken **cancel; /* address of the token that aborts requests; NULL: none */
} AzureBlob;

typedef enum AzureBlobStatus {
    AZURE_BLOB_DONE,
    AZURE_BLOB_ABSENT,   /* no such blob */
    AZURE_BLOB_CONFLICT, /* a condition is not met, or the lease of the blob does not permit it */
    AZURE_BLOB_FAILED,
} AzureBlobStatus;

typedef enum AzureBlobUse {
    AZURE_BLOB_OTHER, /* a request that touches no content */
    AZURE_BLOB_READ,
    AZURE_BLOB_WRITE,
} AzureBlobUse;

typedef struct AzureBlobCall {
    const char *method;
    Str name;          /* of the blob; empty: the container */
    const char *query; /* "comp=lease"; NULL: none */
    AzureBlobUse use;
    Str lease; /* ID of the lease that this run holds; empty: none */
    HttpHeaders headers;
    Str body;
} AzureBlobCall;

typedef struct AzureBlobReply {
    Str body;
    HttpHeaders headers;
    Str code;          /* of an error: "LeaseIdMissing"; may be empty */
    Str problem;       /* unless AZURE_BLOB_DONE: the end of a sentence */
    uint32_t attempts; /* if more than one, an earlier attempt may have taken effect too */
} AzureBlobReply;

/* Sends with retries. */
AzureBlobStatus azure_blob_send(const AzureBlob *client, const AzureBlobCall *call,
                                AzureBlobReply *reply, Arena *arena);

typedef struct AzureBlobInfo {
    HttpHeaders metadata; /* "x-ms-meta-…" */
    Str version;          /* ETag */
    bool is_leased;
} AzureBlobInfo;

/* The following return the status of one request. *problem, the end of a sentence, is set unless it
 * is AZURE_BLOB_DONE. `lease` is empty if this run holds none. */
AzureBlobStatus azure_blob_stat(const AzureBlob *client, Str name, Str lease, AzureBlobInfo *out,
                                Str *problem, Arena *arena);
AzureBlobStatus azure_blob_read(const AzureBlob *client, Str name, Str lease, Str *out,
                                Str *problem, Arena *arena);
typedef struct AzureBlobWrite {
    Str name;
    Str bytes;
    bool appends;        /* the blob is one for appends, and empty at first */
    bool only_if_absent; /* AZURE_BLOB_CONFLICT if the blob exists */
    Str version;         /* AZURE_BLOB_CONFLICT if the blob has another ETag; empty: any */
    Str lease;
    const HttpHeaders *metadata; /* a write deletes all metadata that it does not repeat; NULL: none
                                  */
} AzureBlobWrite;
/* Sets *version to the new ETag, if the write is done; `version` may be NULL. */
AzureBlobStatus azure_blob_write(const AzureBlob *client, const AzureBlobWrite *write, Str *version,
                                 Str *problem, Arena *arena);
/* Deletes the blob with its snapshots. Returns AZURE_BLOB_DONE if there is none. */
AzureBlobStatus azure_blob_delete(const AzureBlob *client, Str name, Str lease, Str version,
                                  Str *problem, Arena *arena);
/* Lists the names of all blobs with this prefix, in order. */
AzureBlobStatus azure_blob_list(const AzureBlob *client, Str prefix, StrVec *out, Str *problem,
                                Arena *arena);

/* Returns the value of a header of the reply; empty if there is none. */
Str azure_blob_header(const AzureBlobReply *reply, const char *name);
