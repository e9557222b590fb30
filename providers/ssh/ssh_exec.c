/* ssh_exec: a script that ran once on a machine, and one for the way back.
 *
 * It runs anew when `script`, `command`, `triggers` or `host` change; that is a replacement, since
 * what ran cannot be changed. How the machine is reached and what is run at destruction change in
 * place, and nothing is executed for that. */
#include "digest.h"
#include "draft.h"
#include "ssh_marker.h"
#include "ssh_provider.h"

#define NAMESPACE "6f9d2f0e-5d0b-5a0c-9a53-3f5d0c1f7a11"

// clang-format off
static const Attribute attributes[] = {
    SSH_CLIENT_ATTRIBUTES(FORCES_NEW),
    {"script",          &TYPE_STRING,        OPTIONAL | FORCES_NEW, "What to run: text for sh, or with a \"#!\" line for another interpreter."},
    {"command",         &TYPE_STRING,        OPTIONAL | FORCES_NEW, "The same for a single line; one of both is needed."},
    {"destroy_command", &TYPE_STRING,        OPTIONAL, "What to run before the object is destroyed or replaced, in the same way."},
    {"triggers",        &TYPE_MAP_OF_STRING, OPTIONAL | FORCES_NEW, "Any values; a change runs the script anew."},
    {"stdout",          &TYPE_STRING,        COMPUTED, "What it wrote to standard output, the last 256 KiB."},
    {"stderr",          &TYPE_STRING,        COMPUTED, "What it wrote to standard error, the last 256 KiB."},
    {"exit_status",     &TYPE_NUMBER,        COMPUTED, "Its exit status; anything but 0 is an error."},
    {"id",              &TYPE_STRING,        COMPUTED, "Name of the marker folder on the machine."},
};
// clang-format on

static bool exec_validate(const Call *call, Value config, Diags *diags) {
    (void)call;
    Value script = draft_attribute(config, "script"), command = draft_attribute(config, "command");
    if (!value_is_known(script) || !value_is_known(command))
        return true;
    if (value_is_null(script) != value_is_null(command))
        return true;
    diags_error(diags, NO_RANGE, value_is_null(script) ? "Nothing to run" : "Two things to run",
                "Exactly one of \"script\" and \"command\" says what is run on the machine.");
    return false;
}

static Str exec_identity(const Call *call, Value planned) {
    (void)planned;
    Str name = str_format(call->arena, "%.*s %.*s %llu", STR_ARG(call->lineage),
                          STR_ARG(call->address), (unsigned long long)call->generation);
    return digest_uuid5(STR(NAMESPACE), name, call->arena);
}

static Value with_result(Value object, Str id, const SshMarkerResult *result, Arena *arena) {
    Draft draft = draft_of(object, arena);
    bool ended = result->state == SSH_MARKER_EXITED;
    draft_set(&draft, "id", value_from_str(str_clone(id, arena)));
    draft_set_text(&draft, "stdout", result->out, arena);
    draft_set_text(&draft, "stderr", result->err, arena);
    draft_set(&draft, "exit_status",
              ended ? value_int(result->exit_status) : value_null(&TYPE_NUMBER));
    return draft_value(&draft);
}

/* False with an error unless the script ended well. */
static bool judge(const SshLink *link,
                  const SshMarkerResult *result,
                  const char *what,
                  Diags *diags) {
    Arena *arena = link->call->arena;
    Str endpoint = ssh_endpoint(link->target.host, link->target.port, arena);
    Str words = ssh_client_last_words(result->err, result->out, arena);
    switch (result->state) {
    case SSH_MARKER_EXITED:
        if (result->exit_status == 0)
            return true;
        diags_error(diags, NO_RANGE, what, "It ended with status %d on %.*s. %.*s",
                    result->exit_status, STR_ARG(endpoint), STR_ARG(words));
        return false;
    case SSH_MARKER_RUNNING:
        diags_error(diags, NO_RANGE, what,
                    "It still runs on %.*s, but the time that the operation has is over. A greater "
                    "value in \"timeouts\" gives it more.",
                    STR_ARG(endpoint));
        return false;
    case SSH_MARKER_ABSENT:
    case SSH_MARKER_LOST: break;
    }
    diags_error(
        diags, NO_RANGE, what,
        "It was started on %.*s, but is gone without an exit status: the machine went down, "
        "or the script was killed. %.*s",
        STR_ARG(endpoint), STR_ARG(words));
    return false;
}

static bool exec_create(const Call *call,
                        const ApplyRequest *request,
                        ApplyResponse *response,
                        Diags *diags) {
    SCOPED(SshLink) link = {0};
    SshMarkerResult result;
    Str script =
        draft_text(request->planned, "script", draft_text(request->planned, "command", STR_EMPTY));
    if (!ssh_client_link(call, request->planned, &link, diags))
        return false;
    if (!ssh_marker_run(&link, request->identity, script, &result, diags))
        return false;
    response->state = with_result(request->planned, request->identity, &result, call->arena);
    return judge(&link, &result, "The script failed", diags);
}

/* What changes in place is only remembered. */
static bool exec_update(const Call *call,
                        const ApplyRequest *request,
                        ApplyResponse *response,
                        Diags *diags) {
    (void)call;
    (void)diags;
    response->state = request->planned;
    return true;
}

static bool exec_delete(const Call *call, const ApplyRequest *request, Diags *diags) {
    SCOPED(SshLink) link = {0};
    Str id = draft_text(request->prior, "id", STR_EMPTY);
    Str script = draft_text(request->prior, "destroy_command", STR_EMPTY);
    if (script.len == 0) {
        Diags ignored = diags_new(call->arena);
        if (!ssh_client_link(call, request->prior, &link, &ignored))
            return true;
        ssh_marker_forget_if_possible(&link, id);
        return true;
    }
    Str destroy_id = str_concat(id, STR("-destroy"), call->arena);
    SshMarkerResult result;
    if (!ssh_client_link(call, request->prior, &link, diags))
        return false;
    /* The script's own marker goes first of all when the way back is done: then a run was killed
     * between that and telling, and nothing runs a second time. */
    bool is_done;
    if (!ssh_marker_is_forgotten(&link, id, &is_done, diags))
        return false;
    if (is_done)
        return ssh_marker_forget(&link, destroy_id, diags);
    if (!ssh_marker_run(&link, destroy_id, script, &result, diags))
        return false;
    bool is_good = judge(&link, &result, "The destroy command failed", diags);
    if (is_good && !ssh_marker_forget(&link, id, diags))
        return false;
    /* Without its marker a failed one runs again when the destruction is tried again. */
    return ssh_marker_forget(&link, destroy_id, diags) && is_good;
}

static bool exec_recover(const Call *call,
                         const RecoverRequest *request,
                         RecoverOutcome *outcome,
                         Value *state,
                         Diags *diags) {
    SCOPED(SshLink) link = {0};
    SshMarkerResult result;
    if (!ssh_client_link(call, request->planned, &link, diags))
        return false;
    if (!ssh_marker_recover(&link, request->identity, &result, diags))
        return false;
    *outcome = RECOVER_ABSENT;
    if (result.state == SSH_MARKER_ABSENT)
        return true;
    *state = with_result(request->planned, request->identity, &result, call->arena);
    bool good = result.state == SSH_MARKER_EXITED && result.exit_status == 0;
    *outcome = good ? RECOVER_COMPLETE : RECOVER_TAINTED;
    return true;
}

const ResourceType ssh_exec = {
    .name = "ssh_exec",
    .schema = {SCHEMA_ATTRIBUTES(attributes), .description = "A script that ran on a machine."},
    .validate = exec_validate,
    .identity = exec_identity,
    .create = exec_create,
    .update = exec_update,
    .delete = exec_delete,
    .recover = exec_recover,
    .limits = ssh_client_limits,
};
