/* Loads the archive plugin at the first archive. */
#include "archives.h"

#include "plugin.h"

static Plugin archives_plugin = {
    .file = ARCHIVES_PLUGIN,
    .symbol = "libarchive_archives",
    .purpose = "an archive",
    .content = &libarchive_archives,
    .mutex = PTHREAD_MUTEX_INITIALIZER,
};

const Archives *archives_load(Str *problem, Arena *arena) {
    return plugin_get(&archives_plugin, problem, arena);
}
