/* host_facts: the script runs on this machine, in two shells; the parser reads what machines print.
 */
#include "host_facts.h"
#include "process.h"
#include "unit.h"

#include <sys/utsname.h>
#include <unistd.h>

static Str run(const char *const *shell, const char *script, Arena *arena) {
    const char *argv[6] = {NULL};
    size_t count = 0;
    for (; shell[count]; count++)
        argv[count] = shell[count];
    argv[count] = script;
    ProcessRequest request = {.argv = argv};
    ProcessResult result = {0};
    int error = process_real.run(process_real.self, &request, &result, arena);
    if (error)
        return STR_EMPTY; /* this shell is not installed */
    check_str(result.err, "");
    assert_int_equal(result.exit_status, 0);
    return result.out;
}

static void check_this_machine(Str output, Arena *arena) {
    HostFacts facts;
    struct utsname names;
    assert_int_equal(uname(&names), 0);
    assert_true(host_facts_parse(output, &facts, arena));
    check_str(facts.kernel, names.release);
    check_str(facts.machine, names.machine);
    check_str(facts.hostname, names.nodename);
    assert_int_equal(facts.user, getuid());
    assert_int_equal(facts.processors, (uint64_t)sysconf(_SC_NPROCESSORS_ONLN));
    uint64_t pages = (uint64_t)sysconf(_SC_PHYS_PAGES);
    assert_int_equal(facts.memory_kib / 1024,
                     pages * ((uint64_t)sysconf(_SC_PAGESIZE) / 1024) / 1024);
    assert_true(host_facts_find(&facts.free_kib, "/var/lib").len > 0);
    assert_true(host_facts_find(&facts.sysctls, "fs.inotify.max_user_instances").len > 0);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int64_t late_ms = (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 - facts.time_ms;
    assert_true(late_ms >= 0 && late_ms < 60000);
}

static void test_script(void **) {
    static const char *const shells[][4] = {
        {"dash", "-c"}, {"bash", "-c"}, {"busybox", "sh", "-c"}};
    size_t count = 0;
    for (size_t i = 0; i < ARRAY_COUNT(shells); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        HostFacts facts;
        Str output = run(shells[i], host_facts_script(), arena);
        if (!output.len)
            continue;
        check_this_machine(output, arena);
        output = run(shells[i], host_facts_certificates_script(), arena);
        assert_true(host_facts_parse(output, &facts, arena));
        assert_true(facts.time_ms > 0);
        count++;
    }
    assert_true(count > 0);
}

/* Parts that only run on control planes are in the script, too. */
static void test_includes(void **) {
    assert_null(strstr(host_facts_script(), ". ./"));
    assert_non_null(strstr(host_facts_script(), "front-proxy-client.crt"));
    assert_non_null(strstr(host_facts_certificates_script(), "front-proxy-client.crt"));
}

#define BEGIN "Welcome to this machine\nfacts 1\ntime 1763755200.5\n"

static void test_parser(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    HostFacts facts;
    Str text =
        STR("Welcome\nfacts 1\ntime 1763755200.123456789\nuser 1000\nos_id debian\n"
            "os_name Debian GNU/Linux 12\nmachine aarch64\nprocessors 4\n"
            "memory_kib 2048000\nfree_kib /var/lib 1000\ninterface eth0 52:54:00:00:00:01\n"
            "address eth0 10.0.0.1/24\naddress eth0 fd00::1/64\nsysctl net.ipv4.ip_forward 1\n"
            "version containerd v1.7.2\nlistening *:6443\nlistening [::]:10250\nmodule overlay\n"
            "future something\nmarker e30=\nca_certificate !\nprocessors x\n"
            "hostname a\033[31mb\nend\nuser 0\n");
    assert_true(host_facts_parse(text, &facts, arena));
    assert_int_equal(facts.time_ms, INT64_C(1763755200123));
    assert_int_equal(facts.user, 1000);
    check_str(facts.os_name, "Debian GNU/Linux 12");
    check_str(host_facts_architecture(&facts), "arm64");
    assert_int_equal(facts.processors, 4);
    check_str(host_facts_find(&facts.free_kib, "/var/lib"), "1000");
    check_str(host_facts_find(&facts.sysctls, "net.ipv4.ip_forward"), "1");
    check_str(host_facts_find(&facts.versions, "containerd"), "v1.7.2");
    check_str(host_facts_find(&facts.versions, "kubelet"), "");
    assert_int_equal(facts.addresses.count, 2);
    assert_int_equal(facts.listening.count, 2);
    check_str(facts.marker, "{}");
    check_str(facts.ca_certificate, "");
    assert_true(str_find_char(facts.hostname, '\033', 0) == SIZE_MAX);
}

static void test_runtime(void **) {
    static const struct {
        const char *facts;
        const char *runtime;
    } rows[] = {
        {"", "containerd"},
        {"version crio 1.34.2\n", "cri-o"},
        {"version crio 1.34.2\nversion containerd 1.7.2\n", "containerd"},
        {"version containerd 1.7.2\nruntime_endpoint unix:///var/run/crio/crio.sock\n", "cri-o"},
        {"version crio 1.34.2\nruntime_endpoint unix:///run/containerd/containerd.sock\n",
         "containerd"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        HostFacts facts;
        Str text = str_format(arena, BEGIN "%send\n", rows[i].facts);
        assert_true(host_facts_parse(text, &facts, arena));
        check_str(str_from_cstr(host_facts_runtime(&facts)->name), rows[i].runtime);
    }
}

/* Each proper beginning of an output, and one without a time, is rejected. */
static void test_cut(void **) {
    Str text = STR(BEGIN "user 0\nend\n");
    for (size_t i = 0; i + 1 < text.len; i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        HostFacts facts;
        if (host_facts_parse(str_slice(text, 0, i), &facts, arena) && i < text.len - 1)
            fail_msg("%zu bytes are accepted", i);
    }
    SCOPED(ArenaRef) arena = arena_open("test");
    HostFacts facts;
    assert_true(host_facts_parse(text, &facts, arena));
    assert_false(host_facts_parse(STR("facts 1\nuser 0\nend\n"), &facts, arena));
    assert_false(host_facts_parse(STR("time 1763755200.5\nend\n"), &facts, arena));
}

#define FILE_AT(path) "exists /etc/kubernetes/" path "\n"
#define KUBELET       FILE_AT("kubelet.conf") "exists /var/lib/kubelet/config.yaml\n"
#define CERTIFICATE   "kubelet_certificate /var/lib/kubelet/pki/kubelet-client-current.pem\n"
#define SERVER        FILE_AT("manifests/kube-apiserver.yaml")
#define UNFINISHED    "unfinished yes\n"

/* kubelet.conf without the certificate that it names: a join whose TLS bootstrap has failed. */
static void test_states(void **state) {
    (void)state;
    static const struct {
        const char *facts;
        HostState state;
    } rows[] = {
        {"", HOST_CLEAN},
        {UNFINISHED, HOST_CLEAN},
        {FILE_AT("pki/ca.crt"), HOST_PARTIAL},
        {FILE_AT("admin.conf") FILE_AT("pki/ca.crt"), HOST_PARTIAL},
        {KUBELET CERTIFICATE, HOST_WORKER},
        {KUBELET, HOST_PARTIAL},
        {KUBELET CERTIFICATE UNFINISHED, HOST_PARTIAL},
        {KUBELET CERTIFICATE FILE_AT("bootstrap-kubelet.conf"), HOST_PARTIAL},
        {KUBELET CERTIFICATE FILE_AT("admin.conf"), HOST_PARTIAL},
        {KUBELET CERTIFICATE SERVER, HOST_CONTROL_PLANE},
        {KUBELET SERVER, HOST_PARTIAL},
        {KUBELET CERTIFICATE SERVER UNFINISHED, HOST_PARTIAL},
        {SERVER, HOST_PARTIAL},
        {"exists /var/lib/etcd/member\n", HOST_PARTIAL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        HostFacts facts;
        Str text = str_format(arena, BEGIN "%send\n", rows[i].facts);
        assert_true(host_facts_parse(text, &facts, arena));
        if (host_facts_state(&facts) != rows[i].state)
            fail_msg("%s: %d", rows[i].facts, host_facts_state(&facts));
    }
}

static void test_foreign(void **) {
    HostFacts facts = {.ca_certificate = STR("A\n")};
    assert_false(host_facts_is_foreign(&facts, STR("A")));
    assert_true(host_facts_is_foreign(&facts, STR("B")));
    facts.ca_certificate = STR_EMPTY;
    assert_false(host_facts_is_foreign(&facts, STR("B")));
}

UNIT_MAIN(test_host_facts) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_script),  cmocka_unit_test(test_includes),
        cmocka_unit_test(test_parser),  cmocka_unit_test(test_runtime),
        cmocka_unit_test(test_cut),     cmocka_unit_test(test_states),
        cmocka_unit_test(test_foreign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
