/* Implements sessions with libssh: connects, verifies the host, logs in, and starts the thread of
 * the session. All waits before that are short polls, so that a deadline or a signal is noticed. */
#include "ssh.h"

#include "ssh_host_trust.h"
#include "ssh_login.h"
#include "ssh_socket.h"
#include "ssh_worker.h"

#include <poll.h>
#include <unistd.h>

struct SshSession {
    Arena *arena; /* holds the session itself */
    SshWorker *worker;
};

/* A connection attempt. */
typedef struct Connecting {
    const SshTarget *target;
    SshSession *via;
    SshDeadline deadline;
    SshHostTrust trust;
    SshProblem *problem;
    Arena *arena;
} Connecting;

static SshStatus ssh_open_socket(Connecting *c, int *fd) {
    const SshTarget *target = c->target;
    if (c->via)
        return ssh_worker_connect(c->via->worker, target, &c->deadline, fd, c->problem, c->arena);
    return ssh_socket_connect(target->host, target->port, &c->deadline, fd, c->problem, c->arena);
}

/* libssh closes the descriptor with the session. */
static ssh_session session_new(const SshHostTrust *trust, int fd) {
    ssh_session session = ssh_new();
    CHECK(session);
    bool read_configuration = false;
    int verify_hosts = 0, verbosity = SSH_LOG_NOLOG;
    const struct {
        enum ssh_options_e option;
        const void *value;
    } options[] = {
        {SSH_OPTIONS_PROCESS_CONFIG, &read_configuration},
        {SSH_OPTIONS_SSH_DIR, "/dev/null"},
        {SSH_OPTIONS_KNOWNHOSTS, "/dev/null"},
        {SSH_OPTIONS_GLOBAL_KNOWNHOSTS, "/dev/null"},
        {SSH_OPTIONS_STRICTHOSTKEYCHECK, &verify_hosts},
        {SSH_OPTIONS_LOG_VERBOSITY, &verbosity},
        {SSH_OPTIONS_HOST, "host"}, /* required by libssh, unused: FD is connected */
        {SSH_OPTIONS_HOSTKEYS, trust->algorithms},
        {SSH_OPTIONS_FD, &fd},
    };
    for (size_t i = 0; i < ARRAY_COUNT(options); i++)
        CHECK(ssh_options_set(session, options[i].option, options[i].value) == 0);
    ssh_set_blocking(session, 0);
    return session;
}

/* libssh rejects names with characters that a shell could interpret. */
static SshStatus set_user(ssh_session session, Str user, SshProblem *problem, Arena *arena) {
    if (ssh_options_set(session, SSH_OPTIONS_USER, str_to_cstr(user, arena)) == 0)
        return SSH_DONE;
    problem->text = ssh_stream_session_error(session, arena);
    return SSH_BAD_USER;
}

static SshStatus exchange_keys(ssh_session session, Connecting *c) {
    int result;
    SshStatus status = SSH_DONE;
    while ((result = ssh_connect(session)) == SSH_AGAIN && status == SSH_DONE) {
        int flags = ssh_get_poll_flags(session);
        short events = (short)(POLLIN | (flags & SSH_WRITE_PENDING ? POLLOUT : 0));
        (void)ssh_socket_wait(ssh_get_fd(session), events);
        status = ssh_socket_check(&c->deadline);
    }
    if (result == SSH_OK)
        return SSH_DONE;
    if (status == SSH_CANCELLED)
        return status;
    const char *banner = ssh_get_serverbanner(session);
    if (status == SSH_TIMED_OUT) {
        c->problem->text = banner ? STR("the key exchange takes too long")
                                  : STR("connected, but the server sends no SSH banner");
    } else {
        c->problem->text = ssh_stream_session_error(session, c->arena);
    }
    return SSH_NO_HANDSHAKE;
}

/* Fetches the host certificate over a separate connection. If the certificate is valid, accepts
 * the certified key. */
static SshStatus accept_certificate(Connecting *c) {
    int fd = -1;
    Str certificate;
    SshStatus status = ssh_open_socket(c, &fd);
    if (status != SSH_DONE)
        return status;
    status = ssh_keyscan_certificate(fd, &c->deadline, &certificate, c->problem, c->arena);
    close(fd);
    if (status == SSH_DONE)
        status = ssh_host_trust_add(&c->trust, certificate, c->target->host, c->problem, c->arena);
    return status == SSH_NO_HANDSHAKE && ssh_socket_check(&c->deadline) == SSH_CANCELLED
               ? SSH_CANCELLED
               : status;
}

static SshStatus verify_host(ssh_session session, Connecting *c) {
    SCOPED(SshKeyRef) found = NULL;
    if (ssh_get_server_publickey(session, &found) != SSH_OK) {
        c->problem->text = ssh_stream_session_error(session, c->arena);
        return SSH_NO_HANDSHAKE;
    }
    SshStatus status = ssh_host_trust_check(&c->trust, found, c->problem, c->arena);
    if (status != SSH_HOST_KEY_DIFFERS || c->trust.authorities.count == 0)
        return status;
    /* Pinned keys do not match, but the host may have a certificate. If it has none that is valid,
     * the error shows the host key, not the authority. */
    SshProblem problem = {0};
    Connecting attempt = *c;
    attempt.problem = &problem;
    SshStatus certified = accept_certificate(&attempt);
    if (certified == SSH_DONE)
        return ssh_host_trust_check(&attempt.trust, found, c->problem, c->arena);
    if (certified != SSH_CANCELLED && certified != SSH_HOST_KEY_REVOKED)
        return status;
    *c->problem = problem;
    return certified;
}

static SshStatus establish(ssh_session session, const SshCredentials *credentials, Connecting *c) {
    SshStatus status = set_user(session, c->target->user, c->problem, c->arena);
    if (status == SSH_DONE)
        status = exchange_keys(session, c);
    if (status == SSH_DONE)
        status = verify_host(session, c);
    if (status == SSH_DONE)
        status = ssh_login(session, c->target, credentials, &c->deadline, c->problem, c->arena);
    return status;
}

static SshStatus ssh_start_worker(ssh_session session, Connecting *c, SshSession **out) {
    SshWorker *worker = ssh_worker_start(session, c->target->keepalive_ms);
    if (!worker) {
        c->problem->text = STR("this computer has no more threads");
        return SSH_NO_HANDSHAKE;
    }
    Arena *arena = arena_open("ssh session");
    *out = arena_new(arena, SshSession);
    **out = (SshSession){.arena = arena, .worker = worker};
    return SSH_DONE;
}

static SshStatus session_connect(void *, const SshTarget *target, SshSession *via,
                                 SshTimeout timeout, SshSession **out, SshProblem *problem,
                                 Arena *arena) {
    *problem = (SshProblem){0};
    Connecting c = {
        .target = target,
        .via = via,
        .deadline = ssh_socket_deadline(timeout),
        .problem = problem,
        .arena = arena,
    };
    SCOPED(SshCredentials) credentials = {0};
    int fd = -1;
    SshStatus status = ssh_host_trust_read(target, &c.trust, arena);
    if (status == SSH_DONE)
        status = ssh_login_read(target, &credentials, problem, arena);
    if (status == SSH_DONE && c.trust.keys.count == 0 && c.trust.authorities.count > 0)
        status = accept_certificate(&c);
    if (status == SSH_DONE)
        status = ssh_open_socket(&c, &fd);
    if (status != SSH_DONE)
        return status;
    ssh_session session = session_new(&c.trust, fd);
    status = establish(session, &credentials, &c);
    if (status == SSH_DONE)
        status = ssh_start_worker(session, &c, out);
    if (status != SSH_DONE) {
        if (ssh_is_connected(session))
            ssh_disconnect(session);
        ssh_free(session);
    }
    return status;
}

static SshStatus session_exec(void *, SshSession *session, const SshCommand *command,
                              SshResult *out, SshProblem *problem, Arena *arena) {
    *problem = (SshProblem){0};
    return ssh_exchange_exec(session->worker, command, out, problem, arena);
}

static SshStatus session_tunnel(void *, SshSession *session, Str host, uint16_t port,
                                uint16_t *out_port, SshProblem *problem, Arena *arena) {
    *problem = (SshProblem){0};
    return ssh_worker_listen(session->worker, host, port, out_port, problem, arena);
}

static bool session_is_alive(void *, SshSession *session) {
    return ssh_worker_is_alive(session->worker);
}

static void session_close(void *, SshSession *session) {
    if (!session)
        return;
    ssh_worker_close(session->worker);
    arena_close(session->arena);
}

const Ssh libssh_ssh = {
    .connect = session_connect,
    .exec = session_exec,
    .tunnel = session_tunnel,
    .is_alive = session_is_alive,
    .close = session_close,
};
