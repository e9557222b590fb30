/* Validates and selects workspaces. */
#include "workspace.h"

bool workspace_is_valid(Str name) {
    return name.len > 0 && str_has_only(name, "-_.~$&+=:@") && !str_equal(name, STR(".")) &&
           !str_equal(name, STR(".."));
}

bool workspace_check(Str name, Diags *diags) {
    if (workspace_is_valid(name))
        return true;
    return diags_fail(diags, NO_RANGE, "Invalid workspace name",
                      "\"%.*s\" is not a valid workspace name. Use ASCII letters, digits and - _ . "
                      "~ $ & + = : @, because the name becomes part of a path.",
                      STR_ARG(name));
}

bool workspace_select(const Cli *cli, Str name, Diags *diags) {
    const Disk *disk = cli->io.disk;
    Str path = disk_join(cli->data_directory, STR("environment"), cli->arena);
    int error = disk->make_directories(disk->self, cli->data_directory, 0777);
    if (error == 0)
        error = disk->write_file(disk->self, path, name, 0666);
    if (error == 0)
        return true;
    return diags_fail(
        diags, NO_RANGE, "Workspace not selected",
        "\"%.*s\", which records the selected workspace, could not be written: %s. %s",
        STR_ARG(path), strerror(-error), disk_data_hint(error));
}
