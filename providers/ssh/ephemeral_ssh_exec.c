/* ephemeral ssh_exec: the output of a command on a machine, for one run: a token, a lease. A second
 * command may renew it, a third one may revoke it. */
#include "json.h"
#include "ssh_provider.h"
#include "ssh_query.h"

static Str exec_check_interval(Value value, Arena *arena) {
    int64_t ms;
    if (clock_parse_duration(value_text(value), &ms) && ms >= 1000)
        return STR_EMPTY;
    return str_format(
        arena, "\"%.*s\" is not a duration such as \"30s\" or \"5m\", of at least one second.",
        STR_ARG(value_text(value)));
}

/* clang-format off */
static const Attribute ephemeral_exec_attributes[] = {
    SSH_CLIENT_ATTRIBUTES(0),
    {"command",       &TYPE_STRING, REQUIRED, "Command to run with sh when the resource is opened."},
    {"renew_command", &TYPE_STRING, OPTIONAL, "Command to run periodically while the resource is open; a status other than 0 is an error."},
    {"renew_every",   &TYPE_STRING, OPTIONAL | COMPUTED, "Interval of renewals.", .default_json = "\"5m\"", .check = exec_check_interval},
    {"close_command", &TYPE_STRING, OPTIONAL, "Command to run when the resource is closed; a status other than 0 is an error."},
    SSH_QUERY_ARGUMENTS,
    SSH_QUERY_ATTRIBUTES(SENSITIVE),
};
/* clang-format on */

/* Stores the arguments in the private data, which stays in memory, for the later commands. */
static Str exec_remember(Value object, Arena *arena) {
    return json_typed_text(object, object.type, arena);
}

static Value exec_recall(Str private_data, Arena *arena) {
    const Type *type = schema_implied_type(&ephemeral_ssh_exec.schema);
    JsonReader reader = json_reader_new(private_data, arena);
    const char *error;
    Value object;
    CHECK(json_read_typed(&reader, json_next(&reader), type, &object, &error, arena));
    return object;
}

static int64_t next_renewal(const Call *call, Value object) {
    int64_t every_ms = 0;
    if (!value_is_present(object_attribute(object, "renew_command")) ||
        !clock_parse_duration(object_text(object, "renew_every", STR_EMPTY), &every_ms))
        return 0;
    return call_monotonic_ms(call) + every_ms;
}

/* Runs an optional command; a status other than 0 is an error. */
static bool exec_run(const Call *call, Value object, const char *name, Diags *diags) {
    Value command = object_attribute(object, name);
    SshResult result;
    if (!value_is_present(command))
        return true;
    if (!ssh_query_run(call, object, value_text(command), &result, NULL, diags))
        return false;
    if (result.exit_status == 0)
        return true;
    Str words = ssh_client_output_tail(result.err, result.out, call->arena);
    return diags_fail(diags, NO_RANGE, "The command failed", "\"%s\" ended with status %d. %.*s",
                      name, result.exit_status, STR_ARG(words));
}

static bool exec_open(const Call *call, const OpenRequest *, OpenResponse *response, Diags *diags) {
    Value object = response->result;
    SshResult result;
    Str command = object_text(object, "command", STR_EMPTY);
    if (!ssh_query_run(call, object, command, &result, &response->deferred, diags))
        return false;
    if (response->deferred.len > 0)
        return true;
    response->private_data = exec_remember(object, call->arena);
    response->renew_at_ms = next_renewal(call, object);
    response->result = ssh_query_result(object, &result, call->arena);
    return true;
}

static bool exec_renew(const Call *call, const RenewRequest *request, RenewResponse *response,
                       Diags *diags) {
    Value object = exec_recall(request->private_data, call->arena);
    if (!exec_run(call, object, "renew_command", diags))
        return false;
    response->renew_at_ms = next_renewal(call, object);
    return true;
}

static bool exec_close(const Call *call, const CloseRequest *request, Diags *diags) {
    Str private_data = request->private_data;
    return exec_run(call, exec_recall(private_data, call->arena), "close_command", diags);
}

const EphemeralType ephemeral_ssh_exec = {
    .mode = MODE_EPHEMERAL,
    .name = "ssh_exec",
    .schema = {SCHEMA_ATTRIBUTES(ephemeral_exec_attributes),
               .description = "The output of a command on a machine, during one run."},
    .open = exec_open,
    .renew = exec_renew,
    .close = exec_close,
};
