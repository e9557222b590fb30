/* ssh_client: a session is only reused for the same target, and a plan waits once for a machine. */
#include "unit.h"

#include "io.h"
#include "ssh_client.h"
#include "value.h"

typedef struct FakeHost {
    uintptr_t connected; /* number of the newest session */
    size_t closed;
    SshSession *dead;
    SshSession *used; /* by the last command */
    SshStatus status; /* of each connection */
} FakeHost;

static SshStatus fake_connect(void *self,
                              const SshTarget *target,
                              SshTimeout timeout,
                              SshSession **out,
                              SshProblem *problem,
                              Arena *arena) {
    FakeHost *host = self;
    (void)target, (void)timeout, (void)arena;
    host->connected++;
    if (host->status == SSH_DONE)
        *out = (SshSession *)(host->connected * 16); /* never dereferenced */
    else
        problem->text = STR("no route");
    return host->status;
}

static SshStatus fake_exec(void *self,
                           SshSession *session,
                           const SshCommand *command,
                           SshResult *out,
                           SshProblem *problem,
                           Arena *arena) {
    (void)command, (void)problem, (void)arena;
    *out = (SshResult){0};
    ((FakeHost *)self)->used = session;
    return SSH_DONE;
}

static bool fake_is_alive(void *self, SshSession *session) {
    return ((FakeHost *)self)->dead != session;
}

static void fake_close(void *self, SshSession *session) {
    (void)session;
    ((FakeHost *)self)->closed++;
}

typedef struct PoolCase {
    FakeHost host;
    Ssh ssh;
    Io io;
    Call call;
} PoolCase;

/* A provider configuration without arguments. */
static Value defaults(Arena *arena) {
    static const Str names[] = {STR_CONST("plan_timeout"), STR_CONST("port"),
                                STR_CONST("private_key"), STR_CONST("timeout"), STR_CONST("user")};
    Str *keys = arena_new_array(arena, Str, ARRAY_COUNT(names));
    Value *items = arena_new_array(arena, Value, ARRAY_COUNT(names));
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        keys[i] = names[i];
        items[i] = value_null(str_equal(names[i], STR("port")) ? &TYPE_NUMBER : &TYPE_STRING);
    }
    return value_object(keys, items, ARRAY_COUNT(names), arena);
}

static void open_case(PoolCase *c) {
    Arena *arena = arena_open("test");
    *c = (PoolCase){.io = io_real(), .call = {.arena = arena}};
    c->ssh = (Ssh){.self = &c->host,
                   .connect = fake_connect,
                   .exec = fake_exec,
                   .is_alive = fake_is_alive,
                   .close = fake_close};
    c->io.ssh = &c->ssh;
    c->call.io = &c->io;
    ConfigureRequest request = {.config = defaults(arena), .run = arena};
    ConfigureResponse response = {0};
    Diags diags = diags_new(arena);
    assert_true(ssh_client_configure(&c->call, &request, &response, &diags));
    c->call.client = response.client;
}

static void close_case(PoolCase *c) {
    ssh_client_close(c->call.client);
    arena_close(c->call.arena);
}

static SshLink link_to(PoolCase *c, SshTarget target) {
    return (SshLink){.call = &c->call, .client = c->call.client, .target = target};
}

static SshStatus run(SshLink *link, SshProblem *problem) {
    SshCommand command = {.command = STR("true")};
    SshResult result;
    return ssh_client_exec(link, &command, &result, problem);
}

static const SshTarget target = {.host = STR_CONST("h"),
                                 .port = 22,
                                 .user = STR_CONST("u"),
                                 .private_key = STR_CONST("k"),
                                 .host_key = STR_CONST("p")};

static void test_reuse(void **state) {
    (void)state;
    PoolCase c;
    SshProblem problem = {0};
    SshTarget others[] = {target, target, target, target, target};
    others[0].host = STR("g");
    others[1].port = 23;
    others[2].user = STR("v");
    others[3].private_key = STR("l");
    others[4].host_key = STR("q");
    open_case(&c);
    SshLink first = link_to(&c, target), second = link_to(&c, target);
    assert_int_equal(run(&first, &problem), SSH_DONE);
    assert_int_equal(run(&second, &problem), SSH_DONE);
    assert_int_equal(c.host.connected, 2); /* never one session for two calls at a time */
    ssh_client_release(&first);
    ssh_client_release(&second);
    SshLink links[ARRAY_COUNT(others)];
    for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
        links[i] = link_to(&c, others[i]);
        assert_int_equal(run(&links[i], &problem), SSH_DONE);
        assert_int_equal(c.host.connected, 3 + i);
    }
    c.host.dead = (SshSession *)32;
    SshLink third = link_to(&c, target), fourth = link_to(&c, target);
    assert_int_equal(run(&third, &problem), SSH_DONE);
    assert_ptr_equal(c.host.used, (SshSession *)16);
    assert_int_equal(c.host.closed, 1);
    assert_int_equal(run(&fourth, &problem), SSH_DONE);
    assert_int_equal(c.host.connected, 3 + ARRAY_COUNT(others));
    for (size_t i = 0; i < ARRAY_COUNT(others); i++)
        ssh_client_release(&links[i]);
    ssh_client_release(&third);
    ssh_client_release(&fourth);
    assert_int_equal(c.host.closed, 1);
    size_t idle = ARRAY_COUNT(others) + 2;
    close_case(&c);
    assert_int_equal(c.host.closed, 1 + idle);
    ssh_client_close(NULL);
}

static void test_absence(void **state) {
    (void)state;
    PoolCase c;
    SshProblem problem = {0};
    open_case(&c);
    c.host.status = SSH_NO_ANSWER;
    SshTarget other = target;
    other.port = 23;
    SshLink links[] = {link_to(&c, target), link_to(&c, target), link_to(&c, other)};
    for (size_t i = 0; i < ARRAY_COUNT(links); i++)
        ssh_client_limit_to_plan(&links[i]);
    assert_int_equal(run(&links[0], &problem), SSH_NO_ANSWER);
    uintptr_t connected = c.host.connected;
    problem = (SshProblem){0};
    assert_int_equal(run(&links[1], &problem), SSH_NO_ANSWER);
    check_str(problem.text, "no route");
    assert_int_equal(c.host.connected, connected);
    assert_int_equal(run(&links[2], &problem), SSH_NO_ANSWER);
    assert_true(c.host.connected > connected);
    close_case(&c);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reuse),
        cmocka_unit_test(test_absence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
