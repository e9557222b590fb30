/* Implements sessions with libssh in non-blocking mode. All waits are short polls, so that a
 * deadline or a signal is noticed. */
#include "ssh.h"

#include "ssh_socket.h"
#include "str.h"
#include "utf8.h"

#include <libssh/libssh.h>
#include <poll.h>
#include <unistd.h>

typedef ssh_key SshKeyRef;
static inline void ssh_key_ref_release(SshKeyRef *key) {
    ssh_key_free(*key);
}
SCOPED_TYPE(SshKeyRef, ssh_key_ref_release);

/* Return NULL if the text is not such a key. */
static ssh_key key_from_public(Str line, Arena *arena) {
    Str rest = str_trim(line), type, body;
    if (!str_next_field(&rest, ' ', &type) || !str_next_field(&rest, ' ', &body))
        return NULL;
    enum ssh_keytypes_e kind = ssh_key_type_from_name(str_to_cstr(type, arena));
    ssh_key key = NULL;
    if (kind == SSH_KEYTYPE_UNKNOWN)
        return NULL;
    if (ssh_pki_import_pubkey_base64(str_to_cstr(body, arena), kind, &key) != SSH_OK)
        return NULL;
    return key;
}

/* Return NULL if the text is not such a key. */
static ssh_key key_from_private(Str text, Arena *arena) {
    ssh_key key = NULL;
    const char *copy = str_to_cstr(str_trim(text), arena);
    /* The parser needs a final newline, which a template may have removed. */
    copy = str_to_cstr(str_format(arena, "%s\n", copy), arena);
    if (ssh_pki_import_privkey_base64(copy, NULL, NULL, NULL, &key) != SSH_OK)
        return NULL;
    return key;
}

/* Returns "SHA256:…", or empty text if libssh cannot hash the key. */
static Str key_fingerprint(ssh_key key, Arena *arena) {
    unsigned char *hash = NULL;
    size_t size = 0;
    if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &size) != 0)
        return STR_EMPTY;
    char *text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, size);
    Str fingerprint = str_clone(str_from_cstr(text), arena);
    ssh_string_free_char(text);
    ssh_clean_pubkey_hash(&hash);
    return fingerprint;
}

/* Returns the host key algorithms to offer. Those of this key come first, so that a host with
 * several keys sends the pinned kind. The others follow, so that an error can name another key. */
static const char *key_algorithms(ssh_key key, Arena *arena) {
    static const char *const all[] = {
        "ssh-ed25519",         "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521", "rsa-sha2-512",        "rsa-sha2-256",
    };
    const char *type = ssh_key_type_to_char(ssh_key_type(key));
    Str prefix = strcmp(type, "ssh-rsa") == 0 ? STR("rsa-sha2-") : str_from_cstr(type);
    Str list[ARRAY_COUNT(all)];
    size_t count = 0;
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < ARRAY_COUNT(all); i++) {
            bool is_pinned = str_starts_with(str_from_cstr(all[i]), prefix);
            if (is_pinned == (round == 0))
                list[count++] = str_from_cstr(all[i]);
        }
    }
    return str_to_cstr(str_join(list, count, STR(","), arena), arena);
}

Str ssh_fingerprint(Str public_key, Arena *arena) {
    SCOPED(SshKeyRef) key = key_from_public(public_key, arena);
    return key ? key_fingerprint(key, arena) : STR_EMPTY;
}

bool ssh_is_private_key(Str text, Arena *arena) {
    SCOPED(SshKeyRef) key = key_from_private(text, arena);
    return key != NULL;
}

#define OUTPUT_LIMIT ((size_t)16 << 20)
#define PIECE_SIZE   ((size_t)32768)

struct SshSession {
    Arena *arena; /* holds the session itself */
    ssh_session session;
};

typedef ssh_channel ChannelRef;
static inline void channel_release(ChannelRef *channel) {
    if (*channel)
        ssh_channel_free(*channel);
}
SCOPED_TYPE(ChannelRef, channel_release);

static void session_close(void *self, SshSession *session) {
    (void)self;
    if (!session)
        return;
    if (ssh_is_connected(session->session))
        ssh_disconnect(session->session);
    ssh_free(session->session);
    arena_close(session->arena);
}

static bool session_is_alive(void *self, SshSession *session) {
    (void)self;
    return ssh_is_connected(session->session) &&
           (ssh_get_status(session->session) & (SSH_CLOSED | SSH_CLOSED_ERROR)) == 0;
}

/* Waits one tick for the events that libssh needs. */
static SshStatus session_wait(SshSession *session, const SshDeadline *deadline) {
    int flags = ssh_get_poll_flags(session->session);
    short events = POLLIN;
    if (flags & SSH_WRITE_PENDING)
        events = (short)(events | POLLOUT);
    (void)ssh_socket_wait(ssh_get_fd(session->session), events);
    return ssh_socket_check(deadline);
}

static void problem_from_session(SshSession *session, SshProblem *problem, Arena *arena) {
    Str text = str_from_cstr(ssh_get_error(session->session));
    problem->text = utf8_strip_controls(str_trim(text), arena);
}

static SshSession *session_new(ssh_key pinned, int fd, Arena *scratch) {
    Arena *arena = arena_open("ssh session");
    SshSession *session = arena_new(arena, SshSession);
    session->arena = arena;
    session->session = ssh_new();
    CHECK(session->session);
    bool read_configuration = false;
    int verify_hosts = 0, verbosity = SSH_LOG_NOLOG;
    const struct {
        enum ssh_options_e option;
        const void *value;
    } options[] = {
        {SSH_OPTIONS_PROCESS_CONFIG,     &read_configuration},
        {SSH_OPTIONS_SSH_DIR,            "/dev/null"        },
        {SSH_OPTIONS_KNOWNHOSTS,         "/dev/null"        },
        {SSH_OPTIONS_GLOBAL_KNOWNHOSTS,  "/dev/null"        },
        {SSH_OPTIONS_STRICTHOSTKEYCHECK, &verify_hosts      },
        {SSH_OPTIONS_LOG_VERBOSITY,      &verbosity         },
        {SSH_OPTIONS_HOST,               "host"             }, /* unused: FD is connected */
        {SSH_OPTIONS_FD,                 &fd                },
    };
    for (size_t i = 0; i < ARRAY_COUNT(options); i++) {
        CHECK(ssh_options_set(session->session, options[i].option, options[i].value) == 0);
    }
    if (pinned)
        CHECK(ssh_options_set(session->session, SSH_OPTIONS_HOSTKEYS,
                              key_algorithms(pinned, scratch)) == 0);
    ssh_set_blocking(session->session, 0);
    return session;
}

/* libssh rejects names with characters that a shell could interpret. */
static SshStatus set_user(SshSession *session, Str user, SshProblem *problem, Arena *arena) {
    if (ssh_options_set(session->session, SSH_OPTIONS_USER, str_to_cstr(user, arena)) == 0)
        return SSH_DONE;
    problem_from_session(session, problem, arena);
    return SSH_BAD_USER;
}

static SshStatus shake_hands(SshSession *session,
                             const SshDeadline *deadline,
                             SshProblem *problem,
                             Arena *arena) {
    int result;
    SshStatus status = SSH_DONE;
    while ((result = ssh_connect(session->session)) == SSH_AGAIN && status == SSH_DONE) {
        status = session_wait(session, deadline);
    }
    if (result == SSH_OK)
        return SSH_DONE;
    if (status == SSH_CANCELLED)
        return status;
    const char *banner = ssh_get_serverbanner(session->session);
    if (status == SSH_TIMED_OUT) {
        problem->text = banner ? STR("the key exchange takes too long")
                               : STR("connected, but the server sends no SSH banner");
    } else {
        problem_from_session(session, problem, arena);
    }
    return SSH_NO_HANDSHAKE;
}

static SshStatus verify_host(SshSession *session,
                             ssh_key pinned,
                             SshProblem *problem,
                             Arena *arena) {
    SCOPED(SshKeyRef) found = NULL;
    if (ssh_get_server_publickey(session->session, &found) != SSH_OK) {
        problem_from_session(session, problem, arena);
        return SSH_NO_HANDSHAKE;
    }
    if (ssh_key_cmp(pinned, found, SSH_KEY_CMP_PUBLIC) == 0)
        return SSH_DONE;
    problem->pinned = key_fingerprint(pinned, arena);
    problem->found = key_fingerprint(found, arena);
    problem->text = STR("the host has another key");
    return SSH_HOST_KEY_DIFFERS;
}

/* One credential of the user: a key or a password. */
typedef struct Credential {
    ssh_key private_key;
    const char *password;
} Credential;

static int try_login(SshSession *session, Credential credential) {
    return credential.private_key
               ? ssh_userauth_publickey(session->session, NULL, credential.private_key)
               : ssh_userauth_password(session->session, NULL, credential.password);
}

static SshStatus log_in_with(SshSession *session,
                             Credential credential,
                             const SshDeadline *deadline,
                             SshProblem *problem,
                             Arena *arena) {
    int result;
    SshStatus status = SSH_DONE;
    while ((result = try_login(session, credential)) == SSH_AUTH_AGAIN && status == SSH_DONE) {
        status = session_wait(session, deadline);
    }
    if (result == SSH_AUTH_SUCCESS)
        return SSH_DONE;
    if (status == SSH_CANCELLED)
        return status;
    problem_from_session(session, problem, arena);
    if (result == SSH_AUTH_DENIED || result == SSH_AUTH_PARTIAL)
        return credential.private_key ? SSH_USER_KEY_REFUSED : SSH_PASSWORD_REFUSED;
    if (status == SSH_TIMED_OUT)
        problem->text = STR("the authentication takes too long");
    return SSH_NO_HANDSHAKE;
}

static SshStatus log_in(SshSession *session,
                        const SshTarget *target,
                        ssh_key private_key,
                        const SshDeadline *deadline,
                        SshProblem *problem,
                        Arena *arena) {
    SshStatus status = SSH_USER_KEY_REFUSED;
    if (private_key)
        status = log_in_with(session, (Credential){.private_key = private_key}, deadline, problem,
                             arena);
    if (status != SSH_USER_KEY_REFUSED || target->password.len == 0)
        return status;
    return log_in_with(session, (Credential){.password = str_to_cstr(target->password, arena)},
                       deadline, problem, arena);
}

/* Reads the keys of a target; keys that the target does not need stay NULL. */
static SshStatus read_keys(const SshTarget *target,
                           SshKeyRef *pinned,
                           SshKeyRef *private_key,
                           Arena *arena) {
    if (!target->any_host_key) {
        *pinned = key_from_public(target->host_key, arena);
        if (!*pinned)
            return SSH_BAD_HOST_KEY;
    }
    if (target->private_key.len == 0 && target->password.len > 0)
        return SSH_DONE;
    *private_key = key_from_private(target->private_key, arena);
    return *private_key ? SSH_DONE : SSH_BAD_PRIVATE_KEY;
}

static SshStatus session_connect(void *self,
                                 const SshTarget *target,
                                 SshTimeout timeout,
                                 SshSession **out,
                                 SshProblem *problem,
                                 Arena *arena) {
    (void)self;
    *problem = (SshProblem){0};
    SCOPED(SshKeyRef) pinned = NULL;
    SCOPED(SshKeyRef) private_key = NULL;
    SshStatus status = read_keys(target, &pinned, &private_key, arena);
    if (status != SSH_DONE)
        return status;
    SshDeadline deadline = ssh_socket_deadline(timeout);
    int fd = -1;
    status = ssh_socket_connect(target->host, target->port, &deadline, &fd, problem, arena);
    if (status != SSH_DONE)
        return status;
    SshSession *session = session_new(pinned, fd, arena);
    status = set_user(session, target->user, problem, arena);
    if (status == SSH_DONE)
        status = shake_hands(session, &deadline, problem, arena);
    if (status == SSH_DONE && pinned)
        status = verify_host(session, pinned, problem, arena);
    if (status == SSH_DONE)
        status = log_in(session, target, private_key, &deadline, problem, arena);
    if (status == SSH_DONE) {
        *out = session;
    } else {
        session_close(NULL, session);
    }
    return status;
}

typedef struct Execution {
    SshSession *session;
    ssh_channel channel;
    Str input; /* input still to be sent */
    bool input_ended;
    bool is_asked_for;
    const SshCommand *command;
    StrBuf streams[2];
    size_t limit;
    bool truncated;
    char *piece;
} Execution;

static SshStatus start_command(Execution *run, const char *command, const SshDeadline *deadline) {
    int result;
    SshStatus status = SSH_DONE;
    while ((result = ssh_channel_open_session(run->channel)) == SSH_AGAIN && status == SSH_DONE) {
        status = session_wait(run->session, deadline);
    }
    run->is_asked_for = result == SSH_OK && status == SSH_DONE;
    while (result == SSH_OK && status == SSH_DONE &&
           (result = ssh_channel_request_exec(run->channel, command)) == SSH_AGAIN) {
        status = session_wait(run->session, deadline);
        if (status == SSH_DONE)
            result = SSH_OK;
    }
    if (status != SSH_DONE)
        return status;
    /* A server that refuses the request has run nothing. */
    if (result != SSH_OK && session_is_alive(NULL, run->session))
        run->is_asked_for = false;
    return result == SSH_OK ? SSH_DONE : SSH_LOST;
}

/* Returns true if input was sent. */
static bool send_input(Execution *run, bool *failed) {
    if (run->input_ended || ssh_channel_is_closed(run->channel))
        return false;
    if (run->input.len == 0) {
        run->input_ended = true;
        *failed = ssh_channel_send_eof(run->channel) == SSH_ERROR;
        return true;
    }
    size_t size = ssh_channel_window_size(run->channel);
    if (size > PIECE_SIZE)
        size = PIECE_SIZE;
    if (size > run->input.len)
        size = run->input.len;
    if (size == 0)
        return false;
    int sent = ssh_channel_write(run->channel, run->input.ptr, (uint32_t)size);
    *failed = sent == SSH_ERROR;
    if (sent > 0)
        run->input = str_after(run->input, (size_t)sent);
    return sent > 0;
}

static bool read_output(Execution *run, int stream) {
    int got = ssh_channel_read_nonblocking(run->channel, run->piece, (uint32_t)PIECE_SIZE, stream);
    if (got <= 0)
        return false;
    if (run->command->output) {
        run->command->output(run->command->payload, (Str){run->piece, (size_t)got}, stream == 1);
        return true;
    }
    size_t room = run->limit - run->streams[stream].len, size = (size_t)got;
    if (size > room) {
        run->truncated = true;
        size = room;
    }
    strbuf_add(&run->streams[stream], (Str){run->piece, size});
    return true;
}

/* Returns true if all output was read, and the exit status is known or will not come. Asking for
 * the status makes libssh read packets, which it otherwise stops doing at the end of output. */
static bool has_ended(ssh_channel channel) {
    if (!ssh_channel_is_eof(channel))
        return false;
    return ssh_channel_get_exit_status(channel) >= 0 || ssh_channel_is_closed(channel);
}

static SshStatus finish_command(Execution *run,
                                const SshCommand *command,
                                const SshDeadline *deadline) {
    bool failed = false;
    for (;;) {
        /* Output first: reading it also processes window updates, which make room for input. */
        bool moved = read_output(run, 0);
        moved = read_output(run, 1) || moved;
        moved = send_input(run, &failed) || moved;
        if (moved && !failed) {
            SshStatus status = ssh_socket_check(deadline);
            if (status != SSH_DONE)
                return status;
            continue;
        }
        if (has_ended(run->channel))
            return SSH_DONE;
        if (failed || !session_is_alive(NULL, run->session))
            return SSH_LOST;
        if (command->tick)
            command->tick(command->payload);
        SshStatus status = session_wait(run->session, deadline);
        if (status != SSH_DONE)
            return status;
    }
}

static SshStatus session_exec(void *self,
                              SshSession *session,
                              const SshCommand *command,
                              SshResult *out,
                              SshProblem *problem,
                              Arena *arena) {
    (void)self;
    *problem = (SshProblem){0};
    SshDeadline deadline = ssh_socket_deadline(command->timeout);
    SCOPED(ChannelRef) channel = ssh_channel_new(session->session);
    if (!channel)
        return SSH_LOST;
    Execution run = {
        .session = session,
        .channel = channel,
        .input = command->input,
        .command = command,
        .streams = {strbuf_new(arena), strbuf_new(arena)},
        .limit = command->output_limit ? command->output_limit : OUTPUT_LIMIT,
        .piece = arena_alloc(arena, PIECE_SIZE),
    };
    SshStatus status = start_command(&run, str_to_cstr(command->command, arena), &deadline);
    if (status == SSH_DONE)
        status = finish_command(&run, command, &deadline);
    int exit_status = status == SSH_DONE ? ssh_channel_get_exit_status(channel) : -1;
    if (exit_status < 0 && status == SSH_DONE && !session_is_alive(NULL, session)) {
        status = SSH_LOST;
    }
    if (status != SSH_DONE) {
        problem_from_session(session, problem, arena);
        problem->may_have_run = run.is_asked_for;
        return status;
    }
    *out = (SshResult){
        .exit_status = exit_status < 0 ? 255 : exit_status,
        .out = strbuf_str(&run.streams[0]),
        .err = strbuf_str(&run.streams[1]),
        .truncated = run.truncated,
    };
    return SSH_DONE;
}

const Ssh ssh_real = {
    .connect = session_connect,
    .exec = session_exec,
    .is_alive = session_is_alive,
    .close = session_close,
};

Str ssh_quote(Str text, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    strbuf_add_char(&buf, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\'') {
            strbuf_add_cstr(&buf, "'\\''");
        } else {
            strbuf_add_char(&buf, text.ptr[i]);
        }
    }
    strbuf_add_char(&buf, '\'');
    return strbuf_str(&buf);
}

Str ssh_endpoint(Str host, uint16_t port, Arena *arena) {
    bool is_v6 = str_find_char(host, ':', 0) != SIZE_MAX;
    return str_format(arena, is_v6 ? "[%.*s]:%u" : "%.*s:%u", STR_ARG(host), port);
}
