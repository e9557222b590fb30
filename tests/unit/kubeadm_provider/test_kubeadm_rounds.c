/* kubeadm_rounds: an upgrade over several minor versions, with a death at each of its commands. */
#include "upgraded_cluster.h"

/* The control planes go through the versions together, the first one first; kubelets stay. */
static void test_run(void **) {
    Cluster cluster;
    Value prior, planned;
    KubeVersion from;
    open_cluster(&cluster, 34, 0);
    make_objects(&cluster, 34, 37, THROUGH, &prior, &planned);
    if (!run(&cluster, prior, planned, &from))
        fail_msg("%.*s", STR_ARG(cluster.c.diags.items[0].detail));
    check_str(strbuf_str(&cluster.log), "1.35-cp1 1.35-cp2 1.35-cp3 1.36-cp1 1.36-cp2 1.36-cp3 ");
    assert_int_equal(from.minor, 36);
    for (size_t i = 0; i < NODES; i++) {
        assert_int_equal(cluster.machines[i].kubelet, 34);
        assert_int_equal(cluster.machines[i].fetched, 0);
    }
    close_cluster(&cluster);
}

/* An upgrade that an interrupted run left may restart the API server while loam lists. */
static void test_restarted_server(void **) {
    Cluster cluster;
    Value prior, planned;
    KubeVersion from;
    open_cluster(&cluster, 34, 0);
    make_objects(&cluster, 34, 37, THROUGH, &prior, &planned);
    cluster.failing_lists = 12;
    if (!run(&cluster, prior, planned, &from))
        fail_msg("%.*s", STR_ARG(cluster.c.diags.items[0].detail));
    assert_int_equal(cluster.failing_lists, 0);
    assert_int_equal(from.minor, 36);
    close_cluster(&cluster);
}

/* A step within a minor version, and to the next one, has no rounds. */
static void test_single(void **) {
    for (uint32_t to = 34; to <= 35; to++) {
        Cluster cluster;
        Value prior, planned;
        KubeVersion from;
        open_cluster(&cluster, 34, 0);
        make_objects(&cluster, 34, to, "", &prior, &planned);
        assert_true(run(&cluster, prior, planned, &from));
        check_str(strbuf_str(&cluster.log), "");
        assert_int_equal(from.minor, 34);
        close_cluster(&cluster);
    }
}

/* The run dies at each command, before or after it has taken effect; the next run continues. */
static void test_deaths(void **) {
    size_t deaths = 0;
    for (size_t death = 0;; death++) {
        bool ends = false;
        for (int after = 0; after < 2; after++) {
            Cluster cluster;
            Value prior, planned;
            KubeVersion from;
            open_cluster(&cluster, 34, 0);
            make_objects(&cluster, 34, 37, THROUGH, &prior, &planned);
            cluster.death = death;
            cluster.dies_after = after;
            ends = run(&cluster, prior, planned, &from) && !cluster.is_dead;
            cluster.death = SIZE_MAX;
            cluster.is_dead = false;
            size_t done = strbuf_str(&cluster.log).len;
            if (!ends && !run(&cluster, prior, planned, &from))
                fail_msg("death %zu: %.*s", death, STR_ARG(cluster.c.diags.items[0].detail));
            for (size_t i = 0; i < cluster.members; i++) {
                assert_int_equal(cluster.machines[i].server, 36);
                /* At most the interrupted step runs again. */
                assert_true(cluster.machines[i].steps >= 2 && cluster.machines[i].steps <= 3);
            }
            assert_true(done <= strbuf_str(&cluster.log).len);
            deaths += !ends;
            close_cluster(&cluster);
        }
        if (ends)
            break;
    }
    assert_true(deaths > 60);
}

/* Runs the rounds with a bundle of each version, of which that of 1.35 has a proxy. */
static void run_with_bundles(Cluster *cluster) {
    char cache[] = "/tmp/rounds-XXXXXX";
    Value prior, planned;
    KubeVersion from;
    assert_non_null(mkdtemp(cache));
    assert_int_equal(setenv("XDG_CACHE_HOME", cache, 1), 0);
    open_cluster(cluster, 34, 0);
    Arena *arena = cluster->c.arena;
    Str entries = str_format(
        arena, "%.*s,%.*s", STR_ARG(bundle_entry(35, ",\"proxy\":\"http://10.9.9.9:3128\"", arena)),
        STR_ARG(bundle_entry(36, "", arena)));
    make_objects(cluster, 34, 37, str_to_cstr(entries, arena), &prior, &planned);
    if (!run(cluster, prior, planned, &from))
        fail_msg("%.*s", STR_ARG(cluster->c.diags.items[0].detail));
    assert_int_equal(from.minor, 36);
    assert_int_equal(disk_remove_tree(&disk_real, str_from_cstr(cache)), 0);
}

/* Machines download the bundle of a version between by its proxy. */
static void test_proxy(void **) {
    Cluster cluster;
    run_with_bundles(&cluster);
    assert_int_equal(cluster.sources.count, 2 * NODES);
    for (size_t i = 0; i < cluster.sources.count; i++)
        check_str(cluster.sources.items[i],
                  i < NODES ? FILES "1.35 http://10.9.9.9:3128" : FILES "1.36 -");
    close_cluster(&cluster);
}

/* Without images of Kubernetes in its bundles, a worker, which does not change yet, gets nothing.
 */
static void test_programs_only(void **) {
    Cluster cluster;
    bundle_has_programs = true;
    run_with_bundles(&cluster);
    bundle_has_programs = false;
    assert_int_equal(cluster.sources.count, 2 * cluster.members);
    close_cluster(&cluster);
}

#define ROCKY    "os_id rocky\nos_like rhel centos fedora\nprogram dnf\n"
#define LEAP     "os_id opensuse-leap\nos_like suse opensuse\nprogram zypper\n"
#define FLATCAR  "os_id flatcar\n"
#define BY_PROXY "\"1.35.4\":{\"repository\":{\"url\":\"https://r/\"},\"proxy\":\"http://p:1\"}"

/* The programs come out of the packages of the machine's system, by the proxy of the version. */
static void test_packages(void **) {
    static const struct {
        const char *system;
        const char *driver; /* NULL: none */
    } rows[] = {
        {NULL, "driver apt"}, {ROCKY, "driver dnf"}, {LEAP, "driver zypper"}, {FLATCAR, NULL}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned;
        KubeVersion from;
        PlanResponse response;
        open_cluster(&cluster, 34, 0);
        make_objects(&cluster, 34, 36, BY_PROXY, &prior, &planned);
        cluster.system = rows[i].system;
        assert_int_equal(plan(&cluster, prior, planned, &response), rows[i].driver != NULL);
        assert_true(rows[i].driver || says(&cluster, "10.0.0.1 has no apt, dnf or zypper"));
        cluster.c.diags = diags_new(cluster.c.arena);
        assert_int_equal(run(&cluster, prior, planned, &from), rows[i].driver != NULL);
        assert_true(rows[i].driver || says(&cluster, "has no apt, dnf or zypper"));
        assert_int_equal(cluster.packages.count, rows[i].driver ? 2 * cluster.members : 0);
        for (size_t j = 0; j < cluster.packages.count; j++)
            check_str(cluster.packages.items[j], j % 2 ? "proxy http://p:1" : rows[i].driver);
        close_cluster(&cluster);
    }
}

static void test_proxy_argument(void **) {
    static const struct {
        const char *entry;
        bool is_valid;
    } rows[] = {
        {"\"bundle\":{\"path\":\"b\",\"digest\":\"sha256:0\"},\"proxy\":\"http://p:3128\"", true},
        {"\"bundle\":{\"path\":\"b\"},\"proxy\":\"http://u:a%20b@[fd00::1]:3128/\"", true},
        {"\"bundle\":{\"path\":\"b\"},\"proxy\":\"p:3128\"", false},
        {"\"bundle\":{\"path\":\"b\"},\"proxy\":\"http://p x\"", false},
        {"\"bundle\":{\"path\":\"b\"},\"proxy\":\"http://p\\nx\"", false},
        {"\"repository\":{\"url\":\"https://r/\"},\"proxy\":\"http://p:3128\"", true},
        {"\"proxy\":\"http://p:3128\"", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        ResourceCase c = case_open(&kubeadm_init);
        Str pki = pki_json(c.arena);
        Str json = str_format(
            c.arena,
            "{\"host\":\"h\",\"node_name\":\"n\",\"endpoint\":\"a:6443\",\"kubernetes_version\":"
            "\"1.36.4\",\"pki\":%.*s,\"upgrade_through\":{\"1.35.4\":{%s}}}",
            STR_ARG(pki), rows[i].entry);
        if (case_validate(&c, str_to_cstr(json, c.arena)) != rows[i].is_valid)
            fail_msg("%s: %.*s", rows[i].entry,
                     STR_ARG(c.diags.count ? c.diags.items[0].detail : STR_EMPTY));
        case_close(&c);
    }
}

/* A control plane that loam cannot reach would stay behind. */
static void test_stranger(void **) {
    Cluster cluster;
    Value prior, planned;
    KubeVersion from;
    open_cluster(&cluster, 34, 0);
    make_objects(&cluster, 34, 37, THROUGH, &prior, &planned);
    cluster.joins.count--;                           /* the worker */
    cluster.joins.items[0] = cluster.joins.items[1]; /* cp2 is missing */
    cluster.joins.count--;
    assert_false(run(&cluster, prior, planned, &from));
    assert_true(says(&cluster, "with the address 10.0.0.2"));
    check_str(strbuf_str(&cluster.log), "");
    close_cluster(&cluster);
}

/* Plans: the note, and errors. */
static void test_plan(void **) {
    static const struct {
        uint32_t to;
        const char *etcd;
        const char *entries;
        const char *note;  /* NULL: none */
        const char *error; /* NULL: none */
    } rows[] = {
        {37, "3.6.11", THROUGH,
         "rounds: 1.35.4 (cp1 cp2 cp3), 1.36.4 (cp1 cp2 cp3), 1.37.4 (cp1 cp2 cp3, then 1 worker, "
         "at "
         "most 1 at once)",
         NULL},
        {36, "3.6.5", ENTRY("1.35.4"),
         "rounds: 1.35.4 (cp1 cp2 cp3), 1.36.4 (cp1 cp2 cp3, then 1 worker, at most 1 at once)",
         NULL},
        {35, "3.6.5", "", NULL, NULL},
        {35, "3.6.5", ENTRY("1.34.2"), NULL, NULL},
        {34, "3.6.5", THROUGH, NULL, NULL}, /* after the upgrade: no change of the version */
        {37, "3.6.11", ENTRY("1.36.4"), NULL, "lacks a version of 1.35"},
        {37, "3.6.11", "", NULL, "lacks a version of 1.35"},
        {37, "3.6.11", THROUGH "," ENTRY("1.37.1"), NULL, "\"1.37.1\" is superfluous"},
        {33, "3.6.11", "", NULL, "cannot downgrade"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned;
        open_cluster(&cluster, 34, 0);
        make_objects(&cluster, 34, rows[i].to, rows[i].entries, &prior, &planned);
        ResourceCase *c = &cluster.c;
        cluster.etcd = rows[i].etcd;
        c->diags = diags_new(c->arena);
        PlanResponse response;
        bool is_good = plan(&cluster, prior, planned, &response);
        if (is_good != (rows[i].error == NULL) || (rows[i].error && !says(&cluster, rows[i].error)))
            fail_msg("row %zu: %.*s", i,
                     STR_ARG(c->diags.count ? c->diags.items[0].detail : STR("no error")));
        assert_int_equal(response.notes.count, rows[i].note != NULL);
        if (rows[i].note)
            check_str(response.notes.items[0].text, rows[i].note);
        close_cluster(&cluster);
    }
}

/* What an interrupted run has left, as the next plan shows it. */
static void test_plan_of_rest(void **) {
    Cluster cluster;
    Value prior, planned;
    open_cluster(&cluster, 34, 0);
    make_objects(&cluster, 34, 37, THROUGH, &prior, &planned);
    ResourceCase *c = &cluster.c;
    cluster.machines[0] = (Machine){.server = 36, .kubelet = 34, .fetched = 36};
    cluster.machines[1] = (Machine){.server = 35, .kubelet = 34};
    cluster.machines[2] = (Machine){.server = 35, .kubelet = 34};
    PlanResponse response;
    check_done(c, plan(&cluster, prior, planned, &response));
    check_str(
        response.notes.items[0].text,
        "rounds: 1.36.4 (cp1 cp2 cp3), 1.37.4 (cp1 cp2 cp3, then 1 worker, at most 1 at once)");
    close_cluster(&cluster);
}

/* A kubelet that would not start stops the upgrade before its first round, in a plan as in an
 * apply. */
static void test_cgroup(void **state) {
    (void)state;
    static const struct {
        const char *facts, *entries;
        bool is_good;
    } rows[] = {
        {"cgroup tmpfs\n", ENTRY("1.35.4"), false},
        {"cgroup tmpfs\n",
         ENTRY("1.35.4") "},\"kubelet\":{\"value\":{\"failCgroupV1\":false},\"type\":[\"object\",{"
                         "\"failCgroupV1\":\"bool\"}]",
         true},
        {"cgroup cgroup2fs\n", ENTRY("1.35.4"), true},
    };
    for (size_t i = 0; i < 2 * ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned;
        KubeVersion from;
        open_cluster(&cluster, 34, 0);
        make_objects(&cluster, 34, 36, rows[i / 2].entries, &prior, &planned);
        ResourceCase *c = &cluster.c;
        cluster.more_facts = rows[i / 2].facts;
        if (i % 2) {
            assert_int_equal(run(&cluster, prior, planned, &from), rows[i / 2].is_good);
            assert_int_equal(c->diags.count, rows[i / 2].is_good ? 0 : cluster.members);
            assert_int_equal(strbuf_str(&cluster.log).len > 0, rows[i / 2].is_good);
            assert_int_equal(cluster.ignores,
                             rows[i / 2].is_good && !strstr(rows[i / 2].facts, "cgroup2fs"));
        } else {
            PlanResponse response;
            assert_int_equal(plan(&cluster, prior, planned, &response), rows[i / 2].is_good);
        }
        assert_true(rows[i / 2].is_good || says(&cluster, "10.0.0.1 has cgroup v1"));
        close_cluster(&cluster);
    }
}

/* Any control plane counts, also in an upgrade to the next version alone; a worker has its own
 * plan.
 */
static void test_cgroup_of_others(void **) {
    static const struct {
        const char *host;
        const char *said; /* NULL: no error */
    } rows[] = {{"cp2", "10.0.0.2 has cgroup v1"}, {"cp3", "10.0.0.3 has cgroup v1"}, {"w1", NULL}};
    for (size_t i = 0; i < 2 * ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned;
        KubeVersion from;
        PlanResponse response;
        open_cluster(&cluster, 34, 0);
        make_objects(&cluster, 34, i % 2 ? 35 : 36, i % 2 ? "" : ENTRY("1.35.4"), &prior, &planned);
        cluster.more_facts = "cgroup tmpfs\n";
        cluster.odd_host = rows[i / 2].host;
        bool is_good = rows[i / 2].said == NULL;
        assert_int_equal(plan(&cluster, prior, planned, &response), is_good);
        assert_int_equal(cluster.c.diags.error_count, is_good ? 0 : 1);
        assert_true(is_good || says(&cluster, rows[i / 2].said));
        cluster.c.diags = diags_new(cluster.c.arena);
        assert_int_equal(run(&cluster, prior, planned, &from), is_good);
        assert_true(is_good || says(&cluster, rows[i / 2].said));
        assert_true(is_good || strbuf_str(&cluster.log).len == 0);
        close_cluster(&cluster);
    }
}

#define CP_FILES                                                                                   \
    "exists /etc/kubernetes/kubelet.conf\nkubelet_certificate /var/lib/kubelet/pki/a.pem\n"        \
    "exists /etc/kubernetes/manifests/kube-apiserver.yaml\n"

/* A control plane has the version that its kubelet has, too, until the upgrade has ended. */
static void test_refresh(void **) {
    static const struct {
        uint32_t server, kubelet, found;
    } rows[] = {{34, 34, 34}, {36, 34, 34}, {36, 36, 36}, {36, 37, 36}};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned, state;
        bool is_restoring = false;
        open_cluster(&cluster, 33, 0);
        make_objects(&cluster, 33, 37, THROUGH, &prior, &planned);
        ResourceCase *c = &cluster.c;
        cluster.machines[0] = (Machine){.server = rows[i].server, .kubelet = rows[i].kubelet};
        Str mark = base64_encode(STR("{\"id\":\"i0\"}"), c->arena);
        cluster.more_facts =
            str_to_cstr(str_format(c->arena, CP_FILES "marker %.*s\n", STR_ARG(mark)), c->arena);
        ReadRequest request = {.state = prior};
        state = prior;
        check_done(c, kubeadm_refresh_read(case_call(c), &request, true, &state, &is_restoring,
                                           &c->diags));
        check_str(object_text(state, "kubernetes_version", STR_EMPTY),
                  str_to_cstr(str_format(c->arena, "1.%u.4", rows[i].found), c->arena));
        close_cluster(&cluster);
    }
}

UNIT_MAIN(test_kubeadm_rounds) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_proxy),    cmocka_unit_test(test_proxy_argument),
        cmocka_unit_test(test_packages), cmocka_unit_test(test_programs_only),
        cmocka_unit_test(test_run),      cmocka_unit_test(test_restarted_server),
        cmocka_unit_test(test_single),   cmocka_unit_test(test_deaths),
        cmocka_unit_test(test_stranger), cmocka_unit_test(test_plan),
        cmocka_unit_test(test_cgroup),   cmocka_unit_test(test_plan_of_rest),
        cmocka_unit_test(test_refresh),  cmocka_unit_test(test_cgroup_of_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
