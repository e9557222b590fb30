/* Runs scripts under markers. The helper scripts for the machine are in this file, in POSIX sh. */
#include "ssh_marker.h"

#include "utf8.h"

#define OUTPUT_KEPT    262144
#define STARTING_MAX   "40" /* checks of a marker without a process before it counts as lost */
#define START_TIME     "2"  /* seconds in which a start request of a killed run may still arrive */
#define FORGET_WAIT_MS 5000
#define TIDY_MS        10000
#define TICK_MS        1000
#define RECONNECTS_MAX 20

/* clang-format off */

/* Arguments: $1 the id. Sets $d. alive() succeeds if the started process still runs. */
#define MARKER_PRELUDE                                                                             \
    "set -u\n"                                                                                     \
    "if [ -n \"${LOAM_STATE_DIR:-}\" ]; then b=$LOAM_STATE_DIR\n"                                    \
    "elif [ \"$(id -u)\" = 0 ]; then b=/var/lib/loam\n"                                            \
    "else b=${XDG_STATE_HOME:-$HOME/.local/state}/loam; fi\n"                                      \
    "d=$b/exec/$1\n"                                                                               \
    "began() {\n"                                                                                  \
    "  s=\n"                                                                                       \
    "  { read -r s </proc/$1/stat; } 2>/dev/null || :\n"                                           \
    "  s=${s##*) }\n"                                                                              \
    "  set -- $s\n"                                                                                \
    "  case ${1:-} in Z) began=ended ;; *) began=${20:-} ;; esac\n" /* a zombie has ended */        \
    "}\n"                                                                                          \
    "boot() {\n"                                                                                   \
    "  boot=none\n"                                                                                \
    "  { read -r boot </proc/sys/kernel/random/boot_id; } 2>/dev/null || :\n"                      \
    "}\n"                                                                                          \
    "alive() {\n"                                                                                  \
    "  p= o= g=\n"                                                                                 \
    "  { read -r p <\"$d/pid\" && read -r o <\"$d/boot\"; } 2>/dev/null || return 1\n"             \
    "  { read -r g <\"$d/began\"; } 2>/dev/null || :\n"                                            \
    "  boot\n"                                                                                     \
    "  [ \"$boot\" = \"$o\" ] && kill -0 \"$p\" 2>/dev/null || return 1\n"                         \
    "  began \"$p\"\n"                                                                             \
    "  [ \"$began\" = \"$g\" ]\n"                                                                  \
    "}\n"

/* $2: length of the script on standard input; an incomplete script is never run. */
static const char start_script[] = MARKER_PRELUDE
    "m=$(umask)\n"
    "umask 077\n"
    "mkdir -p \"$b/exec\" || exit 91\n"
    "t=$d.$$\n"
    "trap 'rm -f \"$t\"' EXIT\n"
    /* The SSH client may be gone: then output would raise SIGPIPE and skip the cleanup. */
    "trap '' PIPE\n"
    "trap 'exit 95' HUP TERM\n"
    "head -c \"$2\" >\"$t\" || exit 91\n"
    "[ $(($(wc -c <\"$t\"))) -eq \"$2\" ] || exit 92\n"
    "mkdir -p \"$d\" || exit 91\n"
    "mkdir \"$d/started\" 2>/dev/null || exit 0\n"
    "mv \"$t\" \"$d/script\" && chmod 700 \"$d/script\" || exit 91\n"
    "trap - EXIT PIPE HUP TERM\n"
    "cat >\"$d/run\" <<\"END\" || exit 91\n"
    MARKER_PRELUDE
    "trap \"\" HUP\n"
    "boot\n"
    "echo \"$boot\" >\"$d/boot\"\n"
    "began $$\n"
    "echo \"$began\" >\"$d/began\"\n"
    "echo $$ >\"$d/pid.new\"\n"
    "mv \"$d/pid.new\" \"$d/pid\"\n"
    "read -r first <\"$d/script\" || :\n"
    "umask \"$2\"\n"
    "cd || cd /\n"
    "case $first in\n"
    "\"#!\"*) \"$d/script\" >\"$d/out\" 2>\"$d/err\" </dev/null ;;\n"
    "*) sh \"$d/script\" >\"$d/out\" 2>\"$d/err\" </dev/null ;;\n"
    "esac\n"
    "echo $? >\"$d/status.new\"\n"
    "rm -f \"$d/script\"\n"
    "mv \"$d/status.new\" \"$d/status\"\n"
    "END\n"
    "if command -v setsid >/dev/null 2>&1; then set -- \"$1\" setsid; else set -- \"$1\"; fi\n"
    "i=$1\n"
    "shift\n"
    "\"$@\" sh \"$d/run\" \"$i\" \"$m\" </dev/null >/dev/null 2>&1 &\n";

/* $2: bytes of output to print. Prints one line about the marker, then out and err. $3: "claim" if
 * a killed run may have sent a start request that is still to arrive. Then this script creates
 * "started" to block the request, and removes the marker after START_TIME. */
static const char follow_script[] = MARKER_PRELUDE
    "say() {\n"
    "  s=0 e=0\n"
    "  [ ! -f \"$d/out\" ] || s=$(($(wc -c <\"$d/out\")))\n"
    "  [ ! -f \"$d/err\" ] || e=$(($(wc -c <\"$d/err\")))\n"
    "  [ $s -le \"$4\" ] || s=$4\n"
    "  [ $e -le \"$4\" ] || e=$4\n"
    "  echo \"loam-exec $1 $2 $3 $s $e\"\n"
    "  [ $s -eq 0 ] || tail -c $s \"$d/out\" | head -c $s\n"
    "  [ $e -eq 0 ] || tail -c $e \"$d/err\" | head -c $e\n"
    "  exit 0\n"
    "}\n"
    "if [ ! -d \"$d/started\" ]; then\n"
    "  [ \"$3\" = claim ] || say \"$1\" absent 0 \"$2\"\n"
    "  (umask 077; mkdir -p \"$d\") || exit 91\n"
    "  if mkdir \"$d/started\" 2>/dev/null; then\n"
    "    sleep " START_TIME "\n"
    "    rm -rf \"$d\"\n"
    "    say \"$1\" absent 0 \"$2\"\n"
    "  fi\n"
    "fi\n"
    "n=0 k=0\n"
    "while [ ! -e \"$d/status\" ]; do\n"
    "  [ -d \"$d/started\" ] || say \"$1\" absent 0 \"$2\"\n"
    "  if alive; then n=0; elif [ -n \"$p\" ]; then n=" STARTING_MAX "; else n=$((n + 1)); fi\n"
    "  [ -e \"$d/status\" ] || [ $n -lt " STARTING_MAX " ] || say \"$1\" lost 0 \"$2\"\n"
    "  k=$((k + 1))\n"
    "  if [ $k -lt 40 ]; then sleep 0.1 2>/dev/null || sleep 1\n"
    "  else sleep 0.5 2>/dev/null || sleep 1; fi\n"
    "done\n"
    "read -r c <\"$d/status\"\n"
    "say \"$1\" exited \"$c\" \"$2\"\n";

/* Ends a script that runs in a session (setsid) together with all its children. */
static const char forget_script[] = MARKER_PRELUDE
    "if [ -d \"$d\" ]; then\n"
    "  if [ ! -e \"$d/status\" ] && alive; then\n"
    "    kill -TERM -- \"-$p\" 2>/dev/null || kill -TERM \"$p\" 2>/dev/null\n"
    "    k=0\n"
    "    while alive && [ $k -lt 30 ]; do\n"
    "      k=$((k + 1))\n"
    "      sleep 0.1 2>/dev/null || sleep 1\n"
    "    done\n"
    "    if alive; then kill -KILL -- \"-$p\" 2>/dev/null || kill -KILL \"$p\" 2>/dev/null; fi\n"
    "  fi\n"
    "  rm -rf \"$d\" || exit 91\n"
    "fi\n";

static const char look_script[] = MARKER_PRELUDE
    "if [ -d \"$d\" ]; then t=present\n"
    "elif [ -d \"$b/exec\" ]; then t=forgotten\n"
    "else t=none; fi\n"
    "echo \"loam-trace $1 $t\"\n";

/* clang-format on */

static SshTimeout run_patience(const SshLink *link) {
    /* After a first signal the script may end, so that its result is known; a second signal stops
     * waiting. */
    return ssh_client_patience(link, CANCEL_NOW);
}

static void machine_error(const SshLink *link,
                          const char *summary,
                          const SshResult *result,
                          Diags *diags) {
    Arena *arena = link->call->arena;
    Str endpoint = ssh_endpoint(link->target.host, link->target.port, arena);
    Str words = ssh_client_last_words(result->err, result->out, arena);
    diags_error(diags, NO_RANGE, summary,
                "The shell on %.*s gave up with status %d. Check that the user may write below "
                "/var/lib/loam (root) or ~/.local/state/loam, and that there is room. %.*s",
                STR_ARG(endpoint), result->exit_status, STR_ARG(words));
}

static bool start(SshLink *link, Str id, Str script, Diags *diags) {
    Arena *arena = link->call->arena;
    const Str arguments[] = {id, str_format(arena, "%zu", script.len)};
    SshCommand command = {
        .command = ssh_client_script(start_script, arguments, ARRAY_COUNT(arguments), arena),
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
    machine_error(link, "The script could not be started", &result, diags);
    return false;
}

bool ssh_marker_forget(SshLink *link, Str id, Diags *diags) {
    SshCommand command = {
        .command = ssh_client_script(forget_script, &id, 1, link->call->arena),
        .timeout = run_patience(link),
    };
    SshResult result;
    if (!ssh_client_run(link, &command, &result, diags))
        return false;
    if (result.exit_status == 0)
        return true;
    machine_error(link, "The marker of a script could not be removed", &result, diags);
    return false;
}

void ssh_marker_forget_if_possible(SshLink *link, Str id) {
    SshCommand command = {
        .command = ssh_client_script(forget_script, &id, 1, link->call->arena),
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
        .command = ssh_client_script(follow_script, arguments, ARRAY_COUNT(arguments), arena),
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
    machine_error(link, "The machine does not say how the script ended", &result, diags);
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
        .command = ssh_client_script(look_script, &id, 1, arena),
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
    machine_error(link, "The machine does not say whether the script ran there", &result, diags);
    return false;
}
