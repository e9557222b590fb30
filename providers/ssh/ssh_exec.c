/* ssh_exec: a script that runs once on a machine, and one that runs at destruction.
 *
 * A change of `script`, `command`, `triggers` or `host` replaces the object, so the script runs
 * again. Connection arguments and the destroy command are updated in place, without running
 * anything.
 *
 * A marker on the machine represents the object: a rebuilt machine has no marker, so the next plan
 * runs the script there.
 *
 * The marker is a directory named by an id that the engine stores before the creation:
 * /var/lib/loam/exec/ID for root, else ~/.local/state/loam/exec/ID. LOAM_STATE_DIR in the machine's
 * environment replaces the part before exec/ID. Only the user can read its content:
 *
 *   started     a directory; the process that creates it runs the script, so it runs only once
 *   script      the text, until it has run
 *   pid         of the process; boot, began: boot id and start time, to recognize the process
 *   out, err    the output
 *   status      the exit status, after the end
 *
 * So starting twice is safe. A later run can see whether the script ran, still runs, or ended
 * without a status because the machine went down. The machine needs a POSIX shell and the commands
 * of busybox; /proc is used if it exists. */
#include "object_builder.h"
#include "ssh_client.h"
#include "ssh_provider.h"
#include "ssh_provider_assets.h"
#include "timeouts.h"
#include "utf8.h"
#include "uuid.h"

#define NAMESPACE "6f9d2f0e-5d0b-5a0c-9a53-3f5d0c1f7a11"

#define OUTPUT_KEPT    262144
#define REMOVE_WAIT_MS 5000
#define TIDY_MS        10000
#define TICK_MS        1000
#define RECONNECTS_MAX 20

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

typedef enum MarkerState {
    MARKER_ABSENT,  /* no marker: never started, or forgotten */
    MARKER_LOST,    /* started, ended without a status */
    MARKER_RUNNING, /* still running when the time was over */
    MARKER_EXITED,
} MarkerState;

typedef enum MarkerTrace {
    TRACE_NONE,      /* no marker was ever here for this user: another machine, or a new one */
    TRACE_FORGOTTEN, /* other markers are or were here, but not this one */
    TRACE_PRESENT,
} MarkerTrace;

typedef struct MarkerResult {
    MarkerState state;
    int exit_status;
    Str out; /* the last 256 KiB of each stream, without control characters */
    Str err;
} MarkerResult;

static SshTimeout run_timeout(const SshLink *link) {
    /* After a first signal the script may end, so that its result is known; a second signal stops
     * waiting. */
    return ssh_client_timeout(link, CANCEL_NOW);
}

static void machine_error(const SshLink *link,
                          const char *summary,
                          const SshResult *result,
                          Diags *diags) {
    Arena *arena = link->call->arena;
    Str endpoint = ssh_endpoint(link->target.host, link->target.port, arena);
    Str words = ssh_client_last_words(result->err, result->out, arena);
    diags_error(diags, NO_RANGE, summary,
                "The shell on %.*s failed with status %d. Check that the user can write below "
                "/var/lib/loam (root) or ~/.local/state/loam, and that the disk has space. %.*s",
                STR_ARG(endpoint), result->exit_status, STR_ARG(words));
}

static bool start_script(SshLink *link, Str id, Str script, Diags *diags) {
    Arena *arena = link->call->arena;
    const Str arguments[] = {id, str_format(arena, "%zu", script.len)};
    SshCommand command = {
        .command = ssh_client_script(ssh_exec_start_sh, arguments, ARRAY_COUNT(arguments), arena),
        .input = script,
        .timeout = run_timeout(link),
    };
    SshResult result;
    SshProblem problem = {0};
    SshStatus status = ssh_client_exec(link, &command, &result, &problem);
    /* If the session breaks here, the script may or may not have started; starting again is
     * safe. */
    if (status == SSH_LOST)
        status = ssh_client_exec(link, &command, &result, &problem);
    if (status != SSH_DONE) {
        ssh_client_explain(link, status, problem, diags);
        return false;
    }
    link->may_have_run |= result.exit_status == 0;
    if (result.exit_status == 0)
        return true;
    machine_error(link, "Script not started", &result, diags);
    return false;
}

/* Kills the script if it still runs, and removes the directory. */
static bool marker_remove(SshLink *link, Str id, Diags *diags) {
    SshCommand command = {
        .command = ssh_client_script(ssh_exec_forget_sh, &id, 1, link->call->arena),
        .timeout = run_timeout(link),
    };
    SshResult result;
    if (!ssh_client_run(link, &command, &result, diags))
        return false;
    if (result.exit_status == 0)
        return true;
    machine_error(link, "Script marker not removed", &result, diags);
    return false;
}

/* Like marker_remove, but gives up after a few seconds and reports no error, because a leftover
 * marker is harmless. */
static void marker_remove_if_possible(SshLink *link, Str id) {
    SshCommand command = {
        .command = ssh_client_script(ssh_exec_forget_sh, &id, 1, link->call->arena),
        .timeout = {.timeout_ms = TIDY_MS, .cancel = link->call->cancel},
    };
    SshResult result;
    SshProblem problem;
    if (link->wait_ms > REMOVE_WAIT_MS)
        link->wait_ms = REMOVE_WAIT_MS;
    (void)ssh_client_exec(link, &command, &result, &problem);
}

typedef struct Ticker {
    const SshLink *link;
    int64_t start_ms;
    int64_t shown_ms;
} Ticker;

static void show_progress(void *payload) {
    Ticker *ticker = payload;
    const Call *call = ticker->link->call;
    int64_t now = call_monotonic_ms(call);
    if (now - ticker->shown_ms < TICK_MS)
        return;
    ticker->shown_ms = now;
    SCOPED(ArenaRef) scratch = arena_open("ssh show_progress");
    Str endpoint = ssh_endpoint(ticker->link->target.host, ticker->link->target.port, scratch);
    Str line = str_format(scratch, "the script runs on %.*s", STR_ARG(endpoint));
    call_progress(call, (uint64_t)(now - ticker->start_ms), 0, str_to_cstr(line, scratch));
}

static bool state_from_name(Str word, MarkerState *out) {
    static const char *const words[] = {
        [MARKER_ABSENT] = "absent",
        [MARKER_LOST] = "lost",
        [MARKER_RUNNING] = "running",
        [MARKER_EXITED] = "exited",
    };
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        if (!str_equal_cstr(word, words[i]))
            continue;
        *out = (MarkerState)i;
        return true;
    }
    return false;
}

/* The startup files of the login shell may print text before the line about the marker. */
static bool parse_report(Str text, Str id, MarkerResult *out, Arena *arena) {
    Str head = str_format(arena, "loam-exec %.*s ", STR_ARG(id));
    size_t at = str_find(text, head, 0);
    if (at == SIZE_MAX)
        return false;
    Str body = str_after(text, at + head.len), line, word;
    int64_t numbers[3];
    if (!str_next_field(&body, '\n', &line))
        return false;
    if (!str_next_field(&line, ' ', &word) || !state_from_name(word, &out->state))
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
        if (!str_next_field(&line, ' ', &word) || !str_to_int64(word, &numbers[i]))
            return false;
        if (numbers[i] < 0)
            return false;
    }
    size_t out_size = (size_t)numbers[1], err_size = (size_t)numbers[2];
    if (out_size > body.len || err_size > body.len - out_size)
        return false;
    out->exit_status = (int)numbers[0];
    out->out = utf8_strip_controls(str_slice(body, 0, out_size), arena);
    out->err = utf8_strip_controls(str_slice(body, out_size, out_size + err_size), arena);
    return true;
}

/* After a first signal, recovery stops at once: the script continues on the machine. */
static SshTimeout follow_timeout(const SshLink *link, Str how) {
    SshTimeout timeout = run_timeout(link);
    if (str_equal_cstr(how, "claim"))
        timeout.cancel_at = CANCEL_STOP;
    return timeout;
}

static SshStatus follow_once(
    SshLink *link, Str id, Str how, Ticker *ticker, SshResult *result, SshProblem *problem) {
    Arena *arena = link->call->arena;
    const Str arguments[] = {id, str_format(arena, "%d", OUTPUT_KEPT), how};
    SshCommand command = {
        .command = ssh_client_script(ssh_exec_follow_sh, arguments, ARRAY_COUNT(arguments), arena),
        .timeout = follow_timeout(link, how),
        .tick = show_progress,
        .payload = ticker,
    };
    return ssh_client_exec(link, &command, result, problem);
}

static bool follow_script(SshLink *link, Str id, Str how, MarkerResult *out, Diags *diags) {
    int64_t now = call_monotonic_ms(link->call);
    Ticker ticker = {.link = link, .start_ms = now, .shown_ms = now};
    SshResult result;
    SshProblem problem = {0};
    SshStatus status = SSH_LOST;
    *out = (MarkerResult){0};
    for (int i = 0; i < RECONNECTS_MAX && status == SSH_LOST; i++) {
        status = follow_once(link, id, how, &ticker, &result, &problem);
    }
    if (status == SSH_TIMED_OUT) {
        out->state = MARKER_RUNNING;
        return true;
    }
    if (status != SSH_DONE) {
        ssh_client_explain(link, status, problem, diags);
        return false;
    }
    if (parse_report(result.out, id, out, link->call->arena))
        return true;
    machine_error(link, "Script result not reported by the machine", &result, diags);
    return false;
}

/* Starts the script unless it was started before, and waits for its end. If the session breaks,
 * connects again; the script continues. The exit status of the script is not an error here. After a
 * failure, link->may_have_run is true if the script may have been started. */
static bool marker_run(SshLink *link, Str id, Str script, MarkerResult *out, Diags *diags) {
    return start_script(link, id, script, diags) &&
           follow_script(link, id, STR("started"), out, diags);
}

/* Waits for the end of a script that a killed run may have started. After MARKER_ABSENT the
 * script cannot start any more, even if a start request of that run arrives later. */
static bool marker_recover(SshLink *link, Str id, MarkerResult *out, Diags *diags) {
    return follow_script(link, id, STR("claim"), out, diags);
}

/* Looks for the marker on the machine. Starts nothing and does not wait. */
static bool marker_look(SshLink *link, Str id, MarkerTrace *out, Diags *diags) {
    static const char *const words[] = {
        [TRACE_NONE] = "none",
        [TRACE_FORGOTTEN] = "forgotten",
        [TRACE_PRESENT] = "present",
    };
    Arena *arena = link->call->arena;
    SshCommand command = {
        .command = ssh_client_script(ssh_exec_look_sh, &id, 1, arena),
        .timeout = {.cancel = link->call->cancel},
    };
    SshResult result;
    if (!ssh_client_run(link, &command, &result, diags))
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        Str line = str_format(arena, "loam-trace %.*s %s\n", STR_ARG(id), words[i]);
        if (str_find(result.out, line, 0) == SIZE_MAX)
            continue;
        *out = (MarkerTrace)i;
        return true;
    }
    machine_error(link, "Script status not reported by the machine", &result, diags);
    return false;
}

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

static Value with_result(const SshLink *link, Value object, Str id, const MarkerResult *result) {
    Arena *arena = link->call->arena;
    ObjectBuilder builder = object_builder_of(object, arena);
    bool ended = result->state == MARKER_EXITED;
    object_builder_set(&builder, "id", value_from_str(str_clone(id, arena)));
    object_builder_set_text(&builder, "ran_as", link->target.user, arena);
    object_builder_set_text(&builder, "stdout", result->out, arena);
    object_builder_set_text(&builder, "stderr", result->err, arena);
    object_builder_set(&builder, "exit_status",
                       ended ? value_int(result->exit_status) : value_null(&TYPE_NUMBER));
    return object_builder_value(&builder);
}

/* Returns false, with an error, unless the script succeeded. */
static bool check_result(const SshLink *link,
                         const MarkerResult *result,
                         const char *what,
                         Diags *diags) {
    Arena *arena = link->call->arena;
    Str endpoint = ssh_endpoint(link->target.host, link->target.port, arena);
    Str words = ssh_client_last_words(result->err, result->out, arena);
    switch (result->state) {
    case MARKER_EXITED:
        if (result->exit_status == 0)
            return true;
        diags_error(diags, NO_RANGE, what, "The script ended with status %d on %.*s. %.*s",
                    result->exit_status, STR_ARG(endpoint), STR_ARG(words));
        return false;
    case MARKER_RUNNING:
        diags_error(diags, NO_RANGE, what,
                    "The script still runs on %.*s, but the time limit of the operation has "
                    "passed. To extend it, set \"timeouts\".",
                    STR_ARG(endpoint));
        return false;
    case MARKER_ABSENT:
    case MARKER_LOST: break;
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
    MarkerResult result;
    Str script = object_text(request->planned, "script",
                             object_text(request->planned, "command", STR_EMPTY));
    if (!ssh_client_link(call, request->planned, &link, diags))
        return false;
    if (!marker_run(&link, request->marker, script, &result, diags)) {
        response->in_doubt = link.may_have_run;
        return false;
    }
    response->state = with_result(&link, request->planned, request->marker, &result);
    return check_result(&link, &result, "The script failed", diags);
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
        marker_remove_if_possible(&link, id);
        return true;
    }
    Str way_back = destroy_id(id, call->arena);
    MarkerResult result;
    if (!ssh_client_link(call, request->prior, &link, diags))
        return false;
    /* After the destroy script, the script's marker is removed first. If that marker is missing, an
     * earlier run was killed there, and the destroy script must not run again. */
    MarkerTrace trace;
    if (!marker_look(&link, id, &trace, diags))
        return false;
    if (trace == TRACE_FORGOTTEN)
        return marker_remove(&link, way_back, diags);
    if (!marker_run(&link, way_back, script, &result, diags))
        return false;
    bool is_good = check_result(&link, &result, "The destroy command failed", diags);
    if (is_good && !marker_remove(&link, id, diags))
        return false;
    /* Removing the marker lets a failed destroy script run again with the next attempt. */
    return marker_remove(&link, way_back, diags) && is_good;
}

/* Markers of other users are not visible. An interrupted destruction may have removed only the
 * script's marker: the object exists until both markers are gone. */
static bool look_for_marker(const Call *call, Value state, MarkerTrace *out, Diags *diags) {
    SCOPED(SshLink) link = {0};
    *out = TRACE_PRESENT;
    if (!ssh_client_link(call, state, &link, diags))
        return false;
    if (!str_equal(object_text(state, "ran_as", link.target.user), link.target.user))
        return true;
    ssh_client_limit_to_plan(&link);
    Str id = object_text(state, "id", STR_EMPTY);
    if (!marker_look(&link, id, out, diags))
        return false;
    if (*out != TRACE_FORGOTTEN || object_text(state, "destroy_command", STR_EMPTY).len == 0)
        return true;
    return marker_look(&link, destroy_id(id, call->arena), out, diags);
}

/* An unreachable machine is no error: this plan may start it or pin its new host key. */
static bool exec_read(const Call *call,
                      const ReadRequest *request,
                      ReadResponse *response,
                      Diags *diags) {
    (void)request;
    Value *state = &response->state;
    MarkerTrace trace;
    Diags problems = diags_new(call->arena);
    if (look_for_marker(call, *state, &trace, &problems)) {
        if (trace != TRACE_PRESENT)
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

static Call with_recover_deadline(const Call *call) {
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
    Call own = with_recover_deadline(call);
    SCOPED(SshLink) link = {0};
    MarkerResult result;
    if (!ssh_client_link(&own, request->planned, &link, diags))
        return false;
    ssh_client_limit_connections_to_plan(&link);
    if (!marker_recover(&link, request->marker, &result, diags))
        return explain_doubt(call, "loam must check the machine: apply again when it responds.",
                             diags);
    if (result.state == MARKER_RUNNING)
        return explain_doubt(call,
                             "The script is still running: apply again when it has ended. To wait "
                             "longer, set \"timeouts\".",
                             diags);
    if (result.state == MARKER_ABSENT)
        return true;
    *state = with_result(&link, request->planned, request->marker, &result);
    bool good = result.state == MARKER_EXITED && result.exit_status == 0;
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
