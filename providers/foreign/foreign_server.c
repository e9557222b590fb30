/* foreign_server: loads the module that serves. */
#include "foreign_server.h"

#include "plugin.h"

static Plugin server_plugin = {
    .file = FOREIGN_SERVER_PLUGIN,
    .symbol = "foreign_server_module",
    .purpose = "Serving a provider",
    .mutex = PTHREAD_MUTEX_INITIALIZER,
};

bool foreign_server_run(const ForeignServing *serving, Diags *diags) {
    SCOPED(ArenaRef) arena = arena_open("foreign server");
    Str problem;
    ForeignServerRun *const *module = plugin_get(&server_plugin, &problem, arena);
    if (module)
        return (*module)(serving, diags);
    return diags_fail(diags, NO_RANGE, "Provider cannot be served", "%.*s.", STR_ARG(problem));
}
