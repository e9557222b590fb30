/* Implements sessions with libssh: connects, verifies the host, logs in, and starts the thread of
 * the session. All waits before that are short polls, so that a deadline or a signal is noticed. */
#include "log.h"
#include "ssh.h"
#include "ssh_certificate.h"
#include "ssh_keyscan.h"
#include "ssh_known_hosts.h"
#include "ssh_login.h"
#include "ssh_proxy.h"
#include "ssh_proxy_url.h"
#include "ssh_wire.h"
#include "ssh_worker.h"
#include "thread.h"

#include <poll.h>
#include <time.h>
#include <unistd.h>

/* Which host keys a target accepts. */
typedef struct SshHostTrust {
    bool any;           /* accepts every key; the lists are empty */
    bool is_from_files; /* the lists are from known_hosts files */
    StrVec keys;        /* wire format, as the next two */
    StrVec authorities; /* keys that sign host certificates */
    StrVec revoked;     /* keys of hosts and of authorities */
    /* The host key algorithms to offer, separated by commas. Algorithms of accepted keys come
     * first, so that a host with several keys sends an accepted one. The others follow, so that an
     * error can show the fingerprint of a key that is not accepted. */
    const char *algorithms;
} SshHostTrust;

struct SshSession {
    Arena *arena; /* holds the session itself */
    SshWorker *worker;
    SshProxy *proxy; /* NULL: none */
};

/* A connection attempt. */
typedef struct Connecting {
    const SshTarget *target;
    SshSession *via;
    SshDeadline deadline;
    SshHostTrust trust;
    SshProxy *proxy; /* of the open socket; NULL: none */
    SshProblem *problem;
    Arena *arena;
} Connecting;

/* Exchanges bytes with the worker of a session, in the thread of the caller. */

#define DEFAULT_PORT   22
#define OUTPUT_LIMIT   ((size_t)16 << 20)
#define CALLER_TICK_MS 100 /* maximum delay in noticing a signal or the deadline */

typedef struct Exchange {
    SshWorker *worker;
    SshStream *stream;
    const SshCommand *command;
    StrBuf streams[2];
    size_t limit;
    bool truncated;
    Str input;             /* the rest that is not yet in the pipe */
    bool is_input_written; /* all input is in the pipe */
    char *piece;
    int64_t ticked_ms;
} Exchange;

static void exchange_keep_output(Exchange *exchange, int index, Str piece) {
    if (exchange->command->output) {
        exchange->command->output(exchange->command->payload, piece, index == 1);
        return;
    }
    size_t room = exchange->limit - exchange->streams[index].len;
    exchange->truncated |= piece.len > room;
    strbuf_add(&exchange->streams[index], str_slice(piece, 0, room));
}

/* Reads the output that has arrived; returns true if there was some. */
static bool exchange_output(Exchange *exchange) {
    SshStream *stream = exchange->stream;
    bool moved = false;
    for (int index = 0; index < 2; index++) {
        pthread_mutex_lock(stream->lock);
        SshPipe *pipe = &stream->output[index];
        size_t size = pipe->len;
        bool was_full = ssh_pipe_room(pipe) < SSH_STREAM_PIECE;
        if (size > 0) {
            memcpy(exchange->piece, pipe->bytes + pipe->start, size);
            ssh_pipe_drop(pipe, size);
        }
        pthread_mutex_unlock(stream->lock);
        if (size == 0)
            continue;
        if (was_full)
            ssh_worker_notify(exchange->worker);
        exchange_keep_output(exchange, index, (Str){exchange->piece, size});
        moved = true;
    }
    return moved;
}

/* Writes a piece of input to the pipe; returns true if there was some. */
static bool exchange_input(Exchange *exchange) {
    SshStream *stream = exchange->stream;
    const SshCommand *command = exchange->command;
    if (exchange->is_input_written)
        return false;
    pthread_mutex_lock(stream->lock);
    size_t room = ssh_pipe_room(&stream->input);
    /* The caller may repeat a command that is not started, so `feed` is not called yet. */
    bool is_early = command->feed && stream->state != SSH_STREAM_RUNNING;
    pthread_mutex_unlock(stream->lock);
    if (room < SSH_STREAM_PIECE || is_early)
        return false;
    Str piece = str_slice(exchange->input, 0, room);
    exchange->input = str_after(exchange->input, piece.len);
    bool is_end = exchange->input.len == 0 && !command->feed;
    if (piece.len == 0 && command->feed) {
        int64_t fed = command->feed(command->payload, exchange->piece, room);
        is_end = fed < 0;
        piece = (Str){exchange->piece, fed > 0 ? (size_t)fed : 0};
    }
    if (piece.len == 0 && !is_end)
        return false;
    pthread_mutex_lock(stream->lock);
    if (piece.len > 0)
        ssh_pipe_add(&stream->input, piece, stream->arena);
    stream->input_ended = exchange->is_input_written = is_end;
    pthread_mutex_unlock(stream->lock);
    ssh_worker_notify(exchange->worker);
    return true;
}

static void exchange_tick(Exchange *exchange) {
    int64_t now = log_monotonic_ms();
    if (!exchange->command->tick || now - exchange->ticked_ms < CALLER_TICK_MS)
        return;
    exchange->ticked_ms = now;
    exchange->command->tick(exchange->command->payload);
}

/* Waits for a change. Returns true when the stream has ended and all its output is read. */
static bool exchange_wait(Exchange *exchange) {
    SshStream *stream = exchange->stream;
    pthread_mutex_lock(stream->lock);
    bool has_output = stream->output[0].len > 0 || stream->output[1].len > 0;
    bool has_ended = stream->state == SSH_STREAM_ENDED;
    bool wants_input = !exchange->is_input_written && exchange->input.len > 0 &&
                       !exchange->command->feed &&
                       ssh_pipe_room(&stream->input) >= SSH_STREAM_PIECE;
    if (!has_output && !has_ended && !wants_input)
        thread_wait(&stream->changed, stream->lock, CALLER_TICK_MS);
    pthread_mutex_unlock(stream->lock);
    exchange_tick(exchange);
    return has_ended && !has_output;
}

static SshStatus exchange_run(Exchange *exchange, const SshDeadline *deadline) {
    for (;;) {
        SshStatus status = ssh_socket_check(deadline);
        if (status != SSH_DONE)
            return status;
        bool moved = exchange_output(exchange);
        moved = exchange_input(exchange) || moved;
        if (!moved && exchange_wait(exchange))
            return exchange->stream->status;
    }
}

/* Returns the exit status of a shell whose command this signal ended; 255 if unknown. */
static int signal_status(Str name) {
    static const struct {
        const char *name;
        int number;
    } signals[] = {
        {"HUP", 1},   {"INT", 2},   {"QUIT", 3},  {"ILL", 4},   {"ABRT", 6},
        {"FPE", 8},   {"KILL", 9},  {"USR1", 10}, {"SEGV", 11}, {"USR2", 12},
        {"PIPE", 13}, {"ALRM", 14}, {"TERM", 15},
    };
    for (size_t i = 0; i < ARRAY_COUNT(signals); i++) {
        if (str_equal_cstr(name, signals[i].name))
            return 128 + signals[i].number;
    }
    return 255;
}

/* Runs a command over the worker: implements exec of ssh.h. Results are in `arena`. */
static SshStatus ssh_exchange_exec(SshWorker *worker, const SshCommand *command, SshResult *out,
                                   SshProblem *problem, Arena *arena) {
    SshDeadline deadline = ssh_socket_deadline(command->timeout);
    SCOPED(ArenaRef) scratch = arena_open("ssh exchange");
    SshStream *stream = ssh_worker_exec(worker, command->command);
    Exchange exchange = {
        .worker = worker,
        .stream = stream,
        .command = command,
        .streams = {strbuf_new(arena), strbuf_new(arena)},
        .limit = command->output_limit ? command->output_limit : OUTPUT_LIMIT,
        .input = command->input,
        .piece = arena_alloc(scratch, SSH_PIPE_SIZE),
        .ticked_ms = log_monotonic_ms(),
    };
    SshStatus status = exchange_run(&exchange, &deadline);
    pthread_mutex_lock(stream->lock);
    *out = (SshResult){
        .exit_status = stream->exit_status < 0 ? 255 : stream->exit_status,
        .signal = str_clone(stream->exit_signal, arena),
        .out = strbuf_str(&exchange.streams[0]),
        .err = strbuf_str(&exchange.streams[1]),
        .truncated = exchange.truncated,
    };
    if (status != SSH_DONE)
        *problem = (SshProblem){.text = str_clone(stream->error, arena),
                                .may_have_run = stream->was_requested};
    pthread_mutex_unlock(stream->lock);
    if (out->signal.len > 0)
        out->exit_status = signal_status(out->signal);
    ssh_worker_abandon(worker, stream);
    return status;
}

/* Adds the keys of the lines; returns false at the first line that is not a public key. */
static bool trust_add_lines(Str text, StrVec *out, Arena *arena) {
    Str rest = text, line;
    while (str_next_field(&rest, '\n', &line)) {
        if (str_trim(line).len == 0)
            continue;
        SCOPED(SshKeyRef) key = ssh_key_from_public(line, arena);
        if (!key)
            return false;
        vec_push(arena, out, ssh_key_blob(key, arena));
    }
    return true;
}

/* Skips lines of known_hosts files that libssh cannot parse, such as keys of an unknown type. */
static void trust_add_known(const StrVec *lines, StrVec *out, Arena *arena) {
    vec_each(lines, line) {
        (void)trust_add_lines(*line, out, arena);
    }
}

/* The name that known_hosts files and certificates have for the host. */
static Str target_name(const SshTarget *target) {
    return target->host_alias.len ? target->host_alias : target->host;
}

/* An alias stands in known_hosts files without the port, as for ssh. */
static SshStatus trust_read_keys(const SshTarget *target, SshHostTrust *out, Arena *arena) {
    *out = (SshHostTrust){.any = target->any_host_key};
    if (target->any_host_key)
        return SSH_DONE;
    if (!trust_add_lines(target->host_key, &out->keys, arena))
        return SSH_BAD_HOST_KEY;
    if (!trust_add_lines(target->host_ca, &out->authorities, arena))
        return SSH_BAD_HOST_CA;
    if (out->keys.count > 0 || out->authorities.count > 0)
        return SSH_DONE;
    if (target->known_hosts.len == 0)
        return SSH_BAD_HOST_KEY;
    out->is_from_files = true;
    SshKnownKeys known =
        ssh_known_hosts_find(target->known_hosts, target_name(target),
                             target->host_alias.len ? DEFAULT_PORT : target->port, arena);
    trust_add_known(&known.keys, &out->keys, arena);
    trust_add_known(&known.authorities, &out->authorities, arena);
    trust_add_known(&known.revoked, &out->revoked, arena);
    return SSH_DONE;
}

static bool is_of_accepted_type(const SshHostTrust *trust, Str algorithm) {
    vec_each(&trust->keys, blob) {
        Str rest = *blob, type;
        if (!ssh_wire_string(&rest, &type))
            continue;
        if (str_equal(type, STR("ssh-rsa")) ? str_starts_with(algorithm, STR("rsa-sha2-"))
                                            : str_equal(type, algorithm))
            return true;
    }
    return false;
}

static void set_algorithms(SshHostTrust *trust, Arena *arena) {
    static const char *const all[] = {
        "ssh-ed25519",         "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521", "rsa-sha2-512",        "rsa-sha2-256",
    };
    Str list[ARRAY_COUNT(all)];
    size_t count = 0;
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < ARRAY_COUNT(all); i++) {
            if (is_of_accepted_type(trust, str_from_cstr(all[i])) == (round == 0))
                list[count++] = str_from_cstr(all[i]);
        }
    }
    trust->algorithms = str_to_cstr(str_join(list, count, STR(","), arena), arena);
}

/* Reads the settings of a target. Fails with SSH_BAD_HOST_KEY or SSH_BAD_HOST_CA. */
static SshStatus ssh_host_trust_read(const SshTarget *target, SshHostTrust *out, Arena *arena) {
    SshStatus status = trust_read_keys(target, out, arena);
    set_algorithms(out, arena);
    return status;
}

/* Returns SSH_DONE if the key is accepted, else SSH_HOST_KEY_REVOKED, SSH_HOST_KEY_UNKNOWN or
 * SSH_HOST_KEY_DIFFERS. Sets the fingerprints of *problem. */
static SshStatus ssh_host_trust_check(const SshHostTrust *trust, ssh_key found, SshProblem *problem,
                                      Arena *arena) {
    Str blob = ssh_key_blob(found, arena);
    problem->found = ssh_key_fingerprint(blob, arena);
    if (trust->any)
        return SSH_DONE;
    if (str_is_among(blob, trust->revoked.items, trust->revoked.count)) {
        problem->text = STR("a known_hosts file revokes the host key");
        return SSH_HOST_KEY_REVOKED;
    }
    if (str_is_among(blob, trust->keys.items, trust->keys.count))
        return SSH_DONE;
    if (trust->keys.count == 0) {
        problem->text = STR("no known_hosts file has a key of the host");
        return SSH_HOST_KEY_UNKNOWN;
    }
    problem->pinned = ssh_key_fingerprint(trust->keys.items[0], arena);
    problem->text = STR("the host has another key");
    return SSH_HOST_KEY_DIFFERS;
}

/* Accepts the key of a host certificate (wire format), if an accepted authority signed it for this
 * host and it is valid now. Fails with SSH_HOST_CERTIFICATE or SSH_HOST_KEY_REVOKED;
 * problem->found is then the fingerprint of the authority. */
static SshStatus ssh_host_trust_add(SshHostTrust *trust, Str certificate, Str host,
                                    SshProblem *problem, Arena *arena) {
    SshCertificate parsed;
    if (!ssh_certificate_parse(certificate, &parsed, arena)) {
        problem->text = STR("the certificate cannot be read");
        return SSH_HOST_CERTIFICATE;
    }
    problem->found = ssh_key_fingerprint(parsed.authority, arena);
    if (str_is_among(parsed.authority, trust->revoked.items, trust->revoked.count)) {
        problem->text = STR("a known_hosts file revokes the authority of the host certificate");
        return SSH_HOST_KEY_REVOKED;
    }
    SshCertificateUse use = {
        .kind = SSH_CERTIFICATE_HOST,
        .now = (int64_t)time(NULL),
        .authorities = trust->authorities.items,
        .authority_count = trust->authorities.count,
        .host = host,
    };
    problem->text = ssh_certificate_check(&parsed, &use, arena);
    if (problem->text.len > 0)
        return SSH_HOST_CERTIFICATE;
    vec_push(arena, &trust->keys, parsed.key);
    set_algorithms(trust, arena);
    return SSH_DONE;
}

static SshStatus ssh_open_socket(Connecting *c, int *fd) {
    const SshTarget *target = c->target;
    if (target->proxy_command.len) {
        c->proxy = ssh_proxy_open(target->proxy_command, fd, c->problem, c->arena);
        return c->proxy ? SSH_DONE : SSH_NO_RESPONSE;
    }
    if (target->proxy_url.len)
        return ssh_proxy_url_connect(target, &c->deadline, fd, c->problem, c->arena);
    if (c->via)
        return ssh_worker_connect(c->via->worker, target, &c->deadline, fd, c->problem, c->arena);
    return ssh_socket_connect(target->host, target->port, &c->deadline, fd, c->problem, c->arena);
}

/* ssh_stream_session_close closes the descriptor. */
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
        status = ssh_host_trust_add(&c->trust, certificate, target_name(c->target), c->problem,
                                    c->arena);
    if (status == SSH_NO_HANDSHAKE && c->proxy && ssh_socket_check(&c->deadline) != SSH_CANCELLED)
        status = ssh_proxy_explain(c->proxy, c->problem, c->arena);
    ssh_proxy_close(c->proxy);
    c->proxy = NULL;
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
    attempt.proxy = NULL; /* that of the session stays open */
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
    **out = (SshSession){.arena = arena, .worker = worker, .proxy = c->proxy};
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
        /* A rejected user name ends the attempt before libssh uses the descriptor. */
        ssh_stream_session_close(session, status == SSH_BAD_USER ? fd : ssh_get_fd(session));
        if (status == SSH_NO_HANDSHAKE && c.proxy)
            status = ssh_proxy_explain(c.proxy, problem, arena);
        ssh_proxy_close(c.proxy);
    }
    return status;
}

static SshStatus session_exec(void *, SshSession *session, const SshCommand *command,
                              SshResult *out, SshProblem *problem, Arena *arena) {
    *problem = (SshProblem){0};
    SshStatus status = ssh_exchange_exec(session->worker, command, out, problem, arena);
    if (status == SSH_LOST && session->proxy)
        (void)ssh_proxy_explain(session->proxy, problem, arena);
    return status;
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
    ssh_proxy_close(session->proxy);
    arena_close(session->arena);
}

static void session_settle(void *) {
    ssh_proxy_settle();
}

const Ssh libssh_ssh = {
    .connect = session_connect,
    .exec = session_exec,
    .tunnel = session_tunnel,
    .is_alive = session_is_alive,
    .close = session_close,
    .settle = session_settle,
};
