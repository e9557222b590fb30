/* Sessions with real servers on loopback: accepted logins, rejected ones, and their errors. */
#include "ssh.h"
#include "ssh_key_text.h"

#include "random.h"
#include "ssh_proxy.h"
#include "ssh_server.h"
#include "thread.h"

#include <dirent.h>
#include <poll.h>

typedef struct Connected {
    SshServer server;
    SshSession *session;
} Connected;

static SshStatus try_target(SshServer *server, const SshTarget *target, SshProblem *problem) {
    SshSession *session = NULL;
    SshTimeout timeout = {.timeout_ms = 20000};
    SshStatus status =
        libssh_ssh.connect(NULL, target, NULL, timeout, &session, problem, server->arena);
    libssh_ssh.close(NULL, session);
    return status;
}

static Connected connected_open(SshServerKind kind) {
    Connected c = {.server = server_open(kind)};
    SshTarget target = server_target(&c.server);
    SshTimeout timeout = {.timeout_ms = 20000};
    SshProblem problem;
    SshStatus status =
        libssh_ssh.connect(NULL, &target, NULL, timeout, &c.session, &problem, c.server.arena);
    if (status != SSH_DONE)
        print_error("%d %.*s\n", (int)status, STR_ARG(problem.text));
    assert_int_equal(status, SSH_DONE);
    return c;
}

static void connected_close(Connected *c) {
    libssh_ssh.close(NULL, c->session);
    server_close(&c->server);
}

static SshStatus run_telling(Connected *c, SshCommand command, SshResult *out, bool *may_have_run) {
    SshProblem problem;
    if (command.timeout.timeout_ms == 0)
        command.timeout.timeout_ms = 30000;
    SshStatus status = libssh_ssh.exec(NULL, c->session, &command, out, &problem, c->server.arena);
    *may_have_run = problem.may_have_run;
    return status;
}

static SshStatus run(Connected *c, SshCommand command, SshResult *out) {
    bool may_have_run;
    return run_telling(c, command, out, &may_have_run);
}

static void check_commands(SshServerKind kind) {
    static const struct {
        const char *command, *input, *out, *err;
        int exit_status;
    } cases[] = {
        {"echo hello", "", "hello\n", "", 0},
        {"echo no >&2; exit 3", "", "", "no\n", 3},
        {"cat; printf x >&2", "abc", "abc", "x", 0},
        {"true", "abc", "", "", 0}, /* unread input */
        {"exit 255", "", "", "", 255},
        {"no-such-program 2>/dev/null", "", "", "", 127},
    };
    Connected c = connected_open(kind);
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SshCommand command = {.command = str_from_cstr(cases[i].command),
                              .input = str_from_cstr(cases[i].input)};
        SshResult result;
        SshStatus status = run(&c, command, &result);
        if (status != SSH_DONE)
            print_error("%s: status %d\n", cases[i].command, (int)status);
        assert_int_equal(status, SSH_DONE);
        check_str(result.out, cases[i].out);
        check_str(result.err, cases[i].err);
        assert_int_equal(result.exit_status, cases[i].exit_status);
    }
    assert_true(libssh_ssh.is_alive(NULL, c.session));
    connected_close(&c);
}

/* More than any window or buffer holds, in both directions at once. */
static void check_much(SshServerKind kind) {
    Connected c = connected_open(kind);
    size_t size = 3000001;
    char *bytes = arena_alloc(c.server.arena, size);
    random_fill(bytes, size);
    SshCommand command = {.command = STR("cat"), .input = {bytes, size}};
    SshResult result;
    assert_int_equal(run(&c, command, &result), SSH_DONE);
    assert_int_equal(result.out.len, size);
    assert_memory_equal(result.out.ptr, bytes, size);
    command.output_limit = 1000;
    assert_int_equal(run(&c, command, &result), SSH_DONE);
    assert_int_equal(result.out.len, 1000);
    assert_true(result.truncated);
    connected_close(&c);
}

/* Without a pinned key any host key is accepted. Output arrives in pieces. */
typedef struct Received {
    StrBuf streams[2];
} Received;

static void receive(void *payload, Str piece, bool is_error) {
    Received *received = payload;
    strbuf_add(&received->streams[is_error], piece);
}

static void check_output(SshServerKind kind) {
    Connected c = connected_open(kind);
    Received received = {{strbuf_new(c.server.arena), strbuf_new(c.server.arena)}};
    SshCommand command = {
        .command = STR("echo a; echo b >&2; exit 4"), .output = receive, .payload = &received};
    SshResult result;
    assert_int_equal(run(&c, command, &result), SSH_DONE);
    assert_int_equal(result.exit_status, 4);
    assert_int_equal(result.out.len, 0);
    check_str(strbuf_str(&received.streams[0]), "a\n");
    check_str(strbuf_str(&received.streams[1]), "b\n");
    connected_close(&c);
}

static void test_any_host_key(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshServer server = server_open(SERVER_SSHD);
    SshTarget target = server_target(&server);
    SshProblem problem;
    target.host_key = STR_EMPTY;
    assert_int_equal(try_target(&server, &target, &problem), SSH_BAD_HOST_KEY);
    target.any_host_key = true;
    assert_int_equal(try_target(&server, &target, &problem), SSH_DONE);
    server_close(&server);
}

/* The key is tried first. The error says which credentials were tried. */
static void test_password(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshServer server = server_open(SERVER_SSHD);
    SshTarget target = server_target(&server);
    SshProblem problem;
    target.password = STR("wrong");
    assert_int_equal(try_target(&server, &target, &problem), SSH_DONE);
    target.private_key = server.other_key;
    assert_int_equal(try_target(&server, &target, &problem), SSH_LOGIN_REFUSED);
    check_str(problem.text, "tried the private key, the password (the server accepts none); the "
                            "server accepts publickey");
    target.private_key = STR_EMPTY;
    assert_int_equal(try_target(&server, &target, &problem), SSH_PASSWORD_REFUSED);
    server_close(&server);
}

static void test_sshd(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    check_commands(SERVER_SSHD);
    check_output(SERVER_SSHD);
    check_much(SERVER_SSHD);
}

static void test_dropbear(void **) {
    SKIP_WITHOUT(SERVER_DROPBEAR);
    check_commands(SERVER_DROPBEAR);
    check_much(SERVER_DROPBEAR);
}

/* The server has another key than the pinned one: the error has both fingerprints, and the user's
 * key is not offered. */
static void test_host_key(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshServer server = server_prepare(SERVER_SSHD);
    server_make_key(&server, "second", "rsa");
    server_start(&server);
    SshTarget target = server_target(&server);
    SshProblem problem;
    target.host_key = server_read(&server, "second.pub");
    assert_int_equal(try_target(&server, &target, &problem), SSH_DONE);
    target.host_key = server.other_public;
    assert_int_equal(try_target(&server, &target, &problem), SSH_HOST_KEY_DIFFERS);
    check_str_equal(problem.pinned, libssh_key_text.fingerprint(server.other_public, server.arena));
    check_str_equal(problem.found, libssh_key_text.fingerprint(server.host_key, server.arena));
    target.host_key = STR("ssh-ed25519 nonsense");
    assert_int_equal(try_target(&server, &target, &problem), SSH_BAD_HOST_KEY);
    target.host_key = STR("");
    assert_int_equal(try_target(&server, &target, &problem), SSH_BAD_HOST_KEY);
    server_close(&server);
}

/* known_hosts files with another key of the host and with the authority of its certificate, then
 * `rest`. */
static SshTarget certified_target(SshServer *server, uint16_t port, const char *rest) {
    SshTarget target = server_target(server);
    target.port = port;
    target.host_key = STR_EMPTY;
    Str authority = str_trim(server_read(server, "authority.pub"));
    target.known_hosts = str_format(
        server->arena, "[127.0.0.1]:%u %.*s\n@cert-authority * %.*s\n%s %.*s\n", port,
        STR_ARG(str_trim(server->other_public)), STR_ARG(authority), rest, STR_ARG(authority));
    return target;
}

/* A host certificate is accepted next to another pinned key. If the certificate is not valid, the
 * error shows the key of the host, not of its authority. A revoked authority is an error of its
 * own. */
static void test_certificate_and_host_key(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    static const struct {
        const char *principal, *rest;
        SshStatus status;
    } rows[] = {
        {"127.0.0.1", "#", SSH_DONE},
        {"elsewhere", "#", SSH_HOST_KEY_DIFFERS},
        {"127.0.0.1", "@revoked *", SSH_HOST_KEY_REVOKED},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SshServer server = server_prepare(SERVER_SSHD);
        server_certify(&server, rows[i].principal);
        server_start(&server);
        SshTarget target = certified_target(&server, server.port, rows[i].rest);
        SshProblem problem;
        assert_int_equal(try_target(&server, &target, &problem), rows[i].status);
        bool is_revoked = rows[i].status == SSH_HOST_KEY_REVOKED;
        Str found = is_revoked ? server_read(&server, "authority.pub") : server.host_key;
        check_str_equal(problem.found, libssh_key_text.fingerprint(found, server.arena));
        if (rows[i].status == SSH_HOST_KEY_DIFFERS)
            check_str_equal(problem.pinned,
                            libssh_key_text.fingerprint(server.other_public, server.arena));
        server_close(&server);
    }
}

typedef struct SecondConnection {
    int listener;
    uint16_t to;
    CancelToken *cancel;
} SecondConnection;

/* Forwards one connection. Raises the token when a second one arrives, which gets no response. */
static void cancel_at_second(void *payload) {
    SecondConnection *second = payload;
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons(second->to)};
    int client = accept(second->listener, NULL, NULL);
    int server = socket(AF_INET, SOCK_STREAM, 0);
    if (client < 0 || connect(server, (struct sockaddr *)&address, sizeof address) != 0)
        return;
    struct pollfd fds[] = {
        {.fd = client, .events = POLLIN},
        {.fd = server, .events = POLLIN},
        {.fd = second->listener, .events = POLLIN},
    };
    size_t passed = 0;
    while (poll(fds, 3, 30000) > 0) {
        if ((fds[0].revents && !proxy_relay(client, server, SIZE_MAX, &passed)) ||
            (fds[1].revents && !proxy_relay(server, client, SIZE_MAX, &passed)))
            break;
        if (fds[2].revents) {
            cancel_raise(second->cancel, CANCEL_STOP);
            fds[2].fd = -1;
        }
    }
    close(client);
    close(server);
}

/* A signal during the fetch of the certificate cancels the connection. */
static void test_cancelled_certificate(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshServer server = server_prepare(SERVER_SSHD);
    server_certify(&server, "127.0.0.1");
    server_start(&server);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    SecondConnection second = {.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
                               .to = server.port,
                               .cancel = cancel_open()};
    assert_int_equal(bind(second.listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(second.listener, 5), 0);
    assert_int_equal(getsockname(second.listener, (struct sockaddr *)&address, &size), 0);
    Thread *thread = thread_start(THREAD_WALK_WORKER, cancel_at_second, &second);
    SshTarget target = certified_target(&server, ntohs(address.sin_port), "#");
    SshSession *session = NULL;
    SshProblem problem;
    SshTimeout timeout = {.timeout_ms = 20000, .cancel = second.cancel};
    assert_int_equal(
        libssh_ssh.connect(NULL, &target, NULL, timeout, &session, &problem, server.arena),
        SSH_CANCELLED);
    thread_join(thread);
    cancel_close(second.cancel);
    close(second.listener);
    server_close(&server);
}

/* The pinned key is of a type that the server does not have: the error still has both fingerprints.
 */
static void test_host_key_of_other_kind(void **) {
    SKIP_WITHOUT(SERVER_DROPBEAR);
    SshServer server = server_open(SERVER_DROPBEAR);
    SshTarget target = server_target(&server);
    SshProblem problem;
    server_make_key(&server, "ecdsa", "ecdsa");
    target.host_key = server_read(&server, "ecdsa.pub");
    assert_int_equal(try_target(&server, &target, &problem), SSH_HOST_KEY_DIFFERS);
    check_str_equal(problem.found, libssh_key_text.fingerprint(server.host_key, server.arena));
    server_close(&server);
}

/* A user name that the library rejects is SSH_BAD_USER, in every version of the library. */
static void test_user(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshServer server = server_open(SERVER_SSHD);
    SshTarget target = server_target(&server);
    SshProblem problem;
    target.user = STR("");
    assert_int_equal(try_target(&server, &target, &problem), SSH_BAD_USER);
    assert_true(problem.text.len > 0);
    server_close(&server);
}

static void test_user_key(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshServer server = server_open(SERVER_SSHD);
    SshTarget target = server_target(&server);
    SshProblem problem;
    target.private_key = server.other_key;
    assert_int_equal(try_target(&server, &target, &problem), SSH_USER_KEY_REFUSED);
    target.private_key = str_trim(server.private_key);
    assert_int_equal(try_target(&server, &target, &problem), SSH_DONE);
    target.private_key = STR("-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n");
    assert_int_equal(try_target(&server, &target, &problem), SSH_BAD_PRIVATE_KEY);
    server_close(&server);
}

/* Every key type that tls_private_key generates, with both servers. */
static void check_user_key_kinds(SshServerKind kind) {
    static const char *const types[] = {"rsa", "ecdsa", "ed25519"};
    for (size_t i = 0; i < ARRAY_COUNT(types); i++) {
        SshServer server = server_prepare(kind);
        server_make_key(&server, "mine", types[i]);
        Str line = server_read(&server, "mine.pub");
        server_write(&server, kind == SERVER_SSHD ? "user.pub" : "home/.ssh/authorized_keys", line);
        server_start(&server);
        SshTarget target = server_target(&server);
        SshProblem problem;
        target.private_key = server_read(&server, "mine");
        assert_int_equal(try_target(&server, &target, &problem), SSH_DONE);
        server_close(&server);
    }
}

static void test_user_key_kinds(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    check_user_key_kinds(SERVER_SSHD);
    if (server_program(SERVER_DROPBEAR))
        check_user_key_kinds(SERVER_DROPBEAR);
}

static void test_no_server(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshServer server = server_prepare(SERVER_SSHD);
    SshTarget target = server_target(&server);
    SshProblem problem;
    assert_int_equal(try_target(&server, &target, &problem), SSH_REFUSED);
    check_str(problem.text, "Connection refused");
    target.host = STR("no.such.host.invalid");
    assert_int_equal(try_target(&server, &target, &problem), SSH_UNKNOWN_NAME);
    server_close(&server);
}

static void test_ipv6(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshServer server = server_open(SERVER_SSHD);
    SshTarget target = server_target(&server);
    SshProblem problem;
    target.host = STR("::1");
    SshStatus status = try_target(&server, &target, &problem);
    server_close(&server);
    if (status == SSH_NO_RESPONSE) {
        print_message("skipped: no IPv6 here\n");
        skip();
    }
    assert_int_equal(status, SSH_DONE);
}

/* A port that accepts connections and sends nothing. */
static void test_silent_server(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    SshServer server = server_prepare(SERVER_SSHD);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(fd, 5), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    SshTarget target = server_target(&server);
    target.port = ntohs(address.sin_port);
    SshSession *session = NULL;
    SshProblem problem;
    SshTimeout timeout = {.timeout_ms = 300};
    SshStatus status =
        libssh_ssh.connect(NULL, &target, NULL, timeout, &session, &problem, server.arena);
    assert_int_equal(status, SSH_NO_HANDSHAKE);
    CancelToken *cancel = cancel_open();
    cancel_raise(cancel, CANCEL_STOP);
    timeout = (SshTimeout){.cancel = cancel};
    status = libssh_ssh.connect(NULL, &target, NULL, timeout, &session, &problem, server.arena);
    assert_int_equal(status, SSH_CANCELLED);
    cancel_close(cancel);
    close(fd);
    server_close(&server);
}

static void test_timeout_and_cancel(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    Connected c = connected_open(SERVER_SSHD);
    SshCommand command = {.command = STR("sleep 20"), .timeout = {.timeout_ms = 300}};
    SshResult result;
    assert_int_equal(run(&c, command, &result), SSH_TIMED_OUT);
    CancelToken *cancel = cancel_open();
    cancel_raise(cancel, CANCEL_STOP);
    command.timeout = (SshTimeout){.timeout_ms = 300, .cancel = cancel, .cancel_at = CANCEL_NOW};
    assert_int_equal(run(&c, command, &result), SSH_TIMED_OUT);
    cancel_raise(cancel, CANCEL_NOW);
    assert_int_equal(run(&c, command, &result), SSH_CANCELLED);
    cancel_close(cancel);
    connected_close(&c);
}

/* The server process of the session ends in the middle of a command. */
static void test_lost(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    Connected c = connected_open(SERVER_SSHD);
    SshCommand command = {.command = STR("kill $PPID; sleep 20")};
    SshResult result;
    bool may_have_run = false;
    assert_int_equal(run_telling(&c, command, &result, &may_have_run), SSH_LOST);
    assert_true(may_have_run);
    assert_false(libssh_ssh.is_alive(NULL, c.session));
    /* A session that is known to be lost runs nothing. */
    assert_int_equal(run_telling(&c, command, &result, &may_have_run), SSH_LOST);
    assert_false(may_have_run);
    connected_close(&c);
}

/* Connects to the port of a tunnel and reads the first bytes. */
static Str read_tunnel(uint16_t port, char *buffer, size_t size) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    ssize_t got = read(fd, buffer, size);
    close(fd);
    return (Str){buffer, got > 0 ? (size_t)got : 0};
}

/* A tunnel carries several connections side by side; one to a closed port ends at once. */
static void test_tunnel(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    Connected c = connected_open(SERVER_SSHD);
    SshProblem problem;
    uint16_t port = 0, closed = 0;
    char buffer[256];
    assert_int_equal(libssh_ssh.tunnel(NULL, c.session, STR("127.0.0.1"), c.server.port, &port,
                                       &problem, c.server.arena),
                     SSH_DONE);
    for (int i = 0; i < 20; i++)
        assert_true(str_starts_with(read_tunnel(port, buffer, sizeof buffer), STR("SSH-2.0-")));
    assert_int_equal(libssh_ssh.tunnel(NULL, c.session, STR("127.0.0.1"), server_free_port(),
                                       &closed, &problem, c.server.arena),
                     SSH_DONE);
    assert_int_equal(read_tunnel(closed, buffer, sizeof buffer).len, 0);
    assert_true(str_starts_with(read_tunnel(port, buffer, sizeof buffer), STR("SSH-2.0-")));
    connected_close(&c);
}

/* Transfers more than any window size through two jump hosts. */
static void test_jump(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    Connected c = connected_open(SERVER_SSHD);
    SshTarget target = server_target(&c.server);
    SshTimeout timeout = {.timeout_ms = 20000};
    SshSession *chain[] = {c.session, NULL, NULL};
    SshProblem problem;
    for (size_t i = 1; i < ARRAY_COUNT(chain); i++)
        assert_int_equal(libssh_ssh.connect(NULL, &target, chain[i - 1], timeout, &chain[i],
                                            &problem, c.server.arena),
                         SSH_DONE);
    size_t size = 5000001;
    char *bytes = arena_alloc(c.server.arena, size);
    random_fill(bytes, size);
    SshCommand command = {.command = STR("cat"), .input = {bytes, size}, .timeout = timeout};
    SshResult result;
    assert_int_equal(libssh_ssh.exec(NULL, chain[2], &command, &result, &problem, c.server.arena),
                     SSH_DONE);
    assert_int_equal(result.out.len, size);
    assert_memory_equal(result.out.ptr, bytes, size);
    target.port = server_free_port();
    SshSession *none = NULL;
    assert_int_equal(
        libssh_ssh.connect(NULL, &target, chain[2], timeout, &none, &problem, c.server.arena),
        SSH_REFUSED);
    /* The end of the first session ends the sessions over it. */
    libssh_ssh.close(NULL, chain[2]);
    command = (SshCommand){.command = STR("true"), .timeout = timeout};
    assert_int_equal(libssh_ssh.exec(NULL, chain[1], &command, &result, &problem, c.server.arena),
                     SSH_DONE);
    libssh_ssh.close(NULL, chain[1]);
    connected_close(&c);
}

typedef struct Caller {
    Connected *c;
    int64_t longest_ms;
    size_t good;
} Caller;

static void call_often(void *payload) {
    Caller *caller = payload;
    for (int i = 0; i < 40; i++) {
        SCOPED(ArenaRef) arena = arena_open("call");
        SshCommand command = {.command = STR("echo a; echo b >&2"),
                              .timeout = {.timeout_ms = 60000}};
        SshResult result = {0};
        SshProblem problem;
        int64_t began = clock_real.monotonic_ms(NULL);
        SshStatus status =
            libssh_ssh.exec(NULL, caller->c->session, &command, &result, &problem, arena);
        int64_t took = clock_real.monotonic_ms(NULL) - began;
        caller->longest_ms = took > caller->longest_ms ? took : caller->longest_ms;
        caller->good += status == SSH_DONE && result.out.len == 2 && result.err.len == 2;
    }
}

/* Packets of one channel do not delay another one until the next keepalive. */
static void test_channels(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    Connected c = connected_open(SERVER_SSHD);
    Caller callers[5]; /* sshd counts a channel for a moment after its end */
    Thread *threads[ARRAY_COUNT(callers)];
    for (size_t i = 0; i < ARRAY_COUNT(callers); i++) {
        callers[i] = (Caller){.c = &c};
        threads[i] = thread_start(THREAD_WALK_WORKER, call_often, &callers[i]);
    }
    for (size_t i = 0; i < ARRAY_COUNT(callers); i++) {
        thread_join(threads[i]);
        assert_int_equal(callers[i].good, 40);
        assert_true(callers[i].longest_ms < 10000);
    }
    connected_close(&c);
}

static int64_t count_descriptors(void) {
    DIR *directory = opendir("/proc/self/fd");
    int64_t count = 0;
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

/* A proxy command carries the session, and leaves neither a process nor a descriptor. */
static void test_proxy_command(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    static const struct {
        const char *command;
        SshStatus status;
        const char *text; /* part of the problem */
    } cases[] = {
        {"relay", SSH_DONE, NULL},
        {"sh -c 'echo no way >&2; exit 3'", SSH_PROXY_FAILED,
         "status 3; the end of its error output: no way"},
        {"no-such-program-anywhere", SSH_PROXY_REFUSED, "status 127"},
        {"sleep 1000", SSH_PROXY_FAILED, "still runs"},
    };
    SshServer server = server_open(SERVER_SSHD);
    SshTarget target = server_target(&server);
    (void)count_descriptors();
    int64_t before = count_descriptors();
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SshSession *session = NULL;
        SshProblem problem = {0};
        SshTimeout timeout = {.timeout_ms = cases[i].status == SSH_DONE ? 20000 : 1000};
        const char *relay = "exec 3<>/dev/tcp/127.0.0.1/$1; cat <&3 & exec cat >&3";
        Str command = str_from_cstr(cases[i].command);
        if (str_starts_with(command, STR("relay")))
            command = str_format(server.arena, "bash -c '%s' bash %u", relay, server.port);
        target.proxy_command = command;
        target.host = STR("no.such.host.invalid");
        SshStatus status =
            libssh_ssh.connect(NULL, &target, NULL, timeout, &session, &problem, server.arena);
        bool says =
            !cases[i].text || str_find(problem.text, str_from_cstr(cases[i].text), 0) != SIZE_MAX;
        if (status != cases[i].status || !says)
            print_error("%s: %d %.*s\n", cases[i].command, (int)status, STR_ARG(problem.text));
        assert_int_equal(status, cases[i].status);
        assert_true(says);
        libssh_ssh.close(NULL, session);
        libssh_ssh.settle(NULL);
        assert_int_equal(waitpid(-1, NULL, WNOHANG), 0); /* the server alone */
        assert_int_equal(count_descriptors(), before);
    }
    server_close(&server);
}

static void test_signal(void **) {
    SKIP_WITHOUT(SERVER_SSHD);
    Connected c = connected_open(SERVER_SSHD);
    SshCommand command = {.command = STR("exec sh -c 'kill -TERM $$'")};
    SshResult result;
    assert_int_equal(run(&c, command, &result), SSH_DONE);
    check_str(result.signal, "TERM");
    assert_int_equal(result.exit_status, 143);
    connected_close(&c);
}

static void test_text(void **) {
    Arena *arena = arena_open("test");
    check_str(ssh_quote(STR("it's"), arena), "'it'\\''s'");
    check_str(ssh_quote(STR(""), arena), "''");
    check_str(ssh_endpoint(STR("10.0.0.2"), 22, arena), "10.0.0.2:22");
    check_str(ssh_endpoint(STR("::1"), 2222, arena), "[::1]:2222");
    check_str(libssh_key_text.fingerprint(STR("nothing"), arena), "");
    assert_int_equal(libssh_key_text.check_private(STR("nothing"), STR_EMPTY, arena),
                     SSH_BAD_PRIVATE_KEY);
    arena_close(arena);
}

UNIT_MAIN(test_libssh_ssh) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sshd),
        cmocka_unit_test(test_any_host_key),
        cmocka_unit_test(test_password),
        cmocka_unit_test(test_dropbear),
        cmocka_unit_test(test_host_key),
        cmocka_unit_test(test_host_key_of_other_kind),
        cmocka_unit_test(test_certificate_and_host_key),
        cmocka_unit_test(test_cancelled_certificate),
        cmocka_unit_test(test_user),
        cmocka_unit_test(test_user_key),
        cmocka_unit_test(test_user_key_kinds),
        cmocka_unit_test(test_no_server),
        cmocka_unit_test(test_silent_server),
        cmocka_unit_test(test_ipv6),
        cmocka_unit_test(test_timeout_and_cancel),
        cmocka_unit_test(test_lost),
        cmocka_unit_test(test_tunnel),
        cmocka_unit_test(test_jump),
        cmocka_unit_test(test_channels),
        cmocka_unit_test(test_proxy_command),
        cmocka_unit_test(test_signal),
        cmocka_unit_test(test_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
