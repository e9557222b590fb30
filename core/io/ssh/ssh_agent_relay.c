/* Speaks the protocol of SSH agents (draft-miller-ssh-agent): a message is a length of four bytes,
 * then a type and its data. */
#include "ssh_agent_relay.h"

#include "base64.h"
#include "ssh_key.h"
#include "ssh_wire.h"
#include "thread.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define REQUEST_IDENTITIES 11
#define IDENTITIES_ANSWER  12
#define SIGN_REQUEST       13
#define MESSAGE_MAX        ((size_t)262144)

struct SshAgentRelay {
    Arena *arena; /* holds the relay itself */
    int client;   /* socket to libssh */
    int agent;    /* socket to the agent */
    Str identity;
    const SshDeadline *deadline;
    Thread *thread;
    size_t key_count; /* offered to libssh; read after the thread has ended */
};

/* Reads exactly `size` bytes; returns false at the end, on an error and at the deadline. */
static bool relay_read_all(const SshAgentRelay *relay, int fd, char *bytes, size_t size) {
    while (size > 0) {
        if (ssh_socket_check(relay->deadline) != SSH_DONE)
            return false;
        if (!ssh_socket_wait(fd, POLLIN))
            continue;
        ssize_t got = recv(fd, bytes, size, 0);
        if (got <= 0)
            return false;
        bytes += got;
        size -= (size_t)got;
    }
    return true;
}

/* Writes all bytes; returns false on an error and at the deadline. */
static bool relay_write_all(const SshAgentRelay *relay, int fd, Str bytes) {
    while (bytes.len > 0) {
        if (ssh_socket_check(relay->deadline) != SSH_DONE)
            return false;
        if (!ssh_socket_wait(fd, POLLOUT))
            continue;
        ssize_t sent = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && (errno == EAGAIN || errno == EINTR))
            continue;
        if (sent <= 0)
            return false;
        bytes = str_after(bytes, (size_t)sent);
    }
    return true;
}

/* Reads one message without its length. */
static bool read_message(const SshAgentRelay *relay, int fd, Str *out, Arena *arena) {
    char head[4];
    uint32_t size;
    if (!relay_read_all(relay, fd, head, sizeof head))
        return false;
    Str rest = {head, sizeof head};
    if (!ssh_wire_uint32(&rest, &size) || size == 0 || size > MESSAGE_MAX)
        return false;
    char *bytes = arena_alloc(arena, size);
    *out = (Str){bytes, size};
    return relay_read_all(relay, fd, bytes, size);
}

static bool relay_write_message(const SshAgentRelay *relay, int fd, Str message, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    ssh_wire_add_string(&buf, message);
    return relay_write_all(relay, fd, strbuf_str(&buf));
}

/* Returns whether the identity names this key. */
static bool is_identity(Str identity, Str blob, Str comment, Arena *arena) {
    Str rest = identity, type, body;
    bool is_line = str_next_field(&rest, ' ', &type) && str_next_field(&rest, ' ', &body) &&
                   str_equal(str_trim(body), base64_encode(blob, arena));
    return is_line || str_equal(identity, comment) ||
           str_equal(identity, ssh_key_fingerprint(blob, arena));
}

/* Removes all keys but `identity` from the agent's list. Returns other messages unchanged. */
static Str filter_identities(SshAgentRelay *relay, Str response, Arena *arena) {
    Str rest = response, blob, comment;
    uint32_t count, kept = 0;
    if (response.ptr[0] != IDENTITIES_ANSWER)
        return response;
    rest = str_after(rest, 1);
    if (!ssh_wire_uint32(&rest, &count))
        return response;
    StrBuf keys = strbuf_new(arena);
    for (uint32_t i = 0; i < count; i++) {
        if (!ssh_wire_string(&rest, &blob) || !ssh_wire_string(&rest, &comment))
            return response;
        if (relay->identity.len > 0 && !is_identity(relay->identity, blob, comment, arena))
            continue;
        ssh_wire_add_string(&keys, blob);
        ssh_wire_add_string(&keys, comment);
        kept++;
    }
    relay->key_count = kept;
    StrBuf buf = strbuf_new(arena);
    strbuf_add_char(&buf, IDENTITIES_ANSWER);
    ssh_wire_add_uint32(&buf, kept);
    strbuf_add(&buf, strbuf_str(&keys));
    return strbuf_str(&buf);
}

/* Reports that the agent is asked for a signature of a key on a security key, whose type begins
 * with "sk-": the agent responds after a touch, or at once if the key needs none. */
static void relay_report_touch(const SshAgentRelay *relay, Str request) {
    Str rest = str_after(request, 1), blob, type;
    if (relay->deadline->touch && request.ptr[0] == SIGN_REQUEST && ssh_wire_string(&rest, &blob) &&
        ssh_wire_string(&blob, &type) && str_starts_with(type, STR("sk-")))
        relay->deadline->touch(relay->deadline->touch_self);
}

static bool pass_request(SshAgentRelay *relay) {
    SCOPED(ArenaRef) arena = arena_open("ssh agent request");
    Str request, response;
    if (!read_message(relay, relay->client, &request, arena))
        return false;
    relay_report_touch(relay, request);
    if (!relay_write_message(relay, relay->agent, request, arena) ||
        !read_message(relay, relay->agent, &response, arena))
        return false;
    if (request.ptr[0] == REQUEST_IDENTITIES)
        response = filter_identities(relay, response, arena);
    return relay_write_message(relay, relay->client, response, arena);
}

static void relay_run(void *payload) {
    SshAgentRelay *relay = payload;
    while (pass_request(relay))
        continue;
    /* Ends the wait of libssh for a response, which has no time limit. */
    (void)shutdown(relay->client, SHUT_RDWR);
}

static int connect_agent(Str path, SshProblem *problem, Arena *arena) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (path.len >= sizeof address.sun_path) {
        problem->text = STR("the path of the agent's socket is too long");
        return -1;
    }
    memcpy(address.sun_path, path.ptr, path.len);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0)
        return fd;
    problem->text = str_format(arena, "%.*s: %s", STR_ARG(path), strerror(errno));
    if (fd >= 0)
        close(fd);
    return -1;
}

SshStatus ssh_agent_relay_open(const SshTarget *target, const SshDeadline *deadline,
                               SshAgentRelay **out, int *fd, SshProblem *problem, Arena *arena) {
    int ends[2];
    int agent = connect_agent(target->agent_socket, problem, arena);
    if (agent < 0)
        return SSH_NO_AGENT;
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    Arena *own = arena_open("ssh agent relay");
    SshAgentRelay *relay = arena_new(own, SshAgentRelay);
    relay->arena = own;
    relay->client = ends[1];
    relay->agent = agent;
    relay->identity = str_clone(str_trim(target->agent_identity), own);
    relay->deadline = deadline;
    relay->thread = thread_start(THREAD_SSH_AGENT, relay_run, relay);
    if (!relay->thread) {
        close(ends[0]);
        (void)ssh_agent_relay_close(relay);
        problem->text = STR("no thread for the agent");
        return SSH_NO_AGENT;
    }
    *fd = ends[0];
    *out = relay;
    return SSH_DONE;
}

size_t ssh_agent_relay_close(SshAgentRelay *relay) {
    (void)shutdown(relay->client, SHUT_RDWR);
    (void)shutdown(relay->agent, SHUT_RDWR);
    if (relay->thread)
        thread_join(relay->thread);
    close(relay->client);
    close(relay->agent);
    size_t key_count = relay->key_count;
    arena_close(relay->arena);
    return key_count;
}
