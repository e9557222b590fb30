/* kube_version: texts, order, and the version skew policy of Kubernetes. */
#include "kube_release.h"
#include "unit.h"

static KubeVersion version(const char *text) {
    KubeVersion out;
    assert_true(kube_version_parse(str_from_cstr(text), &out));
    return out;
}

static void test_parse(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const char *const bad[] = {"",         "1",          "1.34",  "1.34.",
                                      "1.34.4.5", "v",          "1.x.4", "1.34.-4",
                                      "1.34.4-",  "1.34.4-a b", "one",   " 1.34.4"};
    check_str(kube_version_text(version("v1.34.4"), arena), "1.34.4");
    check_str(kube_version_text(version("1.35.0-rc.1"), arena), "1.35.0-rc.1");
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        KubeVersion out;
        if (kube_version_parse(str_from_cstr(bad[i]), &out))
            fail_msg("\"%s\" is read", bad[i]);
    }
}

static void test_order(void **) {
    static const char *const sorted[] = {"1.9.9",         "1.31.0",         "1.34.4-1",
                                         "1.34.4-alpha",  "1.34.4-alpha.1", "1.34.4-alpha.beta",
                                         "1.34.4-beta.2", "1.34.4-beta.11", "1.34.4-rc.0",
                                         "1.34.4-rc.9",   "1.34.4-rc.10",   "1.34.4",
                                         "1.34.10",       "2.0.0"};
    for (size_t i = 0; i < ARRAY_COUNT(sorted); i++) {
        for (size_t k = 0; k < ARRAY_COUNT(sorted); k++) {
            int order = kube_version_compare(version(sorted[i]), version(sorted[k]));
            assert_int_equal((order > 0) - (order < 0), (i > k) - (i < k));
        }
    }
}

typedef Str VersionCheck(KubeVersion a, KubeVersion b, Arena *arena);

static const struct {
    VersionCheck *check;
    const char *a;
    const char *b;
    const char *problem; /* a part of the sentence; empty: none */
} cases[] = {
    {kube_version_check_upgrade, "1.33.13", "1.34.4", ""},
    {kube_version_check_upgrade, "1.34.4", "1.34.4", ""},
    {kube_version_check_upgrade, "1.34.4", "1.34.5", ""},
    {kube_version_check_upgrade, "1.32.1", "1.34.4", "Upgrade to 1.33 first, then to 1.34.4"},
    {kube_version_check_upgrade, "1.31.1", "1.36.0",
     "Upgrade to 1.32 first, then to 1.36.0; or name the versions between in"},
    {kube_version_check_upgrade, "1.34.4", "1.34.3", "cannot downgrade it to 1.34.3"},
    {kube_version_check_upgrade, "1.34.4", "1.33.9", "cannot downgrade"},
    {kube_version_check_join, "1.34.1", "1.34.4", ""},
    {kube_version_check_join, "1.33.9", "1.34.4", "the same minor version"},
    {kube_version_check_join, "1.35.0", "1.34.4", "the same minor version"},
};

static void test_skew(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(cases); i++) {
        Str got = cases[i].check(version(cases[i].a), version(cases[i].b), arena);
        Str wanted = str_from_cstr(cases[i].problem);
        bool is_good = wanted.len ? str_find(got, wanted, 0) != SIZE_MAX : got.len == 0;
        if (!is_good)
            fail_msg("%s, %s: %.*s", cases[i].a, cases[i].b, STR_ARG(got));
    }
}

static void test_supported(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    check_str(kube_release_check_supported(version("1.31.0"), arena), "");
    check_str(kube_release_check_supported(version("1.30.14"), arena),
              "Kubernetes 1.30.14 is not supported: the oldest version is 1.31.");
}

UNIT_MAIN(test_kube_version) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_parse),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_skew),
        cmocka_unit_test(test_supported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
