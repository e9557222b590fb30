/* kubeadm_step: the results of steps on a machine, and markers of interrupted ones. */
#include "kubeadm_step.h"
#include "machine_script.h"

static void test_markers(void **) {
    static const struct {
        const char *marker;
        bool has_reset;
        bool has_upgrade;
    } rows[] = {
        {"a1", false, false},        {"a1-reset", true, false}, {"a1-upgrade-v1.34.4", false, true},
        {"a12-reset", false, false}, {"reset", false, false},   {"", false, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        StrVec markers = {0};
        assert_false(kubeadm_step_has_reset(&markers, STR("a1")));
        vec_push(arena, &markers, STR("other-reset-upgrade-"));
        vec_push(arena, &markers, str_from_cstr(rows[i].marker));
        assert_int_equal(kubeadm_step_has_reset(&markers, STR("a1")), rows[i].has_reset);
        assert_int_equal(kubeadm_step_has_upgrade(&markers, STR("a1")), rows[i].has_upgrade);
    }
}

static bool has(Str text, const char *part) {
    return str_find(text, str_from_cstr(part), 0) != SIZE_MAX;
}

/* The report of a step that ended. */
static const char *exited(const char *id, int status, const char *out, const char *err,
                          Arena *arena) {
    return str_to_cstr(str_format(arena, "loam-step %s exited %d %zu %zu\n%s%s", id, status,
                                  strlen(out), strlen(err), out, err),
                       arena);
}

/* Only a success keeps the marker; each failure has its own result. */
static void test_results(void **) {
    static const struct {
        int status;
        const char *out, *err;
        KubeadmResult result;
        size_t warnings;
        const char *detail; /* a part of the last error or warning; NULL: none */
    } cases[] = {
        {0, "", "", KUBEADM_DONE, 0, NULL},
        {0, "", "\t[WARNING Hostname]: not found\n", KUBEADM_DONE, 1,
         "kubeadm init: Hostname on 10.0.0.9: not found."},
        {0, "\t[WARNING A]: a\n", "\t[WARNING B]: b\n", KUBEADM_DONE, 2, "A on 10.0.0.9: a."},
        {0, "", "error: odd\n", KUBEADM_DONE, 0, NULL},
        {1, "", "\t[ERROR NumCPU]: too few\nerror: checks failed\n", KUBEADM_REJECTED, 0,
         "kubeadm init: NumCPU on 10.0.0.9: too few. A control plane needs 2 processors."},
        {1, "\t[ERROR Future]: unknown\n", "", KUBEADM_REJECTED, 0,
         "kubeadm init: Future on 10.0.0.9: unknown."},
        {1, "", "error: timed out\nmore\n", KUBEADM_FAILED, 0,
         "kubeadm init on 10.0.0.9: timed out.\n"},
        {3, "", "sh: not found\n", KUBEADM_FAILED, 0, "with status 3"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        bool is_done = cases[i].result == KUBEADM_DONE;
        const MachineRow rows[] = {
            {.out = exited("a1", cases[i].status, cases[i].out, cases[i].err, arena)}, {0}};
        KubeadmStep step = {.id = STR("a1"), .verb = "init", .config = STR("CONFIG")};
        MachineScript machine;
        machine_script_open(&machine, rows, is_done ? 1 : 2, arena);
        assert_int_equal(kubeadm_step_run(&machine.link, &step, &machine.diags), cases[i].result);
        assert_int_equal(machine.diags.error_count, !is_done);
        assert_int_equal(machine.diags.count - machine.diags.error_count, cases[i].warnings);
        if (cases[i].detail && !has(vec_last(&machine.diags).detail, cases[i].detail))
            fail_msg("%zu: %.*s", i, STR_ARG(vec_last(&machine.diags).detail));
        assert_true(is_done || str_ends_with(machine.commands.items[1], STR(" loam 'a1'")));
        machine_script_close(&machine);
    }
    SCOPED(ArenaRef) arena = arena_open("test");
    static const MachineRow refused[] = {{.status = SSH_LOGIN_REFUSED}};
    KubeadmStep step = {.id = STR("a1"), .verb = "init"};
    MachineScript machine;
    machine_script_open(&machine, refused, ARRAY_COUNT(refused), arena);
    assert_int_equal(kubeadm_step_run(&machine.link, &step, &machine.diags), KUBEADM_UNREACHABLE);
    assert_int_equal(machine.diags.error_count, 1);
    machine_script_close(&machine);
}

/* The variables of the script, and the configuration on its standard input. */
static void test_input(void **) {
    static const KubeadmRestore restore = {.path = STR_CONST("/r/s"),
                                           .id = STR_CONST("snap"),
                                           .name = STR_CONST("cp1"),
                                           .peer_url = STR_CONST("https://p")};
    for (int restores = 0; restores < 2; restores++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        const MachineRow rows[] = {{.out = exited("a1", 0, "", "", arena)}};
        KubeadmStep step = {.id = STR("a1"),
                            .verb = "join",
                            .config = STR("CONFIG"),
                            .mark = STR("MARK"),
                            .etcd_directory = restores ? STR("/var/lib/etcd") : STR_EMPTY,
                            .restore = restores ? &restore : NULL};
        MachineScript machine;
        machine_script_open(&machine, rows, ARRAY_COUNT(rows), arena);
        assert_int_equal(kubeadm_step_run(&machine.link, &step, &machine.diags), KUBEADM_DONE);
        Str input = machine.inputs.items[0];
        assert_true(str_ends_with(input, STR("CONFIG")));
        assert_true(has(input, "export LOAM_VERB='join'\n"));
        assert_true(has(input, "export LOAM_MARK='MARK'\n"));
        assert_int_equal(has(input, "export LOAM_RESTORE='/r/s'\n"), restores);
        assert_int_equal(has(input, "export LOAM_SNAPSHOT='snap'\n"), restores);
        assert_int_equal(has(input, "export LOAM_NAME='cp1'\n"), restores);
        assert_int_equal(has(input, "export LOAM_PEER='https://p'\n"), restores);
        assert_int_equal(has(input, "export LOAM_DATA='/var/lib/etcd'\n"), restores);
        machine_script_close(&machine);
    }
}

static void test_recovery(void **) {
    static const struct {
        const char *report;
        RemoteStepState state;
        bool is_good;
    } cases[] = {
        {"loam-step a1 exited 0 0 0\n", REMOTE_STEP_EXITED, true},
        {"loam-step a1 exited 1 0 0\n", REMOTE_STEP_EXITED, false},
        {"loam-step a1 lost 0 0 0\n", REMOTE_STEP_LOST, false},
        {"loam-step a1 absent 0 0 0\n", REMOTE_STEP_ABSENT, false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        const MachineRow rows[] = {{.out = cases[i].report}};
        MachineScript machine;
        RemoteStepState state;
        bool is_good;
        machine_script_open(&machine, rows, ARRAY_COUNT(rows), arena);
        assert_true(kubeadm_step_recover(&machine.link, STR("a1"), "init", &state, &is_good,
                                         &machine.diags));
        assert_int_equal(state, cases[i].state);
        assert_int_equal(is_good, cases[i].is_good);
        machine_script_close(&machine);
    }
    static const MachineRow refused[] = {{.status = SSH_LOGIN_REFUSED}};
    SCOPED(ArenaRef) arena = arena_open("test");
    MachineScript machine;
    RemoteStepState state;
    bool is_good;
    machine_script_open(&machine, refused, ARRAY_COUNT(refused), arena);
    assert_false(
        kubeadm_step_recover(&machine.link, STR("a1"), "init", &state, &is_good, &machine.diags));
    machine_script_close(&machine);
}

/* Only the first control plane upgrades the configuration of the cluster. The marker stays until
 * the end of the upgrade. */
static void test_upgrade(void **) {
    static const struct {
        KubeadmUpgrade kind;
        uint32_t minor;
        int status;
        const char *ignored, *variables;
    } cases[] = {
        {KUBEADM_UPGRADE_APPLY, 34, 0, "",
         "export LOAM_FLAG=''\nexport LOAM_IGNORED=''\nexport LOAM_ROUND=''\nexport "
         "LOAM_VERSION='v1.34.4'\n"},
        {KUBEADM_UPGRADE_NODE, 34, 0, "SystemVerification",
         "export LOAM_FLAG=''\nexport LOAM_IGNORED='SystemVerification'\nexport "
         "LOAM_ROUND=''\nexport LOAM_VERSION=''\n"},
        {KUBEADM_UPGRADE_NODE, 35, 1, "",
         "export LOAM_FLAG='pod-infra-container-image'\nexport LOAM_IGNORED=''\nexport "
         "LOAM_ROUND=''\nexport LOAM_VERSION=''\n"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        KubeVersion version = {1, cases[i].minor, 4, STR_CONST("")};
        Str id = str_format(arena, "a1-upgrade-v1.%u.4", cases[i].minor);
        bool is_good = cases[i].status == 0;
        const MachineRow rows[] = {
            {.out = exited(id.ptr, cases[i].status, "", "", arena)}, {0}, {0}};
        MachineScript machine;
        machine_script_open(&machine, rows, is_good ? 3 : 2, arena);
        assert_int_equal(
            kubeadm_step_upgrade(&machine.link,
                                 &(KubeadmUpgradeStep){STR("a1"), cases[i].kind, version,
                                                       str_from_cstr(cases[i].ignored)},
                                 &machine.diags),
            is_good);
        assert_true(has(machine.inputs.items[0], cases[i].variables));
        assert_int_equal(machine.next, is_good ? 1 : 2);
        if (is_good) {
            kubeadm_step_end_upgrade(&machine.link, STR("a1"), version);
            check_str(machine.commands.items[2], "rm -rf /var/lib/loam/stage");
        }
        assert_true(str_ends_with(machine.commands.items[1],
                                  str_format(arena, " loam '%.*s'", STR_ARG(id))));
        machine_script_close(&machine);
    }
}

/* A reset removes the marker of the join; its own marker stays until the end of the removal. */
static void test_reset(void **) {
    for (int status = 0; status < 2; status++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        const MachineRow rows[] = {{.out = exited("a1-reset", status, "", "", arena)}, {0}, {0}};
        MachineScript machine;
        machine_script_open(&machine, rows, status ? 2 : 3, arena);
        assert_int_equal(kubeadm_step_reset(&machine.link, STR("a1"), &machine.diags), status == 0);
        assert_int_equal(machine.diags.error_count, status);
        assert_true(str_ends_with(machine.commands.items[1],
                                  status ? STR(" loam 'a1-reset'") : STR(" loam 'a1'")));
        if (!status)
            assert_true(str_ends_with(machine.commands.items[2], STR(" loam 'a1-reset'")));
        machine_script_close(&machine);
    }
    static const MachineRow refused[] = {{.status = SSH_LOGIN_REFUSED}};
    SCOPED(ArenaRef) arena = arena_open("test");
    MachineScript machine;
    machine_script_open(&machine, refused, ARRAY_COUNT(refused), arena);
    assert_false(kubeadm_step_begin_reset(&machine.link, STR("a1"), &machine.diags));
    machine_script_close(&machine);
}

UNIT_MAIN(test_kubeadm_step) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_markers), cmocka_unit_test(test_results),
        cmocka_unit_test(test_input),   cmocka_unit_test(test_recovery),
        cmocka_unit_test(test_upgrade), cmocka_unit_test(test_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
