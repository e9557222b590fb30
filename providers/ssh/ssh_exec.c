/* ssh_exec: a script that runs once on a machine, and one that runs at destruction.
 *
 * A change of `script`, `command`, `triggers` or `host` replaces the object, so the script runs
 * again. Connection arguments and the destroy command are updated in place, without running
 * anything.
 *
 * A marker on the machine represents the object: a rebuilt machine has no marker, so the next plan
 * runs the script there. */
#include "object_builder.h"
#include "ssh_marker.h"
#include "ssh_provider.h"
#include "timeouts.h"
#include "uuid.h"

#define NAMESPACE "6f9d2f0e-5d0b-5a0c-9a53-3f5d0c1f7a11"

/* clang-format off */
static const Attribute attributes[] = {
    SSH_CLIENT_ATTRIBUTES(FORCES_NEW),
    {"script",          &TYPE_STRING,        OPTIONAL | FORCES_NEW, "Script for sh, or for another interpreter with a \"#!\" line."},
    {"command",         &TYPE_STRING,        OPTIONAL | FORCES_NEW, "Script of a single line. Set either script or this argument."},
    {"destroy_command", &TYPE_STRING,        OPTIONAL, "Script to run before the object is destroyed or replaced."},
    {"triggers",        &TYPE_MAP_OF_STRING, OPTIONAL | FORCES_NEW, "Any values; a change runs the script again."},
    {"stdout",          &TYPE_STRING,        COMPUTED, "Standard output of the script, the last 256 KiB."},
    {"stderr",          &TYPE_STRING,        COMPUTED, "Standard error of the script, the last 256 KiB."},
    {"exit_status",     &TYPE_NUMBER,        COMPUTED, "Exit status of the script; a status other than 0 is an error."},
    {"ran_as",          &TYPE_STRING,        COMPUTED, "User who ran the script and owns its marker."},
    {"id",              &TYPE_STRING,        COMPUTED, "Name of the marker directory on the machine."},
};
/* clang-format on */

static const ArgumentRule rules[] = {
    {RULE_EXACTLY_ONE, {"script", "command"}},
};

static bool exec_marker(const Call *call,
                        const MarkerRequest *request,
                        MarkerResponse *response,
                        Diags *diags) {
    (void)request;
    (void)diags;
    Str name = str_format(call->arena, "%.*s %.*s %llu", STR_ARG(call->lineage),
                          STR_ARG(call->address), (unsigned long long)call->generation);
    response->marker = uuid_v5(STR(NAMESPACE), name, call->arena);
    return true;
}

static Value with_result(const SshLink *link, Value object, Str id, const SshMarkerResult *result) {
    Arena *arena = link->call->arena;
    ObjectBuilder builder = object_builder_of(object, arena);
    bool ended = result->state == SSH_MARKER_EXITED;
    object_builder_set(&builder, "id", value_from_str(str_clone(id, arena)));
    object_builder_set_text(&builder, "ran_as", link->target.user, arena);
    object_builder_set_text(&builder, "stdout", result->out, arena);
    object_builder_set_text(&builder, "stderr", result->err, arena);
    object_builder_set(&builder, "exit_status",
                       ended ? value_int(result->exit_status) : value_null(&TYPE_NUMBER));
    return object_builder_value(&builder);
}

/* Returns false, with an error, unless the script succeeded. */
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
        diags_error(diags, NO_RANGE, what, "The script ended with status %d on %.*s. %.*s",
                    result->exit_status, STR_ARG(endpoint), STR_ARG(words));
        return false;
    case SSH_MARKER_RUNNING:
        diags_error(diags, NO_RANGE, what,
                    "The script still runs on %.*s, but the time limit of the operation has "
                    "passed. To extend it, set \"timeouts\".",
                    STR_ARG(endpoint));
        return false;
    case SSH_MARKER_ABSENT:
    case SSH_MARKER_LOST: break;
    }
    diags_error(diags, NO_RANGE, what,
                "The script was started on %.*s, but ended without an exit status, because the "
                "machine stopped or the script was killed. %.*s",
                STR_ARG(endpoint), STR_ARG(words));
    return false;
}

static bool exec_create(const Call *call,
                        const ApplyRequest *request,
                        ApplyResponse *response,
                        Diags *diags) {
    SCOPED(SshLink) link = {0};
    SshMarkerResult result;
    Str script = object_text(request->planned, "script",
                             object_text(request->planned, "command", STR_EMPTY));
    if (!ssh_client_link(call, request->planned, &link, diags))
        return false;
    if (!ssh_marker_run(&link, request->marker, script, &result, diags)) {
        response->in_doubt = link.may_have_run;
        return false;
    }
    response->state = with_result(&link, request->planned, request->marker, &result);
    return judge(&link, &result, "The script failed", diags);
}

/* An update only stores the new arguments. */
static bool exec_update(const Call *call,
                        const ApplyRequest *request,
                        ApplyResponse *response,
                        Diags *diags) {
    (void)call;
    (void)diags;
    response->state = request->planned;
    return true;
}

/* Returns the ID of the destroy script's marker. */
static Str destroy_id(Str id, Arena *arena) {
    return str_concat(id, STR("-destroy"), arena);
}

static bool exec_delete(const Call *call,
                        const DeleteRequest *request,
                        DeleteResponse *response,
                        Diags *diags) {
    (void)response;
    SCOPED(SshLink) link = {0};
    Str id = object_text(request->prior, "id", STR_EMPTY);
    Str script = object_text(request->prior, "destroy_command", STR_EMPTY);
    if (script.len == 0) {
        Diags ignored = diags_new(call->arena);
        if (!ssh_client_link(call, request->prior, &link, &ignored))
            return true;
        ssh_marker_forget_if_possible(&link, id);
        return true;
    }
    Str way_back = destroy_id(id, call->arena);
    SshMarkerResult result;
    if (!ssh_client_link(call, request->prior, &link, diags))
        return false;
    /* After the destroy script, the script's marker is removed first. If that marker is missing, an
     * earlier run was killed there, and the destroy script must not run again. */
    SshMarkerTrace trace;
    if (!ssh_marker_look(&link, id, &trace, diags))
        return false;
    if (trace == SSH_TRACE_FORGOTTEN)
        return ssh_marker_forget(&link, way_back, diags);
    if (!ssh_marker_run(&link, way_back, script, &result, diags))
        return false;
    bool is_good = judge(&link, &result, "The destroy command failed", diags);
    if (is_good && !ssh_marker_forget(&link, id, diags))
        return false;
    /* Removing the marker lets a failed destroy script run again with the next attempt. */
    return ssh_marker_forget(&link, way_back, diags) && is_good;
}

/* Markers of other users are not visible. An interrupted destruction may have removed only the
 * script's marker: the object exists until both markers are gone. */
static bool look_for_marker(const Call *call, Value state, SshMarkerTrace *out, Diags *diags) {
    SCOPED(SshLink) link = {0};
    *out = SSH_TRACE_PRESENT;
    if (!ssh_client_link(call, state, &link, diags))
        return false;
    if (!str_equal(object_text(state, "ran_as", link.target.user), link.target.user))
        return true;
    ssh_client_limit_to_plan(&link);
    Str id = object_text(state, "id", STR_EMPTY);
    if (!ssh_marker_look(&link, id, out, diags))
        return false;
    if (*out != SSH_TRACE_FORGOTTEN || object_text(state, "destroy_command", STR_EMPTY).len == 0)
        return true;
    return ssh_marker_look(&link, destroy_id(id, call->arena), out, diags);
}

/* An unreachable machine is no error: this plan may start it or pin its new host key. */
static bool exec_read(const Call *call,
                      const ReadRequest *request,
                      ReadResponse *response,
                      Diags *diags) {
    (void)request;
    Value *state = &response->state;
    SshMarkerTrace trace;
    Diags problems = diags_new(call->arena);
    if (look_for_marker(call, *state, &trace, &problems)) {
        if (trace != SSH_TRACE_PRESENT)
            *state = value_null(state->type);
        return true;
    }
    if (call_is_cancelled(call)) {
        diags_append(diags, &problems);
        return false;
    }
    const Diag *problem = &problems.items[0];
    diags_warning(diags, NO_RANGE, "Script status unknown",
                  "The machine does not report whether the script ran, so loam assumes that it "
                  "did. %.*s: %.*s",
                  STR_ARG(problem->summary), STR_ARG(problem->detail));
    return true;
}

/* Adds the error that the script's outcome is unknown, or that the script still runs. */
static bool explain_doubt(const Call *call, const char *why, Diags *diags) {
    diags_error(
        diags, NO_RANGE, "Unknown whether the script ran",
        "A previous run started the script and did not receive its result. %s If the machine no "
        "longer exists, run \"loam state rm '%.*s'\"; the script then runs again.",
        why, STR_ARG(call->address));
    return false;
}

/* How long recovery waits for a running script, unless `timeouts` is set: a script may never
 * end. */
#define RECOVER_WAIT_MS (INT64_C(10) * 60 * 1000)

static Call patient(const Call *call) {
    const Clock *clock = call->io->clock;
    Call own = *call;
    if (own.deadline_ms == 0)
        own.deadline_ms = clock->monotonic_ms(clock->self) + RECOVER_WAIT_MS;
    return own;
}

static bool exec_recover(const Call *call,
                         const RecoverRequest *request,
                         RecoverResponse *response,
                         Diags *diags) {
    RecoverOutcome *outcome = &response->outcome;
    Value *state = &response->state;
    Call own = patient(call);
    SCOPED(SshLink) link = {0};
    SshMarkerResult result;
    if (!ssh_client_link(&own, request->planned, &link, diags))
        return false;
    ssh_client_limit_connections_to_plan(&link);
    if (!ssh_marker_recover(&link, request->marker, &result, diags))
        return explain_doubt(call, "loam must check the machine: apply again when it responds.",
                             diags);
    if (result.state == SSH_MARKER_RUNNING)
        return explain_doubt(call,
                             "The script is still running: apply again when it has ended. To wait "
                             "longer, set \"timeouts\".",
                             diags);
    if (result.state == SSH_MARKER_ABSENT)
        return true;
    *state = with_result(&link, request->planned, request->marker, &result);
    bool good = result.state == SSH_MARKER_EXITED && result.exit_status == 0;
    *outcome = good ? RECOVER_COMPLETE : RECOVER_TAINTED;
    return true;
}

static const Block blocks[] = {TIMEOUTS_BLOCK};

const ResourceType ssh_exec = {
    .name = "ssh_exec",
    .schema = {SCHEMA_ATTRIBUTES(attributes), SCHEMA_BLOCKS(blocks), SCHEMA_RULES(rules),
               .description = "A script that runs once on a machine."},
    .marker = exec_marker,
    .create = exec_create,
    .update = exec_update,
    .delete = exec_delete,
    .read = exec_read,
    .recovery = RECOVERY_FINDS,
    .recover = exec_recover,
    .limits = ssh_client_limits,
    .limits_reads = true,
};
