/* data ssh_exec: the output of a command on a machine, run at every plan. */
#include "ssh_provider.h"
#include "ssh_query.h"

static const Attribute data_exec_attributes[] = {
    SSH_CLIENT_ATTRIBUTES(0),
    {"command", &TYPE_STRING, REQUIRED, "Command to run with sh; it must not change anything."},
    SSH_QUERY_ARGUMENTS,
    SSH_QUERY_ATTRIBUTES(0),
};

static bool exec_data_read(const Call *call, const DataReadRequest *, DataReadResponse *response,
                           Diags *diags) {
    Value *state = &response->state;
    SshResult result;
    Str command = object_text(*state, "command", STR_EMPTY);
    if (!ssh_query_run(call, *state, command, &result, &response->deferred, diags))
        return false;
    if (response->deferred.len > 0)
        return true;
    *state = ssh_query_result(*state, &result, call->arena);
    return true;
}

const DataSourceType data_ssh_exec = {
    .mode = MODE_DATA,
    .name = "ssh_exec",
    .schema = {SCHEMA_ATTRIBUTES(data_exec_attributes),
               .description = "The output of a command on a machine."},
    .read = exec_data_read,
};
