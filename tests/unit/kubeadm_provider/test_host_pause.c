/* host_pause: a machine in memory whose kubeadm names another pause image than the table of loam.
 */
#include "base64.h"
#include "digest.h"
#include "host_facts.h"
#include "host_pause.h"
#include "kubeadm_provider.h"
#include "resource_case.h"
#include "skipping_clock.h"
#include "ssh_client.h"

#define TABLE "registry.k8s.io/pause:3.10.1"
#define OTHER "registry.k8s.io/pause:9.9"
#define NODE(version)                                                                              \
    "\"host\":\"10.0.0.9\",\"user\":\"root\",\"password\":\"p\",\"host_key\":\"k\","               \
    "\"kubernetes_version\":\"" version "\""

static const Attribute attributes[] = {SSH_CLIENT_PROVIDER_ATTRIBUTES};
static const Schema schema = {SCHEMA_ATTRIBUTES(attributes)};

typedef struct Machine {
    ResourceCase c;
    SkippingClock clock;
    Ssh ssh;
    const char *pause; /* of kubeadm; empty: none */
    size_t asked;
    size_t prepared;
    NamedTexts settings;
    Str config; /* of containerd */
} Machine;

static void put(Machine *machine, Str name, Str text) {
    Arena *arena = machine->c.arena;
    NamedText setting = {str_clone(name, arena), str_clone(text, arena)};
    vec_each(&machine->settings, other) {
        if (str_equal(other->name, name)) {
            other->text = setting.text;
            return;
        }
    }
    vec_push(arena, &machine->settings, setting);
}

static void prepare(Machine *machine, Str lines, Arena *arena) {
    Str line, word, content;
    machine->prepared++;
    while (str_next_field(&lines, '\n', &line)) {
        if (!str_starts_with(line, STR("file 0")))
            continue;
        Str rest = str_after(line, 5), mode, path = STR_EMPTY;
        assert_true(str_next_field(&rest, ' ', &mode) && str_next_field(&rest, ' ', &path));
        word = str_trim(rest);
        assert_true(base64_decode(word, &content, arena));
        if (str_equal(path, STR("/etc/containerd/config.toml")))
            machine->config = str_clone(content, machine->c.arena);
        put(machine, str_concat(STR("file "), path, arena),
            str_format(arena, "%.*s sha256:%.*s", STR_ARG(mode),
                       STR_ARG(digest_hex(DIGEST_SHA256, content, arena))));
    }
    put(machine, STR("service containerd"), STR("enabled active"));
    put(machine, STR("service kubelet"), STR("enabled"));
}

static Str facts(Machine *machine, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    strbuf_add_format(
        &out,
        "facts 1\nuser 0\nos_id debian\ninit systemd\ncontainer lxc\nprogram apt-get\n"
        "machine x86_64\nversion containerd 1.7.24\nversion kubelet v1.34.4\n"
        "active containerd\ntime %lld\nend\nsettings 1\n",
        (long long)machine->c.io.clock->now_ms(machine->c.io.clock->self) / 1000);
    vec_each(&machine->settings, setting)
        strbuf_add_format(&out, "%.*s\t%.*s\n", STR_ARG(setting->name), STR_ARG(setting->text));
    strbuf_add_cstr(&out, "settings end\n");
    return strbuf_str(&out);
}

static SshStatus connect_machine(void *, const SshTarget *, SshSession *, SshTimeout,
                                 SshSession **out, SshProblem *, Arena *) {
    *out = (SshSession *)16; /* never dereferenced */
    return SSH_DONE;
}

static SshStatus exec(void *self, SshSession *, const SshCommand *command, SshResult *out,
                      SshProblem *, Arena *) {
    Machine *machine = self;
    Arena *arena = machine->c.arena;
    Str text;
    *out = (SshResult){0};
    bool asks = str_find(command->command, STR("config images list"), 0) != SIZE_MAX;
    if (asks) {
        machine->asked++;
        text = str_format(arena, "%s\n", machine->pause);
    } else if (command->input.len) {
        prepare(machine, command->input, arena);
        size_t at = str_find(command->command, STR("loam '"), 0);
        Str id = str_after(command->command, at + 6);
        text = str_format(arena, "loam-step %.*s exited 0 0 0\n",
                          STR_ARG(str_slice(id, 0, str_find_char(id, '\'', 0))));
    } else {
        text = facts(machine, arena);
    }
    if (command->output)
        command->output(command->payload, text, false);
    else
        out->out = text;
    return SSH_DONE;
}

static bool is_alive(void *, SshSession *) {
    return true;
}

static void close_session(void *, SshSession *) {
}

static void open_machine(Machine *machine, const char *pause) {
    *machine = (Machine){.c = case_open(&kubeadm_host), .pause = pause};
    ResourceCase *c = &machine->c;
    machine->ssh = (Ssh){.self = machine,
                         .connect = connect_machine,
                         .exec = exec,
                         .is_alive = is_alive,
                         .close = close_session};
    c->io.clock = skipping_clock_open(&machine->clock);
    c->io.ssh = &machine->ssh;
    ObjectBuilder config = object_builder_empty(&schema, c->arena);
    ConfigureRequest request = {.config = object_builder_value(&config), .run = c->arena};
    ConfigureResponse response = {0};
    assert_true(ssh_client_configure(case_call(c), &request, &response, &c->diags));
    c->call.client = response.client;
}

static void close_machine(Machine *machine) {
    ssh_client_close(machine->c.call.client);
    case_close(&machine->c);
}

static bool has_image(const Machine *machine, const char *image) {
    return str_find(machine->config, str_from_cstr(image), 0) != SIZE_MAX;
}

/* A new machine has the image of its kubeadm at once. */
static void test_new(void **) {
    static const struct {
        const char *pause, *more;
        const char *image;
        size_t asked, prepared;
    } rows[] = {
        {TABLE, "", TABLE, 1, 1},
        {OTHER, "", OTHER, 1, 2},
        {"", "", TABLE, 1, 1},
        {"registry.k8s.io/pause:1\nrm -rf", "", TABLE, 1, 1},
        {"other.example/pause:1", "", TABLE, 1, 1},
        {OTHER, ",\"sandbox_image\":\"r.example/p:1\"", "r.example/p:1", 0, 1},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Machine machine;
        open_machine(&machine, rows[i].pause);
        ResourceCase *c = &machine.c;
        Str json = str_format(c->arena, "{" NODE("1.34.4") "%s}", rows[i].more);
        check_done(c, case_apply(c, str_to_cstr(json, c->arena)));
        assert_true(has_image(&machine, rows[i].image));
        assert_int_equal(machine.asked, rows[i].asked);
        assert_int_equal(machine.prepared, rows[i].prepared);
        check_done(c, case_plan(c, str_to_cstr(json, c->arena)));
        assert_true(value_equal(c->plan.planned, c->state));
        close_machine(&machine);
    }
}

/* Another version: the plan has shown the image of the table, and the next plan has that of
 * kubeadm.
 */
static void test_other_version(void **) {
    Machine machine;
    open_machine(&machine, TABLE);
    ResourceCase *c = &machine.c;
    check_done(c, case_apply(c, "{" NODE("1.34.4") "}"));
    machine.pause = OTHER;
    check_done(c, case_plan(c, "{" NODE("1.34.5") "}"));
    assert_true(case_is_planned_unknown(c, "pause_image"));
    check_done(c, case_apply(c, "{" NODE("1.34.5") "}"));
    assert_true(has_image(&machine, TABLE));
    size_t warnings = 0;
    vec_each(&c->diags, diag)
        warnings += str_equal(diag->summary, STR("Another pause image"));
    assert_int_equal(warnings, 1);
    check_str(case_text(c, "pause_image"), OTHER);
    check_done(c, case_apply(c, "{" NODE("1.34.5") "}"));
    assert_true(has_image(&machine, OTHER));
    check_done(c, case_plan(c, "{" NODE("1.34.5") "}"));
    assert_true(value_equal(c->plan.planned, c->state));
    assert_int_equal(machine.asked, 2);
    close_machine(&machine);
}

UNIT_MAIN(test_host_pause) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_new),
        cmocka_unit_test(test_other_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
