/* Loads the PostgreSQL client plugin at the first session. */
#include "database.h"
#include "disk.h"
#include "plugin.h"

typedef struct DatabasePlugin {
    Database database;
    Plugin plugin;
} DatabasePlugin;

static DatabaseStatus database_open_by_plugin(void *self, Str address, DatabaseSession **out,
                                              DatabaseAnswer *answer, Arena *arena) {
    DatabasePlugin *opened = self;
    *answer = (DatabaseAnswer){0};
    const Database *client = plugin_get(&opened->plugin, &answer->problem, arena);
    if (!client)
        return DATABASE_NO_CLIENT;
    return client->open(client->self, address, out, answer, arena);
}

/* A session exists, so the plugin is loaded. */
static DatabaseStatus run_by_plugin(void *self, DatabaseSession *session, const char *statement,
                                    const Str *values, size_t count, DatabaseAnswer *answer,
                                    Arena *arena) {
    const DatabasePlugin *opened = self;
    const Database *client = opened->plugin.content;
    return client->run(client->self, session, statement, values, count, answer, arena);
}

static void database_close_by_plugin(void *self, DatabaseSession *session) {
    const DatabasePlugin *opened = self;
    const Database *client = opened->plugin.content;
    client->close(client->self, session);
}

const Database *database_on_first_use(Str plugin_directory, Arena *arena) {
    DatabasePlugin *opened = arena_new(arena, DatabasePlugin);
    plugin_init(&opened->plugin, disk_join(plugin_directory, STR(DATABASE_PLUGIN), arena),
                "pq_database", "PostgreSQL");
    opened->database =
        (Database){opened, database_open_by_plugin, run_by_plugin, database_close_by_plugin};
    return &opened->database;
}
