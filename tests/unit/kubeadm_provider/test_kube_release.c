/* What differs between the minor versions of Kubernetes. */
#include "kube_release.h"
#include "unit.h"

static KubeVersion release(uint32_t minor) {
    return (KubeVersion){1, minor, 0, STR_EMPTY};
}

/* A release that is not known has the tags of the nearest one. */
static void tags(void **) {
    static const struct {
        uint32_t minor;
        const char *pause, *etcd, *coredns;
    } rows[] = {
        {31, "3.10", "3.5.", "v1.11.3"},   {33, "3.10", "3.5.", "v1.12.0"},
        {34, "3.10.1", "3.6.", "v1.12.1"}, {36, "3.10.2", "3.6.", "v1.14.2"},
        {37, "3.10.2", "3.7.", "v1.14.6"}, {38, "3.10.2", "3.7.", "v1.14.6"},
        {30, "3.10", "3.5.", "v1.11.3"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        KubeVersion version = release(rows[i].minor);
        assert_string_equal(kube_release_tag(version, STR("pause")), rows[i].pause);
        assert_string_equal(kube_release_tag(version, STR("etcd")), rows[i].etcd);
        assert_string_equal(kube_release_tag(version, STR("coredns/coredns")), rows[i].coredns);
        assert_null(kube_release_tag(version, STR("kube-proxy")));
    }
}

/* kubeadm wrote the flag until 1.34, and the kubelet rejects it since. */
static void removed_flags(void **) {
    check_str(kube_release_removed_flag(release(31)), "");
    check_str(kube_release_removed_flag(release(34)), "");
    for (uint32_t minor = 35; minor <= 38; minor++)
        check_str(kube_release_removed_flag(release(minor)), "pod-infra-container-image");
}

static void warnings(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        KubeVersion version;
        const char *said;
    } rows[] = {
        {{1, 34, 4, STR_CONST("")}, "Kubernetes 1.34 is past its end of life"},
        {{1, 35, 0, STR_CONST("")}, ""},
        {{1, 37, 2, STR_CONST("")}, ""},
        {{1, 38, 0, STR_CONST("")},
         "loam has not been tested with Kubernetes 1.38; the newest that "
         "it knows is 1.37."},
        {{2, 0, 0, STR_CONST("")}, "loam has not been tested with Kubernetes 2.0;"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Str warning = kube_release_warning(rows[i].version, arena);
        assert_true(str_starts_with(warning, str_from_cstr(rows[i].said)));
        assert_int_equal(warning.len == 0, !*rows[i].said);
        assert_int_equal(kube_release_is_newer(rows[i].version),
                         rows[i].version.major > 1 || rows[i].version.minor > 37);
    }
}

static void machines(void **) {
    static const struct {
        uint32_t minor;
        bool needs_cgroup2;
        RuntimeFit with_containerd_1;
    } rows[] = {
        {31, false, RUNTIME_FITS}, {34, false, RUNTIME_FITS},   {35, true, RUNTIME_OLD},
        {37, true, RUNTIME_OLD},   {38, true, RUNTIME_TOO_OLD},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        KubeVersion version = release(rows[i].minor);
        assert_int_equal(kube_release_needs_cgroup2(version), rows[i].needs_cgroup2);
        assert_int_equal(kube_release_runtime(version, (KubeVersion){1, 7, 24, STR_EMPTY}),
                         rows[i].with_containerd_1);
        assert_int_equal(kube_release_runtime(version, (KubeVersion){2, 0, 0, STR_EMPTY}),
                         RUNTIME_FITS);
    }
}

static void gates(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        const char *gate;
        uint32_t first, last; /* 31 to 37 */
    } rows[] = {
        {"PublicKeysECDSA", 31, 36},
        {"RootlessControlPlane", 31, 37},
        {"EtcdLearnerMode", 31, 32},
        {"WaitForAllControlPlaneComponents", 31, 34},
        {"ControlPlaneKubeletLocalMode", 31, 35},
        {"NodeLocalCRISocket", 32, 36},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        for (uint32_t minor = 31; minor <= 37; minor++) {
            Str problem =
                kube_release_check_gate(release(minor), str_from_cstr(rows[i].gate), arena);
            assert_int_equal(problem.len == 0, minor >= rows[i].first && minor <= rows[i].last);
        }
    }
    check_str(kube_release_check_gate(release(37), STR("NodeLocalCRISocket"), arena),
              "kubeadm 1.37 has no feature gate \"NodeLocalCRISocket\". It has: "
              "RootlessControlPlane.");
    check_str(kube_release_check_gate(release(38), STR("Any"), arena), "");
}

/* Only the next minor version of etcd needs a late patch of the present one. */
static void etcd(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (uint32_t to = 31; to <= 38; to++) {
        for (uint32_t from = 5; from <= 7; from++) {
            for (uint32_t patch = 0; patch < 30; patch++) {
                KubeVersion found = {3, from, patch, STR_CONST("0")};
                uint32_t brought = to < 34 ? 5 : to < 37 ? 6 : 7;
                uint32_t least = from == 5 ? 26 : from == 6 ? 11 : 0;
                EtcdFit fit = kube_release_fit_etcd(release(to), found, arena);
                Str problem = fit.problem;
                Str least_text = str_format(arena, "should be 3.%u.%u or later", from, least);
                bool is_wrong = brought > from && patch < least;
                assert_int_equal(problem.len > 0, is_wrong);
                assert_int_equal(fit.tag != NULL, is_wrong && from == 6);
                assert_int_equal(fit.least.patch, is_wrong ? least : 0);
                Str tag = str_format(arena, "3.%u.%u-0", from, patch);
                assert_int_equal(kube_release_is_etcd_patch(release(to), tag),
                                 brought > from && patch >= least);
                assert_true(!is_wrong || str_find(problem, least_text, 0) != SIZE_MAX);
            }
        }
    }
}

UNIT_MAIN(test_kube_release) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags),     cmocka_unit_test(removed_flags), cmocka_unit_test(warnings),
        cmocka_unit_test(machines), cmocka_unit_test(gates),         cmocka_unit_test(etcd),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
