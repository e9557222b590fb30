/* foreign_server: loads the module that serves. */
#include "foreign_server.h"

#include "plugin.h"

bool foreign_server_run(const ForeignServing *serving, Str plugin_directory, Diags *diags) {
    SCOPED(ArenaRef) arena = arena_open("foreign server");
    Plugin plugin;
    Str problem;
    plugin_init(&plugin, disk_join(plugin_directory, STR(FOREIGN_SERVER_PLUGIN), arena),
                "foreign_server_module", "Serving a provider");
    ForeignServerRun *const *module = plugin_get(&plugin, &problem, arena);
    if (module)
        return (*module)(serving, diags);
    return diags_fail(diags, NO_RANGE, "Provider cannot be served", "%.*s.", STR_ARG(problem));
}
