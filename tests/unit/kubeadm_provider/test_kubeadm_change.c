/* kubeadm_change: notes and errors of a plan, and changes of a cluster in memory, with a death at
 * each of their commands. lab/config_change has real ones. */
#include "changed_cluster.h"
#include "kubeadm_preview.h"

static void check_values(const Cluster *cluster, const char *value) {
    for (size_t i = 0; i < MEMBERS; i++)
        check_str(cluster->machines[i].value, value);
    check_str(value_in(cluster->live, cluster->c.arena), value);
    check_str(cluster->former, "");
    /* What the object does not name stays. */
    assert_true(has(cluster->live, "podSubnet: \"10.244.0.0/16\""));
}

static void test_run(void **) {
    Cluster cluster;
    Value prior, planned;
    open_cluster(&cluster);
    make_objects(&cluster, FLAG("old"), FLAG("new"), &prior, &planned);
    if (!run(&cluster, prior, planned))
        fail_msg("%.*s", STR_ARG(cluster.c.diags.items[0].detail));
    check_str(strbuf_str(&cluster.log), "cp1=new cp2=new cp3=new ");
    check_values(&cluster, "new");
    /* The machine of a kubeadm_join has its own address and name. */
    assert_true(has(cluster.input, "advertiseAddress: \"10.0.0.3\""));
    assert_true(has(cluster.input, "name: \"cp3\""));
    assert_true(has(cluster.input, "LOAM_PODS='apiserver'"));
    assert_true(has(cluster.input, "LOAM_SERVER='10.0.0.3:6443'"));
    assert_true(has(cluster.input, "LOAM_CERTIFICATES=''"));
    cluster.log = strbuf_new(cluster.c.arena);
    assert_true(run(&cluster, planned, planned));
    check_str(strbuf_str(&cluster.log), "");
    close_cluster(&cluster);
}

/* An argument that kubeadm reads later changes no pod. */
static void test_later(void **) {
    Cluster cluster;
    Value prior, planned;
    open_cluster(&cluster);
    make_objects(&cluster, FLAG("old"), FLAG("old") ",\"certificate_validity_period\":\"100h\"",
                 &prior, &planned);
    assert_true(run(&cluster, prior, planned));
    check_str(strbuf_str(&cluster.log), "");
    check_values(&cluster, "old");
    assert_true(has(cluster.live, "certificateValidityPeriod: \"100h\""));
    close_cluster(&cluster);
}

static void test_certificate(void **) {
    Cluster cluster;
    Value prior, planned;
    open_cluster(&cluster);
    make_objects(
        &cluster, "",
        "\"api_server\":{\"cert_sans\":[\"api2.example\"]},\"scheduler\":{\"extra_args\":[{"
        "\"name\":\"v\",\"value\":\"9\"}]}",
        &prior, &planned);
    assert_true(run(&cluster, prior, planned));
    assert_true(has(cluster.input, "LOAM_PODS='apiserver scheduler'"));
    assert_true(has(cluster.input, "LOAM_CERTIFICATES='apiserver'"));
    assert_true(has(cluster.input, "\"api2.example\""));
    close_cluster(&cluster);
}

static Value with_file(const Cluster *cluster, Value object, const char *content) {
    Str json =
        str_format(cluster->c.arena, "{\"files\":{\"audit.yaml\":{\"content\":\"%s\"}}}", content);
    ResourceCase c = cluster->c;
    Value files = object_attribute(case_config(&c, str_to_cstr(json, c.arena)), "files");
    return object_with(object, "files", files, c.arena);
}

#define AUDIT                                                                                      \
    "\"api_server\":{\"extra_args\":[{\"name\":\"audit-policy-file\",\"value\":\"/etc/kubernetes/" \
    "loam/audit.yaml\"}]}"
#define VOLUMES "extraVolumes:\n"

/* A file and its volume come with the flag; a content restarts the component that has the flag. */
static void test_files(void **) {
    Cluster cluster;
    Value prior, planned, changed;
    PlanResponse response;
    open_cluster(&cluster);
    make_objects(&cluster, "", AUDIT, &prior, &planned);
    planned = with_file(&cluster, planned, "one");
    assert_true(plan(&cluster, prior, planned, false, &response));
    check_str(response.notes.items[0].text,
              "files below /etc/kubernetes/loam on cp1, cp2, cp3, one at a time: + audit.yaml");
    assert_true(run(&cluster, prior, planned));
    assert_true(has(cluster.input, "\naudit.yaml 0600 b25l\n.\n"));
    assert_true(has(cluster.input, "LOAM_FILES='apiserver'"));
    assert_true(has(cluster.input, "LOAM_PODS='apiserver'"));
    assert_true(has(cluster.live, VOLUMES));
    assert_true(has(cluster.live, "hostPath: \"/etc/kubernetes/loam/audit.yaml\""));
    changed = with_file(&cluster, planned, "two");
    assert_true(plan(&cluster, planned, changed, false, &response));
    assert_int_equal(response.notes.count, 1);
    assert_true(has(response.notes.items[0].text, ": ~ audit.yaml"));
    assert_true(run(&cluster, planned, changed));
    assert_true(has(cluster.input, "audit.yaml 0600 dHdv\n"));
    assert_true(has(cluster.input, "LOAM_PODS='apiserver'"));
    assert_true(has(cluster.live, VOLUMES));
    assert_true(plan(&cluster, changed, prior, false, &response));
    assert_true(has(response.notes.items[0].text, ": - audit.yaml"));
    assert_true(run(&cluster, changed, prior));
    assert_false(has(cluster.live, VOLUMES));
    /* A file that no flag names restarts nothing. */
    assert_true(run(&cluster, prior, with_file(&cluster, prior, "one")));
    assert_true(has(cluster.input, "LOAM_FILES='none'"));
    assert_true(has(cluster.input, "LOAM_PODS=''"));
    close_cluster(&cluster);
}

/* A control plane that joins later gets the files of the kubeadm_init in the state. */
static void test_join(void **) {
    Cluster cluster;
    Value prior, planned;
    open_cluster(&cluster);
    make_objects(&cluster, "", AUDIT, &prior, &planned);
    for (int has_files = 0; has_files < 2; has_files++) {
        SCOPED(SshLink) link = {0};
        KubeadmNode node;
        FoundObject init = {STR("kubeadm_init.x"),
                            has_files ? with_file(&cluster, planned, "one") : planned};
        ResourceCase *c = &cluster.c;
        cluster.inits = (FoundObjects){0};
        vec_push(c->arena, &cluster.inits, init);
        cluster.input = STR_EMPTY;
        assert_true(kubeadm_node_open(case_call(c), cluster.joins.items[0].object, STR("i1"), &link,
                                      &node, &c->diags));
        assert_true(kubeadm_member_place_files(&node, &c->diags));
        check_str(cluster.input, has_files ? "audit.yaml 0600 b25l\n" : "");
    }
    close_cluster(&cluster);
}

/* Places the files of a joining control plane; `given`: their content, if the apply has it. */
static bool place_files(Cluster *cluster, const char *given) {
    SCOPED(SshLink) link = {0};
    KubeadmNode node;
    ResourceCase *c = &cluster->c;
    ObjectBuilder contents = object_builder_new(c->arena);
    assert_true(kubeadm_node_open(case_call(c), cluster->joins.items[0].object, STR("i1"), &link,
                                  &node, &c->diags));
    if (given) {
        object_builder_put(&contents, STR("audit.yaml"), value_from_cstr(given));
        node.contents = object_builder_map(&contents, &TYPE_STRING);
    }
    return kubeadm_member_place_files(&node, &c->diags);
}

/* Contents that the state does not have come from the configuration, or from a control plane. */
static void test_write_only_files(void **) {
    static const struct {
        const char *files, *given, *placed; /* placed NULL: an error */
    } rows[] = {
        {NULL, "one", "audit.yaml 0600 b25l\n"},
        {"file audit.yaml dHdv\n", NULL, "audit.yaml 0600 dHdv\n"},
        {NULL, NULL, NULL},
        {"file other dHdv\n", NULL, NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned;
        open_cluster(&cluster);
        make_objects(&cluster, "", AUDIT, &prior, &planned);
        ResourceCase *c = &cluster.c;
        Value files = object_attribute(
            case_config(c, "{\"files\":{\"audit.yaml\":{\"content_wo_version\":1}}}"), "files");
        FoundObject init = {STR("kubeadm_init.x"), object_with(planned, "files", files, c->arena)};
        vec_push(c->arena, &cluster.inits, init);
        cluster.files = rows[i].files;
        cluster.input = STR_EMPTY;
        if (place_files(&cluster, rows[i].given) != (rows[i].placed != NULL))
            fail_msg("%zu: %.*s", i, STR_ARG(c->diags.count ? c->diags.items[0].detail : STR("")));
        check_str(cluster.input, rows[i].placed ? rows[i].placed : "");
        check_str(cluster.asked, rows[i].given ? "" : "audit.yaml\n");
        if (!rows[i].placed)
            check_str(c->diags.items[0].summary, "Contents of files not known");
        close_cluster(&cluster);
    }
}

/* A change begins when the members of etcd have one version. */
static void test_versions_of_etcd(void **) {
    Cluster cluster;
    Value prior, planned;
    open_cluster(&cluster);
    make_objects(&cluster, FLAG("false"), FLAG("true"), &prior, &planned);
    cluster.etcd = 8;
    assert_false(run(&cluster, prior, planned));
    assert_true(says(&cluster, "members of etcd have versions from 3.6.8 to 3.6.11"));
    assert_false(cluster.former.len);
    cluster.etcd = 0;
    assert_true(run(&cluster, prior, planned));
    close_cluster(&cluster);
}

#define REGISTRY(name) "\"image_repository\":\"" name "\""

static Value with_version(ResourceCase *c, Value object, const char *version) {
    return object_with_text(object, "kubernetes_version", str_from_cstr(version), c->arena);
}

/* Another registry comes with another version alone, unless the machine already has its images. */
static void test_registry(void **) {
    static const struct {
        const char *before, *after, *version, *machine, *error;
    } rows[] = {
        {"", REGISTRY("mirror.example"), "1.35.4", "registry.k8s.io", NULL},
        {REGISTRY("mirror.example"), "", "1.35.4", "mirror.example", NULL},
        {"", REGISTRY("mirror.example"), "1.34.4", "registry.k8s.io",
         "only with another version of Kubernetes"},
        {REGISTRY("mirror.example"), "", "1.34.4", "mirror.example",
         "only with another version of Kubernetes"},
        {"", REGISTRY("mirror.example"), "1.34.4", "mirror.example", NULL},
        {REGISTRY("mirror.example"), "", "1.34.4", "registry.k8s.io", NULL},
        {"", REGISTRY("mirror.example") "," FLAG("x"), "1.35.4", "registry.k8s.io",
         "another version of Kubernetes. Apply one change after the other"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned;
        PlanResponse response;
        open_cluster(&cluster);
        make_objects(&cluster, rows[i].before, rows[i].after, &prior, &planned);
        ResourceCase *c = &cluster.c;
        planned = with_version(c, planned, rows[i].version);
        cluster.version = str_to_cstr(
            str_format(c->arena, "v1.34.4\nserver_repository %s", rows[i].machine), c->arena);
        if (plan(&cluster, prior, planned, false, &response) != !rows[i].error)
            fail_msg("%zu: %.*s", i, STR_ARG(c->diags.count ? c->diags.items[0].detail : STR("")));
        assert_true(!rows[i].error || says(&cluster, rows[i].error));
        close_cluster(&cluster);
    }
}

/* Twice: a killed run is repeated. */
static void set_registry(Cluster *cluster, Value prior, Value planned) {
    SCOPED(SshLink) link = {0};
    KubeadmNode node;
    ResourceCase *c = &cluster->c;
    assert_true(kubeadm_node_open(case_call(c), planned, STR("i0"), &link, &node, &c->diags));
    assert_true(kubeadm_change_set_repository(&node, prior, &c->diags));
    assert_true(kubeadm_change_set_repository(&node, prior, &c->diags));
}

/* kubeadm reads it in its ConfigMap when it upgrades. */
static void test_set_registry(void **) {
    static const struct {
        const char *before, *after, *version;
        const char *live; /* NULL: as before */
    } rows[] = {
        {"", REGISTRY("mirror.example"), "1.35.4", "\nimageRepository: \"mirror.example\"\n"},
        {REGISTRY("mirror.example"), REGISTRY("mirror.example"), "1.35.4",
         "\nimageRepository: \"mirror.example\"\n"},
        {REGISTRY("mirror.example"), "", "1.35.4", "\nimageRepository: \"registry.k8s.io\"\n"},
        {"", "", "1.35.4", NULL},
        {"", REGISTRY("mirror.example"), "1.34.4", NULL},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned;
        open_cluster(&cluster);
        make_objects(&cluster, rows[i].before, rows[i].after, &prior, &planned);
        set_registry(&cluster, prior, with_version(&cluster.c, planned, rows[i].version));
        check_str(strbuf_str(&cluster.log), rows[i].live ? "registry " : "");
        if (rows[i].live && !has(cluster.live, rows[i].live))
            fail_msg("%zu: %.*s", i, STR_ARG(cluster.live));
        close_cluster(&cluster);
    }
}

static bool loses(void *payload, Str text) {
    const Cluster *cluster = payload;
    return str_equal_cstr(text, cluster->lost);
}

/* The machine of the object is replaced, whose snapshot is gone: it joins, if another control plane
 * responds that stays. */
static void test_restored(void **) {
    static const struct {
        int down;         /* of the other control planes */
        bool is_newly;    /* the snapshot is another one than before */
        const char *lost; /* host that this plan removes, too */
        bool is_good;
    } rows[] = {
        {0, false, "none", true},     {1, false, "none", true},      {2, false, "none", false},
        {0, false, "10.0.0.3", true}, {1, false, "10.0.0.3", false}, {0, true, "none", false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned;
        open_cluster(&cluster);
        make_objects(&cluster, FLAG("old"), FLAG("old"), &prior, &planned);
        ResourceCase *c = &cluster.c;
        Value restore =
            object_attribute(case_config(c, "{\"restore\":{\"path\":\"/gone/a\"}}"), "restore");
        Value other =
            object_attribute(case_config(c, "{\"restore\":{\"path\":\"/gone/b\"}}"), "restore");
        prior = object_with(prior, "restore", rows[i].is_newly ? other : restore, c->arena);
        planned = object_with(planned, "restore", restore, c->arena);
        planned = object_with_text(planned, "host", STR("10.0.0.4"), c->arena);
        cluster.lost = rows[i].lost;
        c->call.loses = loses;
        cluster.machines[1].is_down = rows[i].down > 0;
        cluster.machines[2].is_down = rows[i].down > 1;
        c->diags = diags_new(c->arena);
        if (case_plan_from(c, prior, planned) != rows[i].is_good)
            fail_msg("%zu: %.*s", i,
                     STR_ARG(c->diags.count ? c->diags.items[0].detail : STR("no error")));
        assert_true(rows[i].is_good || says(&cluster, "/gone/a"));
        close_cluster(&cluster);
    }
}

/* A plan that replaces the last control plane would bring the data of the former snapshot back. */
static void test_restored_last(void **) {
    for (int i = 0; i < 4; i++) {
        bool is_single = i & 1, has_restore = i & 2;
        Cluster cluster;
        Value prior, planned;
        open_cluster(&cluster);
        make_objects(&cluster, FLAG("old"), FLAG("old"), &prior, &planned);
        ResourceCase *c = &cluster.c;
        Value restore =
            object_attribute(case_config(c, "{\"restore\":{\"path\":\"/gone/a\"}}"), "restore");
        if (has_restore) {
            prior = object_with(prior, "restore", restore, c->arena);
            planned = object_with(planned, "restore", restore, c->arena);
        }
        cluster.lost = "10.0.0.1";
        cluster.is_single = is_single;
        c->call.loses = loses;
        c->call.is_planning = true;
        c->diags = diags_new(c->arena);
        assert_int_equal(case_plan_from(c, prior, planned), !is_single);
        assert_true(!is_single || says(&cluster, "last control plane"));
        close_cluster(&cluster);
    }
}

/* The first machine shows that a change has not ended. */
static void test_refresh(void **) {
    Cluster cluster;
    Value prior, planned;
    open_cluster(&cluster);
    make_objects(&cluster, FLAG("old"), FLAG("new"), &prior, &planned);
    for (int is_changing = 1; is_changing >= 0; is_changing--) {
        ResourceCase *c = &cluster.c;
        ReadRequest request = {.state = prior};
        bool is_restoring;
        cluster.former = is_changing ? STR("x") : STR_EMPTY;
        assert_true(
            kubeadm_refresh_read(case_call(c), &request, true, &prior, &is_restoring, &c->diags));
        Value found = object_attribute(prior, "change_unfinished");
        assert_true(value_equal(found, value_bool(is_changing)));
    }
    close_cluster(&cluster);
}

/* The first control plane rejects the flag: the cluster is as before. A later one: the change is
 * not finished, until the next apply. */
static void test_rollback(void **) {
    Cluster cluster;
    Value prior, planned, other;
    open_cluster(&cluster);
    make_objects(&cluster, FLAG("old"), FLAG("bad"), &prior, &planned);
    assert_false(run(&cluster, prior, planned));
    check_str(strbuf_str(&cluster.log), "cp1 rolled back ");
    assert_true(says(&cluster, "unknown flag"));
    check_values(&cluster, "old");
    /* The former pods do not respond, either. */
    cluster.bad_status = 21;
    assert_false(run(&cluster, prior, planned));
    assert_true(says(&cluster, "look at the machine"));
    assert_true(cluster.former.len > 0);
    make_objects(&cluster, FLAG("old"), FLAG("newer"), &prior, &other);
    cluster.machines[1].is_down = true; /* and another machine was left by a dead step */
    cluster.log = strbuf_new(cluster.c.arena);
    assert_true(run(&cluster, prior, other));
    check_str(strbuf_str(&cluster.log),
              "cp2 restored cp1=newer cp2=newer cp3=newer etcd2 etcd3 moved etcd1 ");
    assert_true(has(cluster.input, "LOAM_PODS='apiserver controller-manager scheduler'"));
    check_values(&cluster, "newer");
    close_cluster(&cluster);
}

/* The run dies at each command, before or after it has taken effect; the next apply of the new or
 * of the former configuration ends whole. */
static void test_deaths(void **) {
    size_t deaths = 0;
    for (size_t death = 0;; death++) {
        bool ends = false;
        for (int kind = 0; kind < 4; kind++) {
            Cluster cluster;
            Value prior, planned;
            open_cluster(&cluster);
            make_objects(&cluster, FLAG("old"), FLAG("new"), &prior, &planned);
            cluster.death = death;
            cluster.dies_after = kind & 1;
            ends = run(&cluster, prior, planned) && !cluster.is_dead;
            cluster.death = SIZE_MAX;
            cluster.is_dead = false;
            /* A change whose end alone is not recorded is done. */
            bool is_done = !cluster.former.len && str_equal(cluster.machines[0].value, STR("new"));
            bool goes_back = (kind & 2) && !ends && !is_done;
            if (!ends && !run(&cluster, prior, goes_back ? prior : planned))
                fail_msg("death %zu: %.*s", death, STR_ARG(cluster.c.diags.items[0].detail));
            check_values(&cluster, goes_back ? "old" : "new");
            deaths += !ends;
            close_cluster(&cluster);
        }
        if (ends)
            break;
    }
    assert_true(deaths > 60);
}

static void test_refused(void **) {
    static const struct {
        const char *version;
        const char *live;
        bool lacks_member;
        const char *detail;
    } rows[] = {
        {"v1.33.4", FORMER, false, "\"cp1\" has 1.33.4 and the cluster 1.34.4"},
        {"v1.34.4", "apiVersion: \"kubeadm.k8s.io/v1beta3\"\nkind: \"ClusterConfiguration\"\n",
         false, "\"kubeadm.k8s.io/v1beta3\""},
        {"v1.34.4", "", false, "has no ClusterConfiguration"},
        {"v1.34.4", FORMER, true, "with the address 10.0.0.3"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned;
        open_cluster(&cluster);
        make_objects(&cluster, FLAG("old"), FLAG("new"), &prior, &planned);
        cluster.version = rows[i].version;
        cluster.live = str_from_cstr(rows[i].live);
        cluster.joins.count -= rows[i].lacks_member;
        assert_false(run(&cluster, prior, planned));
        if (!says(&cluster, rows[i].detail))
            fail_msg("%zu: %.*s", i, STR_ARG(cluster.c.diags.items[0].detail));
        check_str(strbuf_str(&cluster.log), "");
        close_cluster(&cluster);
    }
}

/* Plans. */

#define SERVER(lists) "\"api_server\":{" lists "}"
#define ARGS(items)   "\"extra_args\":[" items "]"
#define ARG(n, v)     "{\"name\":\"" n "\",\"value\":\"" v "\"}"
#define VOLUME(path)  "{\"name\":\"x\",\"host_path\":\"" path "\",\"mount_path\":\"/x\"}"
#define ON            " on cp1, cp2, cp3, one at a time: "

static void test_notes(void **) {
    static const struct {
        const char *before;
        const char *after;
        const char *notes; /* one a line */
    } rows[] = {
        {"", "", ""},
        {"", SERVER(ARGS(ARG("a", "1"))), "kube-apiserver" ON "+ --a=1\n"},
        {SERVER(ARGS(ARG("a", "1"))), "", "kube-apiserver" ON "- --a\n"},
        {SERVER(ARGS(ARG("a", "1") "," ARG("b", "2"))),
         SERVER(ARGS(ARG("b", "3") "," ARG("a", "1"))),
         "kube-apiserver" ON "~ --b \"2\" -> \"3\"\n"},
        {SERVER(ARGS(ARG("a", "1"))), SERVER(ARGS(ARG("a", "1") "," ARG("a", "2"))),
         "kube-apiserver" ON "~ --a \"1\" -> \"1, 2\"\n"},
        {SERVER("\"extra_volumes\":[" VOLUME("/a") "]"),
         SERVER("\"extra_volumes\":[" VOLUME("/b") "],\"extra_envs\":[" ARG("E", "1") "]"),
         "kube-apiserver" ON "~ volume x + variable E\n"},
        {SERVER("\"cert_sans\":[\"a\",\"b\"]"),
         SERVER("\"cert_sans\":[\"b\",\"c\"]") ",\"scheduler\":{" ARGS(ARG("s", "secret")) "}",
         "kube-scheduler" ON "+ --s=(sensitive value)\ncertificate of kube-apiserver" ON
         "+ c - a\n"},
    };
    StrVec secrets = {0};
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned;
        PlanResponse response;
        open_cluster(&cluster);
        vec_push(cluster.c.arena, &secrets, STR("secret"));
        cluster.c.call.secrets = &secrets;
        make_objects(&cluster, rows[i].before, rows[i].after, &prior, &planned);
        assert_true(plan(&cluster, prior, planned, false, &response));
        StrBuf out = strbuf_new(cluster.c.arena);
        vec_each(&response.notes, note)
            strbuf_add_format(&out, "%.*s\n", STR_ARG(note->text));
        check_str(strbuf_str(&out), rows[i].notes);
        close_cluster(&cluster);
        secrets = (StrVec){0};
    }
}

/* One control plane: the API does not respond for a while. An unfinished change is a note, too. */
static void test_single(void **) {
    Cluster cluster;
    Value prior, planned;
    PlanResponse response;
    open_cluster(&cluster);
    make_objects(&cluster, "", SERVER(ARGS(ARG("a", "1"))), &prior, &planned);
    cluster.joins.count = 0;
    prior = object_with(prior, "change_unfinished", value_bool(true), cluster.c.arena);
    assert_true(plan(&cluster, prior, planned, false, &response));
    assert_int_equal(response.notes.count, 3);
    check_str(response.notes.items[0].text, "kube-apiserver on cp1: + --a=1");
    check_str(response.notes.items[1].text, "the API does not respond for up to a minute");
    check_str(response.notes.items[2].text,
              "completes a change of the configuration that was interrupted");
    close_cluster(&cluster);
}

/* kubeadm would render manifests of another version, or the machine is not there yet. */
static void test_alone(void **) {
    Cluster cluster;
    Value prior, planned, newer;
    PlanResponse response;
    open_cluster(&cluster);
    make_objects(&cluster, FLAG("old"), FLAG("new"), &prior, &planned);
    Arena *arena = cluster.c.arena;
    newer = object_with(planned, "kubernetes_version", value_from_cstr("1.34.5"), arena);
    assert_false(plan(&cluster, prior, newer, false, &response));
    assert_true(says(&cluster, "another version of Kubernetes"));
    assert_false(plan(&cluster, prior, planned, true, &response));
    assert_true(says(&cluster, "joins the cluster"));
    newer = object_with(prior, "kubernetes_version", value_from_cstr("1.34.5"), arena);
    assert_true(plan(&cluster, prior, newer, true, &response));
    prior = object_with(prior, "change_unfinished", value_bool(true), arena);
    assert_false(plan(&cluster, prior, newer, false, &response));
    assert_true(says(&cluster, "an earlier change is not finished"));
    close_cluster(&cluster);
}

/* A change by hand on a machine is lost with the manifest, unless the plan has it, too. */
static void test_preview(void **) {
    static const char *const differences[] = {
        "kube-apiserver + --profiling=new\nkube-scheduler + --v=9\n",
        "kube-apiserver + --v=4\nkube-apiserver - --v=2\nkube-apiserver other\n"};
    static const struct {
        bool is_planning;
        bool is_unfinished;
        bool changes;
        bool responds;
        size_t notes;
        const char *note; /* the last one */
    } rows[] = {
        {true, false, true, true, 1,
         "kube-apiserver on cp2 differs from the configuration of the cluster, and loses that: + "
         "--v=4 - --v=2 other lines of the manifest"},
        {false, false, true, true, 0, NULL},
        {true, true, true, true, 0, NULL},
        {true, false, false, true, 0, NULL},
        {true, false, true, false, 3,
         "static pods on cp3 were not compared with the configuration of the cluster: the machine "
         "does not respond"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        Value prior, planned;
        PlanResponse response = {0};
        open_cluster(&cluster);
        make_objects(&cluster, FLAG("old"), rows[i].changes ? FLAG("new") : FLAG("old"), &prior,
                     &planned);
        ResourceCase *c = &cluster.c;
        for (size_t k = 0; k < ARRAY_COUNT(differences); k++)
            cluster.machines[k].differences = differences[k];
        cluster.death = rows[i].responds ? SIZE_MAX : 0;
        c->call.is_planning = rows[i].is_planning;
        if (rows[i].is_unfinished)
            prior = object_with(prior, "change_unfinished", value_bool(true), c->arena);
        PlanRequest request = {.prior = prior, .proposed = planned, .config = planned};
        kubeadm_preview_plan(case_call(c), &request, &response, &c->diags);
        assert_int_equal(response.notes.count, rows[i].notes);
        if (rows[i].note)
            check_str(response.notes.items[rows[i].notes - 1].text, rows[i].note);
        assert_int_equal(cluster.commands > 0, rows[i].note != NULL);
        assert_int_equal(str_starts_with(cluster.input, STR("apiserver\n")), i == 0);
        assert_int_equal(has(cluster.input, "InitConfiguration"), i == 0);
        close_cluster(&cluster);
    }
}

UNIT_MAIN(test_kubeadm_change) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_run),
        cmocka_unit_test(test_later),
        cmocka_unit_test(test_certificate),
        cmocka_unit_test(test_rollback),
        cmocka_unit_test(test_deaths),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_notes),
        cmocka_unit_test(test_single),
        cmocka_unit_test(test_alone),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_write_only_files),
        cmocka_unit_test(test_versions_of_etcd),
        cmocka_unit_test(test_registry),
        cmocka_unit_test(test_set_registry),
        cmocka_unit_test(test_join),
        cmocka_unit_test(test_refresh),
        cmocka_unit_test(test_restored),
        cmocka_unit_test(test_restored_last),
        cmocka_unit_test(test_preview),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
