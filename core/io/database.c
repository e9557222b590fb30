/* Loads the PostgreSQL client plugin at the first session. */
#include "database.h"
#include "plugin.h"

static Plugin database_plugin = {
    .file = DATABASE_PLUGIN,
    .symbol = "pq_database",
    .purpose = "PostgreSQL",
    .mutex = PTHREAD_MUTEX_INITIALIZER,
};

static DatabaseStatus database_open_by_plugin(void *, Str address, DatabaseSession **out,
                                              DatabaseAnswer *answer, Arena *arena) {
    *answer = (DatabaseAnswer){0};
    const Database *client = plugin_get(&database_plugin, &answer->problem, arena);
    if (!client)
        return DATABASE_NO_CLIENT;
    return client->open(client->self, address, out, answer, arena);
}

/* A session exists, so the plugin is loaded. */
static DatabaseStatus run_by_plugin(void *, DatabaseSession *session, const char *statement,
                                    const Str *values, size_t count, DatabaseAnswer *answer,
                                    Arena *arena) {
    const Database *client = database_plugin.content;
    return client->run(client->self, session, statement, values, count, answer, arena);
}

static void database_close_by_plugin(void *, DatabaseSession *session) {
    const Database *client = database_plugin.content;
    client->close(client->self, session);
}

const Database database_real = {
    .open = database_open_by_plugin,
    .run = run_by_plugin,
    .close = database_close_by_plugin,
};
