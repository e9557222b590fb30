/* cluster_check: each error, and the values next to it that are right. */
#include "cluster_check.h"
#include "unit.h"

static void check_problem(Str got, const char *wanted) {
    Str text = str_from_cstr(wanted);
    bool is_good = text.len ? str_find(got, text, 0) != SIZE_MAX : got.len == 0;
    if (!is_good)
        fail_msg("got: %.*s\nwanted: %s", STR_ARG(got), wanted);
}

static const struct {
    const char *pods;
    const char *services;
    const char *machines;
    const char *problem;
} networks[] = {
    {"10.244.0.0/16", "10.96.0.0/12", "192.168.1.0/24", ""},
    {"10.244.0.0/16,fd00:1::/56", "10.96.0.0/12,fd00:2::/112", "10.17.0.0/24", ""},
    {"10.244.0.0/16", "10.244.0.0/20", "10.17.0.0/24",
     "pods \"10.244.0.0/16\" and services \"10.244.0.0/20\" overlap"},
    {"10.244.0.0/16", "10.96.0.0/12", "10.0.0.0/8",
     "pods \"10.244.0.0/16\" and machines \"10.0.0.0/8\" overlap"},
    {"10.244.0.0/16,fd00:1::/48", "10.96.0.0/12,fd00:1::/112", "",
     "\"fd00:1::/48\" and services \"fd00:1::/112\" overlap"},
    {"10.244.0.0/16,10.245.0.0/16", "10.96.0.0/12", "", "pods has two networks of one family"},
    {"10.244.0.0", "10.96.0.0/12", "", "pods is not a network"},
    {"10.244.0.0/33", "10.96.0.0/12", "", "pods is not a network"},
};

static void test_networks(void **) {
    for (size_t i = 0; i < ARRAY_COUNT(networks); i++) {
        SCOPED(ArenaRef) arena = arena_open("test");
        const NamedNetwork named[] = {
            {"pods", str_from_cstr(networks[i].pods)},
            {"services", str_from_cstr(networks[i].services)},
            {"machines", str_from_cstr(networks[i].machines)},
        };
        check_problem(cluster_check_networks(named, 3, arena), networks[i].problem);
    }
}

static void test_endpoints(void **) {
    static const char *const good[] = {"api.example:6443", "api",     "10.0.0.1", "10.0.0.1:6443",
                                       "[fd00::1]:6443",   "fd00::1", "[fd00::1]"};
    static const char *const bad[] = {
        "",      "https://api:6443", "api:0", "api:65536", "api:6443/x",    "API.example:6443",
        "a_b:1", "[fd00::1:6443",    "-a:1",  "[10.0.0.1", "fd00::1]:6443", "a..b:1"};
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(good); i++)
        check_problem(cluster_check_endpoint(str_from_cstr(good[i]), arena), "");
    for (size_t i = 0; i < ARRAY_COUNT(bad); i++) {
        if (cluster_check_endpoint(str_from_cstr(bad[i]), arena).len == 0)
            fail_msg("\"%s\" is accepted", bad[i]);
    }
    check_problem(cluster_check_endpoint(STR_EMPTY, arena), "none can be derived");
}

static ClusterNode node(const char *name, const char *id, const char *host, const char *mac) {
    return (ClusterNode){str_from_cstr(name), str_from_cstr(id), str_from_cstr(host),
                         str_from_cstr(mac)};
}

static void test_names(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    check_problem(cluster_check_node_name(STR("cp1.example"), arena), "");
    check_problem(cluster_check_node_name(STR("W1"), arena), "\"W1\" is not a name of a node");
    check_problem(cluster_check_node_name(STR_EMPTY, arena), "is not a name of a node");
}

static void test_distinct(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    ClusterNode own = node("w1", "01", "h1", "m1");
    const struct {
        ClusterNode other;
        const char *wanted;
    } rows[] = {
        {node("w2", "02", "h2", "m2"), ""},
        {node("w1", "01", "h1", "m1"), ""},
        {node("w2", "01", "", ""), "of \"w1\" and \"w2\" have the same machine-id, 01."},
        {node("w2", "02", "h1", "m2"), "of \"w1\" and \"w2\" have the same host name, h1."},
        {node("w2", "02", "h2", "m1"), "of \"w1\" and \"w2\" have the same MAC address, m1."},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Str problem = cluster_check_distinct(&own, &rows[i].other, arena);
        assert_int_equal(problem.len > 0, rows[i].wanted[0] != 0);
        assert_true(str_find(problem, str_from_cstr(rows[i].wanted), 0) != SIZE_MAX);
    }
    ClusterNode unknown = node("w2", "", "", ""), none = node("w1", "", "", "");
    check_str(cluster_check_distinct(&none, &unknown, arena), "");
}

static void test_machines(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    check_problem(cluster_check_size((MachineSize){2, 1700}, true, arena), "");
    check_problem(cluster_check_size((MachineSize){1, 1024}, false, arena), "");
    check_problem(cluster_check_size((MachineSize){1, 4096}, true, arena), "needs 2 processors");
    check_problem(cluster_check_size((MachineSize){2, 1699}, true, arena), "has 1699 MiB");
    assert_int_equal(cluster_check_clock(2000), CLOCK_GOOD);
    assert_int_equal(cluster_check_clock(-2001), CLOCK_DOUBTFUL);
    assert_int_equal(cluster_check_clock(30000), CLOCK_DOUBTFUL);
    assert_int_equal(cluster_check_clock(-30001), CLOCK_BAD);
}

static void test_room(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    Bundle bundle = {.architecture = STR("amd64")};
    BundleFile image = {.path = STR("images/a.tar"), .size = 100 << 20};
    BundleFile program = {.path = STR("bin/a"), .size = 50 << 20};
    vec_push(arena, &bundle.files, image);
    vec_push(arena, &bundle.files, program);
    check_problem(cluster_check_disk(&bundle, 351, arena), "");
    check_problem(cluster_check_disk(&bundle, 350, arena), "need 351 MiB; the disk has 350 MiB");
}

static void test_bundle(void **) {
    static const char *const images[] = {"kube-apiserver:v1.34.4",
                                         "kube-controller-manager:v1.34.4",
                                         "kube-scheduler:v1.34.4",
                                         "kube-proxy:v1.34.4",
                                         "coredns/coredns:v1.12.1",
                                         "pause:3.10.1",
                                         "etcd:3.6.5-0"};
    const KubeVersion version = {1, 34, 4, STR_CONST("")};
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t missing = 0; missing <= ARRAY_COUNT(images); missing++) {
        Bundle bundle = {.kubernetes_version = STR("1.34.4"), .architecture = STR("amd64")};
        BundleFile *file = vec_add(arena, &bundle.files);
        for (size_t i = 0; i < ARRAY_COUNT(images); i++) {
            if (i != missing)
                vec_push(arena, &file->images, str_format(arena, "registry.k8s.io/%s", images[i]));
        }
        Str problem = cluster_check_bundle(&bundle, version, STR("amd64"), STR_EMPTY, arena);
        check_problem(problem, missing < ARRAY_COUNT(images) ? "The bundle lacks the image" : "");
        if (missing < ARRAY_COUNT(images))
            continue;
        check_problem(cluster_check_bundle(&bundle, version, STR("arm64"), STR_EMPTY, arena),
                      "is for amd64; the machine has arm64");
        check_problem(cluster_check_bundle(&bundle, version, STR("amd64"), STR("other"), arena),
                      "lacks the image \"other/kube-apiserver:v1.34.4\"");
        bundle.kubernetes_version = STR("1.34.5");
        check_problem(cluster_check_bundle(&bundle, version, STR("amd64"), STR_EMPTY, arena),
                      "for Kubernetes 1.34.5, not 1.34.4");
    }
}

/* A bundle without any image of Kubernetes has programs only; kubeadm pulls the images. */
static void test_programs_only(void **) {
    static const struct {
        const char *image; /* NULL: none */
        const char *repository;
        bool is_whole;
    } rows[] = {
        {NULL, "", true},
        {"docker.io/flannel/flannel:v0.28.10", "", true},
        {"docker.io/rancher/pause:3.6", "", true},
        {"registry.k8s.io/pause:3.10.1", "", false},
        {"registry.k8s.io/coredns/coredns:v1.12.1", "", false},
        {"registry.k8s.io/pause:3.10.1", "mirror.example/k8s", true},
        {"mirror.example/k8s/pause:3.10.1", "mirror.example/k8s", false},
        {"registry.k8s.io/kube-proxy:v1.34.4", "mirror.example/k8s", false},
    };
    const KubeVersion version = {1, 34, 4, STR_CONST("")};
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Bundle bundle = {.kubernetes_version = STR("1.34.4"), .architecture = STR("amd64")};
        BundleFile *file = vec_add(arena, &bundle.files);
        *file = (BundleFile){.path = STR("bin/kubeadm")};
        if (rows[i].image)
            vec_push(arena, &file->images, str_from_cstr(rows[i].image));
        check_problem(cluster_check_bundle(&bundle, version, STR("amd64"),
                                           str_from_cstr(rows[i].repository), arena),
                      rows[i].is_whole ? "" : "The bundle lacks the image");
        bundle.kubernetes_version = STR("1.34.5");
        check_problem(cluster_check_bundle(&bundle, version, STR("amd64"), STR_EMPTY, arena),
                      "for Kubernetes 1.34.5, not 1.34.4");
    }
}

/* What `loam bundle verify` reports of a bundle. */
static void test_images(void **) {
    static const struct {
        const char *version;
        const char *images[8];
        const char *found; /* "|" between sentences' parts; empty: none */
    } rows[] = {
        {"1.34.4", {NULL}, ""},
        {"1.34.4",
         {"r/kube-apiserver:v1.34.4", "r/kube-controller-manager:v1.34.4",
          "r/kube-scheduler:v1.34.4", "r/kube-proxy:v1.34.4", "r/coredns:v1.12.1", "r/pause:3.10.1",
          "r/etcd:3.6.9-0"},
         ""},
        {"1.35.4",
         {"r/kube-apiserver:v1.35.4", "r/kube-controller-manager:v1.35.4",
          "r/kube-scheduler:v1.35.4", "r/kube-proxy:v1.35.4", "r/kube-proxy:v1.35.3",
          "r/coredns:v1.12.1", "r/pause:3.10", "r/etcd:3.5.9-0"},
         "\"r/coredns:v1.12.1\"; kubeadm expects the tag v1.13.1|"
         "\"r/pause:3.10\"; kubeadm expects the tag 3.10.1|"
         "\"r/etcd:3.5.9-0\"; kubeadm expects the tag 3.6.x|"
         "\"r/kube-proxy:v1.35.3\"; kubeadm expects the tag v1.35.4"},
        {"1.34.4",
         {"registry.k8s.io/pause:3.10.1"},
         "lacks the image \"registry.k8s.io/kube-apiserver:v1.34.4\""},
        {"1.99.1", {"registry.k8s.io/pause:3.1"}, ""},
        {"0.9.1", {"registry.k8s.io/pause:3.1"}, ""},
        {"none", {"registry.k8s.io/pause:3.1"}, ""},
    };
    SCOPED(ArenaRef) arena = arena_open("test");
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Bundle bundle = {.kubernetes_version = str_from_cstr(rows[i].version)};
        BundleFile *file = vec_add(arena, &bundle.files);
        *file = (BundleFile){0};
        for (size_t k = 0; k < ARRAY_COUNT(rows[i].images) && rows[i].images[k]; k++)
            vec_push(arena, &file->images, str_from_cstr(rows[i].images[k]));
        StrVec found = cluster_check_images(&bundle, arena);
        Str part, rest = str_from_cstr(rows[i].found);
        size_t count = 0;
        while (rest.len && str_next_field(&rest, '|', &part)) {
            assert_true(count < found.count);
            if (str_find(found.items[count], part, 0) == SIZE_MAX)
                fail_msg("%zu: %.*s", i, STR_ARG(found.items[count]));
            count++;
        }
        assert_int_equal(count, found.count);
    }
}

/* Tags that kubeadm of the version does not ask for; a digest after the tag does not count. */
static void test_tags(void **) {
    SCOPED(ArenaRef) arena = arena_open("test");
    static const struct {
        uint32_t minor;
        const char *image;
        bool is_odd;
    } rows[] = {
        {34, "registry.k8s.io/pause:3.10.1", false},
        {34, "registry.k8s.io/pause:3.10.1@sha256:00", false},
        {34, "registry.k8s.io/pause:3.10", true},
        {36, "registry.k8s.io/pause:3.10.1", true},
        {34, "registry.k8s.io/etcd:3.6.4-0", false},
        {37, "registry.k8s.io/etcd:3.6.8-0", true},
        {37, "registry.k8s.io/etcd:3.6.11-0@sha256:00", false}, /* before 3.7 */
        {33, "registry.k8s.io/etcd:3.6.11-0", true},
        {35, "registry.k8s.io/coredns/coredns:v1.12.1", true},
        {35, "registry.k8s.io/kube-proxy:v1.0.0", false},
        {35, "docker.io/flannel/etcd:1", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Bundle bundle = {.kubernetes_version = STR("1.34.4")};
        BundleFile *file = vec_add(arena, &bundle.files);
        *file = (BundleFile){0};
        vec_push(arena, &file->images, str_from_cstr(rows[i].image));
        KubeVersion version = {1, rows[i].minor, 0, STR_EMPTY};
        assert_int_equal(cluster_check_tags(&bundle, version, STR_EMPTY, arena).count,
                         rows[i].is_odd);
    }
}

UNIT_MAIN(test_cluster_check) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_networks),      cmocka_unit_test(test_endpoints),
        cmocka_unit_test(test_names),         cmocka_unit_test(test_distinct),
        cmocka_unit_test(test_machines),      cmocka_unit_test(test_bundle),
        cmocka_unit_test(test_tags),          cmocka_unit_test(test_room),
        cmocka_unit_test(test_programs_only), cmocka_unit_test(test_images),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
