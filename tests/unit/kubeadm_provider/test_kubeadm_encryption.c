/* kubeadm_encryption: plans, and whole changes in a cluster in memory. The run dies after each
 * command and each phase. lab/encryption has real clusters. */
#include "encrypted_cluster.h"

#include "kubeadm_encryption.h"
#include "kubeadm_member.h"

#define WISH(provider, version)                                                                    \
    "{\"provider\":\"" provider "\",\"resources\":[\"secrets\"],\"key_version\":" #version         \
    ",\"retain_keys\":1}"

/* The stored object with another argument; empty: null. */
static Value wanted(Cluster *cluster, const char *argument) {
    ResourceCase *c = &cluster->c;
    const Type *type = object_attribute_type(cluster->state.type, "encryption_at_rest");
    Value value = value_null(type);
    if (*argument) {
        Str text = str_format(c->arena, "{\"encryption_at_rest\":%s}", argument);
        value = object_attribute(case_config(c, str_to_cstr(text, c->arena)), "encryption_at_rest");
    }
    return object_with(cluster->state, "encryption_at_rest", value, c->arena);
}

static KubeadmNode open_node(Cluster *cluster, Value object, SshLink *link) {
    ResourceCase *c = &cluster->c;
    KubeadmNode node;
    c->diags = diags_new(c->arena);
    assert_true(kubeadm_node_open(case_call(c), object, STR("i0"), link, &node, &c->diags));
    node.is_control_plane = true;
    return node;
}

static bool run(Cluster *cluster, const char *argument) {
    SCOPED(SshLink) link = {0};
    ResourceCase *c = &cluster->c;
    Value object = wanted(cluster, argument), state = cluster->state;
    KubeadmNode node = open_node(cluster, object, &link);
    bool is_good = kubeadm_encryption_update(&node, &state, &c->diags);
    cluster->state = object_with(state, "encryption_at_rest",
                                 object_attribute(object, "encryption_at_rest"), c->arena);
    return is_good;
}

static void must_run(Cluster *cluster, const char *argument) {
    if (!run(cluster, argument))
        fail_msg("%s: %.*s", argument, STR_ARG(cluster->c.diags.items[0].detail));
}

static EtcdEncryption stored(const Cluster *cluster) {
    return etcd_encryption_read(object_attribute(cluster->state, "encryption_state"),
                                cluster->c.arena);
}

/* All objects have this provider, by the current key; empty: none. */
static void check_objects(const Cluster *cluster, const char *provider) {
    EtcdEncryption now = stored(cluster);
    const EncryptionKey *key = etcd_encryption_find(&now, now.current);
    assert_false(now.is_changing);
    check_str(key ? key->provider : STR_EMPTY, provider);
    Str prefix = key ? encryption_file_prefix(key, cluster->c.arena) : STR_EMPTY;
    for (size_t i = 0; i < OBJECTS; i++) {
        if (cluster->objects[i].exists)
            assert_true(str_equal(cluster->objects[i].key, prefix));
    }
    assert_false(cluster->objects[CANARY].exists);
    for (size_t i = 0; i < cluster->members; i++) {
        StrVec known = known_prefixes(&cluster->machines[i], cluster->c.arena);
        assert_int_equal(known.count, 1);
        assert_true(str_equal(known.items[0], prefix));
        assert_int_equal(cluster->machines[i].file.len > 0, key != NULL);
    }
    assert_int_equal(has(cluster->live, ENCRYPTION_FILE_FLAG), key != NULL);
    check_str(cluster->former, "");
}

/* On, rotation, another provider, off. The first and the last restart the API servers. */
static void test_life(void **) {
    Cluster cluster;
    open_cluster(&cluster);
    must_run(&cluster, WISH("secretbox", 1));
    check_objects(&cluster, "secretbox");
    assert_int_equal(cluster.patches, OBJECTS);
    assert_int_equal(cluster.machines[1].restarts, 1);
    Str first = stored(&cluster).current;
    must_run(&cluster, WISH("secretbox", 2));
    check_objects(&cluster, "secretbox");
    assert_false(str_equal(stored(&cluster).current, first));
    assert_int_equal(stored(&cluster).keys.count, 2);
    must_run(&cluster, WISH("aesgcm", 2));
    check_objects(&cluster, "aesgcm");
    /* retain_keys is 1 */
    assert_int_equal(stored(&cluster).keys.count, 2);
    EtcdEncryption now = stored(&cluster);
    assert_null(etcd_encryption_find(&now, first));
    assert_int_equal(cluster.machines[0].restarts, 1);
    assert_int_equal(cluster.machines[1].restarts, 1);
    size_t commands = cluster.commands;
    must_run(&cluster, WISH("aesgcm", 2));
    assert_int_equal(cluster.commands, commands);
    must_run(&cluster, "");
    check_objects(&cluster, "");
    assert_int_equal(cluster.machines[1].restarts, 2);
    assert_int_equal(stored(&cluster).keys.count, 2);
    close_cluster(&cluster);
}

/* The plugin's socket needs a volume, so the API servers restart for it. */
static void test_kms(void **) {
    Cluster cluster;
    open_cluster(&cluster);
    must_run(&cluster, WISH("secretbox", 1));
    must_run(&cluster, "{\"provider\":\"kms\",\"resources\":[\"secrets\"],\"key_version\":1,"
                       "\"retain_keys\":1,\"socket\":\"unix:///run/kms/kms.sock\"}");
    check_objects(&cluster, "kms");
    assert_true(has(cluster.live, "hostPath: \"/run/kms\""));
    assert_int_equal(cluster.machines[0].restarts, 2);
    must_run(&cluster, WISH("secretbox", 2));
    check_objects(&cluster, "secretbox");
    assert_false(has(cluster.live, "/run/kms"));
    close_cluster(&cluster);
}

#define KMS(version)                                                                               \
    "{\"provider\":\"kms\",\"resources\":[\"secrets\"],\"key_version\":" version                   \
    ",\"socket\":\"unix:///run/kms/kms.sock\"}"

/* Nothing changes unless the plugin responds on all control planes: the new one, and the former
 * one, which decrypts. */
static void test_dead_plugin(void **) {
    static const char *const wishes[] = {KMS("1"), KMS("2"), WISH("secretbox", 3)};
    Cluster cluster;
    open_cluster(&cluster);
    must_run(&cluster, WISH("secretbox", 1));
    for (size_t i = 0; i < ARRAY_COUNT(wishes); i++) {
        Value before = cluster.state;
        Str file = cluster.machines[0].file;
        size_t restarts = cluster.machines[0].restarts, patches = cluster.patches;
        cluster.dead_plugin = 2;
        assert_false(run(&cluster, wishes[i]));
        check_str(cluster.c.diags.items[0].summary, "Plugin of keys does not respond");
        assert_true(has(cluster.c.diags.items[0].detail,
                        "On cp2, no process listens at /run/kms/kms.sock."));
        assert_true(value_identical(object_attribute(before, "encryption_state"),
                                    object_attribute(cluster.state, "encryption_state")));
        check_str(cluster.machines[0].file, str_to_cstr(file, cluster.c.arena));
        assert_int_equal(cluster.machines[0].restarts, restarts);
        assert_int_equal(cluster.patches, patches);
        cluster.dead_plugin = 0;
        must_run(&cluster, wishes[i]);
    }
    check_objects(&cluster, "secretbox");
    close_cluster(&cluster);
}

/* An API server that does not load the file restarts; others do not. */
static void test_stuck(void **) {
    Cluster cluster;
    open_cluster(&cluster);
    must_run(&cluster, WISH("secretbox", 1));
    cluster.machines[1].is_stuck = true;
    must_run(&cluster, WISH("secretbox", 2));
    check_objects(&cluster, "secretbox");
    assert_int_equal(cluster.machines[0].restarts, 1);
    assert_int_equal(cluster.machines[1].restarts, 4);
    close_cluster(&cluster);
}

/* Another client changes an object, and one is deleted. */
static void test_others(void **) {
    Cluster cluster;
    open_cluster(&cluster);
    must_run(&cluster, WISH("secretbox", 1));
    cluster.objects[2].is_changed = true;
    cluster.objects[5].exists = false;
    must_run(&cluster, WISH("secretbox", 2));
    check_objects(&cluster, "secretbox");
    close_cluster(&cluster);
}

/* Objects with a key that loam has not made. */
static void test_unknown_key(void **) {
    Cluster cluster;
    open_cluster(&cluster);
    Str file = STR("{\"resources\":[{\"resources\":[\"secrets\"],\"providers\":[{\"aescbc\":"
                   "{\"keys\":[{\"name\":\"other\"}]}}]}]}");
    for (size_t i = 0; i < MEMBERS; i++)
        cluster.machines[i].loaded = file; /* from another place */
    for (size_t i = 0; i < OBJECTS; i++)
        write_object(&cluster, 0, i);
    assert_false(run(&cluster, WISH("secretbox", 1)));
    check_str(cluster.c.diags.items[0].summary, "Objects are encrypted already");
    assert_true(str_equal(cluster.machines[0].loaded, file));
    close_cluster(&cluster);
}

typedef struct Step {
    const char *argument;
    const char *provider;
} Step;

static const Step steps[] = {
    {WISH("secretbox", 1), "secretbox"},
    {WISH("aescbc", 2), "aescbc"},
    {"", ""},
};

/* The run dies at each command, before or after its effect; the next apply ends whole. With
 * `gives_up`, the user wants something else then. */
static bool try_death(const Step *step, size_t death, int kind, bool gives_up) {
    Cluster cluster;
    open_cluster(&cluster);
    for (const Step *one = steps; one < step; one++)
        must_run(&cluster, one->argument);
    cluster.death = kind < 2 ? cluster.commands + death : SIZE_MAX;
    cluster.dies_after = kind & 1;
    cluster.fatal_keep = kind == 2 ? cluster.keeps + death : SIZE_MAX;
    bool ends = run(&cluster, step->argument) && !cluster.is_dead;
    cluster.death = cluster.fatal_keep = SIZE_MAX;
    cluster.is_dead = false;
    if (!ends) {
        int64_t phase = stored(&cluster).phase;
        const Step *last = gives_up ? &(const Step){WISH("aesgcm", 9), "aesgcm"} : step;
        must_run(&cluster, last->argument);
        check_objects(&cluster, last->provider);
        assert_true(phase < ETCD_ENCRYPTION_PHASES);
    }
    close_cluster(&cluster);
    return ends;
}

static void test_deaths(void **) {
    size_t deaths = 0;
    for (size_t i = 0; i < ARRAY_COUNT(steps); i++) {
        for (int kind = 0; kind < 3; kind++) {
            /* After the effect of a command is before the next one. */
            size_t start = kind == 1, step = kind == 2 ? 1 : 2;
            for (size_t death = start; !try_death(&steps[i], death, kind, death % 3 == 2);
                 death += step)
                deaths++;
        }
    }
    assert_true(deaths > 60);
}

/* A killed run repeats no page of the rewriting that has ended. */
static void test_resume(void **) {
    Cluster cluster;
    open_cluster(&cluster);
    cluster.fatal_keep = 4; /* begin, two phases, and the second page */
    assert_false(run(&cluster, WISH("secretbox", 1)));
    EtcdEncryption now = stored(&cluster);
    assert_int_equal(now.phase, 2);
    assert_int_equal(now.written, 2 * PAGE);
    assert_int_equal(cluster.patches, 2 * PAGE);
    cluster.fatal_keep = SIZE_MAX;
    must_run(&cluster, WISH("secretbox", 1));
    assert_int_equal(cluster.patches, OBJECTS);
    check_objects(&cluster, "secretbox");
    close_cluster(&cluster);
}

/* The state of a run that died is lost, with its key: the machine has it. */
static void test_lost_state(void **) {
    for (size_t keep = 0; keep < 9; keep++) {
        Cluster cluster;
        open_cluster(&cluster);
        must_run(&cluster, WISH("secretbox", 1));
        Value before = cluster.state;
        cluster.fatal_keep = cluster.keeps + keep;
        assert_false(run(&cluster, WISH("secretbox", 2)));
        cluster.fatal_keep = SIZE_MAX;
        cluster.state = before;
        must_run(&cluster, WISH("secretbox", 3));
        check_objects(&cluster, "secretbox");
        assert_int_equal(stored(&cluster).keys.items[0].version, 3);
        close_cluster(&cluster);
    }
}

/* Restores and creations. */

static void test_create(void **) {
    for (int is_made = 0; is_made < 2; is_made++) {
        Cluster cluster;
        SshLink link = {0};
        open_cluster(&cluster);
        ResourceCase *c = &cluster.c;
        EtcdEncryption earlier = {0};
        EncryptionWish wish = {.is_on = true, .provider = STR("aesgcm"), .version = 3};
        vec_push(c->arena, &wish.resources, STR("secrets"));
        etcd_encryption_create(&earlier, &wish, c->arena);
        if (is_made)
            cluster.machines[0].file = encryption_file_content(&earlier, c->arena);
        cluster.machines[0].loaded = cluster.machines[0].file;
        for (size_t i = 0; i < OBJECTS; i++)
            cluster.objects[i].exists = false;
        KubeadmNode node = open_node(&cluster, wanted(&cluster, WISH("aesgcm", 3)), &link);
        assert_true(kubeadm_encryption_create(&node, is_made, &c->diags));
        cluster.state = node.object;
        EtcdEncryption now = stored(&cluster);
        assert_int_equal(now.keys.count, 1);
        assert_int_equal(str_equal(now.current, earlier.current), is_made);
        assert_int_equal(str_equal(now.keys.items[0].secret, earlier.keys.items[0].secret),
                         is_made);
        assert_int_equal(now.keys.items[0].version, 3);
        Value made = kubeadm_encryption_object(node.object, c->arena);
        Value files = object_attribute(made, "files");
        assert_int_equal(files.count, 1);
        check_str(value_key_at(files, 0), ENCRYPTION_FILE_KEY);
        ssh_client_release(&link);
        close_cluster(&cluster);
    }
}

/* A run that dies after kubeadm has made the cluster: its key is on the machine. */
static void test_recover(void **) {
    Cluster cluster;
    open_cluster(&cluster);
    ResourceCase *c = &cluster.c;
    Value state = wanted(&cluster, WISH("aesgcm", 3));
    assert_true(kubeadm_encryption_recover(case_call(c), STR("i0"), &state, &c->diags));
    assert_true(value_is_null(object_attribute(state, "encryption_state")));
    cluster.machines[0].file = STR("{\"resources\":[]}");
    assert_false(kubeadm_encryption_recover(case_call(c), STR("i0"), &state, &c->diags));
    check_str(c->diags.items[0].summary, "Keys of the cluster not readable");
    cluster.machines[0].file = STR_EMPTY;
    must_run(&cluster, WISH("aesgcm", 3));
    EtcdEncryption before = stored(&cluster);
    state = wanted(&cluster, WISH("aesgcm", 3));
    state =
        object_with(state, "encryption_state",
                    value_unknown(object_attribute_type(state.type, "encryption_state")), c->arena);
    assert_true(kubeadm_encryption_recover(case_call(c), STR("i0"), &state, &c->diags));
    cluster.state = state;
    check_str(stored(&cluster).keys.items[0].secret,
              str_to_cstr(before.keys.items[0].secret, c->arena));
    check_objects(&cluster, "aesgcm");
    close_cluster(&cluster);
}

/* The record of the keys that the API servers know now. */
static SnapshotKeys record_of(const Cluster *cluster) {
    Arena *arena = cluster->c.arena;
    EtcdEncryption now = stored(cluster);
    SnapshotKeys keys = {.is_known = true, .resources = now.resources};
    const EncryptionKey *current = etcd_encryption_find(&now, now.current);
    SnapshotKey key = {current->name,
                       snapshot_keys_fingerprint(current->name, current->secret, arena)};
    vec_push(arena, &keys.items, key);
    return keys;
}

/* The snapshot is older than the last change: its objects have the former key, or none. `last` is
 * the wish of this change. */
static void restore(const char *last, const char *provider, bool has_record, bool is_single) {
    Cluster cluster;
    SshLink link = {0};
    open_cluster(&cluster);
    ResourceCase *c = &cluster.c;
    must_run(&cluster, WISH("secretbox", 1));
    Str former = cluster.objects[0].key, live = cluster.live;
    SnapshotKeys keys = record_of(&cluster), unknown = {0};
    must_run(&cluster, last);
    KubeadmNode node = open_node(&cluster, wanted(&cluster, last), &link);
    assert_true(kubeadm_encryption_restore(&node, has_record ? &keys : &unknown, &cluster.state,
                                           &c->diags));
    ssh_client_release(&link);
    EtcdEncryption now = stored(&cluster);
    for (size_t i = 0; i < MEMBERS; i++) {
        cluster.machines[i].file = encryption_file_content(&now, c->arena);
        cluster.machines[i].loaded = cluster.machines[i].file;
    }
    for (size_t i = 0; i < OBJECTS; i++)
        cluster.objects[i].key = i % 2 ? former : STR_EMPTY;
    check_readable(&cluster);
    /* The other control plane, which the state has, must join first. */
    cluster.live = live;
    node = open_node(&cluster, wanted(&cluster, last), &link);
    assert_true(kubeadm_encryption_finish_restore(&node, &cluster.state, &c->diags));
    assert_int_equal(stored(&cluster).phase, 2);
    cluster.joins.count -= is_single;
    cluster.members -= (size_t)is_single;
    assert_true(kubeadm_encryption_finish_restore(&node, &cluster.state, &c->diags));
    assert_int_equal(stored(&cluster).is_changing, !is_single);
    ssh_client_release(&link);
    must_run(&cluster, last);
    check_objects(&cluster, provider);
    close_cluster(&cluster);
}

static void test_restore(void **) {
    for (int i = 0; i < 4; i++) {
        restore(WISH("secretbox", 2), "secretbox", i & 1, i & 2);
        restore(WISH("aesgcm", 1), "aesgcm", i & 1, i & 2);
        restore("", "", i & 1, i & 2);
    }
}

/* A new object restores a snapshot without encryption: API servers read it, and the next apply
 * encrypts its objects. */
static void test_restore_plain(void **) {
    Cluster cluster;
    SshLink link = {0};
    open_cluster(&cluster);
    ResourceCase *c = &cluster.c;
    Value restore = object_attribute(
        case_config(c, "{\"restore\":{\"path\":\"a\",\"passphrase\":\"correct horse battery\"}}"),
        "restore");
    Value object = object_with(wanted(&cluster, WISH("aesgcm", 3)), "restore", restore, c->arena);
    KubeadmNode node = open_node(&cluster, object, &link);
    assert_true(kubeadm_encryption_create(&node, false, &c->diags));
    ssh_client_release(&link);
    cluster.state = object_with(node.object, "restore", value_null(restore.type), c->arena);
    EtcdEncryption now = stored(&cluster);
    for (size_t i = 0; i < MEMBERS; i++) {
        cluster.machines[i].file = encryption_file_content(&now, c->arena);
        cluster.machines[i].loaded = cluster.machines[i].file;
    }
    check_readable(&cluster);
    /* The run that made it may have died. */
    Value state = cluster.state;
    assert_true(kubeadm_encryption_recover(case_call(c), STR("i0"), &state, &c->diags));
    cluster.state = state;
    assert_true(stored(&cluster).is_restored);
    cluster.live = STR(CONFIG "# " ENCRYPTION_FILE_FLAG "\n");
    must_run(&cluster, WISH("aesgcm", 3));
    check_objects(&cluster, "aesgcm");
    close_cluster(&cluster);
}

/* A control plane that joins later gets the file. */
static void test_join(void **) {
    Cluster cluster;
    open_cluster(&cluster);
    ResourceCase *c = &cluster.c;
    must_run(&cluster, WISH("secretbox", 1));
    Value object = kubeadm_encryption_object(cluster.state, c->arena);
    Value file = value_at(object_attribute(object, "files"), 0);
    check_str(object_text(file, "content", STR_EMPTY),
              str_to_cstr(cluster.machines[1].file, c->arena));
    close_cluster(&cluster);
}

/* Plans. */

static bool plan(Cluster *cluster, const char *argument, bool joins, PlanResponse *response,
                 Value *state) {
    ResourceCase *c = &cluster->c;
    PlanRequest request = {.prior = cluster->state, .proposed = wanted(cluster, argument)};
    ObjectBuilder planned = object_builder_of(request.proposed, c->arena);
    c->diags = diags_new(c->arena);
    c->call.is_planning = true;
    *response = (PlanResponse){0};
    bool is_good =
        kubeadm_encryption_plan(case_call(c), &request, joins, &planned, response, &c->diags);
    c->call.is_planning = false;
    *state = object_attribute(object_builder_value(&planned), "encryption_state");
    return is_good;
}

static Str notes_of(const PlanResponse *response, Arena *arena) {
    StrBuf out = strbuf_new(arena);
    vec_each(&response->notes, note)
        strbuf_add_format(&out, "%.*s\n", STR_ARG(note->text));
    return strbuf_str(&out);
}

static void check_notes(Cluster *cluster, const char *argument, const char *notes) {
    PlanResponse response;
    Value state;
    if (!plan(cluster, argument, false, &response, &state))
        fail_msg("%.*s", STR_ARG(cluster->c.diags.items[0].detail));
    check_str(notes_of(&response, cluster->c.arena), notes);
    assert_int_equal(value_is_known(state), !*notes);
}

static void test_notes(void **) {
    Cluster cluster;
    open_cluster(&cluster);
    check_notes(&cluster, "", "");
    check_notes(&cluster, WISH("secretbox", 1),
                "encryption in etcd on cp1, cp2: none -> secretbox version 1, of secrets\n"
                "5 phases: API servers read the new key, they write with it, 7 objects are "
                "rewritten, etcd is checked, API servers drop the former key\n"
                "restarts kube-apiserver on cp1, cp2, one at a time\n");
    must_run(&cluster, WISH("secretbox", 1));
    check_notes(&cluster, WISH("secretbox", 1), "");
    check_notes(&cluster, WISH("aesgcm", 2),
                "encryption in etcd on cp1, cp2: secretbox version 1 -> aesgcm version 2, of "
                "secrets\n"
                "5 phases: API servers read the new key, they write with it, 7 objects are "
                "rewritten, etcd is checked, API servers drop the former key\n");
    cluster.is_dead = true;
    check_notes(&cluster, "",
                "encryption in etcd on cp1, cp2: secretbox version 1 -> none, of secrets\n"
                "5 phases: API servers read the new key, they write with it, all objects are "
                "rewritten, etcd is checked, API servers drop the former key\n"
                "restarts kube-apiserver on cp1, cp2, one at a time\n");
    cluster.is_dead = false;
    cluster.fatal_keep = cluster.keeps + 2;
    assert_false(run(&cluster, WISH("aesgcm", 2)));
    check_notes(&cluster, WISH("aesgcm", 2),
                "continues a change of the encryption after phase 2 of 5\n"
                "5 phases: API servers read the new key, they write with it, 7 objects are "
                "rewritten, etcd is checked, API servers drop the former key\n");
    close_cluster(&cluster);
}

/* A plan names the keys whose snapshots are lost, before the state loses them. */
static void test_dropped_notes(void **) {
    static const char lost[] = "the state loses the former key secretbox version 1: no snapshot of "
                               "etcd that was taken with it can be restored any more "
                               "(retain_keys = ";
    Cluster cluster;
    PlanResponse response;
    Value state;
    open_cluster(&cluster);
    must_run(&cluster, WISH("secretbox", 1));
    must_run(&cluster, WISH("aesgcm", 2));
    const char *wishes[] = {
        WISH("secretbox", 3), WISH("aesgcm", 2), KMS("3"),
        ("{\"provider\":\"aesgcm\",\"resources\":[\"secrets\"],\"key_version\":2,"
         "\"retain_keys\":0}")};
    const bool are_lost[] = {true, false, false, true};
    for (size_t i = 0; i < ARRAY_COUNT(wishes); i++) {
        bool is_named = false;
        assert_true(plan(&cluster, wishes[i], false, &response, &state));
        vec_each(&response.notes, note)
            is_named |= has(note->text, lost);
        if (is_named != are_lost[i])
            fail_msg("%s", wishes[i]);
    }
    assert_int_equal(stored(&cluster).keys.count, 2);
    close_cluster(&cluster);
}

#define NONE_RETAINED                                                                              \
    "{\"provider\":\"secretbox\",\"resources\":[\"secrets\"],\"key_version\":3,\"retain_keys\":0}"

/* The state keeps the keys of its snapshots of this cluster, whatever retain_keys says. */
static void test_snapshots(void **) {
    for (int i = 0; i < 4; i++) {
        Cluster cluster;
        PlanResponse response;
        Value state;
        open_cluster(&cluster);
        ResourceCase *c = &cluster.c;
        must_run(&cluster, WISH("secretbox", 1));
        SnapshotKeys keys = record_of(&cluster);
        ObjectBuilder snapshot = object_builder_empty(&kubeadm_etcd_snapshot.schema, c->arena);
        object_builder_set(&snapshot, "pki", object_attribute(cluster.state, "pki"));
        object_builder_set(&snapshot, i == 1 ? "schedule_keys" : "encryption_keys",
                           snapshot_keys_value(&keys, c->arena));
        Value object = object_builder_value(&snapshot);
        if (i == 2)
            object = object_with(object, "pki",
                                 value_null(object_attribute_type(object.type, "pki")), c->arena);
        FoundObject found = {STR("kubeadm_etcd_snapshot.x"), object};
        if (i < 3)
            vec_push(c->arena, &cluster.snapshots, found);
        must_run(&cluster, WISH("secretbox", 2));
        must_run(&cluster, WISH("secretbox", 3));
        assert_int_equal(stored(&cluster).keys.count, i < 2 ? 3 : 2);
        if (i >= 2) {
            close_cluster(&cluster);
            continue;
        }
        /* The snapshot goes: only a plan with another argument drops its key. */
        cluster.snapshots.count = 0;
        assert_true(plan(&cluster, WISH("secretbox", 3), false, &response, &state));
        assert_int_equal(etcd_encryption_read(state, c->arena).keys.count, 3);
        assert_true(plan(&cluster, NONE_RETAINED, false, &response, &state));
        assert_int_equal(etcd_encryption_read(state, c->arena).keys.count, 1);
        assert_true(has(notes_of(&response, c->arena), "loses the former key"));
        must_run(&cluster, NONE_RETAINED);
        assert_int_equal(stored(&cluster).keys.count, 1);
        close_cluster(&cluster);
    }
}

/* A snapshot is usable with the keys of the state; one that does not name its keys is a warning. */
static void test_check_snapshot(void **) {
    Cluster cluster;
    open_cluster(&cluster);
    ResourceCase *c = &cluster.c;
    must_run(&cluster, WISH("secretbox", 1));
    SnapshotKeys own = record_of(&cluster);
    must_run(&cluster, WISH("secretbox", 2));
    const struct {
        SnapshotKeys keys;
        const char *summary; /* NULL: no diagnostic */
        bool is_usable;
    } rows[] = {
        {own, NULL, true},
        {{.is_known = true}, NULL, true},
        {{0}, "Keys of the snapshot not known", true},
        {snapshot_keys_parse(STR("loam-1-aa=0123 secrets"), c->arena), "Snapshot not usable",
         false},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        EtcdSource source = {.call = case_call(c), .argument = "restore", .name = STR("s")};
        source.given =
            object_attribute(case_config(c, "{\"restore\":{\"path\":\"s\"}}"), "restore");
        source.head = (EtcdSnapshot){.id = STR("i"), .keys = rows[i].keys};
        c->diags = diags_new(c->arena);
        assert_int_equal(
            kubeadm_encryption_check_snapshot(case_call(c), cluster.state, &source, &c->diags),
            rows[i].is_usable);
        assert_int_equal(c->diags.count, rows[i].summary != NULL);
        if (rows[i].summary)
            check_str(c->diags.items[0].summary, rows[i].summary);
    }
    assert_true(has(c->diags.items[0].detail, "loam-1-aa (fingerprint 0123)"));
    close_cluster(&cluster);
}

static void refuse_plan(Cluster *cluster, const char *argument, bool joins, const char *summary) {
    PlanResponse response;
    Value state;
    assert_false(plan(cluster, argument, joins, &response, &state));
    check_str(cluster->c.diags.items[0].summary, summary);
}

static void test_refused(void **) {
    Cluster cluster;
    PlanResponse response;
    Value state;
    open_cluster(&cluster);
    refuse_plan(&cluster, WISH("secretbox", 1), true, "Two changes of a cluster at once");
    cluster.c.call.stores_plain_state = true;
    refuse_plan(&cluster, WISH("secretbox", 1), false, "State not encrypted");
    cluster.c.call.stores_plain_state = false;
    must_run(&cluster, "{\"provider\":\"kms\",\"resources\":[\"secrets\"],\"key_version\":1,"
                       "\"socket\":\"unix:///run/kms/kms.sock\"}");
    refuse_plan(&cluster,
                "{\"provider\":\"kms\",\"resources\":[\"secrets\",\"configmaps\"],"
                "\"key_version\":1,\"socket\":\"unix:///run/kms/kms.sock\"}",
                false, "Resources not changed");
    /* An unfinished change waits for the machine. */
    cluster.fatal_keep = cluster.keeps + 1;
    assert_false(run(&cluster, WISH("aesgcm", 2)));
    assert_true(plan(&cluster, WISH("aesgcm", 2), true, &response, &state));
    assert_true(value_identical(state, object_attribute(cluster.state, "encryption_state")));
    close_cluster(&cluster);
}

/* The plan may install the plugin. */
static void test_dead_plugin_in_plan(void **) {
    Cluster cluster;
    PlanResponse response;
    Value state;
    open_cluster(&cluster);
    must_run(&cluster, WISH("secretbox", 1));
    for (size_t dead = 0; dead < 2; dead++) {
        cluster.dead_plugin = dead;
        cluster.c.call.is_planning = true;
        assert_true(plan(&cluster, KMS("1"), false, &response, &state));
        assert_int_equal(cluster.c.diags.count, dead);
        if (dead)
            check_str(cluster.c.diags.items[0].summary, "Plugin of keys does not respond");
    }
    close_cluster(&cluster);
}

static void test_validate(void **) {
    static const struct {
        const char *more;
        const char *summary; /* NULL: valid */
    } rows[] = {
        {"\"encryption_at_rest\":" WISH("secretbox", 1), NULL},
        {"\"encryption_at_rest\":{\"provider\":\"kms\"}", "Encryption not valid"},
        {"\"encryption_at_rest\":{\"provider\":\"aescbc\",\"socket\":\"unix:///a/b\"}",
         "Encryption not valid"},
        {"\"encryption_at_rest\":{\"provider\":\"aescbc\",\"resources\":[]}",
         "Encryption not valid"},
        {"\"encryption_at_rest\":{\"provider\":\"aescbc\",\"resources\":[\"pods\"]}",
         "Encryption not valid"},
        {"\"encryption_at_rest\":{\"provider\":\"aescbc\",\"resources\":[\"secrets\",\"secrets\"]}",
         "Encryption not valid"},
        {"\"encryption_at_rest\":" WISH("secretbox",
                                        1) ",\"cluster\":{\"api_server\":{\"extra_args\":[{"
                                           "\"name\":\"encryption-provider-config\","
                                           "\"value\":\"/x\"}]}}",
         "Two ways of encryption"},
        {"\"encryption_at_rest\":" WISH("secretbox",
                                        1) ",\"files\":{\"encryption/x\":{\"content\":\"\"}}",
         "Path of a file not valid"},
        {"\"encryption_at_rest\":" WISH(
             "secretbox",
             1) ",\"cluster\":{\"etcd\":{\"external\":{\"endpoints\":[\"https://x\"]}}}",
         "Encryption not possible"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(rows); i++) {
        Cluster cluster;
        open_cluster(&cluster);
        ResourceCase *c = &cluster.c;
        Value config =
            case_config(c, str_to_cstr(str_format(c->arena, "{%s}", rows[i].more), c->arena));
        c->diags = diags_new(c->arena);
        bool is_good = kubeadm_encryption_validate(case_call(c), config, &c->diags);
        assert_int_equal(is_good, !rows[i].summary);
        if (rows[i].summary)
            check_str(c->diags.items[0].summary, rows[i].summary);
        close_cluster(&cluster);
    }
}

UNIT_MAIN(test_kubeadm_encryption) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_life),           cmocka_unit_test(test_kms),
        cmocka_unit_test(test_dead_plugin),    cmocka_unit_test(test_stuck),
        cmocka_unit_test(test_others),         cmocka_unit_test(test_unknown_key),
        cmocka_unit_test(test_deaths),         cmocka_unit_test(test_lost_state),
        cmocka_unit_test(test_resume),         cmocka_unit_test(test_create),
        cmocka_unit_test(test_recover),        cmocka_unit_test(test_restore),
        cmocka_unit_test(test_restore_plain),  cmocka_unit_test(test_snapshots),
        cmocka_unit_test(test_check_snapshot), cmocka_unit_test(test_join),
        cmocka_unit_test(test_notes),          cmocka_unit_test(test_dropped_notes),
        cmocka_unit_test(test_refused),        cmocka_unit_test(test_dead_plugin_in_plan),
        cmocka_unit_test(test_validate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
