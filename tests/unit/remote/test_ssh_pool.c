/* ssh_client: a session is only reused for the same target, and a plan waits once for a machine. */
#include "fake_ssh.h"

#include "object_builder.h"
#include "ssh_client.h"
#include "value.h"

typedef struct PoolCase {
    FakeSsh host;
    Io io;
    Call call;
} PoolCase;

static const Attribute attributes[] = {SSH_CLIENT_PROVIDER_ATTRIBUTES};
static const Schema schema = {SCHEMA_ATTRIBUTES(attributes)};

/* A provider configuration without arguments. */
static Value defaults(Arena *arena) {
    ObjectBuilder builder = object_builder_empty(&schema, arena);
    return object_builder_value(&builder);
}

static void open_case(PoolCase *c) {
    Arena *arena = arena_open("test");
    *c = (PoolCase){.io = io_real(), .call = {.arena = arena}};
    c->io.ssh = fake_ssh_open(&c->host);
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

static void test_reuse(void **) {
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
    assert_int_equal(c.host.connected, 1);
    ssh_client_release(&first);
    ssh_client_release(&second);
    for (size_t i = 0; i < ARRAY_COUNT(others); i++) {
        SshLink link = link_to(&c, others[i]);
        assert_int_equal(run(&link, &problem), SSH_DONE);
        assert_int_equal(c.host.connected, 2 + i);
        ssh_client_release(&link);
    }
    assert_int_equal(c.host.closed, 0);
    close_case(&c);
    assert_int_equal(c.host.closed, 1 + ARRAY_COUNT(others));
    ssh_client_close(NULL);
}

/* A lost session is replaced. A command that may have run is not repeated. */
static void test_lost_session(void **) {
    PoolCase c;
    SshProblem problem = {0};
    open_case(&c);
    SshLink link = link_to(&c, target), other = link_to(&c, target);
    assert_int_equal(run(&link, &problem), SSH_DONE);
    c.host.dead = c.host.used;
    assert_int_equal(run(&link, &problem), SSH_DONE);
    assert_int_equal(c.host.connected, 2);
    assert_int_equal(c.host.closed, 1);
    assert_int_equal(c.host.commands, 3);
    c.host.dead = c.host.used;
    c.host.may_have_run = true;
    assert_int_equal(run(&link, &problem), SSH_LOST);
    assert_true(link.may_have_run);
    assert_int_equal(c.host.commands, 4);
    ssh_client_release(&link);
    c.host.may_have_run = false;
    assert_int_equal(run(&other, &problem), SSH_DONE);
    assert_int_equal(c.host.connected, 3);
    ssh_client_release(&other);
    close_case(&c);
    assert_int_equal(c.host.closed, c.host.connected);
}

/* After a lost session, a command with sudo is repeated only if sudo still waits for the password:
 * sudo may start a command without a prompt, and its first output may be lost. */
static void test_lost_sudo(void **) {
    static const struct {
        const char *error_output;
        bool reads_input;
        size_t commands;
    } rows[] = {
        {NULL, false, 1},
        {NULL, true, 1},
        {"a lecture\n", false, 1},
        {"loam-sudo-password:", false, 20},
        {"loam-sudo-password:", true, 1},
        {"loam-sudo-password:loam-sudo-ready\n", false, 1},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        PoolCase c;
        SshProblem problem = {0};
        open_case(&c);
        c.host.exec_status = SSH_LOST;
        c.host.may_have_run = true;
        c.host.error_output = rows[i].error_output;
        c.host.reads_input = rows[i].reads_input;
        SshLink link = link_to(&c, target);
        link.sudo = true;
        link.sudo_password = STR("secret");
        assert_int_equal(run(&link, &problem), SSH_LOST);
        assert_int_equal(c.host.commands, rows[i].commands);
        assert_int_equal(link.may_have_run, rows[i].commands == 1);
        ssh_client_release(&link);
        close_case(&c);
    }
}

/* The error names the remedy of the reason. */
static void test_refused_sudo(void **) {
    static const struct {
        const char *output, *hint;
    } rows[] = {
        {"sudo: sorry, you must have a tty to run sudo\n", "\"Defaults:u !requiretty\""},
        {"sudo: a password is required\n", "set \"sudo_password\""},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        PoolCase c;
        SshResult result;
        open_case(&c);
        Diags diags = diags_new(c.call.arena);
        c.host.error_output = rows[i].output;
        SshLink link = link_to(&c, target);
        link.sudo = true;
        link.target.user = STR("u");
        SshCommand command = {.command = STR("true")};
        assert_false(ssh_client_run(&link, &command, &result, &diags));
        assert_int_equal(diags.error_count, 1);
        check_str(diags.items[0].summary, "sudo refused");
        assert_true(str_find(diags.items[0].detail, str_from_cstr(rows[i].hint), 0) != SIZE_MAX);
        ssh_client_release(&link);
        close_case(&c);
    }
}

/* A tunnel over a lost session is opened again over another one, also a known tunnel. */
static void test_lost_tunnel(void **) {
    PoolCase c;
    open_case(&c);
    Diags diags = diags_new(c.call.arena);
    SshLink link = link_to(&c, target);
    uint16_t port = 0;
    for (uint16_t i = 0; i < 4; i++) {
        assert_true(ssh_client_tunnel(&link, STR("s"), i < 2 ? 1 : 2, &port, &diags));
        assert_int_equal(port, (i < 2 ? 1 : 2) + 16 * (i + 1));
        c.host.dead = ssh_pool_session(link.lease);
    }
    assert_int_equal(c.host.connected, 4);
    assert_int_equal(c.host.closed, 3);
    c.host.exec_status = SSH_LOST;
    assert_false(ssh_client_tunnel(&link, STR("s"), 1, &port, &diags));
    assert_int_equal(diags.error_count, 1);
    assert_null(link.lease);
    ssh_client_release(&link);
    close_case(&c);
    assert_int_equal(c.host.closed, c.host.connected);
}

/* More calls than a session serves at once open a second one. */
static void test_channels(void **) {
    PoolCase c;
    SshProblem problem = {0};
    SshLink links[6];
    open_case(&c);
    for (size_t i = 0; i < ARRAY_COUNT(links); i++) {
        links[i] = link_to(&c, target);
        assert_int_equal(run(&links[i], &problem), SSH_DONE);
        assert_int_equal(c.host.connected, i < 5 ? 1 : 2);
    }
    for (size_t i = 0; i < ARRAY_COUNT(links); i++)
        ssh_client_release(&links[i]);
    c.host.exec_status = SSH_BUSY;
    links[0] = link_to(&c, target);
    assert_int_equal(run(&links[0], &problem), SSH_BUSY);
    ssh_client_release(&links[0]);
    close_case(&c);
}

/* Sessions with jump hosts are shared, and closed after the sessions over them. */
static void test_chain(void **) {
    PoolCase c;
    SshProblem problem = {0};
    SshTarget chains[2][3] = {{target, target, target}, {target, target, target}};
    open_case(&c);
    for (size_t i = 0; i < ARRAY_COUNT(chains); i++) {
        chains[i][0].host = STR("a");
        chains[i][1].host = STR("b");
        chains[i][2].port = (uint16_t)(100 + i);
        SshLink link = link_to(&c, chains[i][2]);
        link.chain = (SshChain){chains[i], ARRAY_COUNT(chains[i])};
        assert_int_equal(run(&link, &problem), SSH_DONE);
        assert_int_equal(c.host.connected, 3 + i);
        assert_ptr_equal(c.host.via, (SshSession *)32);
        ssh_client_release(&link);
    }
    c.host.status = SSH_NO_RESPONSE;
    SshTarget lone[] = {target, target};
    lone[0].host = STR("x");
    SshLink link = link_to(&c, lone[1]);
    link.chain = (SshChain){lone, 2};
    assert_int_equal(run(&link, &problem), SSH_NO_RESPONSE);
    check_str(problem.text, "the jump host x:22: no route");
    ssh_client_release(&link);
    close_case(&c);
    assert_int_equal(c.host.closed, 4);
}

/* Sessions over a jump host use no channels of its session: the server does not count them. */
static void test_channels_of_a_jump_host(void **) {
    PoolCase c;
    SshProblem problem = {0};
    SshTarget chains[6][2];
    SshLink links[ARRAY_COUNT(chains)];
    open_case(&c);
    for (size_t i = 0; i < ARRAY_COUNT(chains); i++) {
        chains[i][0] = chains[i][1] = target;
        chains[i][1].port = (uint16_t)(100 + i);
        links[i] = link_to(&c, chains[i][1]);
        links[i].chain = (SshChain){chains[i], ARRAY_COUNT(chains[i])};
        assert_int_equal(run(&links[i], &problem), SSH_DONE);
    }
    assert_int_equal(c.host.connected, 1 + ARRAY_COUNT(chains));
    SshLink jump = link_to(&c, target);
    assert_int_equal(run(&jump, &problem), SSH_DONE);
    assert_int_equal(c.host.connected, 1 + ARRAY_COUNT(chains));
    size_t commands = c.host.commands;
    c.host.exec_status = SSH_BUSY; /* of the only command, so another session would be busy, too */
    assert_int_equal(run(&jump, &problem), SSH_BUSY);
    assert_true(c.host.commands > commands + 1); /* the server may still count ended channels */
    assert_int_equal(c.host.connected, 1 + ARRAY_COUNT(chains));
    ssh_client_release(&jump);
    for (size_t i = 0; i < ARRAY_COUNT(chains); i++)
        ssh_client_release(&links[i]);
    close_case(&c);
    assert_int_equal(c.host.closed, c.host.connected);
}

static void test_absence(void **) {
    PoolCase c;
    SshProblem problem = {0};
    open_case(&c);
    c.host.status = SSH_NO_RESPONSE;
    SshTarget other = target;
    other.port = 23;
    SshLink links[] = {link_to(&c, target), link_to(&c, target), link_to(&c, other)};
    for (size_t i = 0; i < ARRAY_COUNT(links); i++)
        ssh_client_limit_to_plan(&links[i]);
    assert_int_equal(run(&links[0], &problem), SSH_NO_RESPONSE);
    uintptr_t connected = c.host.connected;
    problem = (SshProblem){0};
    assert_int_equal(run(&links[1], &problem), SSH_NO_RESPONSE);
    check_str(problem.text, "no route");
    assert_int_equal(c.host.connected, connected);
    assert_int_equal(run(&links[2], &problem), SSH_NO_RESPONSE);
    assert_true(c.host.connected > connected);
    close_case(&c);
}

static bool loses(void *payload, Str text) {
    return str_equal(text, *(const Str *)payload);
}

/* Only a machine that the plan deletes may fail to respond. */
static void test_lost_machine(void **) {
    static const struct {
        const char *deleted;
        SshStatus status;
        bool is_lost;
    } rows[] = {
        {"h", SSH_NO_RESPONSE, true}, {"h", SSH_HOST_KEY_DIFFERS, true}, {"h", SSH_DONE, false},
        {"h", SSH_CANCELLED, false},  {"g", SSH_NO_RESPONSE, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        PoolCase c;
        open_case(&c);
        Str deleted = str_from_cstr(rows[i].deleted);
        Diags diags = diags_new(c.call.arena);
        SshLink link = link_to(&c, target);
        c.host.status = rows[i].status;
        c.call.loses = loses;
        c.call.progress_payload = &deleted;
        assert_int_equal(ssh_client_is_lost(&link, &diags), rows[i].is_lost);
        assert_int_equal(diags.count, rows[i].is_lost);
        assert_int_equal(diags.error_count, 0);
        ssh_client_release(&link);
        close_case(&c);
    }
}

UNIT_MAIN(test_ssh_pool) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reuse),
        cmocka_unit_test(test_lost_machine),
        cmocka_unit_test(test_lost_session),
        cmocka_unit_test(test_channels),
        cmocka_unit_test(test_chain),
        cmocka_unit_test(test_absence),
        cmocka_unit_test(test_lost_sudo),
        cmocka_unit_test(test_refused_sudo),
        cmocka_unit_test(test_channels_of_a_jump_host),
        cmocka_unit_test(test_lost_tunnel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
