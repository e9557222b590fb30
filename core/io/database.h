/* Database: sessions with PostgreSQL servers, as operations that a test can fake.
 *
 * Values go apart from the statement ($1, $2 …) and are text; what comes back is text. A session is
 * one connection, used by one thread at a time; what the server ties to it (locks) goes with it. */
#pragma once

#include "str.h"

typedef enum DatabaseStatus {
    DATABASE_DONE,
    DATABASE_REFUSED,   /* the server understood, and says no */
    DATABASE_LOST,      /* no connection, or it broke: whether the statement counted is not known */
    DATABASE_NO_CLIENT, /* the module with the client cannot be loaded */
} DatabaseStatus;

typedef struct DatabaseAnswer {
    size_t row_count;
    size_t column_count;
    const Str *cells; /* row by row; NULL has no ptr */
    Str code;         /* when refused: five letters and digits ("42501") */
    Str problem;      /* unless done: a sentence's end, fit to be shown */
} DatabaseAnswer;

typedef struct DatabaseSession DatabaseSession;

typedef struct Database {
    void *self;
    /* `address`: a URL or keywords, as psql takes them; empty: what PG* variables say. */
    DatabaseStatus (*open)(
        void *self, Str address, DatabaseSession **out, DatabaseAnswer *answer, Arena *arena);
    DatabaseStatus (*run)(void *self,
                          DatabaseSession *session,
                          const char *statement,
                          const Str *values,
                          size_t count,
                          DatabaseAnswer *answer,
                          Arena *arena);
    void (*close)(void *self, DatabaseSession *session);
} Database;

/* The client is a module: opened by the first session. */
const Database *database_on_first_use(Str module_folder, Arena *arena);
#define DATABASE_MODULE "loam-pq.so" /* symbol pq_database within */
