#include "ssh_client.h"

#include "digest.h"
#include "duration.h"
#include "log.h"
#include "object_builder.h"
#include "path_error.h"
#include "ssh.h"
#include "ssh_sudo.h"
#include "thread.h"
#include "utf8.h"
#include "vec.h"
#include "wait_until.h"

#define GREETED                 "login"
#define YES                     "yes"
#define GREET_MS                3000
#define GREET_AGE_MAX_MS        (INT64_C(60) * 60 * 1000) /* the whole plan */
#define WAIT_DEFAULT_MS         300000
#define PLAN_TIMEOUT_DEFAULT_MS 10000
#define PLAN_TIMEOUT_HINT       "During a plan, the limit is \"plan_timeout\" of the provider \"ssh\"."
#define ATTEMPT_MS              30000 /* for one connection, handshake included */
#define PAUSE_FIRST_MS          200   /* wait between attempts; doubles */
#define KEY_GRACE_MS            20000 /* how long a booting machine may reject the user's key */
#define OPERATIONS_MAX          8
#define SESSIONS_TRIED_MAX      20 /* broken or full sessions before a command fails */
#define CHANNELS_TRIED_MAX      10 /* refusals of an unused session before a command fails */
#define CHANNEL_WAIT_MS         100
#define OUTPUT_TAIL_MAX         ((size_t)2048)

/* A machine that a plan could not connect to. */
typedef struct Unreachable {
    Str key; /* of ssh_pool_key */
    SshStatus status;
    SshProblem problem;
} Unreachable;

struct SshClient {
    Arena *arena; /* holds the client itself */
    SshShare *share;
    SshShare *own_share;  /* NULL: the share is that of the run */
    pthread_mutex_t lock; /* guards `unreachable` and the arena */
    VEC(Unreachable) unreachable;
    SshSettings defaults;
    int64_t plan_timeout_ms; /* "plan_timeout" */
};

static SshChain client_chain_of(const SshLink *link) {
    return link->chain.count ? link->chain : (SshChain){&link->target, 1};
}

static Str client_key_of(const SshLink *link) {
    return ssh_pool_key(client_chain_of(link), link->call->arena);
}

static SshPool *ssh_client_pool_of(SshLink *link) {
    if (link->client)
        return ssh_share_pool(link->client->share);
    if (!link->own_pool)
        link->own_pool = ssh_pool_open(link->call->io->ssh);
    return link->own_pool;
}

/* Records until the client is closed that connecting to the target failed. */
static void add_unreachable(SshLink *link, SshStatus status, const SshProblem *problem) {
    SshClient *client = link->client;
    Str key = client_key_of(link);
    LOCKED(&client->lock);
    Unreachable machine = {
        .key = str_clone(key, client->arena),
        .status = status,
        .problem =
            {
                .text = str_clone(problem->text, client->arena),
                .pinned = str_clone(problem->pinned, client->arena),
                .found = str_clone(problem->found, client->arena),
            },
    };
    vec_push(client->arena, &client->unreachable, machine);
}

static bool find_unreachable(SshLink *link, SshStatus *status, SshProblem *problem) {
    SshClient *client = link->client;
    Str key = client_key_of(link);
    bool is_found = false;
    LOCKED(&client->lock);
    vec_each(&client->unreachable, machine) {
        if (!str_equal(machine->key, key))
            continue;
        *status = machine->status;
        *problem = machine->problem;
        is_found = true;
        break;
    }
    return is_found;
}

bool ssh_client_recall(SshLink *link, const char *name, int64_t max_age_ms, SshOutput *out) {
    const Call *call = link->call;
    SshClient *client = link->client;
    if (!client || !call->is_planning)
        return false;
    CHECK(!link->reading.machine.len);
    Str machine = str_format(call->arena, "%.*s, %.*s", STR_ARG(ssh_client_user(link)),
                             STR_ARG(client_key_of(link)));
    SshRecall wanted = {
        .machine = machine,
        .name = str_from_cstr(name),
        .min_at_ms = call_monotonic_ms(call) - max_age_ms,
        .timeout = ssh_client_timeout(link, CANCEL_STOP),
    };
    return ssh_share_recall(client->share, &wanted, out, &link->reading);
}

void ssh_client_keep(const SshLink *link, const char *name, Str output) {
    SshOutput kept = {.text = output, .at_ms = call_monotonic_ms(link->call)};
    if (link->reading.machine.len)
        ssh_share_keep(link->client->share, &link->reading, str_from_cstr(name), kept);
}

void ssh_client_end_reading(SshLink *link) {
    if (link->reading.machine.len)
        ssh_share_end(link->client->share, &link->reading);
}

void ssh_client_discard_kept(const SshLink *link) {
    if (link->client)
        ssh_share_discard(link->client->share);
}

bool ssh_client_configure(const Call *call, const ConfigureRequest *request,
                          ConfigureResponse *response, Diags *diags) {
    Arena *arena = arena_open("ssh client");
    SshClient *made = arena_new(arena, SshClient);
    Value config = value_clone(request->config, arena);
    *made = (SshClient){
        .arena = arena,
        .plan_timeout_ms = duration_of(config, "plan_timeout", PLAN_TIMEOUT_DEFAULT_MS),
    };
    if (!ssh_settings_read(call, config, NULL, &made->defaults, arena, diags)) {
        arena_close(arena);
        return false;
    }
    if (!call->io->ssh_share)
        made->own_share = ssh_share_open(call->io->ssh);
    made->share = made->own_share ? made->own_share : call->io->ssh_share;
    ssh_share_enter(made->share);
    CHECK(pthread_mutex_init(&made->lock, NULL) == 0);
    response->client = made;
    return true;
}

void ssh_client_close(void *client) {
    SshClient *closing = client;
    if (!closing)
        return;
    ssh_share_leave(closing->share);
    ssh_share_close(closing->own_share);
    pthread_mutex_destroy(&closing->lock);
    arena_close(closing->arena);
}

/* Sets the chain: the jump hosts, then the target. */
static void set_chain(SshLink *link, const SshSettings *settings, Arena *arena) {
    SshTarget *chain = arena_new_array(arena, SshTarget, settings->bastion_count + 1);
    for (size_t i = 0; i < settings->bastion_count; i++)
        chain[i] = settings->bastions[i].target;
    chain[settings->bastion_count] = settings->machine.target;
    link->chain = (SshChain){chain, settings->bastion_count + 1};
}

void ssh_client_link_to(const Call *call, const SshSettings *settings, SshLink *out) {
    *out = (SshLink){
        .call = call,
        .target = settings->machine.target,
        .sudo = settings->sudo && !str_equal(settings->machine.target.user, STR("root")),
        .sudo_password = settings->sudo_password,
        .wait_ms = settings->wait_ms > 0 ? settings->wait_ms : WAIT_DEFAULT_MS,
        .attempt_ms = settings->attempt_ms,
    };
    set_chain(out, settings, call->arena);
}

bool ssh_client_link(const Call *call, Value object, SshLink *out, Diags *diags) {
    SshClient *client = call->client;
    SshSettings settings;
    if (!ssh_settings_read(call, object, client ? &client->defaults : NULL, &settings, call->arena,
                           diags) ||
        !ssh_settings_complete(call, &settings, diags))
        return false;
    ssh_client_link_to(call, &settings, out);
    out->client = client;
    return true;
}

void ssh_client_use_new_session(SshLink *link) {
    CHECK(!link->lease && !link->reading.machine.len);
    link->client = NULL;
}

Str ssh_client_user(const SshLink *link) {
    return link->sudo ? STR("root") : link->target.user;
}

/* What a failed connection says about a machine that may be about to start. */
typedef enum SshReach {
    REACH_ENDS,  /* it stays so */
    REACH_LATER, /* it responds, and may accept the login later */
    REACH_NONE,  /* it cannot be reached now */
} SshReach;

typedef struct Explanation {
    const char *summary;
    const char *hint;
    const char *path;   /* an attribute; NULL: the object */
    const char *reason; /* why a connection is tried again; NULL: it is not */
    SshReach reach;
} Explanation;

/* clang-format off */
/* By status. */
static const Explanation explanations[] = {
    [SSH_UNKNOWN_NAME] = {"Unknown host name",
     "The name has no address. Check its spelling, and the resolver of this machine.", "host", .reason = "the name has no address", .reach = REACH_NONE},
    [SSH_NO_RESPONSE] = {"No response from the machine",
     "Check that the machine runs, that the address is correct, and that no firewall or missing route blocks the port. To wait longer, set \"timeout\".", "host", .reason = "no response", .reach = REACH_NONE},
    [SSH_REFUSED] = {"SSH port closed",
     "The machine responds, but refuses connections to the port. Check that its SSH server is installed and started, and check the port. To wait longer, set \"timeout\".", "port", .reason = "connection refused", .reach = REACH_NONE},
    [SSH_NO_HANDSHAKE] = {"No SSH session with the machine",
     "The port is open, but no SSH session was established. Check that the port belongs to an SSH server, that it accepts further logins (MaxStartups), that its log has no errors, and that both sides share algorithms.", "host", .reason = "no handshake yet", .reach = REACH_NONE},
    [SSH_HOST_KEY_UNKNOWN] = {"Unknown host key", "", "host_key", .reach = REACH_LATER},
    [SSH_HOST_KEY_REVOKED] = {"Host key is revoked",
     "Nothing was sent. The key is marked @revoked in a known_hosts file: give the machine a new key, or remove the mark.", "known_hosts"},
    [SSH_HOST_CERTIFICATE] = {"Host certificate not accepted",
     "Nothing was sent. Have an authority of \"host_ca\" sign the machine's host key for this \"host\", and set HostCertificate in its sshd_config; or pin the key with \"host_key\".", "host_ca"},
    [SSH_USER_KEY_REFUSED] = {"Private key rejected",
     "The host key is correct, but the machine rejects the key for this user. Check \"user\" and the key, and that the user's authorized_keys contains the public key. If the agent has many keys, set \"agent_identity\".", "private_key", .reason = "the key is not accepted yet", .reach = REACH_LATER},
    [SSH_LOGIN_REFUSED] = {"Login rejected",
     "The host key is correct, but the machine rejects every credential. Check \"user\", the key and the password, and which methods the server accepts.", "user", .reach = REACH_LATER},
    [SSH_BAD_USER] = {"Invalid user",
     "Set the name of a user of the machine.", "user"},
    [SSH_PASSWORD_REFUSED] = {"Password rejected",
     "The machine rejects the password for this user. Check \"user\" and \"password\", and that the server accepts passwords.", "password", .reach = REACH_LATER},
    [SSH_BAD_HOST_KEY] = {"Invalid host key",
     "The key must be one line such as \"ssh-ed25519 AAAA…\".", "host_key"},
    [SSH_BAD_HOST_CA] = {"Invalid key of a certificate authority",
     "Each line must be a public key such as \"ssh-ed25519 AAAA…\".", "host_ca"},
    [SSH_BAD_PRIVATE_KEY] = {"Invalid private key",
     "The key must be the text of a private key file, in OpenSSH format or in PEM.", "private_key"},
    [SSH_BAD_PASSPHRASE] = {"Private key is encrypted",
     "Set \"private_key_passphrase\" to the passphrase of the private key.", "private_key_passphrase"},
    [SSH_BAD_CERTIFICATE] = {"User certificate not usable",
     "Nothing was sent. Have your certificate authority sign the public key again.", "certificate"},
    [SSH_NO_AGENT] = {"SSH agent not usable",
     "Check that the agent runs, that SSH_AUTH_SOCK names its socket, and that it has the key (ssh-add -l); or set \"private_key\".", "agent", .reach = REACH_LATER},
    [SSH_PROXY_FAILED] = {"No connection through the proxy",
     "Check that the machine runs, and that the proxy reaches it. To wait longer, set \"timeout\".", "proxy_command", .reason = "no connection through the proxy", .reach = REACH_NONE},
    [SSH_PROXY_REFUSED] = {"Proxy not usable",
     "Nothing was sent to the machine. Correct the proxy or its address, or its login and permissions.", "proxy_command"},
    [SSH_FORWARD_REFUSED] = {"Jump host refuses to connect",
     "The jump host forbids forwarded connections. Set AllowTcpForwarding, and PermitOpen if it is set, in its sshd_config.", "bastion", .reach = REACH_NONE},
    [SSH_BUSY] = {"Server opens no channel",
     "The login succeeded, but the server opens no session for a command. Check MaxSessions and ForceCommand in its sshd_config, and the shell of the user.", "host", .reach = REACH_NONE},
    [SSH_SUDO_REFUSED] = {"sudo refused",
     "The login succeeded, but sudo did not run the command. Allow it in the machine's sudoers file, or set \"sudo_password\".", "sudo"},
    [SSH_LOST] = {"Connection to the machine lost",
     "The machine may have been restarted, or the network may have failed. Apply again when you can reach it.", "host", .reason = "the jump host was lost", .reach = REACH_NONE},
    [SSH_TIMED_OUT] = {"Command timed out",
     "The time limit of the operation has passed; the command may still run on the machine. To allow more time, set \"timeouts\".", NULL},
    [SSH_CANCELLED] = {"Interrupted",
     "The run was interrupted. The next apply continues.", NULL},
    [SSH_NO_CLIENT] = {"SSH not available",
     "Nothing was sent.", NULL},
};
/* clang-format on */

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

bool ssh_client_is_unreachable(const SshLink *link, SshStatus status) {
    return explanations[status].reach == REACH_NONE ||
           (status == SSH_TIMED_OUT && link->plan_end_ms > 0);
}

static const Attribute connection_rows[] = {SSH_CLIENT_ATTRIBUTES(0)};

static bool changes_connection(const ReadRequest *request) {
    if (!request->configured)
        return false;
    Value configured = request->configured(request->payload);
    if (value_is_null(configured))
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(connection_rows); i++) {
        if (object_differs(request->state, configured, connection_rows[i].name))
            return true;
    }
    return false;
}

bool ssh_client_may_assume_unchanged(const SshLink *link, const ReadRequest *request) {
    if (link->status == SSH_DONE || link->status == SSH_CANCELLED || call_is_cancelled(link->call))
        return false;
    return ssh_client_is_unreachable(link, link->status) || changes_connection(request);
}

Str ssh_client_describe_failure(const SshLink *link, SshStatus status, SshProblem problem) {
    Arena *arena = link->call->arena;
    Str endpoint = ssh_endpoint(link->target.host, link->target.port, arena);
    Str text = problem.text;
    if (status == SSH_TIMED_OUT)
        text = STR("the command did not end in time");
    else if (text.len == 0)
        text = str_from_cstr(explanations[status].reason);
    return str_format(arena, "%.*s did not respond in time (%.*s). " PLAN_TIMEOUT_HINT,
                      STR_ARG(endpoint), STR_ARG(text));
}

void ssh_client_release(SshLink *link) {
    ssh_client_end_reading(link);
    if (link->lease)
        (void)ssh_pool_release(ssh_client_pool_of(link), link->lease, SSH_DONE);
    ssh_pool_close(link->own_pool);
    *link = (SshLink){0};
}

/* The login waits meanwhile, so no other progress is reported at the same time. */
static void client_report_touch(void *self) {
    call_progress(self, 0, 0, "Waiting for a touch of the security key");
}

static SshStatus client_connect_once(SshLink *link, int64_t left_ms, SshProblem *problem) {
    int64_t limit_ms = link->attempt_ms > 0 ? link->attempt_ms : ATTEMPT_MS;
    SshTimeout timeout = {
        .timeout_ms = left_ms > limit_ms ? limit_ms
                      : left_ms > 0      ? left_ms
                                         : 1,
        .cancel = link->call->cancel,
        .cancel_at = CANCEL_STOP,
        .touch = client_report_touch,
        .touch_self = (void *)link->call,
    };
    int64_t began_ms = log_clock_ms();
    *problem = (SshProblem){0};
    SshStatus status = ssh_pool_acquire(ssh_client_pool_of(link), client_chain_of(link), timeout,
                                        &link->lease, problem, link->call->arena);
    log_debug("ssh connect", log_text("host", link->target.host),
              log_number("port", link->target.port), log_number("status", status),
              log_text("problem", problem->text), log_took(began_ms));
    return status;
}

typedef struct Connecting {
    SshLink *link;
    SshStatus status; /* of the last attempt; SSH_DONE before the first */
    SshProblem *problem;
    int64_t left_ms; /* time left when the attempt began */
    SshStatus status_before;
    SshProblem problem_before;
    bool is_refused;    /* the server rejected the user's key */
    int64_t refused_ms; /* monotonic time of the first rejection */
} Connecting;

/* Returns whether to retry a login. A booting machine may accept logins before it has read the
 * user's key. A rejected password is not retried, because some machines lock the account after a
 * few failures. */
static bool is_within_grace(Connecting *connecting, const Wait *wait) {
    if (connecting->status != SSH_USER_KEY_REFUSED)
        return true;
    int64_t now = call_monotonic_ms(wait->call);
    if (!connecting->is_refused)
        connecting->refused_ms = now;
    connecting->is_refused = true;
    return now - connecting->refused_ms < KEY_GRACE_MS;
}

static WaitLook ssh_client_attempt(void *payload, Wait *wait) {
    Connecting *connecting = payload;
    connecting->status_before = connecting->status;
    connecting->problem_before = *connecting->problem;
    connecting->left_ms = wait->left_ms;
    connecting->status = client_connect_once(connecting->link, wait->left_ms, connecting->problem);
    if (connecting->status == SSH_DONE)
        return WAIT_LOOK_DONE;
    wait->reason = str_from_cstr(explanations[connecting->status].reason);
    bool is_worth_waiting = wait->reason.len > 0 && is_within_grace(connecting, wait);
    return is_worth_waiting ? WAIT_LOOK_AGAIN : WAIT_LOOK_FAILED;
}

static SshStatus connect_with_retries(SshLink *link, SshProblem *problem) {
    const Call *call = link->call;
    int64_t wait_ms = link->wait_ms;
    if (link->plan_end_ms > 0 && link->plan_end_ms - call_monotonic_ms(call) < wait_ms)
        wait_ms = link->plan_end_ms - call_monotonic_ms(call);
    Connecting connecting = {.link = link, .problem = problem};
    Str endpoint = ssh_endpoint(link->target.host, link->target.port, call->arena);
    WaitUntil until = {
        .what = str_to_cstr(str_format(call->arena, "SSH on %.*s", STR_ARG(endpoint)), call->arena),
        .look = ssh_client_attempt,
        .payload = &connecting,
        .timeout_ms = wait_ms > 0 ? wait_ms : 1,
        .pauses = {.first_ms = PAUSE_FIRST_MS},
    };
    /* Shows progress now, because the first attempt may take long. */
    call_progress(
        call, 0, 0,
        str_to_cstr(str_format(call->arena, "connecting to %s", until.what), call->arena));
    if (wait_until(call, &until, NULL) == WAIT_CANCELLED)
        return SSH_CANCELLED;
    /* After an attempt that the time limit cut off, the error of the previous one is more useful.
     */
    bool is_cut_off = connecting.left_ms < ATTEMPT_MS && (connecting.status == SSH_NO_HANDSHAKE ||
                                                          connecting.status == SSH_NO_RESPONSE ||
                                                          connecting.status == SSH_PROXY_FAILED);
    if (connecting.status_before == SSH_DONE || !is_cut_off)
        return connecting.status;
    *problem = connecting.problem_before;
    return connecting.status_before;
}

/* If a plan reads many objects of an unreachable machine, only the first read waits for it. */
static SshStatus client_connect(SshLink *link, SshProblem *problem) {
    SshClient *client = link->client;
    SshStatus status;
    if (!client)
        return connect_with_retries(link, problem);
    if (link->plan_end_ms > 0 && find_unreachable(link, &status, problem))
        return status;
    status = connect_with_retries(link, problem);
    if (link->plan_end_ms > 0 && status != SSH_DONE && status != SSH_CANCELLED)
        add_unreachable(link, status, problem);
    return status;
}

bool ssh_client_is_lost(SshLink *link, Diags *diags) {
    const Call *call = link->call;
    SshProblem problem = {0};
    if (!call_loses(call, link->target.host))
        return false;
    ssh_client_limit_connections_to_plan(link);
    SshStatus status = link->lease ? SSH_DONE : client_connect(link, &problem);
    if (status == SSH_DONE || status == SSH_CANCELLED)
        return false;
    path_warning(call, NO_PATH, diags, "Machine gone",
                 "%.*s does not respond, and the machine is deleted in this plan or was before. So "
                 "nothing was removed there.",
                 STR_ARG(link->target.host));
    return true;
}

static bool is_new_on_machine(const Call *call, const PlanRequest *request) {
    if (!call->is_planning || !call->client || value_is_null(request->proposed) ||
        value_is_present(request->prior) || call_makes_machine(call))
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(connection_rows); i++) {
        if (!value_is_wholly_known(object_attribute(request->proposed, connection_rows[i].name)))
            return false;
    }
    return true;
}

static bool greet(SshLink *link, bool *responds, Diags *diags) {
    const Call *call = link->call;
    SshProblem problem = {0};
    SshStatus status = client_connect(link, &problem);
    *responds = status == SSH_DONE;
    bool may_pass =
        explanations[status].reach == REACH_LATER || ssh_client_is_unreachable(link, status);
    if (!*responds && !may_pass) {
        ssh_client_report(link, status, problem, diags);
        return false;
    }
    if (!*responds)
        path_warning(
            call, PATH_AT(call, {"host"}), diags, "Machine does not respond yet",
            "%.*s: %.*s. The plan goes on, because the machine may start before the "
            "apply; no new object of it was checked.",
            STR_ARG(ssh_endpoint(link->target.host, link->target.port, call->arena)),
            STR_ARG(problem.text.len ? problem.text : str_from_cstr(explanations[status].reason)));
    return true;
}

bool ssh_client_greet(const Call *call, const PlanRequest *request, bool *responds, Diags *diags) {
    SCOPED(SshLink) link = {0};
    Diags ignored = diags_new(call->arena);
    SshOutput kept;
    *responds = false;
    /* A file of a key may be created by the same plan. */
    if (!is_new_on_machine(call, request) ||
        !ssh_client_link(call, request->proposed, &link, &ignored))
        return true;
    link.plan_end_ms = call_monotonic_ms(call) + GREET_MS;
    if (ssh_client_recall(&link, GREETED, GREET_AGE_MAX_MS, &kept)) {
        *responds = str_equal(kept.text, STR(YES));
        return true;
    }
    bool is_good = greet(&link, responds, diags);
    ssh_client_keep(&link, GREETED, *responds ? STR(YES) : STR_EMPTY);
    return is_good;
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

static SshStatus exec_once(SshLink *link, const SshCommand *command, SshResult *out,
                           SshProblem *problem) {
    const Ssh *ssh = link->call->io->ssh;
    SshSession *session = ssh_pool_session(link->lease);
    Arena *arena = link->call->arena;
    int64_t began_ms = log_clock_ms();
    SshSudo sudo = {ssh, session, link->sudo_password};
    SshStatus status = link->sudo ? ssh_sudo_exec(&sudo, command, out, problem, arena)
                                  : ssh->exec(ssh->self, session, command, out, problem, arena);
    log_debug("ssh command", log_text("host", link->target.host),
              log_number("port", link->target.port),
              log_number("bytes", (int64_t)command->command.len), log_number("status", status),
              log_number("exit", status == SSH_DONE ? out->exit_status : -1), log_took(began_ms));
    link->may_have_run |= status != SSH_DONE && problem->may_have_run;
    return status;
}

/* Releases a broken or full session. Returns true if the command did not start and another session
 * may run it. A server that is slow may still count channels that have ended: with no other channel
 * in use, the command waits for it `tries` times. */
static bool should_try_again(SshLink *link, SshStatus status, const SshProblem *problem,
                             int *tries) {
    SshLease *lease = link->lease;
    if (status != SSH_LOST && status != SSH_BUSY)
        return false;
    link->lease = NULL;
    bool is_useful = ssh_pool_release(ssh_client_pool_of(link), lease, status);
    if (!is_useful && (*tries)-- > 0)
        return !call_sleep(link->call, CHANNEL_WAIT_MS);
    return is_useful && !(status == SSH_LOST && problem->may_have_run);
}

static SshStatus exec_in_sessions(SshLink *link, const SshCommand *command, SshResult *out,
                                  SshProblem *problem) {
    SshStatus status = SSH_LOST;
    int tries = CHANNELS_TRIED_MAX;
    if (!link->call->is_planning)
        ssh_client_discard_kept(link);
    for (int i = 0; i < SESSIONS_TRIED_MAX; i++) {
        *problem = (SshProblem){0};
        status = link->lease ? SSH_DONE : client_connect(link, problem);
        if (status != SSH_DONE)
            return status;
        status = exec_once(link, command, out, problem);
        if (!should_try_again(link, status, problem, &tries))
            return status;
    }
    return status;
}

SshStatus ssh_client_exec(SshLink *link, const SshCommand *command, SshResult *out,
                          SshProblem *problem) {
    link->status = exec_in_sessions(link, command, out, problem);
    return link->status;
}

bool ssh_client_tunnel(SshLink *link, Str host, uint16_t port, uint16_t *out_port, Diags *diags) {
    SshProblem problem = {0};
    SshStatus status = SSH_LOST;
    bool is_again = true;
    int tries = CHANNELS_TRIED_MAX;
    for (int i = 0; i < SESSIONS_TRIED_MAX && is_again; i++) {
        problem = (SshProblem){0};
        status = link->lease ? SSH_DONE : client_connect(link, &problem);
        if (status != SSH_DONE)
            break;
        status = ssh_pool_tunnel(link->lease, host, port, out_port, &problem, link->call->arena);
        is_again = should_try_again(link, status, &problem, &tries);
    }
    link->status = status;
    if (status != SSH_DONE)
        ssh_client_report(link, status, problem, diags);
    return status == SSH_DONE;
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
    if (link->stops_early)
        cancel_at = CANCEL_STOP;
    return (SshTimeout){.timeout_ms = left_ms, .cancel = call->cancel, .cancel_at = cancel_at};
}

bool ssh_client_run(SshLink *link, const SshCommand *command, SshResult *out, Diags *diags) {
    SshProblem problem = {0};
    SshStatus status = ssh_client_exec(link, command, out, &problem);
    if (status != SSH_DONE)
        ssh_client_report(link, status, problem, diags);
    return status == SSH_DONE;
}

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

/* The user must verify the key before pinning it, so the detail explains how. */
static void explain_unknown_key(const SshLink *link, SshProblem problem, Diags *diags) {
    Str endpoint = ssh_endpoint(link->target.host, link->target.port, link->call->arena);
    (void)path_error(
        link->call, PATH_AT(link->call, {"host_key"}), diags, "Unknown host key",
        "%.*s has the host key %.*s, which neither \"host_key\" nor a known_hosts file names. "
        "Nothing was sent. Compare it with the output of \"ssh-keygen -lf "
        "/etc/ssh/ssh_host_ed25519_key.pub\" on the machine, then set \"host_key\" to that key.",
        STR_ARG(endpoint), STR_ARG(problem.found));
}

/* sudo with "requiretty" starts no command of a session without a terminal, and loam asks for none:
 * it would mix output and errors. */
static Str explain_terminal(const SshLink *link) {
    return str_format(
        link->call->arena,
        "The login succeeded, but sudo runs commands only from a terminal, which loam "
        "does not have. On the machine, write the line \"Defaults:%.*s !requiretty\" to "
        "the file /etc/sudoers.d/zz-loam with mode 0440; \"visudo -c\" checks it.",
        STR_ARG(link->target.user));
}

void ssh_client_report(const SshLink *link, SshStatus status, SshProblem problem, Diags *diags) {
    if (status == SSH_HOST_KEY_DIFFERS) {
        explain_host_key(link, problem, diags);
        return;
    }
    if (status == SSH_HOST_KEY_UNKNOWN) {
        explain_unknown_key(link, problem, diags);
        return;
    }
    const Explanation *row = &explanations[status];
    Arena *arena = link->call->arena;
    Str endpoint = ssh_endpoint(link->target.host, link->target.port, arena);
    Str why = problem.text.len ? str_concat(STR(": "), problem.text, arena) : STR_EMPTY;
    Path path = row->path ? PATH_AT(link->call, {row->path}) : NO_PATH;
    const char *hint = row->hint;
    if (link->plan_end_ms > 0 && ssh_client_is_unreachable(link, status))
        hint = PLAN_TIMEOUT_HINT;
    if (status == SSH_SUDO_REFUSED && str_find(problem.text, STR("must have a tty"), 0) != SIZE_MAX)
        hint = str_to_cstr(explain_terminal(link), arena);
    (void)path_error(link->call, path, diags, row->summary, "%.*s@%.*s%.*s. %s",
                     STR_ARG(link->target.user), STR_ARG(endpoint), STR_ARG(why), hint);
}

bool ssh_client_limits(const Call *call, const LimitsRequest *request, LimitsResponse *response,
                       Diags *) {
    SshClient *client = call->client;
    Value object = request->object;
    int64_t port = client ? client->defaults.machine.target.port : 0;
    port = object_int(object, "port", port > 0 ? port : SSH_PORT_DEFAULT);
    Str host = object_text(object, "host", STR_EMPTY);
    Limit limit = {
        .key = str_format(call->arena, "ssh %.*s %lld", STR_ARG(host), (long long)port),
        .capacity = OPERATIONS_MAX,
    };
    vec_push(call->arena, &response->limits, limit);
    return true;
}

Str ssh_client_output_tail(Str err, Str out, Arena *arena) {
    Str text = str_trim(utf8_strip_controls(err, arena));
    if (text.len == 0)
        text = str_trim(utf8_strip_controls(out, arena));
    if (text.len == 0)
        return STR("It wrote no output.");
    if (text.len > OUTPUT_TAIL_MAX) {
        size_t line = str_find_char(text, '\n', text.len - OUTPUT_TAIL_MAX);
        text = str_after(text, line == SIZE_MAX ? text.len - OUTPUT_TAIL_MAX : line + 1);
    }
    text = utf8_indented(text, arena);
    return str_format(arena, "Its last output:%s%.*s", str_starts_with(text, STR("\n")) ? "" : " ",
                      STR_ARG(text));
}
