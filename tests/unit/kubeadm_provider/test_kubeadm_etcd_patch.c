/* kubeadm_etcd_patch: the patch of etcd before a round, its sources, its rollback, and a death at
 * each of its commands. */
#include "upgraded_cluster.h"

/* Members of etcd 3.6 that are too old for 3.7 get a later patch; those of 3.5 are a warning. An
 * image that the user names stays. */
static void test_etcd(void **) {
    static const struct {
        uint32_t from;
        const char *etcd, *more;
        bool is_good;
        size_t warnings;
        const char *note; /* NULL: none */
    } rows[] = {
        {36, "3.6.10", "", true, 0,
         "rounds: etcd 3.6.11 (cp1 cp2 cp3), 1.37.4 (cp1 cp2 cp3, then 1 worker, at most 1 at "
         "once)"},
        {36, "3.6.10", OWN_ETCD("\"image_repository\":\"own.example\""), false, 0, NULL},
        {36, "3.6.10", OWN_ETCD("\"image_tag\":\"3.6.10-0\""), true, 0, NULL},
        {36, "3.6.11", "", true, 0, NULL},
        {33, "3.5.24", "", true, 1, NULL},
        {33, "3.5.26", "", true, 0, NULL},
        {35, "3.6.5", "", true, 0, NULL},
    };
    for (size_t i = 0; i < 2 * ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned;
        KubeVersion from;
        uint32_t minor = rows[i / 2].from;
        open_cluster(&cluster, minor, 0);
        make_objects(&cluster, minor, minor + 1, rows[i / 2].more, &prior, &planned);
        ResourceCase *c = &cluster.c;
        cluster.etcd = rows[i / 2].etcd;
        Value version = object_attribute(prior, "kubernetes_version");
        prior = object_with(planned, "kubernetes_version", version, c->arena);
        if (i % 2) {
            if (run(&cluster, prior, planned, &from) != rows[i / 2].is_good)
                fail_msg("%zu: %.*s", i,
                         STR_ARG(c->diags.count ? c->diags.items[0].detail : STR("")));
            check_str(strbuf_str(&cluster.log),
                      rows[i / 2].note ? "pull pull pull etcd-cp2 etcd-cp3 moved etcd-cp1 " : "");
        } else {
            PlanResponse response;
            assert_int_equal(plan(&cluster, prior, planned, &response), rows[i / 2].is_good);
            assert_int_equal(c->diags.count - c->diags.error_count, rows[i / 2].warnings);
            assert_int_equal(response.notes.count, rows[i / 2].note != NULL);
            if (rows[i / 2].note)
                check_str(response.notes.items[0].text, rows[i / 2].note);
        }
        assert_true(rows[i / 2].is_good || says(&cluster, "3.6.11 or later"));
        close_cluster(&cluster);
    }
}

/* Sets the patches of the members, and their kubeadm_host of this version, with a bundle or
 * without, and with an image; NULL: none. */
static FoundObjects make_host(Cluster *cluster, uint32_t minor, bool has_bundle,
                              const char *image) {
    ResourceCase *c = &cluster->c;
    const ResourceType *former = c->type;
    Str settings =
        image ? str_format(c->arena, "\"image registry.k8s.io/%s\":\"present\"", image) : STR_EMPTY;
    c->type = &kubeadm_host;
    c->schema = &kubeadm_host.schema;
    FoundObject host = {
        STR("kubeadm_host.a"),
        case_config(c,
                    str_to_cstr(str_format(c->arena,
                                           "{" LINK ",\"host\":\"10.0.0.1\","
                                           "\"kubernetes_version\":\"1.%u.4\",%s"
                                           "\"settings\":{%.*s}}",
                                           minor, has_bundle ? "\"bundle\":{\"path\":\"/b\"}," : "",
                                           STR_ARG(settings)),
                                c->arena))};
    FoundObjects hosts = {0};
    vec_push(c->arena, &hosts, host);
    c->type = former;
    c->schema = &former->schema;
    return hosts;
}

static void set_etcd(Cluster *cluster, uint32_t first, uint32_t others) {
    for (size_t i = 0; i < cluster->members; i++)
        cluster->machines[i].etcd = i == 0 ? first : others;
}

#define LACKS "\"registry.k8s.io/etcd:3.6.11-0\""
#define NOTE(version, members)                                                                     \
    "rounds: etcd " version " (" members "), 1.37.4 (cp1 cp2 cp3, then 1 worker, at most 1 at "    \
    "once)"

/* Where the image comes from, and which members get it. */
static void test_patch(void **) {
    static const struct {
        int state; /* kubeadm_host: -1: none, 0: without a bundle, 1: with one */
        int planned;
        const char *image; /* that it brings */
        uint32_t first;    /* patch of the first member */
        const char *note, *error, *log;
    } rows[] = {
        {-1, -1, NULL, 8, NOTE("3.6.11", "cp1 cp2 cp3"), NULL,
         "pull pull pull etcd-cp2 etcd-cp3 moved etcd-cp1 "},
        {-1, -1, NULL, 12, NOTE("3.6.11", "cp2 cp3"), NULL, "pull pull etcd-cp2 etcd-cp3 "},
        {0, -1, NULL, 8, NOTE("3.6.11", "cp1 cp2 cp3"), NULL, NULL},
        /* A bundle with programs only: the images come from the registry. */
        {1, 1, NULL, 8, NOTE("3.6.11", "cp1 cp2 cp3"), NULL, NULL},
        {1, 1, "pause:3.10.2", 8, NULL, LACKS, NULL},
        {1, 1, "etcd:3.6.10-0", 8, NULL, LACKS, NULL},
        {1, 1, "etcd:3.5.30-0", 8, NULL, LACKS, NULL},
        {1, 1, "etcd:3.7.12-0", 8, NULL, LACKS, NULL},
        {1, 1, "etcd:3.6.16-0", 8, NOTE("3.6.16", "cp1 cp2 cp3"), NULL,
         "etcd-cp2 etcd-cp3 moved etcd-cp1 "},
    };
    for (size_t i = 0; i < 2 * ARRAY_COUNT(rows); i++) {
        bool is_plan = i % 2 == 0;
        const char *image = rows[i / 2].image;
        Cluster cluster;
        Value prior, planned;
        KubeVersion from;
        PlanResponse response = {0};
        open_cluster(&cluster, 36, 0);
        make_objects(&cluster, 36, 37, "", &prior, &planned);
        ResourceCase *c = &cluster.c;
        set_etcd(&cluster, rows[i / 2].first, 8);
        /* The state has the kubeadm_host of before, unless it was applied. */
        if (rows[i / 2].state >= 0)
            cluster.hosts = make_host(&cluster, rows[i / 2].planned >= 0 && is_plan ? 36 : 37,
                                      rows[i / 2].state, is_plan ? NULL : image);
        if (rows[i / 2].planned >= 0 && is_plan)
            cluster.planned = make_host(&cluster, 37, rows[i / 2].planned, image);
        for (size_t k = 0; image && k < cluster.members; k++)
            cluster.machines[k].image =
                str_concat(STR("registry.k8s.io/"), str_from_cstr(image), c->arena);
        bool is_good = is_plan ? plan(&cluster, prior, planned, &response)
                               : run(&cluster, prior, planned, &from);
        if (is_good != !rows[i / 2].error)
            fail_msg("%zu: %.*s", i, STR_ARG(c->diags.count ? c->diags.items[0].detail : STR("")));
        assert_true(!rows[i / 2].error || says(&cluster, rows[i / 2].error));
        assert_int_equal(response.notes.count, is_plan && rows[i / 2].note);
        if (response.notes.count)
            check_str(response.notes.items[0].text, rows[i / 2].note);
        if (!is_plan && (rows[i / 2].log || rows[i / 2].error))
            check_str(strbuf_str(&cluster.log), rows[i / 2].log ? rows[i / 2].log : "");
        close_cluster(&cluster);
    }
}

/* A machine whose bundle the plan does not show may have the image in the apply. */
static void test_patch_of_later_bundle(void **) {
    Cluster cluster;
    Value prior, planned;
    KubeVersion from;
    PlanResponse response;
    open_cluster(&cluster, 36, 0);
    make_objects(&cluster, 36, 37, "", &prior, &planned);
    set_etcd(&cluster, 8, 8);
    cluster.hosts = make_host(&cluster, 36, true, NULL);
    check_done(&cluster.c, plan(&cluster, prior, planned, &response));
    check_str(response.notes.items[0].text, NOTE("3.6.11 or later", "cp1 cp2 cp3"));
    /* The first machine has it, another one lacks it: nothing changes. */
    cluster.hosts = make_host(&cluster, 37, true, "etcd:3.6.16-0");
    cluster.machines[0].image = STR("registry.k8s.io/etcd:3.6.16-0");
    cluster.c.call.is_planning = false;
    assert_false(run(&cluster, prior, planned, &from));
    assert_true(says(&cluster, "10.0.0.2 has no image \"registry.k8s.io/etcd:3.6.16-0\""));
    check_str(strbuf_str(&cluster.log), "");
    close_cluster(&cluster);
}

/* The bundle of a version between brings the image, also after all control planes have passed it;
 * kubeadm takes its own etcd of that bundle. */
static void test_patch_of_round(void **) {
    static const struct {
        uint32_t from;
        const char *patch, *note, *log;
    } rows[] = {
        {35, "etcd:3.6.16-0",
         "rounds: 1.36.4 (cp1 cp2 cp3), etcd 3.6.16 (cp1 cp2 cp3), 1.37.4 (cp1 cp2 cp3, then 1 "
         "worker, at most 1 at once)",
         "1.36-cp1 1.36-cp2 1.36-cp3 import import import etcd-cp2 etcd-cp3 moved etcd-cp1 "},
        {36, "etcd:3.6.16-0", NOTE("3.6.16", "cp1 cp2 cp3"),
         "import import import etcd-cp2 etcd-cp3 moved etcd-cp1 "},
        {36, NULL, NULL, NULL},
    };
    char cache[] = "/tmp/rounds-XXXXXX";
    assert_non_null(mkdtemp(cache));
    assert_int_equal(setenv("XDG_CACHE_HOME", cache, 1), 0);
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned;
        KubeVersion from;
        PlanResponse response;
        open_cluster(&cluster, rows[i].from, 0);
        bundle_etcd = "etcd:3.6.8-0";
        bundle_patch = rows[i].patch;
        Arena *arena = cluster.c.arena;
        make_objects(&cluster, rows[i].from, 37, str_to_cstr(bundle_entry(36, "", arena), arena),
                     &prior, &planned);
        set_etcd(&cluster, 6, 6);
        bool is_good = plan(&cluster, prior, planned, &response);
        assert_int_equal(is_good, rows[i].note != NULL);
        if (is_good)
            check_str(response.notes.items[0].text, rows[i].note);
        else
            assert_true(says(&cluster, LACKS));
        cluster.c.call.is_planning = false;
        assert_int_equal(run(&cluster, prior, planned, &from), is_good);
        check_str(strbuf_str(&cluster.log), is_good ? rows[i].log : "");
        close_cluster(&cluster);
    }
    assert_int_equal(disk_remove_tree(&disk_real, str_from_cstr(cache)), 0);
}

/* A member that does not run with the image stops the upgrade, and those before it keep theirs. */
static void test_patch_rollback(void **) {
    Cluster cluster;
    Value prior, planned;
    KubeVersion from;
    open_cluster(&cluster, 36, 0);
    make_objects(&cluster, 36, 37, "", &prior, &planned);
    set_etcd(&cluster, 8, 8);
    cluster.bad_member = 2;
    assert_false(run(&cluster, prior, planned, &from));
    check_str(strbuf_str(&cluster.log), "pull pull pull etcd-cp2 etcd-cp3 back ");
    assert_true(says(&cluster, "no memory"));
    assert_true(says(&cluster, "The member of etcd on \"cp3\" did not get 3.6.11"));
    cluster.bad_member = NODES;
    cluster.log = strbuf_new(cluster.c.arena);
    assert_true(run(&cluster, prior, planned, &from));
    check_str(strbuf_str(&cluster.log), "etcd-cp3 moved etcd-cp1 ");
    close_cluster(&cluster);
}

/* The run dies at each command, before or after it has taken effect; the next one ends whole, and
 * after it nothing is left to do. A step that was killed is completed, also on a member that has
 * the image already. */
static void test_patch_deaths(void **) {
    size_t deaths = 0;
    for (size_t death = 0;; death++) {
        bool ends = false;
        for (int after = 0; after < 2; after++) {
            Cluster cluster;
            Value prior, planned;
            KubeVersion from;
            PlanResponse response;
            open_cluster(&cluster, 36, 0);
            make_objects(&cluster, 36, 37, "", &prior, &planned);
            set_etcd(&cluster, 8, 8);
            cluster.death = death;
            cluster.dies_after = after;
            ends = run(&cluster, prior, planned, &from) && !cluster.is_dead;
            cluster.death = SIZE_MAX;
            cluster.is_dead = false;
            if (!ends)
                cluster.machines[2].is_changing = true;
            if (!ends && !run(&cluster, prior, planned, &from))
                fail_msg("death %zu: %.*s", death, STR_ARG(cluster.c.diags.items[0].detail));
            for (size_t i = 0; i < cluster.members; i++) {
                assert_int_equal(cluster.machines[i].etcd, 11);
                assert_false(cluster.machines[i].is_changing);
            }
            deaths += !ends;
            cluster.log = strbuf_new(cluster.c.arena);
            assert_true(run(&cluster, prior, planned, &from));
            check_str(strbuf_str(&cluster.log), "");
            check_done(&cluster.c, plan(&cluster, prior, planned, &response));
            assert_int_equal(response.notes.count, 0);
            close_cluster(&cluster);
        }
        if (ends)
            break;
    }
    assert_true(deaths > 20);
}

UNIT_MAIN(test_kubeadm_etcd_patch) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_etcd),
        cmocka_unit_test(test_patch),
        cmocka_unit_test(test_patch_of_later_bundle),
        cmocka_unit_test(test_patch_of_round),
        cmocka_unit_test(test_patch_rollback),
        cmocka_unit_test(test_patch_deaths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
