/* A command that answers. */
#include "ssh_ask.h"

#include "utf8.h"

bool ssh_ask(const Call *call, Value object, Str command, SshResult *out, Diags *diags) {
    SCOPED(SshLink) link = {0};
    if (!ssh_client_link(call, object, &link, diags))
        return false;
    SshCommand running = {
        .command = str_concat(STR("sh -c "), ssh_quote(command, call->arena), call->arena),
        .patience = ssh_client_patience(&link, CANCEL_STOP),
    };
    if (!ssh_client_run(&link, &running, out, diags))
        return false;
    if (!out->truncated)
        return true;
    diags_error(diags, NO_RANGE, "The command writes too much",
                "More than 16 MiB came from it; let it print only what is needed.");
    return false;
}

Value ssh_ask_answer(Value object, const SshResult *result, Arena *arena) {
    Draft draft = draft_of(object, arena);
    draft_set_text(&draft, "stdout", utf8_strip_controls(result->out, arena), arena);
    draft_set_text(&draft, "stderr", utf8_strip_controls(result->err, arena), arena);
    draft_set(&draft, "exit_status", value_int(result->exit_status));
    return draft_value(&draft);
}
