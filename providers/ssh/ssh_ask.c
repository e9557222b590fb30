/* ssh_ask: runs a command and returns its output. */
#include "ssh_ask.h"

#include "utf8.h"

bool ssh_ask(
    const Call *call, Value object, Str command, SshResult *out, Str *deferred, Diags *diags) {
    SCOPED(SshLink) link = {0};
    if (deferred)
        *deferred = STR_EMPTY;
    if (!ssh_client_link(call, object, &link, diags))
        return false;
    if (call->is_planning)
        ssh_client_limit_to_plan(&link);
    SshCommand running = {
        .command = str_concat(STR("sh -c "), ssh_quote(command, call->arena), call->arena),
        .timeout = ssh_client_timeout(&link, CANCEL_STOP),
    };
    SshProblem problem = {0};
    SshStatus status = ssh_client_exec(&link, &running, out, &problem);
    if (deferred && call->is_planning && ssh_client_is_absent(&link, status)) {
        *deferred = ssh_client_explain_absence(&link, status, problem);
        return true;
    }
    if (status != SSH_DONE) {
        ssh_client_explain(&link, status, problem, diags);
        return false;
    }
    if (!out->truncated)
        return true;
    diags_error(diags, NO_RANGE, "Command output too large",
                "The command wrote more than 16 MiB. Change it to write less.");
    return false;
}

Value ssh_ask_answer(Value object, const SshResult *result, Arena *arena) {
    ObjectBuilder builder = object_builder_of(object, arena);
    object_builder_set_text(&builder, "stdout", utf8_strip_controls(result->out, arena), arena);
    object_builder_set_text(&builder, "stderr", utf8_strip_controls(result->err, arena), arena);
    object_builder_set(&builder, "exit_status", value_int(result->exit_status));
    return object_builder_value(&builder);
}
