/* data local_command: runs a program and returns its output. */
#include "local_command.h"
#include "local_provider.h"

static const Attribute data_command_attributes[] = {LOCAL_COMMAND_ATTRIBUTES};

static bool command_read(const Call *call, const DataReadRequest *request,
                         DataReadResponse *response, Diags *diags) {
    return local_command_run(call, request->config, &response->state, diags);
}

const DataSourceType data_local_command = {
    .mode = MODE_DATA,
    .name = "local_command",
    .schema = {SCHEMA_ATTRIBUTES(data_command_attributes),
               .description = "The output of a local program."},
    .read = command_read,
};
