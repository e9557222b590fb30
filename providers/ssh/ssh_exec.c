/* ssh_exec: a script that runs once on a machine, and one that runs at destruction.
 *
 * A change of `script`, `command`, `environment`, `stdin`, `triggers` or `host` replaces the
 * object, so the script runs again. Connection arguments and the destroy command are updated in
 * place, without running anything.
 *
 * The script is a remote_step, whose marker on the machine represents the object: a rebuilt machine
 * has no marker, so the next plan runs the script there. The marker has an id that the engine
 * stores before the creation. */
#include "object_builder.h"
#include "object_id.h"
#include "remote_step.h"
#include "ssh_provider.h"
#include "ssh_query.h"
#include "timeouts.h"

/* clang-format off */
static const Attribute exec_attributes[] = {
    SSH_CLIENT_ATTRIBUTES(FORCES_NEW),
    {"script",          &TYPE_STRING,        OPTIONAL | FORCES_NEW, "Script for sh, or for another interpreter with a \"#!\" line."},
    {"command",         &TYPE_STRING,        OPTIONAL | FORCES_NEW, "Script of a single line. Set either script or this argument."},
    {"environment",     &TYPE_MAP_OF_STRING, OPTIONAL | FORCES_NEW, "Environment variables of the script and of the destroy command.", .check = ssh_query_check_environment},
    {"stdin",           &TYPE_STRING,        OPTIONAL | FORCES_NEW | ANY_TEXT, "Standard input of the script."},
    {"destroy_command", &TYPE_STRING,        OPTIONAL, "Script to run before the object is destroyed or replaced."},
    {"triggers",        &TYPE_MAP_OF_STRING, OPTIONAL | FORCES_NEW | ANY_TEXT, "Any values; a change runs the script again."},
    {"stdout",          &TYPE_STRING,        COMPUTED, "Standard output of the script, the last 256 KiB."},
    {"stderr",          &TYPE_STRING,        COMPUTED, "Standard error of the script, the last 256 KiB."},
    {"exit_status",     &TYPE_NUMBER,        COMPUTED, "Exit status of the script; a status other than 0 is an error."},
    {"ran_as",          &TYPE_STRING,        COMPUTED, "User who ran the script and owns its marker."},
    {"id",              &TYPE_STRING,        COMPUTED, "Name of the marker directory on the machine."},
};
/* clang-format on */

static const ArgumentRule exec_rules[] = {
    {RULE_EXACTLY_ONE, {"script", "command"}},
};

/* The step of the object's script. */
static RemoteStep script_step(Value object, Str id, Arena *arena) {
    return (RemoteStep){
        .id = id,
        .script = object_text(object, "script", object_text(object, "command", STR_EMPTY)),
        .environment = remote_step_environment(object_attribute(object, "environment"), arena),
        .input = object_text(object, "stdin", STR_EMPTY),
        .title = "the script",
    };
}

static Value exec_with_result(const SshLink *link, Value object, Str id,
                              const RemoteStepResult *result) {
    Arena *arena = link->call->arena;
    ObjectBuilder builder = object_builder_of(object, arena);
    bool ended = result->state == REMOTE_STEP_EXITED;
    object_builder_set(&builder, "id", value_from_str(str_clone(id, arena)));
    object_builder_set_text(&builder, "ran_as", ssh_client_user(link), arena);
    object_builder_set_text(&builder, "stdout", result->out, arena);
    object_builder_set_text(&builder, "stderr", result->err, arena);
    object_builder_set(&builder, "exit_status",
                       ended ? value_int(result->exit_status) : value_null(&TYPE_NUMBER));
    return object_builder_value(&builder);
}

static bool exec_create(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                        Diags *diags) {
    SCOPED(SshLink) link = {0};
    RemoteStepResult result;
    RemoteStep step = script_step(request->planned, request->marker, call->arena);
    if (!ssh_client_link(call, request->planned, &link, diags))
        return false;
    if (!remote_step_run(&link, &step, &result, diags)) {
        response->in_doubt = link.may_have_run;
        return false;
    }
    response->state = exec_with_result(&link, request->planned, request->marker, &result);
    return remote_step_check(&link, &step, &result, "The script failed", diags);
}

/* An update only stores the new arguments. */
static bool exec_update(const Call *, const ApplyRequest *request, ApplyResponse *response,
                        Diags *) {
    response->state = request->planned;
    return true;
}

/* Returns the ID of the destroy script's marker. */
static Str destroy_id(Str id, Arena *arena) {
    return str_concat(id, STR("-destroy"), arena);
}

static bool exec_delete(const Call *call, const DeleteRequest *request, DeleteResponse *,
                        Diags *diags) {
    SCOPED(SshLink) link = {0};
    Str id = object_text(request->prior, "id", STR_EMPTY);
    Str script = object_text(request->prior, "destroy_command", STR_EMPTY);
    if (script.len == 0) {
        Diags ignored = diags_new(call->arena);
        if (!ssh_client_link(call, request->prior, &link, &ignored))
            return true;
        remote_step_try_remove(&link, id);
        return true;
    }
    RemoteStep step = script_step(request->prior, destroy_id(id, call->arena), call->arena);
    step.script = script;
    step.input = STR_EMPTY;
    RemoteStepResult result;
    if (!ssh_client_link(call, request->prior, &link, diags))
        return false;
    if (ssh_client_is_lost(&link, diags))
        return true;
    /* After the destroy script, the script's marker is removed first. If that marker is missing, an
     * earlier run was killed there, and the destroy script must not run again. */
    RemoteStepTrace trace;
    if (!remote_step_inspect(&link, id, &trace, diags))
        return false;
    if (trace == REMOTE_STEP_REMOVED)
        return remote_step_remove(&link, step.id, diags);
    if (!remote_step_run(&link, &step, &result, diags))
        return false;
    bool is_good = remote_step_check(&link, &step, &result, "The destroy command failed", diags);
    if (is_good && !remote_step_remove(&link, id, diags))
        return false;
    /* Removing the marker lets a failed destroy script run again with the next attempt. */
    return remote_step_remove(&link, step.id, diags) && is_good;
}

static bool exec_plan(const Call *call, const PlanRequest *request, PlanResponse *, Diags *diags) {
    bool responds;
    return ssh_client_greet(call, request, &responds, diags);
}

/* Markers of other users are not visible. An interrupted destruction may have removed only the
 * script's marker: the object exists until both markers are removed. */
static bool exec_find_marker(SshLink *link, Value state, RemoteStepTrace *out, Diags *diags) {
    *out = REMOTE_STEP_PRESENT;
    if (!str_equal(object_text(state, "ran_as", ssh_client_user(link)), ssh_client_user(link)))
        return true;
    ssh_client_limit_to_plan(link);
    Str id = object_text(state, "id", STR_EMPTY);
    if (!remote_step_inspect(link, id, out, diags))
        return false;
    if (*out != REMOTE_STEP_REMOVED || object_text(state, "destroy_command", STR_EMPTY).len == 0)
        return true;
    return remote_step_inspect(link, destroy_id(id, link->call->arena), out, diags);
}

/* An unreachable machine is no error: this plan may start it or pin its new host key. */
static bool ssh_exec_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                          Diags *diags) {
    SCOPED(SshLink) link = {0};
    Value *state = &response->state;
    RemoteStepTrace trace;
    Diags problems = diags_new(call->arena);
    if (!ssh_client_link(call, *state, &link, diags))
        return false;
    if (exec_find_marker(&link, *state, &trace, &problems)) {
        if (trace != REMOTE_STEP_PRESENT)
            *state = value_null(state->type);
        return true;
    }
    if (!ssh_client_may_assume_unchanged(&link, request)) {
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
    return diags_fail(
        diags_as(DIAG_IN_DOUBT, diags), NO_RANGE, "Unknown whether the script ran",
        "A previous run started the script and did not receive its result. %s If the machine no "
        "longer exists, run \"loam state rm '%.*s'\"; the script then runs again.",
        why, STR_ARG(call->address));
}

/* How long recovery waits for a running script, unless `timeouts` is set: a script may never
 * end. */
#define RECOVER_WAIT_MS (INT64_C(10) * 60 * 1000)

static Call with_recover_deadline(const Call *call) {
    const Clock *clock = call->io->clock;
    Call own = *call;
    if (own.deadline_ms == 0)
        own.deadline_ms = clock->monotonic_ms(clock->self) + RECOVER_WAIT_MS;
    return own;
}

static bool exec_recover(const Call *call, const RecoverRequest *request, RecoverResponse *response,
                         Diags *diags) {
    RecoverOutcome *outcome = &response->outcome;
    Value *state = &response->state;
    Call own = with_recover_deadline(call);
    SCOPED(SshLink) link = {0};
    RemoteStepResult result;
    if (!ssh_client_link(&own, request->planned, &link, diags))
        return false;
    ssh_client_limit_connections_to_plan(&link);
    RemoteStep step = script_step(request->planned, request->marker, call->arena);
    if (!remote_step_recover(&link, &step, &result, diags))
        return explain_doubt(call, "loam must check the machine: apply again when it responds.",
                             diags);
    if (result.state == REMOTE_STEP_RUNNING)
        return explain_doubt(call,
                             "The script is still running: apply again when it has ended. To wait "
                             "longer, set \"timeouts\".",
                             diags);
    if (result.state == REMOTE_STEP_ABSENT)
        return true;
    *state = exec_with_result(&link, request->planned, request->marker, &result);
    bool good = result.state == REMOTE_STEP_EXITED && result.exit_status == 0;
    *outcome = good ? RECOVER_COMPLETE : RECOVER_TAINTED;
    return true;
}

static const Block exec_blocks[] = {TIMEOUTS_BLOCK};

const ResourceType ssh_exec = {
    .name = "ssh_exec",
    .schema = {SCHEMA_ATTRIBUTES(exec_attributes), SCHEMA_BLOCKS(exec_blocks),
               SCHEMA_RULES(exec_rules), .description = "A script that runs once on a machine."},
    .plan = exec_plan,
    .marker = object_id_marker,
    .create = exec_create,
    .update = exec_update,
    .delete = exec_delete,
    .read = ssh_exec_read,
    .recovery = RECOVERY_FINDS,
    .recover = exec_recover,
    .limits = ssh_client_limits,
    .limits_reads = true,
};
