/* Runs scripts under markers. The scripts that run on the machine are the files ssh_marker_*.sh. */
#include "ssh_marker.h"

#include "remote_assets.h"
#include "utf8.h"

#define OUTPUT_KEPT    262144
#define FORGET_WAIT_MS 5000
#define TIDY_MS        10000
#define TICK_MS        1000
#define RECONNECTS_MAX 20

static SshTimeout run_patience(const SshLink *link) {
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

static bool start(SshLink *link, Str id, Str script, Diags *diags) {
    Arena *arena = link->call->arena;
    const Str arguments[] = {id, str_format(arena, "%zu", script.len)};
    SshCommand command = {
        .command = ssh_client_script(ssh_marker_start_sh, arguments, ARRAY_COUNT(arguments), arena),
        .input = script,
        .timeout = run_patience(link),
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

bool ssh_marker_forget(SshLink *link, Str id, Diags *diags) {
    SshCommand command = {
        .command = ssh_client_script(ssh_marker_forget_sh, &id, 1, link->call->arena),
        .timeout = run_patience(link),
    };
    SshResult result;
    if (!ssh_client_run(link, &command, &result, diags))
        return false;
    if (result.exit_status == 0)
        return true;
    machine_error(link, "Script marker not removed", &result, diags);
    return false;
}

void ssh_marker_forget_if_possible(SshLink *link, Str id) {
    SshCommand command = {
        .command = ssh_client_script(ssh_marker_forget_sh, &id, 1, link->call->arena),
        .timeout = {.timeout_ms = TIDY_MS, .cancel = link->call->cancel},
    };
    SshResult result;
    SshProblem problem;
    if (link->wait_ms > FORGET_WAIT_MS)
        link->wait_ms = FORGET_WAIT_MS;
    (void)ssh_client_exec(link, &command, &result, &problem);
}

typedef struct Ticker {
    const SshLink *link;
    int64_t start_ms;
    int64_t shown_ms;
} Ticker;

static void tick(void *payload) {
    Ticker *ticker = payload;
    const Call *call = ticker->link->call;
    int64_t now = call_monotonic_ms(call);
    if (now - ticker->shown_ms < TICK_MS)
        return;
    ticker->shown_ms = now;
    SCOPED(ArenaRef) scratch = arena_open("ssh tick");
    Str endpoint = ssh_endpoint(ticker->link->target.host, ticker->link->target.port, scratch);
    Str line = str_format(scratch, "the script runs on %.*s", STR_ARG(endpoint));
    call_progress(call, (uint64_t)(now - ticker->start_ms), 0, str_to_cstr(line, scratch));
}

static bool state_from_word(Str word, SshMarkerState *out) {
    static const char *const words[] = {
        [SSH_MARKER_ABSENT] = "absent",
        [SSH_MARKER_LOST] = "lost",
        [SSH_MARKER_RUNNING] = "running",
        [SSH_MARKER_EXITED] = "exited",
    };
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        if (!str_equal_cstr(word, words[i]))
            continue;
        *out = (SshMarkerState)i;
        return true;
    }
    return false;
}

/* The startup files of the login shell may print text before the line about the marker. */
static bool parse_report(Str text, Str id, SshMarkerResult *out, Arena *arena) {
    Str head = str_format(arena, "loam-exec %.*s ", STR_ARG(id));
    size_t at = str_find(text, head, 0);
    if (at == SIZE_MAX)
        return false;
    Str body = str_after(text, at + head.len), line, word;
    int64_t numbers[3];
    if (!str_next_field(&body, '\n', &line))
        return false;
    if (!str_next_field(&line, ' ', &word) || !state_from_word(word, &out->state))
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
static SshTimeout follow_patience(const SshLink *link, Str how) {
    SshTimeout timeout = run_patience(link);
    if (str_equal_cstr(how, "claim"))
        timeout.cancel_at = CANCEL_STOP;
    return timeout;
}

static SshStatus follow_once(
    SshLink *link, Str id, Str how, Ticker *ticker, SshResult *result, SshProblem *problem) {
    Arena *arena = link->call->arena;
    const Str arguments[] = {id, str_format(arena, "%d", OUTPUT_KEPT), how};
    SshCommand command = {
        .command =
            ssh_client_script(ssh_marker_follow_sh, arguments, ARRAY_COUNT(arguments), arena),
        .timeout = follow_patience(link, how),
        .tick = tick,
        .payload = ticker,
    };
    return ssh_client_exec(link, &command, result, problem);
}

static bool follow(SshLink *link, Str id, Str how, SshMarkerResult *out, Diags *diags) {
    int64_t now = call_monotonic_ms(link->call);
    Ticker ticker = {.link = link, .start_ms = now, .shown_ms = now};
    SshResult result;
    SshProblem problem = {0};
    SshStatus status = SSH_LOST;
    *out = (SshMarkerResult){0};
    for (int i = 0; i < RECONNECTS_MAX && status == SSH_LOST; i++) {
        status = follow_once(link, id, how, &ticker, &result, &problem);
    }
    if (status == SSH_TIMED_OUT) {
        out->state = SSH_MARKER_RUNNING;
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

bool ssh_marker_run(SshLink *link, Str id, Str script, SshMarkerResult *out, Diags *diags) {
    return start(link, id, script, diags) && follow(link, id, STR("started"), out, diags);
}

bool ssh_marker_recover(SshLink *link, Str id, SshMarkerResult *out, Diags *diags) {
    return follow(link, id, STR("claim"), out, diags);
}

bool ssh_marker_look(SshLink *link, Str id, SshMarkerTrace *out, Diags *diags) {
    static const char *const words[] = {
        [SSH_TRACE_NONE] = "none",
        [SSH_TRACE_FORGOTTEN] = "forgotten",
        [SSH_TRACE_PRESENT] = "present",
    };
    Arena *arena = link->call->arena;
    SshCommand command = {
        .command = ssh_client_script(ssh_marker_look_sh, &id, 1, arena),
        .timeout = {.cancel = link->call->cancel},
    };
    SshResult result;
    if (!ssh_client_run(link, &command, &result, diags))
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        Str line = str_format(arena, "loam-trace %.*s %s\n", STR_ARG(id), words[i]);
        if (str_find(result.out, line, 0) == SIZE_MAX)
            continue;
        *out = (SshMarkerTrace)i;
        return true;
    }
    machine_error(link, "Script status not reported by the machine", &result, diags);
    return false;
}
