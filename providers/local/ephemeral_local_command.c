/* ephemeral local_command: runs a program in every run; its output is never stored. */
#include "local_command.h"
#include "local_provider.h"

static const Attribute ephemeral_command_attributes[] = {LOCAL_COMMAND_ATTRIBUTES};

static bool command_open(const Call *call, const OpenRequest *request, OpenResponse *response,
                         Diags *diags) {
    return local_command_run(call, request->config, &response->result, diags);
}

const EphemeralType ephemeral_local_command = {
    .mode = MODE_EPHEMERAL,
    .name = "local_command",
    .schema = {SCHEMA_ATTRIBUTES(ephemeral_command_attributes),
               .description =
                   "The output of a local program, which runs in every run and is not stored."},
    .open = command_open,
};
