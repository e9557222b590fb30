/* data ssh_exec: what a command on a machine says, asked at every plan. */
#include "draft.h"
#include "ssh_client.h"
#include "ssh_provider.h"
#include "utf8.h"

// clang-format off
static const Attribute attributes[] = {
    SSH_CLIENT_ATTRIBUTES(0),
    {"command",     &TYPE_STRING, REQUIRED, "What to run with sh; it should only look."},
    {"stdout",      &TYPE_STRING, COMPUTED, "What it wrote to standard output."},
    {"stderr",      &TYPE_STRING, COMPUTED, "What it wrote to standard error."},
    {"exit_status", &TYPE_NUMBER, COMPUTED, "Its exit status; not 0 is no error here."},
};
// clang-format on

static bool data_read(const Call *call, Value *state, Str *private_data, Diags *diags) {
    (void)private_data;
    SCOPED(SshLink) link = {0};
    if (!ssh_client_link(call, *state, &link, diags))
        return false;
    Str text = draft_text(*state, "command", STR_EMPTY);
    const Clock *clock = call->io->clock;
    SshCommand command = {
        .command = str_concat(STR("sh -c "), ssh_quote(text, call->arena), call->arena),
        .patience = {.cancel = call->cancel},
    };
    if (call->deadline_ms > 0) {
        int64_t left = call->deadline_ms - clock->monotonic_ms(clock->self);
        command.patience.timeout_ms = left > 0 ? left : 1;
    }
    SshResult result;
    if (!ssh_client_run(&link, &command, &result, diags))
        return false;
    if (result.truncated) {
        diags_error(diags, NO_RANGE, "The command writes too much",
                    "More than 16 MiB came from it; let it print only what is needed.");
        return false;
    }
    Draft draft = draft_of(*state, call->arena);
    draft_set_text(&draft, "stdout", utf8_strip_controls(result.out, call->arena), call->arena);
    draft_set_text(&draft, "stderr", utf8_strip_controls(result.err, call->arena), call->arena);
    draft_set(&draft, "exit_status", value_int(result.exit_status));
    *state = draft_value(&draft);
    return true;
}

const ResourceType data_ssh_exec = {
    .name = "ssh_exec",
    .schema = {SCHEMA_ATTRIBUTES(attributes), .description = "What a command on a machine says."},
    .read = data_read,
};
