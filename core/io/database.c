/* Loads the PostgreSQL client plugin at the first session. */
#include "database.h"
#include "disk.h"
#include "plugin.h"

typedef struct DatabaseModule {
    Database database;
    Plugin plugin;
} DatabaseModule;

static DatabaseStatus open_by_module(
    void *self, Str address, DatabaseSession **out, DatabaseAnswer *answer, Arena *arena) {
    DatabaseModule *opened = self;
    *answer = (DatabaseAnswer){0};
    const Database *client = plugin_get(&opened->plugin, &answer->problem, arena);
    if (!client)
        return DATABASE_NO_CLIENT;
    return client->open(client->self, address, out, answer, arena);
}

/* A session exists, so the plugin is loaded. */
static DatabaseStatus run_by_module(void *self,
                                    DatabaseSession *session,
                                    const char *statement,
                                    const Str *values,
                                    size_t count,
                                    DatabaseAnswer *answer,
                                    Arena *arena) {
    const DatabaseModule *opened = self;
    const Database *client = opened->plugin.content;
    return client->run(client->self, session, statement, values, count, answer, arena);
}

static void close_by_module(void *self, DatabaseSession *session) {
    const DatabaseModule *opened = self;
    const Database *client = opened->plugin.content;
    client->close(client->self, session);
}

const Database *database_on_first_use(Str module_directory, Arena *arena) {
    DatabaseModule *opened = arena_new(arena, DatabaseModule);
    plugin_init(&opened->plugin, disk_join(module_directory, STR(DATABASE_MODULE), arena),
                "pq_database", "PostgreSQL");
    opened->database = (Database){opened, open_by_module, run_by_module, close_by_module};
    return &opened->database;
}
