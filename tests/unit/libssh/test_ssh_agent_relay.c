/* ssh_agent_relay: agents that do not respond. */
#include "ssh_agent_relay.h"
#include "ssh_wire.h"
#include "unit.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MESSAGE_SIZE ((size_t)262144) /* the longest that the relay passes on */

static int listen_at(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, path, strlen(path));
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 1), 0);
    return fd;
}

/* The agent reads nothing, so that its socket is full: the relay ends at the deadline, and with it
 * the wait of the login. */
static void test_agent_that_does_not_read(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    char path[] = "/tmp/test_ssh_agent.XXXXXX";
    assert_non_null(mkdtemp(path));
    Str socket_path = str_format(arena, "%s/agent", path);
    int agent = listen_at(str_to_cstr(socket_path, arena));
    int small = 1024;
    SshDeadline deadline = ssh_socket_deadline((SshTimeout){.timeout_ms = 300});
    SshTarget target = {.agent_socket = socket_path};
    SshAgentRelay *relay = NULL;
    SshProblem problem = {0};
    int fd = -1;
    assert_int_equal(ssh_agent_relay_open(&target, &deadline, &relay, &fd, &problem, arena),
                     SSH_DONE);
    int accepted = accept(agent, NULL, NULL);
    assert_int_equal(setsockopt(accepted, SOL_SOCKET, SO_RCVBUF, &small, sizeof small), 0);
    StrBuf message = strbuf_new(arena);
    ssh_wire_add_uint32(&message, (uint32_t)MESSAGE_SIZE);
    strbuf_add_repeat(&message, '\1', MESSAGE_SIZE);
    Str rest = strbuf_str(&message);
    while (rest.len > 0) {
        ssize_t sent = send(fd, rest.ptr, rest.len, MSG_NOSIGNAL);
        assert_true(sent > 0);
        rest = str_after(rest, (size_t)sent);
    }
    struct pollfd polled = {.fd = fd, .events = POLLIN};
    char byte;
    assert_int_equal(poll(&polled, 1, 5000), 1);
    assert_int_equal(recv(fd, &byte, 1, 0), 0);
    close(fd);
    assert_int_equal(ssh_agent_relay_close(relay), 0);
    close(accepted);
    close(agent);
    assert_int_equal(unlink(str_to_cstr(socket_path, arena)), 0);
    assert_int_equal(rmdir(path), 0);
}

static void count_touch(void *self) {
    ++*(int *)self;
}

static void send_text(int fd, Str text, Arena *arena) {
    StrBuf message = strbuf_new(arena);
    ssh_wire_add_string(&message, text);
    assert_int_equal(send(fd, message.ptr, message.len, MSG_NOSIGNAL), message.len);
}

static void receive_text(int fd, size_t size, Str wanted) {
    char bytes[256];
    assert_int_equal(recv(fd, bytes, size + 4, MSG_WAITALL), size + 4);
    assert_memory_equal(bytes + 4, wanted.ptr, size);
}

/* Only a signature by a key of a security key is reported, before the agent responds. */
static void test_touch(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    char path[] = "/tmp/test_ssh_agent.XXXXXX";
    assert_non_null(mkdtemp(path));
    Str socket_path = str_format(arena, "%s/agent", path);
    int agent = listen_at(str_to_cstr(socket_path, arena));
    int touches = 0;
    SshTimeout timeout = {.timeout_ms = 30000, .touch = count_touch, .touch_self = &touches};
    SshDeadline deadline = ssh_socket_deadline(timeout);
    SshTarget target = {.agent_socket = socket_path};
    SshAgentRelay *relay = NULL;
    SshProblem problem = {0};
    int fd = -1;
    assert_int_equal(ssh_agent_relay_open(&target, &deadline, &relay, &fd, &problem, arena),
                     SSH_DONE);
    int accepted = accept(agent, NULL, NULL);
    static const struct {
        const char *type;
        char request;
        int touches; /* afterwards */
    } rows[] = {
        {"ssh-ed25519", 13, 0},
        {"sk-ssh-ed25519@openssh.com", 17, 0},
        {"sk-ssh-ed25519@openssh.com", 13, 1},
        {"sk-ecdsa-sha2-nistp256@openssh.com", 13, 2},
        {"", 13, 2},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        StrBuf blob = strbuf_new(arena), request = strbuf_new(arena);
        ssh_wire_add_string(&blob, str_from_cstr(rows[i].type));
        strbuf_add_char(&request, rows[i].request);
        ssh_wire_add_string(&request, strbuf_str(&blob));
        send_text(fd, strbuf_str(&request), arena);
        receive_text(accepted, request.len, strbuf_str(&request));
        assert_int_equal(touches, rows[i].touches);
        send_text(accepted, STR("\5"), arena);
        receive_text(fd, 1, STR("\5"));
    }
    close(fd);
    assert_int_equal(ssh_agent_relay_close(relay), 0);
    close(accepted);
    close(agent);
    assert_int_equal(unlink(str_to_cstr(socket_path, arena)), 0);
    assert_int_equal(rmdir(path), 0);
}

UNIT_MAIN(test_ssh_agent_relay) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agent_that_does_not_read),
        cmocka_unit_test(test_touch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
