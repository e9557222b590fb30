/* ssh_server: a real SSH server on loopback with its own keys and configuration, for one test.
 *
 * sshd or dropbear, from Debian's packages; without them the tests are skipped with a message. The
 * server runs as the user of the test, with all its files in one temporary directory. */
#pragma once

#include "io.h"
#include "unit.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

typedef enum SshServerKind { SERVER_SSHD, SERVER_DROPBEAR } SshServerKind;

typedef struct SshServer {
    Arena *arena;
    SshServerKind kind;
    const char *directory;
    pid_t pid; /* 0: not running */
    uint16_t port;
    Str user;
    Str host_key;      /* public line */
    const char *delay; /* seconds before it starts; NULL: none */
    const char *path;  /* PATH of sessions; NULL: the default of sshd */
    Str private_key;   /* accepted as the user's key */
    Str other_key;     /* rejected; other_public is a public line of it */
    Str other_public;
} SshServer;

static inline const char *server_program(SshServerKind kind) {
    const char *path = kind == SERVER_SSHD ? "/usr/sbin/sshd" : "/usr/sbin/dropbear";
    /* dropbear gets its own home directory by a mount, which needs root. */
    bool possible = access(path, X_OK) == 0 && (kind == SERVER_SSHD || geteuid() == 0);
    return possible ? path : NULL;
}

static inline Str server_run(SshServer *server, const char *const *argv) {
    ProcessRequest request = {.argv = argv, .timeout_ms = 60000};
    ProcessResult result = {0};
    assert_int_equal(process_real.run(NULL, &request, &result, server->arena), 0);
    if (result.exit_status != 0)
        print_error("%s: %.*s\n", argv[0], STR_ARG(result.err));
    assert_int_equal(result.exit_status, 0);
    return result.out;
}

static inline const char *server_path(SshServer *server, const char *name) {
    return str_to_cstr(str_format(server->arena, "%s/%s", server->directory, name), server->arena);
}

static inline Str server_read(SshServer *server, const char *name) {
    Str bytes = STR_EMPTY;
    Str path = str_from_cstr(server_path(server, name));
    assert_int_equal(disk_real.read_file(NULL, path, &bytes, server->arena), 0);
    return bytes;
}

static inline void server_write(SshServer *server, const char *name, Str bytes) {
    Str path = str_from_cstr(server_path(server, name));
    assert_int_equal(disk_real.write_file(NULL, path, bytes, 0600), 0);
}

static inline void server_make_key(SshServer *server, const char *name, const char *type) {
    const char *const argv[] = {"ssh-keygen", "-q", "-t",   type, "-N",
                                "",           "-C", "test", "-f", server_path(server, name),
                                NULL};
    (void)server_run(server, argv);
}

/* A port that was free a moment ago. */
static inline uint16_t server_free_port(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    close(fd);
    return ntohs(address.sin_port);
}

/* Has the key "authority", new if needed, certify the host key. Call before the start. */
static inline void server_certify(SshServer *server, const char *principal) {
    if (access(server_path(server, "authority"), F_OK) != 0)
        server_make_key(server, "authority", "ed25519");
    const char *const argv[] = {
        "ssh-keygen", "-q", "-s",      server_path(server, "authority"), "-I", "test",
        "-h",         "-n", principal, server_path(server, "host.pub"),  NULL};
    (void)server_run(server, argv);
}

/* A key named "second" becomes another host key. The user's shell reads no startup files: they are
 * slow, and may wait for other programs. */
static inline void server_configure_sshd(SshServer *server) {
    bool has_second = access(server_path(server, "second"), F_OK) == 0;
    Str second = str_format(server->arena, "HostKey %s\n", server_path(server, "second"));
    const char *certificate = server_path(server, "host-cert.pub");
    const char *certified = access(certificate, F_OK) == 0 ? "HostCertificate " : "";
    Str path = str_format(server->arena, " PATH=%s", server->path ? server->path : "");
    server_write(server, "sshd_config",
                 str_format(server->arena,
                            "Port %u\nListenAddress 127.0.0.1\nListenAddress ::1\nHostKey %s\n%.*s"
                            "%s%s\nPidFile none\nAuthorizedKeysFile %s\nStrictModes no\nUsePAM no\n"
                            "PasswordAuthentication no\nKbdInteractiveAuthentication no\n"
                            "PermitRootLogin yes\nLogLevel INFO\nMaxStartups 100\n"
                            "SetEnv LOAM_STATE_DIR=%s/state HOME=%s%.*s\n",
                            server->port, server_path(server, "host"),
                            has_second ? (int)second.len : 0, second.ptr, certified,
                            *certified ? certificate : "", server_path(server, "user.pub"),
                            server->directory, server->directory, server->path ? (int)path.len : 0,
                            path.ptr));
    /* As root sshd needs the directory that its service unit creates. */
    if (geteuid() == 0)
        (void)mkdir("/run/sshd", 0755);
}

/* dropbear reads the user's keys only in the home directory. */
static inline void server_configure_dropbear(SshServer *server) {
    const char *const argv[] = {"dropbearconvert",
                                "openssh",
                                "dropbear",
                                server_path(server, "host"),
                                server_path(server, "host.dropbear"),
                                NULL};
    (void)server_run(server, argv);
    assert_int_equal(mkdir(server_path(server, "home"), 0700), 0);
    assert_int_equal(mkdir(server_path(server, "home/.ssh"), 0700), 0);
    assert_int_equal(mkdir(server_path(server, "state"), 0700), 0);
    server_write(server, "home/.ssh/authorized_keys", server_read(server, "user.pub"));
}

static inline bool server_answers(const SshServer *server) {
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons(server->port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool answers = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    close(fd);
    return answers;
}

/* Starts the server; does not wait until it accepts connections. */
static inline void server_spawn(SshServer *server) {
    if (server->kind == SERVER_SSHD)
        server_configure_sshd(server);
    const char *listen_on =
        str_to_cstr(str_format(server->arena, "127.0.0.1:%u", server->port), server->arena);
    /* A failed test leaves no server behind. */
    const char *const sshd[] = {"setpriv",
                                "--pdeathsig",
                                "TERM",
                                "sh",
                                "-c",
                                "sleep \"$1\"; shift; exec \"$@\"",
                                "sh",
                                server->delay ? server->delay : "0",
                                "/usr/sbin/sshd",
                                "-D",
                                "-e",
                                "-f",
                                server_path(server, "sshd_config"),
                                NULL};
    const char *const dropbear[] = {"setpriv",
                                    "--pdeathsig",
                                    "TERM",
                                    "unshare",
                                    "--mount",
                                    "sh",
                                    "-c",
                                    "mount --bind \"$1/home\" \"$2\" && "
                                    "mount --bind \"$1/state\" /var/lib && shift 2 && exec \"$@\"",
                                    "sh",
                                    server->directory,
                                    getpwuid(geteuid())->pw_dir,
                                    "/usr/sbin/dropbear",
                                    "-F",
                                    "-E",
                                    "-p",
                                    listen_on,
                                    "-r",
                                    server_path(server, "host.dropbear"),
                                    NULL};
    const char *const *argv = server->kind == SERVER_SSHD ? sshd : dropbear;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 2, server_path(server, "log"),
                                     O_WRONLY | O_CREAT | O_APPEND, 0600);
    assert_int_equal(posix_spawnp(&server->pid, argv[0], &actions, NULL,
                                  (char *const *)(uintptr_t)argv, environ),
                     0);
    posix_spawn_file_actions_destroy(&actions);
}

static inline void server_start(SshServer *server) {
    server_spawn(server);
    for (int i = 0; i < 200 && !server_answers(server); i++)
        usleep(25000);
    assert_true(server_answers(server));
}

/* Stops only the listening process; sessions continue. */
static inline void server_stop(SshServer *server) {
    if (server->pid == 0)
        return;
    kill(server->pid, SIGTERM);
    waitpid(server->pid, NULL, 0);
    server->pid = 0;
}

/* Creates directory and keys of the given type; does not start the server. */
static inline SshServer server_prepare(SshServerKind kind) {
    SshServer server = {.arena = arena_open("ssh server"), .kind = kind};
    char directory[] = "/tmp/test_ssh.XXXXXX";
    assert_non_null(mkdtemp(directory));
    server.directory = str_to_cstr(str_from_cstr(directory), server.arena);
    server.port = server_free_port();
    server.user = str_clone(str_from_cstr(getpwuid(geteuid())->pw_name), server.arena);
    server_make_key(&server, "host", "ed25519");
    server_make_key(&server, "user", "ed25519");
    server_make_key(&server, "other", "ed25519");
    server.host_key = server_read(&server, "host.pub");
    server.private_key = server_read(&server, "user");
    server.other_key = server_read(&server, "other");
    server.other_public = server_read(&server, "other.pub");
    if (kind == SERVER_DROPBEAR)
        server_configure_dropbear(&server);
    return server;
}

static inline SshServer server_open(SshServerKind kind) {
    SshServer server = server_prepare(kind);
    server_start(&server);
    return server;
}

/* The shell of a session that was cut may still make or remove files here, so the
 * removal is repeated until the directory is gone; server_run limits the time. */
static inline void server_close(SshServer *server) {
    server_stop(server);
    const char *const argv[] = {
        "sh", "-c", "until rm -rf -- \"$1\"; do sleep 0.05; done", "sh", server->directory, NULL};
    (void)server_run(server, argv);
    arena_close(server->arena);
}

static inline SshTarget server_target(const SshServer *server) {
    return (SshTarget){
        .host = STR("127.0.0.1"),
        .port = server->port,
        .user = server->user,
        .private_key = server->private_key,
        .host_key = server->host_key,
    };
}

#define SKIP_WITHOUT(kind)                                                                         \
    do {                                                                                           \
        if (!server_program(kind)) {                                                               \
            print_message("skipped: this server is not installed, or needs root\n");               \
            skip();                                                                                \
        }                                                                                          \
    } while (0)
