/* Runs the scripts remote_step_*.sh, and parses their reports. */
#include "remote_step.h"

#include "remote_assets.h"
#include "remote_script.h"
#include "utf8.h"

#define OUTPUT_KEPT    262144
#define REMOVE_WAIT_MS 5000
#define TIDY_MS        10000
#define STEP_TICK_MS   1000
#define RECONNECTS_MAX 20
#define LIVE           "loam-live "
#define LIVE_MAX       ((size_t)200)
#define SIGNALS_MAX    31
#define KEPT           "markers"
#define AGE_MAX_MS     30000 /* of a list of markers that another object of the plan has read */

/* The first signal does not stop the wait, so that the result of the step is known; the second
 * signal does. */
static SshTimeout run_timeout(const SshLink *link) {
    return ssh_client_timeout(link, CANCEL_NOW);
}

static bool shell_error(const SshLink *link, const char *summary, const SshResult *result,
                        Diags *diags) {
    Arena *arena = link->call->arena;
    Str endpoint = ssh_endpoint(link->target.host, link->target.port, arena);
    Str tail = ssh_client_output_tail(result->err, result->out, arena);
    return diags_fail(
        diags, NO_RANGE, summary,
        "The shell on %.*s failed with status %d. Check that the user can write below "
        "/var/lib/loam (root) or ~/.local/state/loam, and that the disk has space. %.*s",
        STR_ARG(endpoint), result->exit_status, STR_ARG(tail));
}

/* The part of a waiting script's output that has arrived: progress lines, then a report. */
typedef struct Report {
    const SshLink *link;
    const RemoteStep *step;
    Str head;     /* start of the report: "loam-step ID " */
    StrBuf lines; /* text before the report */
    bool has_head;
    StrBuf body; /* text after the head */
    StrBuf err;
    Str live; /* the last line of the step's output, in live_arena */
    Arena *live_arena;
    int64_t start_ms;
    int64_t shown_ms;
} Report;

static void step_show_progress(Report *report) {
    const Call *call = report->link->call;
    int64_t now = call_monotonic_ms(call);
    if (now - report->shown_ms < STEP_TICK_MS)
        return;
    report->shown_ms = now;
    SCOPED(ArenaRef) scratch = arena_open("ssh progress");
    Str endpoint = ssh_endpoint(report->link->target.host, report->link->target.port, scratch);
    Str line = str_format(scratch, "%s runs on %.*s%s%.*s", report->step->title, STR_ARG(endpoint),
                          report->live.len > 0 ? ": " : "", STR_ARG(report->live));
    call_progress(call, (uint64_t)(now - report->start_ms), 0, str_to_cstr(line, scratch));
}

static void step_on_tick(void *payload) {
    step_show_progress(payload);
}

static void set_live(Report *report, Str line) {
    arena_reset(report->live_arena);
    Str text = str_trim(utf8_strip_controls(line, report->live_arena));
    report->live = str_slice(text, 0, utf8_valid_prefix(str_slice(text, 0, LIVE_MAX)));
}

/* Reads complete lines up to the head. Skips text that startup files of the login shell print. */
static void read_lines(Report *report) {
    Str rest = strbuf_str(&report->lines);
    for (;;) {
        size_t end = str_find_char(rest, '\n', 0);
        if (end == SIZE_MAX)
            break;
        Str line = str_slice(rest, 0, end);
        size_t head = str_find(line, report->head, 0);
        if (head != SIZE_MAX) {
            report->has_head = true;
            strbuf_add(&report->body, str_after(rest, head + report->head.len));
            return;
        }
        if (str_starts_with(line, STR(LIVE)))
            set_live(report, str_after(line, strlen(LIVE)));
        rest = str_after(rest, end + 1);
    }
    memmove(report->lines.ptr, rest.ptr, rest.len);
    report->lines.len = rest.len;
}

static void step_on_output(void *payload, Str piece, bool is_error) {
    Report *report = payload;
    if (is_error) {
        strbuf_add(&report->err, str_slice(piece, 0, OUTPUT_KEPT - report->err.len));
    } else if (report->has_head) {
        strbuf_add(&report->body, piece);
    } else {
        strbuf_add(&report->lines, piece);
        read_lines(report);
    }
}

static bool state_from_name(Str word, RemoteStepState *out) {
    static const char *const words[] = {
        [REMOTE_STEP_ABSENT] = "absent",     [REMOTE_STEP_LOST] = "lost",
        [REMOTE_STEP_REBOOTED] = "rebooted", [REMOTE_STEP_RUNNING] = "running",
        [REMOTE_STEP_EXITED] = "exited",
    };
    for (size_t i = 0; i < ARRAY_COUNT(words); i++) {
        if (!str_equal_cstr(word, words[i]))
            continue;
        *out = (RemoteStepState)i;
        return true;
    }
    return false;
}

static bool parse_report(const Report *report, RemoteStepResult *out, Arena *arena) {
    Str body = strbuf_str(&report->body), line, word;
    int64_t numbers[3];
    if (!str_next_field(&body, '\n', &line))
        return false;
    if (!str_next_field(&line, ' ', &word) || !state_from_name(word, &out->state))
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(numbers); i++) {
        if (!str_next_field(&line, ' ', &word) || !str_to_int64(word, &numbers[i]) ||
            numbers[i] < 0)
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

static Report new_report(const SshLink *link, const RemoteStep *step, Arena *live_arena) {
    Arena *arena = link->call->arena;
    int64_t now = call_monotonic_ms(link->call);
    return (Report){
        .link = link,
        .step = step,
        .head = str_format(arena, "loam-step %.*s ", STR_ARG(step->id)),
        .lines = strbuf_new(arena),
        .body = strbuf_new(arena),
        .err = strbuf_new(arena),
        .live_arena = live_arena,
        .start_ms = now,
        .shown_ms = now,
    };
}

static SshCommand start_command(SshLink *link, const RemoteStep *step) {
    Arena *arena = link->call->arena;
    const Str arguments[] = {
        step->id,
        str_format(arena, "%d", OUTPUT_KEPT),
        str_format(arena, "%zu", step->script.len),
        str_format(arena, "%zu", step->environment.len),
        str_format(arena, "%zu", step->input.len),
    };
    const Str parts[] = {step->script, step->environment, step->input};
    return (SshCommand){
        .command =
            ssh_client_script(remote_step_start_sh, arguments, ARRAY_COUNT(arguments), arena),
        .input = str_join(parts, ARRAY_COUNT(parts), STR_EMPTY, arena),
        .timeout = run_timeout(link),
    };
}

/* `mode`: $3 of remote_step_follow.sh. */
static SshCommand follow_command(SshLink *link, const RemoteStep *step, Str mode) {
    Arena *arena = link->call->arena;
    const Str arguments[] = {step->id, str_format(arena, "%d", OUTPUT_KEPT), mode};
    SshCommand command = {
        .command =
            ssh_client_script(remote_step_follow_sh, arguments, ARRAY_COUNT(arguments), arena),
        .timeout = run_timeout(link),
    };
    /* The first signal stops the wait of a recovery: the step continues on the machine. */
    if (str_equal(mode, STR("claim")))
        command.timeout.cancel_at = CANCEL_STOP;
    return command;
}

/* Runs one of the waiting scripts until it prints its report. If the time limit passes first, sets
 * REMOTE_STEP_RUNNING. */
static bool run_waiting(SshLink *link, const RemoteStep *step, SshCommand command,
                        RemoteStepResult *out, Diags *diags) {
    SCOPED(ArenaRef) live = arena_open("ssh live");
    SshResult result = {0};
    SshProblem problem = {0};
    SshStatus status = SSH_LOST;
    Report report = {0};
    *out = (RemoteStepResult){0};
    /* A lost connection does not end the step, and each of the scripts may run again. */
    for (int i = 0; i < RECONNECTS_MAX && status == SSH_LOST; i++) {
        report = new_report(link, step, live);
        command.tick = step_on_tick;
        command.output = step_on_output;
        command.payload = &report;
        status = ssh_client_exec(link, &command, &result, &problem);
    }
    if (status == SSH_TIMED_OUT) {
        out->state = REMOTE_STEP_RUNNING;
        return true;
    }
    if (status != SSH_DONE) {
        ssh_client_report(link, status, problem, diags);
        return false;
    }
    if (report.has_head && parse_report(&report, out, link->call->arena))
        return true;
    result.out = strbuf_str(&report.lines);
    result.err = strbuf_str(&report.err);
    return shell_error(link,
                       result.exit_status >= 91 && result.exit_status <= 95
                           ? "Script not started"
                           : "Script result not reported by the machine",
                       &result, diags);
}

bool remote_step_run(SshLink *link, const RemoteStep *step, RemoteStepResult *out, Diags *diags) {
    if (!run_waiting(link, step, start_command(link, step), out, diags))
        return false;
    link->may_have_run = true;
    return true;
}

bool remote_step_recover(SshLink *link, const RemoteStep *step, RemoteStepResult *out,
                         Diags *diags) {
    ssh_client_discard_kept(link);
    bool is_good = run_waiting(link, step, follow_command(link, step, STR("claim")), out, diags);
    ssh_client_discard_kept(link);
    return is_good;
}

const char *remote_step_list_script(void) {
    return remote_step_list_sh;
}

void remote_step_keep_list(const SshLink *link, Str output) {
    ssh_client_keep(link, KEPT, output);
}

/* Returns false if the output of remote_step_list.sh is not complete. */
static bool parse_list(Str list, Str id, RemoteStepTrace *out, Arena *arena) {
    if (str_find(list, STR("loam-markers end\n"), 0) == SIZE_MAX)
        return false;
    Str line = str_format(arena, "\nloam-marker %.*s\n", STR_ARG(id));
    bool is_present = str_find(list, line, 0) != SIZE_MAX;
    bool is_there = str_find(list, STR("loam-markers some\n"), 0) != SIZE_MAX;
    *out = is_present ? REMOTE_STEP_PRESENT : is_there ? REMOTE_STEP_REMOVED : REMOTE_STEP_NONE;
    return true;
}

bool remote_step_inspect(SshLink *link, Str id, RemoteStepTrace *out, Diags *diags) {
    Arena *arena = link->call->arena;
    SshOutput kept;
    if (ssh_client_recall(link, KEPT, AGE_MAX_MS, &kept) && parse_list(kept.text, id, out, arena))
        return true;
    SshCommand command = {
        .command = ssh_client_script(remote_step_list_sh, NULL, 0, arena),
        .timeout = ssh_client_timeout(link, CANCEL_STOP),
    };
    SshResult result;
    bool is_good = ssh_client_run(link, &command, &result, diags);
    if (is_good && parse_list(result.out, id, out, arena)) {
        remote_step_keep_list(link, result.out);
    } else if (is_good) {
        is_good = shell_error(link, "Script status not reported by the machine", &result, diags);
    }
    ssh_client_end_reading(link);
    return is_good;
}

bool remote_step_remove(SshLink *link, Str id, Diags *diags) {
    SshResult result;
    if (!remote_script_run(link, (RemoteScript){.text = remote_step_remove_sh, .argument = &id},
                           &result, diags))
        return false;
    return result.exit_status == 0 ||
           shell_error(link, "Script marker not removed", &result, diags);
}

void remote_step_try_remove(SshLink *link, Str id) {
    SshCommand command = {
        .command = ssh_client_script(remote_step_remove_sh, &id, 1, link->call->arena),
        .timeout = {.timeout_ms = TIDY_MS, .cancel = link->call->cancel},
    };
    SshResult result;
    SshProblem problem;
    if (link->wait_ms > REMOVE_WAIT_MS)
        link->wait_ms = REMOVE_WAIT_MS;
    (void)ssh_client_exec(link, &command, &result, &problem);
}

/* Returns "with status 3", or "with status 137 (signal KILL)". */
static Str describe_status(int status, Arena *arena) {
    int number = status - 128;
    const char *name = number > 0 && number <= SIGNALS_MAX ? sigabbrev_np(number) : NULL;
    return name ? str_format(arena, "with status %d (signal %s)", status, name)
                : str_format(arena, "with status %d", status);
}

/* Returns the title as the start of a sentence. */
static Str capitalized_title(const RemoteStep *step, Arena *arena) {
    Str title = str_from_cstr(step->title);
    return str_starts_with(title, STR("the ")) ? str_concat(STR("The "), str_after(title, 4), arena)
                                               : title;
}

bool remote_step_check(const SshLink *link, const RemoteStep *step, const RemoteStepResult *result,
                       const char *summary, Diags *diags) {
    Arena *arena = link->call->arena;
    Str endpoint = ssh_endpoint(link->target.host, link->target.port, arena);
    Str tail = ssh_client_output_tail(result->err, result->out, arena);
    Str title = capitalized_title(step, arena);
    switch (result->state) {
    case REMOTE_STEP_EXITED:
        if (result->exit_status == 0)
            return true;
        return diags_fail(diags, NO_RANGE, summary, "%.*s ended %.*s on %.*s. %.*s", STR_ARG(title),
                          STR_ARG(describe_status(result->exit_status, arena)), STR_ARG(endpoint),
                          STR_ARG(tail));
    case REMOTE_STEP_RUNNING:
        return diags_fail(diags, NO_RANGE, summary,
                          "%.*s still runs on %.*s, but the time limit of the operation has "
                          "passed. To extend it, set \"timeouts\".",
                          STR_ARG(title), STR_ARG(endpoint));
    case REMOTE_STEP_REBOOTED:
        return diags_fail(diags, NO_RANGE, summary,
                          "%.*s was started on %.*s, but ended without an exit status, because the "
                          "machine was started again in the middle. %.*s",
                          STR_ARG(title), STR_ARG(endpoint), STR_ARG(tail));
    case REMOTE_STEP_ABSENT:
    case REMOTE_STEP_LOST: break;
    }
    return diags_fail(diags, NO_RANGE, summary,
                      "%.*s was started on %.*s, but ended without an exit status, because the "
                      "machine stopped or the process was killed. %.*s",
                      STR_ARG(title), STR_ARG(endpoint), STR_ARG(tail));
}

Str remote_step_environment(Value map, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    for (size_t i = 0; value_is_present(map) && i < map.count; i++) {
        Value value = value_at(map, i);
        if (!value_is_present(value))
            continue;
        strbuf_add_format(&text, "export %.*s=%.*s\n", STR_ARG(map.as.map->keys[i]),
                          STR_ARG(ssh_quote(value_text(value), arena)));
    }
    return strbuf_str(&text);
}
