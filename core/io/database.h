/* Database: sessions with PostgreSQL servers, behind function pointers that a test can replace.
 *
 * Values are sent separately from the statement ($1, $2 …), as text; results are text. A session is
 * one connection, used by one thread at a time. Its end also ends everything that the server ties
 * to it (locks). */
#pragma once

#include "str.h"

typedef enum DatabaseStatus {
    DATABASE_DONE,
    DATABASE_REFUSED, /* the server rejected the statement */
    DATABASE_LOST,    /* no connection, or it broke; whether the statement took effect is unknown */
    DATABASE_NO_CLIENT, /* the plugin with the client cannot be loaded */
} DatabaseStatus;

typedef struct DatabaseAnswer {
    size_t row_count;
    size_t column_count;
    const Str *cells; /* row by row; a NULL value has a NULL ptr */
    Str code;         /* SQLSTATE of a failed statement ("42501"); empty: none
                       */
    Str problem;      /* unless done: the end of a sentence, without control characters */
} DatabaseAnswer;

typedef struct DatabaseSession DatabaseSession;

typedef struct Database {
    void *self;
    /* `address`: a URL or keywords, as psql accepts them; empty: from the PG* environment
     * variables. */
    DatabaseStatus (*open)(void *self, Str address, DatabaseSession **out, DatabaseAnswer *answer,
                           Arena *arena);
    DatabaseStatus (*run)(void *self, DatabaseSession *session, const char *statement,
                          const Str *values, size_t count, DatabaseAnswer *answer, Arena *arena);
    void (*close)(void *self, DatabaseSession *session);
} Database;

/* The first session loads the client plugin. If that fails, `open` returns DATABASE_NO_CLIENT. */
extern const Database database_real;
#define DATABASE_PLUGIN "loam-pq.so" /* exports the symbol pq_database */
