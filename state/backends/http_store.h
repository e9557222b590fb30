/* HttpStore: the server of the backend http: its arguments, and one request with its limits. */
#pragma once

#include "backend.h"
#include "http_send.h"

typedef struct HttpJournal HttpJournal;

typedef struct HttpStore {
    Backend backend;
    const Io *io;
    Value config;
    Arena *arena;
    Str address;
    Str lock_address;
    Str unlock_address;
    Str journal_address;
    HttpJournal *journal; /* NULL: without journal_address */
    Str lock_id;          /* of the acquired lock; empty: none */
    Str lock_sent;        /* the lock info as it was sent to the server */
} HttpStore;

/* Returns an argument of the block, or the fallback if it is not set. */
Str http_store_text(const HttpStore *store, const char *name, const char *fallback);
/* Returns a request with the credentials, headers and limits of the block, and the digest of the
 * body. */
HttpRequest http_store_request(const HttpStore *store, Str method, Str url, Str body, Arena *arena);
/* Returns the address with ?ID=LOCK, from which the server recognizes the lock's holder; unchanged
 * without a lock. */
Str http_store_with_lock(const HttpStore *store, Str address, Arena *arena);
/* Returns whether the body has the digest of the header Content-MD5, if there is one. */
bool http_store_is_intact(const HttpResponse *response);

/* The journal as one document at journal_address (http_journal.c). `store` must live as long. */
HttpJournal *http_journal_open(HttpStore *store, Arena *arena);
/* For the next two, `journal` may be NULL: there is none. */
JournalStore *http_journal_lines(HttpJournal *journal);
void http_journal_close(HttpJournal *journal);
