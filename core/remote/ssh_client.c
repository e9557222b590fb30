/* Implements settings, sessions and retries. */
#include "ssh_client.h"

#include "digest.h"
#include "duration.h"
#include "log.h"
#include "object_builder.h"
#include "path_error.h"
#include "ssh.h"
#include "str_quote.h"
#include "utf8.h"
#include "vec.h"
#include "wait_until.h"

#include <pthread.h>

#define PORT_DEFAULT            22
#define WAIT_DEFAULT_MS         300000
#define PLAN_TIMEOUT_DEFAULT_MS 10000
#define PLAN_TIMEOUT_HINT       "During a plan, the limit is \"plan_timeout\" of the provider \"ssh\"."
#define ATTEMPT_MS              30000 /* for one connection, handshake included */
#define PAUSE_FIRST_MS          200   /* wait between attempts; doubles */
#define KEY_GRACE_MS            20000 /* how long a booting machine may reject the user's key */
#define SESSIONS_MAX            8
#define LOOKS_MAX               4
#define LAST_WORDS              ((size_t)2048)

#define KEY_SIZE 64 /* of a digest of all fields of a target */

typedef struct Idle {
    SshSession *session;
    char key[KEY_SIZE];
} Idle;

/* A machine that a plan could not connect to. */
typedef struct Absence {
    SshStatus status;
    SshProblem problem;
    char key[KEY_SIZE];
} Absence;

struct SshClient {
    Arena *arena; /* holds the client itself */
    const Ssh *ssh;
    pthread_mutex_t lock; /* of the two lists and the arena */
    VEC(Idle) idle;
    VEC(Absence) absences;
    Str user;
    Str private_key;
    uint16_t port;
    int64_t wait_ms;
    int64_t plan_timeout_ms; /* "plan_timeout" */
};

static void key_of(const SshTarget *target, char out[KEY_SIZE]) {
    SCOPED(ArenaRef) scratch = arena_open("ssh key");
    const Str parts[] = {target->host, target->user, target->host_key, target->private_key,
                         target->password};
    Str port = str_format(scratch, "%u", target->port);
    Str all =
        str_concat(port, str_join(parts, ARRAY_COUNT(parts), (Str){"\0", 1}, scratch), scratch);
    memcpy(out, digest_hex(DIGEST_SHA256, all, scratch).ptr, KEY_SIZE);
}

/* Removes the newest entry of this key from the list and returns its session; NULL if none. */
static SshSession *remove_entry(SshClient *client, const char key[KEY_SIZE]) {
    for (size_t i = client->idle.count; i > 0; i--) {
        Idle *entry = &client->idle.items[i - 1];
        if (memcmp(entry->key, key, KEY_SIZE) != 0)
            continue;
        SshSession *session = entry->session;
        *entry = vec_last(&client->idle);
        client->idle.count--;
        return session;
    }
    return NULL;
}

/* Returns an idle session with exactly this target, or NULL. The caller owns it until
 * push_session. */
static SshSession *pop_session(SshClient *client, const SshTarget *target) {
    char key[KEY_SIZE];
    key_of(target, key);
    for (;;) {
        pthread_mutex_lock(&client->lock);
        SshSession *session = remove_entry(client, key);
        pthread_mutex_unlock(&client->lock);
        if (!session || client->ssh->is_alive(client->ssh->self, session))
            return session;
        client->ssh->close(client->ssh->self, session);
    }
}

static void push_session(SshClient *client, const SshTarget *target, SshSession *session) {
    Idle entry = {.session = session};
    key_of(target, entry.key);
    pthread_mutex_lock(&client->lock);
    vec_push(client->arena, &client->idle, entry);
    pthread_mutex_unlock(&client->lock);
}

/* Records that the target could not be connected to, until the pool is closed. */
static void add_absence(SshClient *client,
                        const SshTarget *target,
                        SshStatus status,
                        const SshProblem *problem) {
    Absence absence = {.status = status};
    key_of(target, absence.key);
    pthread_mutex_lock(&client->lock);
    absence.problem = (SshProblem){
        .text = str_clone(problem->text, client->arena),
        .pinned = str_clone(problem->pinned, client->arena),
        .found = str_clone(problem->found, client->arena),
    };
    vec_push(client->arena, &client->absences, absence);
    pthread_mutex_unlock(&client->lock);
}

static bool find_absence(SshClient *client,
                         const SshTarget *target,
                         SshStatus *status,
                         SshProblem *problem) {
    char key[KEY_SIZE];
    key_of(target, key);
    bool is_found = false;
    pthread_mutex_lock(&client->lock);
    vec_each(&client->absences, absence) {
        if (memcmp(absence->key, key, KEY_SIZE) != 0)
            continue;
        *status = absence->status;
        *problem = absence->problem;
        is_found = true;
        break;
    }
    pthread_mutex_unlock(&client->lock);
    return is_found;
}

Str ssh_client_check_host(Value value, Arena *arena) {
    Str host = value_text(value);
    for (size_t i = 0; i < host.len; i++) {
        if (isgraph((unsigned char)host.ptr[i]) && !strchr("[]@/", host.ptr[i]))
            continue;
        return str_format(arena, "\"%.*s\" is not a valid address or host name.", STR_ARG(host));
    }
    return host.len ? STR_EMPTY : str_format(arena, "The host must not be empty.");
}

Str ssh_client_check_port(Value value, Arena *arena) {
    int64_t port;
    if (value_to_int(value, &port) && port >= 1 && port <= 65535)
        return STR_EMPTY;
    return str_format(arena, "A port must be an integer from 1 to 65535.");
}

Str ssh_client_check_user(Value value, Arena *arena) {
    Str user = value_text(value);
    bool is_fine = user.len > 0 && user.ptr[0] != '-';
    for (size_t i = 0; is_fine && i < user.len; i++)
        is_fine = !iscntrl((unsigned char)user.ptr[i]) && !strchr("'`\";&<>|(){}", user.ptr[i]);
    if (is_fine)
        return STR_EMPTY;
    return str_format(arena, "%.*s is not a valid user name.", STR_ARG(str_quote(user, arena)));
}

Str ssh_client_check_private_key(Value value, Arena *arena) {
    if (ssh_is_private_key(value_text(value), arena))
        return STR_EMPTY;
    return str_format(arena, "The value must be the text of an unencrypted private key file, in "
                             "OpenSSH format or in PEM.");
}

Str ssh_client_check_host_key(Value value, Arena *arena) {
    if (ssh_fingerprint(value_text(value), arena).len > 0)
        return STR_EMPTY;
    return str_format(arena, "The value must be a public key: one line such as \"ssh-ed25519 "
                             "AAAA…\", as in the machine's /etc/ssh/ssh_host_ed25519_key.pub.");
}

bool ssh_client_configure(const Call *call,
                          const ConfigureRequest *request,
                          ConfigureResponse *response,
                          Diags *diags) {
    Value config = request->config;
    Arena *arena = arena_open("ssh client");
    SshClient *made = arena_new(arena, SshClient);
    (void)diags;
    *made = (SshClient){
        .arena = arena,
        .ssh = call->io->ssh,
        .user = str_clone(object_text(config, "user", STR("root")), arena),
        .private_key = str_clone(object_text(config, "private_key", STR_EMPTY), arena),
        .port = (uint16_t)object_int(config, "port", PORT_DEFAULT),
        .wait_ms = duration_of(config, "timeout", WAIT_DEFAULT_MS),
        .plan_timeout_ms = duration_of(config, "plan_timeout", PLAN_TIMEOUT_DEFAULT_MS),
    };
    CHECK(pthread_mutex_init(&made->lock, NULL) == 0);
    response->client = made;
    return true;
}

void ssh_client_close(void *client) {
    SshClient *closing = client;
    if (!closing)
        return;
    vec_each(&closing->idle, entry) {
        closing->ssh->close(closing->ssh->self, entry->session);
    }
    pthread_mutex_destroy(&closing->lock);
    arena_close(closing->arena);
}

bool ssh_client_link(const Call *call, Value object, SshLink *out, Diags *diags) {
    SshClient *client = call->client;
    SshLink link = {
        .call = call,
        .client = client,
        .target =
            {
                     .host = object_text(object, "host", STR_EMPTY),
                     .port = (uint16_t)object_int(object, "port", client->port),
                     .user = object_text(object, "user", client->user),
                     .private_key = object_text(object, "private_key", client->private_key),
                     .host_key = object_text(object, "host_key", STR_EMPTY),
                     },
        .wait_ms = duration_of(object, "timeout", client->wait_ms),
    };
    if (link.target.private_key.len == 0)
        return path_error(
            call, PATH_AT(call, {"private_key"}), diags, "No private key",
            "Authentication requires \"private_key\", here or in the provider configuration.");
    *out = link;
    return true;
}

static const char *short_reason(SshStatus status) {
    switch (status) {
    case SSH_UNKNOWN_NAME: return "the name has no address";
    case SSH_NO_ANSWER: return "no response";
    case SSH_REFUSED: return "connection refused";
    case SSH_NO_HANDSHAKE: return "no handshake yet";
    case SSH_USER_KEY_REFUSED: return "the key is not accepted yet";
    case SSH_PASSWORD_REFUSED: return "the password is not accepted yet";
    case SSH_DONE:
    case SSH_HOST_KEY_DIFFERS:
    case SSH_BAD_USER:
    case SSH_BAD_HOST_KEY:
    case SSH_BAD_PRIVATE_KEY:
    case SSH_LOST:
    case SSH_TIMED_OUT:
    case SSH_CANCELLED: break;
    }
    return "";
}

static int64_t plan_timeout_ms_of(const SshLink *link) {
    return link->client ? link->client->plan_timeout_ms : PLAN_TIMEOUT_DEFAULT_MS;
}

void ssh_client_limit_to_plan(SshLink *link) {
    link->plan_end_ms = call_monotonic_ms(link->call) + plan_timeout_ms_of(link);
}

void ssh_client_limit_connections_to_plan(SshLink *link) {
    if (link->wait_ms > plan_timeout_ms_of(link))
        link->wait_ms = plan_timeout_ms_of(link);
}

bool ssh_client_is_absent(const SshLink *link, SshStatus status) {
    switch (status) {
    case SSH_UNKNOWN_NAME:
    case SSH_NO_ANSWER:
    case SSH_REFUSED:
    case SSH_NO_HANDSHAKE:
    case SSH_LOST: return true;
    case SSH_TIMED_OUT: return link->plan_end_ms > 0;
    case SSH_DONE:
    case SSH_HOST_KEY_DIFFERS:
    case SSH_USER_KEY_REFUSED:
    case SSH_PASSWORD_REFUSED:
    case SSH_BAD_USER:
    case SSH_BAD_HOST_KEY:
    case SSH_BAD_PRIVATE_KEY:
    case SSH_CANCELLED: break;
    }
    return false;
}

Str ssh_client_explain_absence(const SshLink *link, SshStatus status, SshProblem problem) {
    Arena *arena = link->call->arena;
    Str endpoint = ssh_endpoint(link->target.host, link->target.port, arena);
    Str text = problem.text;
    if (status == SSH_TIMED_OUT)
        text = STR("the command did not end in time");
    else if (text.len == 0)
        text = str_from_cstr(short_reason(status));
    return str_format(arena, "%.*s did not respond in time (%.*s). " PLAN_TIMEOUT_HINT,
                      STR_ARG(endpoint), STR_ARG(text));
}

static void drop_session(SshLink *link) {
    const Ssh *ssh = link->call->io->ssh;
    if (link->session)
        ssh->close(ssh->self, link->session);
    link->session = NULL;
}

void ssh_client_release(SshLink *link) {
    if (link->session && link->client)
        push_session(link->client, &link->target, link->session);
    else if (link->session)
        drop_session(link);
    *link = (SshLink){0};
}

static SshStatus connect_once(SshLink *link, int64_t left_ms, SshProblem *problem) {
    const Ssh *ssh = link->call->io->ssh;
    SshTimeout timeout = {
        .timeout_ms = left_ms > ATTEMPT_MS ? ATTEMPT_MS
                      : left_ms > 0        ? left_ms
                                           : 1,
        .cancel = link->call->cancel,
        .cancel_at = CANCEL_STOP,
    };
    int64_t began_ms = log_clock_ms();
    SshStatus status =
        ssh->connect(ssh->self, &link->target, timeout, &link->session, problem, link->call->arena);
    log_debug("ssh connect", log_text("host", link->target.host),
              log_number("port", link->target.port), log_number("status", status),
              log_text("problem", problem->text), log_took(began_ms));
    return status;
}

/* Returns true if the end of our time cut the attempt short. Then the error of the attempt before
 * is more useful. */
static bool was_cut_short(SshStatus status, int64_t left_ms) {
    return left_ms < ATTEMPT_MS && (status == SSH_NO_HANDSHAKE || status == SSH_NO_ANSWER);
}

typedef struct Connecting {
    SshLink *link;
    SshStatus status; /* of the last attempt; SSH_DONE before the first */
    SshProblem *problem;
    int64_t left_ms; /* time left when the attempt began */
    SshStatus status_before;
    SshProblem problem_before;
    bool is_refused; /* the user's key or password was rejected */
    int64_t refused_ms;
} Connecting;

/* A booting machine may accept logins before it has read the user's key. */
static bool is_within_grace(Connecting *connecting, const Wait *wait) {
    if (connecting->status != SSH_USER_KEY_REFUSED && connecting->status != SSH_PASSWORD_REFUSED)
        return true;
    int64_t now = call_monotonic_ms(wait->call);
    if (!connecting->is_refused)
        connecting->refused_ms = now;
    connecting->is_refused = true;
    return now - connecting->refused_ms < KEY_GRACE_MS;
}

static WaitLook attempt(void *payload, Wait *wait) {
    Connecting *connecting = payload;
    connecting->status_before = connecting->status;
    connecting->problem_before = *connecting->problem;
    connecting->left_ms = wait->left_ms;
    connecting->status = connect_once(connecting->link, wait->left_ms, connecting->problem);
    if (connecting->status == SSH_DONE)
        return WAIT_LOOK_DONE;
    wait->reason = str_from_cstr(short_reason(connecting->status));
    bool is_worth_waiting = wait->reason.len > 0 && is_within_grace(connecting, wait);
    return is_worth_waiting ? WAIT_LOOK_AGAIN : WAIT_LOOK_FAILED;
}

static SshStatus connect_patiently(SshLink *link, SshProblem *problem) {
    const Call *call = link->call;
    int64_t wait_ms = link->wait_ms;
    if (link->plan_end_ms > 0 && link->plan_end_ms - call_monotonic_ms(call) < wait_ms)
        wait_ms = link->plan_end_ms - call_monotonic_ms(call);
    Connecting connecting = {.link = link, .problem = problem};
    Str endpoint = ssh_endpoint(link->target.host, link->target.port, call->arena);
    WaitUntil until = {
        .what = str_to_cstr(str_format(call->arena, "SSH on %.*s", STR_ARG(endpoint)), call->arena),
        .look = attempt,
        .payload = &connecting,
        .timeout_ms = wait_ms > 0 ? wait_ms : 1,
        .pauses = {.first_ms = PAUSE_FIRST_MS},
    };
    link->from_pool = false;
    /* Shows progress now, because the first attempt may take long. */
    call_progress(
        call, 0, 0,
        str_to_cstr(str_format(call->arena, "connecting to %s", until.what), call->arena));
    if (wait_until(call, &until, NULL) == WAIT_CANCELLED)
        return SSH_CANCELLED;
    if (connecting.status_before == SSH_DONE ||
        !was_cut_short(connecting.status, connecting.left_ms))
        return connecting.status;
    *problem = connecting.problem_before;
    return connecting.status_before;
}

/* If a plan reads many objects of an absent machine, only the first read waits for it. */
static SshStatus connect(SshLink *link, SshProblem *problem) {
    SshClient *client = link->client;
    SshStatus status;
    if (!client)
        return connect_patiently(link, problem);
    if (link->plan_end_ms > 0 && find_absence(client, &link->target, &status, problem))
        return status;
    status = connect_patiently(link, problem);
    if (link->plan_end_ms > 0 && status != SSH_DONE && status != SSH_CANCELLED)
        add_absence(client, &link->target, status, problem);
    return status;
}

Str ssh_client_script(const char *script, const Str *arguments, size_t count, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    strbuf_add_cstr(&buf, "sh -c ");
    strbuf_add(&buf, ssh_quote(str_from_cstr(script), arena));
    strbuf_add_cstr(&buf, " loam");
    for (size_t i = 0; i < count; i++) {
        strbuf_add_char(&buf, ' ');
        strbuf_add(&buf, ssh_quote(arguments[i], arena));
    }
    return strbuf_str(&buf);
}

static SshStatus exec_once(SshLink *link,
                           const SshCommand *command,
                           SshResult *out,
                           SshProblem *problem) {
    const Ssh *ssh = link->call->io->ssh;
    int64_t began_ms = log_clock_ms();
    SshStatus status =
        ssh->exec(ssh->self, link->session, command, out, problem, link->call->arena);
    log_debug("ssh command", log_text("host", link->target.host),
              log_number("port", link->target.port),
              log_number("bytes", (int64_t)command->command.len), log_number("status", status),
              log_number("exit", status == SSH_DONE ? out->exit_status : -1), log_took(began_ms));
    if (status == SSH_DONE)
        return status;
    link->may_have_run |= problem->may_have_run;
    drop_session(link);
    return status;
}

SshStatus ssh_client_exec(SshLink *link,
                          const SshCommand *command,
                          SshResult *out,
                          SshProblem *problem) {
    if (!link->session && link->client) {
        link->session = pop_session(link->client, &link->target);
        link->from_pool = link->session != NULL;
    }
    if (link->session) {
        SshStatus status = exec_once(link, command, out, problem);
        /* An idle session from the pool may have died; then connects again. */
        if (status != SSH_LOST || !link->from_pool)
            return status;
    }
    SshStatus status = connect(link, problem);
    return status == SSH_DONE ? exec_once(link, command, out, problem) : status;
}

SshTimeout ssh_client_timeout(const SshLink *link, CancelLevel cancel_at) {
    const Call *call = link->call;
    int64_t left_ms = 0, end_ms = call->deadline_ms;
    if (link->plan_end_ms > 0 && (end_ms == 0 || link->plan_end_ms < end_ms))
        end_ms = link->plan_end_ms;
    if (end_ms > 0) {
        left_ms = end_ms - call_monotonic_ms(call);
        if (left_ms < 1)
            left_ms = 1;
    }
    return (SshTimeout){.timeout_ms = left_ms, .cancel = call->cancel, .cancel_at = cancel_at};
}

bool ssh_client_run(SshLink *link, const SshCommand *command, SshResult *out, Diags *diags) {
    SshProblem problem = {0};
    SshStatus status = ssh_client_exec(link, command, out, &problem);
    if (status != SSH_DONE)
        ssh_client_explain(link, status, problem, diags);
    return status == SSH_DONE;
}

typedef struct Explanation {
    const char *summary;
    const char *hint;
    const char *path; /* an attribute; NULL: the object */
} Explanation;

/* clang-format off */
static const Explanation explanations[] = {
    [SSH_UNKNOWN_NAME] = {"Unknown host name",
     "The name has no address. Check its spelling, and the resolver of this machine.", "host"},
    [SSH_NO_ANSWER] = {"No response from the machine",
     "Check that the machine runs, that the address is correct, and that no firewall or missing route blocks the port. To wait longer, set \"timeout\".", "host"},
    [SSH_REFUSED] = {"SSH port closed",
     "The machine responds, but refuses connections to the port. Check that its SSH server is installed and started, and check the port. To wait longer, set \"timeout\".", "port"},
    [SSH_NO_HANDSHAKE] = {"No SSH session with the machine",
     "The port is open, but no SSH session was established. Check that the port belongs to an SSH server, that the server's log has no errors, and that both sides share algorithms.", "host"},
    [SSH_USER_KEY_REFUSED] = {"Private key rejected",
     "The host key is correct, but the machine rejects the private key for this user. Check \"user\" and \"private_key\", and that the user's authorized_keys contains the public key.", "private_key"},
    [SSH_BAD_USER] = {"Invalid user",
     "Set the name of a user of the machine.", "user"},
    [SSH_PASSWORD_REFUSED] = {"Password rejected",
     "The machine rejects the password for this user. Check \"user\" and \"password\", and that the server accepts passwords.", "password"},
    [SSH_BAD_HOST_KEY] = {"Invalid host key",
     "The key must be one line such as \"ssh-ed25519 AAAA…\".", "host_key"},
    [SSH_BAD_PRIVATE_KEY] = {"Invalid private key",
     "The key must be the text of an unencrypted private key file, in OpenSSH format or in PEM.",
     "private_key"},
    [SSH_LOST] = {"Connection to the machine lost",
     "The machine may have been restarted, or the network may have failed. Apply again when you can reach it.", "host"},
    [SSH_TIMED_OUT] = {"Command timed out",
     "The time limit of the operation has passed; the command may still run on the machine. To allow more time, set \"timeouts\".", NULL},
    [SSH_CANCELLED] = {"Interrupted",
     "The run was interrupted.", NULL},
};
/* clang-format on */

static void explain_host_key(const SshLink *link, SshProblem problem, Diags *diags) {
    Str endpoint = ssh_endpoint(link->target.host, link->target.port, link->call->arena);
    (void)path_error(
        link->call, PATH_AT(link->call, {"host_key"}), diags,
        "Host key differs from the pinned key",
        "%.*s has the host key %.*s, but \"host_key\" is %.*s. Nothing was sent. Either another "
        "machine has this address, or the connection is intercepted, or the machine was rebuilt. "
        "If it was rebuilt, set \"host_key\" to its new key.",
        STR_ARG(endpoint), STR_ARG(problem.found), STR_ARG(problem.pinned));
}

void ssh_client_explain(const SshLink *link, SshStatus status, SshProblem problem, Diags *diags) {
    if (status == SSH_HOST_KEY_DIFFERS) {
        explain_host_key(link, problem, diags);
        return;
    }
    const Explanation *row = &explanations[status];
    Arena *arena = link->call->arena;
    Str endpoint = ssh_endpoint(link->target.host, link->target.port, arena);
    Str why = problem.text.len ? str_concat(STR(": "), problem.text, arena) : STR_EMPTY;
    Path path = row->path ? PATH_AT(link->call, {row->path}) : NO_PATH;
    const char *hint = row->hint;
    if (link->plan_end_ms > 0 && ssh_client_is_absent(link, status))
        hint = PLAN_TIMEOUT_HINT;
    (void)path_error(link->call, path, diags, row->summary, "%.*s@%.*s%.*s. %s",
                     STR_ARG(link->target.user), STR_ARG(endpoint), STR_ARG(why), hint);
}

/* Reads in a plan share few sessions: opening a session takes longer than a read. */
bool ssh_client_limits(const Call *call,
                       const LimitsRequest *request,
                       LimitsResponse *response,
                       Diags *diags) {
    (void)diags;
    LimitAction action = request->action;
    Value object = request->object;
    bool looks = action == LIMIT_READ;
    SshClient *client = call->client;
    int64_t port = object_int(object, "port", client ? client->port : PORT_DEFAULT);
    Str host = object_text(object, "host", STR_EMPTY);
    Limit limit = {
        .key = str_format(call->arena, looks ? "ssh look %.*s %lld" : "ssh %.*s %lld",
                          STR_ARG(host), (long long)port),
        .capacity = looks ? LOOKS_MAX : SESSIONS_MAX,
    };
    vec_push(call->arena, &response->limits, limit);
    return true;
}

Str ssh_client_last_words(Str err, Str out, Arena *arena) {
    Str text = str_trim(utf8_strip_controls(err, arena));
    if (text.len == 0)
        text = str_trim(utf8_strip_controls(out, arena));
    if (text.len == 0)
        return STR("It wrote no output.");
    if (text.len > LAST_WORDS) {
        size_t line = str_find_char(text, '\n', text.len - LAST_WORDS);
        text = str_after(text, line == SIZE_MAX ? text.len - LAST_WORDS : line + 1);
    }
    return str_concat(STR("Its last output:\n"), text, arena);
}
