/* kubeadm_encryption: plan, and the five phases. */
#include "kubeadm_encryption.h"
#include "control_files.h"
#include "encrypted_resource.h"
#include "encryption_file.h"
#include "encryption_plugin.h"
#include "encryption_reload.h"
#include "etcd_values.h"
#include "kubeadm_change.h"
#include "kubeadm_gate.h"
#include "kubeadm_key_gate.h"
#include "kubeadm_upgrade.h"
#include "log.h"
#include "nested_list.h"
#include "object_rewrite.h"
#include "path_error.h"

#define AT_REST    "encryption_at_rest"
#define STATE      "encryption_state"
#define PLAN_MS    INT64_C(5000)
#define CHECKS_MAX 3

static Value server_of(Value object, Arena *arena) {
    return object_nested(object_nested(object, "cluster", arena), "api_server", arena);
}

static EncryptionWish wish_of(Value object, Arena *arena) {
    return etcd_encryption_wish(object_attribute(object, AT_REST), arena);
}

static EtcdEncryption encryption_of(Value object, Arena *arena) {
    return etcd_encryption_read(object_attribute(object, STATE), arena);
}

static Value with_state(Value object, const EtcdEncryption *encryption, Arena *arena) {
    Value value =
        etcd_encryption_value(encryption, object_attribute_type(object.type, STATE), arena);
    return object_with(object, STATE, value, arena);
}

Value kubeadm_encryption_object(Value object, Arena *arena) {
    EtcdEncryption encryption = encryption_of(object, arena);
    return encryption_file_add(object, &encryption, arena);
}

static bool is_listed(const StrVec *resources, Str resource) {
    return str_is_among(resource, resources->items, resources->count);
}

/* Returns the key of a resource after the change; NULL: none. */
static const EncryptionKey *next_key(const EtcdEncryption *now, Str resource) {
    return is_listed(&now->next_resources, resource) ? etcd_encryption_find(now, now->next) : NULL;
}

/* Returns whether objects of the resource may have another key than after the change. */
static bool is_rewritten(const EtcdEncryption *now, Str resource) {
    const EncryptionKey *former =
        is_listed(&now->resources, resource) ? etcd_encryption_find(now, now->current) : NULL;
    return now->is_restored || former != next_key(now, resource);
}

/* Validation. */

static bool check_flags(const Call *call, Value config, Diags *diags) {
    Value server = server_of(config, call->arena);
    for (size_t i = 0; i < nested_list_count(server, "extra_args"); i++) {
        Str name = object_text(nested_list_at(server, "extra_args", i), "name", STR_EMPTY);
        if (str_starts_with(name, STR(ENCRYPTION_FILE_FLAG)))
            return path_error(
                call, PATH_AT(call, {"cluster"}, {"api_server"}, {"extra_args"}, {.index = i}),
                diags, "Two ways of encryption",
                "\"" AT_REST "\" sets the flag \"%.*s\". Remove one of them.", STR_ARG(name));
    }
    return true;
}

static bool check_file(const Call *call, Value config, Diags *diags) {
    Value files = object_attribute(config, "files");
    for (size_t i = 0; value_is_present(files) && value_is_known(files) && i < files.count; i++) {
        Str key = value_key_at(files, i);
        if (str_starts_with(key, STR("encryption/")) || str_equal(key, STR("encryption")))
            return path_error(call, PATH_AT(call, {"files"}, {.key = key}), diags,
                              "Path of a file not valid",
                              "The directory \"encryption\" is that of \"" AT_REST "\".");
    }
    return true;
}

bool kubeadm_encryption_validate(const Call *call, Value config, Diags *diags) {
    Value argument = object_attribute(config, AT_REST);
    if (!value_is_known(argument) || value_is_null(argument))
        return true;
    Value etcd = object_nested(object_nested(config, "cluster", call->arena), "etcd", call->arena);
    Str problem = etcd_encryption_check(argument, call->arena);
    if (problem.len)
        return path_error(call, PATH_AT(call, {AT_REST}), diags, "Encryption not valid", "%.*s",
                          STR_ARG(problem));
    if (object_has(etcd, "external"))
        return path_error(call, PATH_AT(call, {AT_REST}), diags, "Encryption not possible",
                          "loam reads etcd to check that all objects are encrypted, and it has no "
                          "certificate of an external etcd. Set the flags of the API server in "
                          "\"cluster\" instead.");
    return check_flags(call, config, diags) && check_file(call, config, diags);
}

/* Plan. */

static Str describe_resources(const StrVec *resources, Arena *arena) {
    return str_join(resources->items, resources->count, STR(", "), arena);
}

static Str describe_key(const EncryptionKey *key, Arena *arena) {
    return key ? str_format(arena, "%.*s version %lld", STR_ARG(key->provider),
                            (long long)key->version)
               : STR("none");
}

/* The state after the change that the plan begins or continues. */
typedef struct Outlook {
    EtcdEncryption now;
    EncryptionWish wish;
    bool differs; /* from the wish, once an unfinished change has ended */
} Outlook;

static Outlook look_ahead(const PlanRequest *request, Arena *arena) {
    Outlook out = {encryption_of(request->prior, arena), wish_of(request->proposed, arena), false};
    EtcdEncryption after = out.now;
    if (after.is_changing)
        etcd_encryption_settle(&after);
    out.differs = etcd_encryption_differs(&after, &out.wish);
    return out;
}

/* Returns the number of objects that a change rewrites; negative if no control plane responds. */
static int64_t count_objects(const Call *call, Value prior, const StrVec *resources) {
    SCOPED(SshLink) link = {0};
    SCOPED(ClusterApi) api = {0};
    KubeadmNode node;
    Diags ignored = diags_new(call->arena);
    int64_t sum = 0;
    if (!call->is_planning || !object_has(prior, "pki") ||
        !kubeadm_node_open(call, prior, object_text(prior, "id", STR_EMPTY), &link, &node,
                           &ignored))
        return -1;
    ssh_client_limit_to_plan(&link);
    if (!kubeadm_node_own_api(&node, &api, &ignored))
        return -1;
    api.call.deadline_ms = call_monotonic_ms(call) + PLAN_MS;
    vec_each(resources, resource) {
        KubeResource kind;
        int64_t count = -1;
        if (encrypted_resource_find(&api.call, *resource, &kind, &ignored))
            count = object_rewrite_count(&api, &kind);
        if (count < 0)
            return -1;
        sum += count;
    }
    return sum;
}

static void note_phases(const Call *call, const PlanRequest *request, const Outlook *outlook,
                        PlanResponse *response) {
    Arena *arena = call->arena;
    EtcdEncryption change = outlook->now;
    if (!change.is_changing)
        etcd_encryption_begin(&change, &outlook->wish, arena);
    StrVec all = etcd_encryption_resources(&change, arena), rewritten = {0};
    vec_each(&all, resource) {
        if (is_rewritten(&change, *resource))
            vec_push(arena, &rewritten, *resource);
    }
    int64_t count = count_objects(call, request->prior, &rewritten);
    Str objects = count < 0 ? STR("all objects are")
                            : str_format(arena, "%lld object%s", (long long)count,
                                         count == 1 ? " is" : "s are");
    plan_note(response, NO_PATH,
              str_format(arena,
                         "5 phases: API servers read the new key, they write with it, %.*s "
                         "rewritten, etcd is checked, API servers drop the former key",
                         STR_ARG(objects)),
              arena);
}

/* Returns the names of the keys that the snapshots of this cluster in the state need. */
static StrVec snapshots_need(const Call *call, Value object) {
    static const char *const lists[] = {"encryption_keys", "schedule_keys"};
    Arena *arena = call->arena;
    FoundObjects found = call_find_objects(call, "kubeadm_etcd_snapshot");
    Str ca = node_pki_read(object, "pki", arena).ca.certificate;
    StrVec names = {0};
    vec_each(&found, one) {
        if (!str_equal(node_pki_read(one->object, "pki", arena).ca.certificate, ca))
            continue;
        for (size_t i = 0; i < ARRAY_COUNT(lists); i++) {
            Value keys = object_attribute(one->object, lists[i]);
            for (size_t k = 0; value_is_present(keys) && k < keys.count; k++)
                vec_push(arena, &names, value_key_at(keys, k));
        }
    }
    return names;
}

/* Drops the former keys that neither the number of the wish nor a snapshot of the state keeps. Keys
 * of a cluster that encrypts nothing any more stay. */
static void drop_keys(const Call *call, Value object, const EncryptionWish *wish,
                      EtcdEncryption *encryption) {
    StrVec needed = snapshots_need(call, object);
    etcd_encryption_prune(encryption, wish->is_on ? wish->retained : INT64_MAX, &needed);
}

/* Notes the former keys that the state does not keep after the change: snapshots may need them. */
static void note_dropped(const Call *call, const PlanRequest *request, const EtcdEncryption *after,
                         const EncryptionWish *wish, PlanResponse *response) {
    Arena *arena = call->arena;
    EtcdEncryption kept = *after;
    StrVec dropped = {0};
    kept.keys.items = arena_new_array(arena, EncryptionKey, after->keys.count);
    kept.keys.capacity = after->keys.count;
    for (size_t i = 0; i < after->keys.count; i++)
        kept.keys.items[i] = after->keys.items[i];
    drop_keys(call, request->prior, wish, &kept);
    vec_each(&after->keys, one) {
        if (!etcd_encryption_find(&kept, one->name))
            vec_push(arena, &dropped, describe_key(one, arena));
    }
    if (dropped.count)
        plan_note(response, NO_PATH,
                  str_format(arena,
                             "the state loses the former key %.*s: no snapshot of etcd that was "
                             "taken with it can be restored any more (retain_keys = %lld)",
                             STR_ARG(str_join(dropped.items, dropped.count, STR(", "), arena)),
                             (long long)wish->retained),
                  arena);
}

static void note_server_restart(const Call *call, const Outlook *outlook, const StrVec *names,
                                PlanResponse *response) {
    Arena *arena = call->arena;
    EtcdEncryption after = outlook->now, end;
    if (!after.is_changing)
        etcd_encryption_begin(&after, &outlook->wish, arena);
    end = after;
    etcd_encryption_settle(&end);
    after.phase = after.phase > 1 ? after.phase : 1;
    if (!encryption_file_needs_restart(&outlook->now, &after, arena) &&
        !encryption_file_needs_restart(&after, &end, arena))
        return;
    Str nodes = str_join(names->items, names->count, STR(", "), arena);
    plan_note(response, NO_PATH,
              str_format(arena, "restarts kube-apiserver on %.*s%s", STR_ARG(nodes),
                         names->count > 1 ? ", one at a time"
                                          : ": the API does not respond for about 20 s"),
              arena);
}

static void note_change(const Call *call, const PlanRequest *request, const Outlook *outlook,
                        PlanResponse *response) {
    Arena *arena = call->arena;
    StrVec names = kubeadm_peer_control_planes(call, request->prior);
    EtcdEncryption after = outlook->now;
    if (after.is_changing) {
        plan_note(response, NO_PATH,
                  str_format(arena, "continues a change of the encryption after phase %lld of 5",
                             (long long)after.phase),
                  arena);
        etcd_encryption_settle(&after);
    }
    if (outlook->differs) {
        EncryptionKey wanted = {.provider = outlook->wish.provider,
                                .version = outlook->wish.version};
        const EncryptionKey *current = etcd_encryption_find(&after, after.current);
        const StrVec *resources = outlook->wish.is_on ? &outlook->wish.resources : &after.resources;
        plan_note(response, NO_PATH,
                  str_format(arena, "encryption in etcd on %.*s: %.*s -> %.*s, of %.*s",
                             STR_ARG(str_join(names.items, names.count, STR(", "), arena)),
                             STR_ARG(describe_key(current, arena)),
                             STR_ARG(describe_key(outlook->wish.is_on ? &wanted : NULL, arena)),
                             STR_ARG(describe_resources(resources, arena))),
                  arena);
    }
    if (outlook->differs) {
        etcd_encryption_begin(&after, &outlook->wish, arena);
        etcd_encryption_settle(&after);
    }
    note_dropped(call, request, &after, &outlook->wish, response);
    note_phases(call, request, outlook, response);
    note_server_restart(call, outlook, &names, response);
}

static bool check_state(const Call *call, Value proposed, Diags *diags) {
    Value argument = object_attribute(proposed, AT_REST);
    if (!value_is_present(argument) || !value_is_known(argument) || !call->stores_plain_state ||
        object_bool(argument, "allow_unencrypted_state", false) ||
        str_equal(object_text(argument, "provider", STR_EMPTY), STR("kms")))
        return true;
    return path_error(call, PATH_AT(call, {AT_REST}), diags, "State not encrypted",
                      "The keys of the API servers are in the state, which is written without "
                      "encryption: anyone who reads it can decrypt the objects in etcd. Configure "
                      "an encryption block, or set allow_unencrypted_state = true.");
}

/* Two entries of the file must not name one plugin, and the objects of the other resources keep
 * theirs. */
static bool check_plugin(const Call *call, const Outlook *outlook, Diags *diags) {
    const EtcdEncryption *now = &outlook->now;
    const EncryptionKey *current = etcd_encryption_find(now, now->current);
    EtcdEncryption same = *now;
    same.resources = outlook->wish.resources;
    if (!outlook->differs || now->is_changing || !current || current->secret.len ||
        !outlook->wish.is_on || etcd_encryption_differs(&same, &outlook->wish))
        return true;
    return path_error(call, PATH_AT(call, {AT_REST}, {"resources"}), diags, "Resources not changed",
                      "API servers accept a plugin once, so the resources of the provider \"kms\" "
                      "change only with its \"key_version\".");
}

/* The plan may install the plugin, so a missing one is a warning. */
static void warn_of_plugins(const Call *call, Value prior, const Outlook *outlook, Diags *diags) {
    SCOPED(KubeadmPeers) peers = {0};
    Arena *arena = call->arena;
    StrVec sockets = encryption_plugin_sockets(&outlook->now, &outlook->wish, arena);
    Diags ignored = diags_new(arena);
    if (!call->is_planning || !sockets.count || !kubeadm_peer_open(call, prior, &peers, &ignored))
        return;
    vec_each(&peers.items, peer) {
        Str problem;
        if (!(*peer)->node.is_control_plane)
            continue;
        ssh_client_limit_to_plan(&(*peer)->link);
        if (encryption_plugin_look(&(*peer)->link, &sockets, &problem, &ignored) && problem.len)
            path_warning(call, PATH_AT(call, {AT_REST}, {"socket"}), diags,
                         "Plugin of keys does not respond",
                         "On %.*s, %.*s. The apply changes nothing unless the plugin runs on all "
                         "control planes before it.",
                         STR_ARG((*peer)->node.name), STR_ARG(problem));
    }
}

/* The phases need all control planes, in one version. */
static bool check_single(const Call *call, const PlanRequest *request, bool joins, Diags *diags) {
    KubeVersion from, to;
    bool upgrades = kubeadm_upgrade_versions(request->prior, request->proposed, &from, &to) &&
                    kube_version_compare(from, to) != 0;
    if (!upgrades && !joins)
        return true;
    return path_error(call, PATH_AT(call, {AT_REST}), diags, "Two changes of a cluster at once",
                      "The encryption of objects in etcd changes, and %s. Apply one change after "
                      "the other.",
                      upgrades ? "the cluster gets another version of Kubernetes"
                               : "the machine of this object joins the cluster");
}

static void plan_creation(const PlanRequest *request, ObjectBuilder *planned) {
    Value argument = object_attribute(request->proposed, AT_REST);
    const Type *type = object_attribute_type(planned->type, STATE);
    object_builder_set(planned, STATE,
                       value_is_null(argument) ? value_null(type) : value_unknown(type));
}

/* Sets the state that stays. Only another argument drops keys, such as another "retain_keys": a
 * snapshot that is deleted must not leave a change for the next plan. */
static void plan_same(const Call *call, const PlanRequest *request, bool joins,
                      const Outlook *outlook, ObjectBuilder *planned, PlanResponse *response) {
    Arena *arena = call->arena;
    EtcdEncryption same = outlook->now;
    if (!joins && !outlook->now.is_changing &&
        object_differs(request->prior, request->proposed, AT_REST)) {
        note_dropped(call, request, &same, &outlook->wish, response);
        drop_keys(call, request->prior, &outlook->wish, &same);
    }
    object_builder_set(
        planned, STATE,
        etcd_encryption_value(&same, object_attribute_type(planned->type, STATE), arena));
}

bool kubeadm_encryption_plan(const Call *call, const PlanRequest *request, bool joins,
                             ObjectBuilder *planned, PlanResponse *response, Diags *diags) {
    Value argument = object_attribute(request->proposed, AT_REST);
    if (!check_state(call, request->proposed, diags))
        return false;
    if (value_is_null(request->prior) || request->is_replaced) {
        plan_creation(request, planned);
        return true;
    }
    Value unknown = value_unknown(object_attribute_type(planned->type, STATE));
    if (!value_is_wholly_known(argument)) {
        object_builder_set(planned, STATE, unknown);
        return true;
    }
    Outlook outlook = look_ahead(request, call->arena);
    /* The data of a snapshot are rewritten after the restore. */
    bool restores = joins && object_has(request->proposed, "restore") && outlook.now.keys.count;
    if (restores || (!outlook.differs && (joins || !outlook.now.is_changing))) {
        plan_same(call, request, joins, &outlook, planned, response);
        if (restores)
            object_builder_set(planned, STATE, unknown);
        return true;
    }
    if (!check_single(call, request, joins, diags) || !check_plugin(call, &outlook, diags))
        return false;
    note_change(call, request, &outlook, response);
    warn_of_plugins(call, request->prior, &outlook, diags);
    object_builder_set(planned, STATE, unknown);
    return true;
}

/* Snapshots. */

static Str key_names(const EtcdEncryption *encryption, Arena *arena) {
    StrVec names = {0};
    vec_each(&encryption->keys, one)
        vec_push(arena, &names, one->name);
    return str_join(names.items, names.count, STR(", "), arena);
}

static void warn_of_keys(const Call *call, const EtcdSource *source,
                         const EtcdEncryption *encryption, Diags *diags) {
    Arena *arena = call->arena;
    Str keys = encryption->keys.count
                   ? str_format(arena, "The API servers get all keys of the state: %.*s.",
                                STR_ARG(key_names(encryption, arena)))
                   : STR("The state has no key of an earlier time.");
    path_warning(
        call, PATH_AT(call, {"restore"}), diags, "Keys of the snapshot not known",
        "\"%.*s\" does not say with which keys its objects are encrypted. %.*s If an object "
        "has another key, the restored cluster can read neither it nor a list of its "
        "resource.",
        STR_ARG(source->name), STR_ARG(keys));
}

bool kubeadm_encryption_check_snapshot(const Call *call, Value object, const EtcdSource *source,
                                       Diags *diags) {
    Arena *arena = call->arena;
    const SnapshotKeys *keys = &source->head.keys;
    EtcdEncryption encryption = encryption_of(object, arena);
    if (!source->head.id.len)
        return true;
    if (!keys->is_known && (encryption.keys.count || object_has(object, AT_REST)))
        warn_of_keys(call, source, &encryption, diags);
    StrVec missing = etcd_encryption_missing(&encryption, keys, arena);
    if (!missing.count)
        return true;
    Str resources = describe_resources(&keys->resources, arena);
    return etcd_source_reject(
        source,
        str_format(arena,
                   "its objects of %.*s may be encrypted with a key that the state does not have: "
                   "%.*s. The restored cluster would lose all objects of %.*s. Restore with a "
                   "version of the state that has this key, or another snapshot; if this one was "
                   "restored before, remove the argument",
                   STR_ARG(resources),
                   STR_ARG(str_join(missing.items, missing.count, STR(", "), arena)),
                   STR_ARG(resources)),
        diags);
}

/* Creation. */

/* Objects may have any key that API servers know, unless their file is that of a whole change. */
static void see_restored(const Str *content, EtcdEncryption *made, Arena *arena) {
    if (content->len && !str_equal(*content, encryption_file_content(made, arena)))
        etcd_encryption_restore(made, &(SnapshotKeys){0}, arena);
}

/* Reads the keys that the machine of a node has; none if it has no file. */
static bool read_file(const KubeadmNode *node, Str *content, EtcdEncryption *out, Diags *diags) {
    *out = (EtcdEncryption){0};
    return encryption_reload_read(node->link, content, diags) &&
           (!content->len || encryption_file_parse(*content, out, node->call->arena) ||
            path_error(node->call, PATH_AT(node->call, {AT_REST}), diags,
                       "Keys of the cluster not readable",
                       "%.*s has a file " CONTROL_FILES_TOP "/" ENCRYPTION_FILE_KEY
                       " that loam has not made. If no object in etcd needs its keys, remove it.",
                       STR_ARG(node->link->target.host)));
}

static bool check_plugins_of(SshLink *link, const StrVec *sockets, Str name, Diags *diags) {
    Str problem;
    return encryption_plugin_look(link, sockets, &problem, diags) &&
           (!problem.len ||
            path_error(
                link->call, PATH_AT(link->call, {AT_REST}), diags,
                "Plugin of keys does not respond",
                "On %.*s, %.*s. An API server without its plugin reads and writes no "
                "encrypted object, so nothing was changed. Start the plugin and apply again.",
                STR_ARG(name), STR_ARG(problem)));
}

bool kubeadm_encryption_check_plugins(const KubeadmNode *node, Value init, Diags *diags) {
    EtcdEncryption encryption = encryption_of(init, node->call->arena);
    StrVec sockets = encryption_plugin_sockets(&encryption, NULL, node->call->arena);
    return check_plugins_of(node->link, &sockets, node->name, diags);
}

bool kubeadm_encryption_create(KubeadmNode *node, bool is_made, Diags *diags) {
    Arena *arena = node->call->arena;
    EncryptionWish wish = wish_of(node->object, arena);
    EtcdEncryption made = {0};
    Str content = STR_EMPTY;
    if (wish.is_on && is_made && !read_file(node, &content, &made, diags))
        return false;
    if (wish.is_on && !is_made)
        etcd_encryption_create(&made, &wish, arena);
    /* A snapshot that needs no former key has objects without encryption. */
    if (!is_made && object_has(node->object, "restore"))
        etcd_encryption_restore(&made, &(SnapshotKeys){.is_known = true}, arena);
    see_restored(&content, &made, arena);
    node->object = with_state(node->object, &made, arena);
    return true;
}

bool kubeadm_encryption_recover(const Call *call, Str id, Value *state, Diags *diags) {
    SCOPED(SshLink) link = {0};
    KubeadmNode node;
    EtcdEncryption made = {0};
    Str content = STR_EMPTY;
    EncryptionWish wish = wish_of(*state, call->arena);
    if (wish.is_on && (!kubeadm_node_open(call, *state, id, &link, &node, diags) ||
                       !read_file(&node, &content, &made, diags)))
        return false;
    see_restored(&content, &made, call->arena);
    *state = with_state(*state, &made, call->arena);
    return true;
}

/* Phases. */

typedef struct KeyChange {
    const KubeadmNode *node;
    KubeadmPeers *peers;
    EncryptionWish wish;
    EtcdEncryption now;
    Value *state;
    unsigned checks; /* that found former values */
} KeyChange;

static bool keep(const KeyChange *change, Diags *diags) {
    *change->state = with_state(*change->state, &change->now, change->node->call->arena);
    return call_keep_state(change->node->call, *change->state, diags);
}

bool kubeadm_encryption_restore(KubeadmNode *node, const SnapshotKeys *snapshot, Value *state,
                                Diags *diags) {
    KeyChange change = {
        .node = node, .now = encryption_of(*state, node->call->arena), .state = state};
    if (!change.now.keys.count)
        return true;
    etcd_encryption_restore(&change.now, snapshot, node->call->arena);
    node->object = with_state(node->object, &change.now, node->call->arena);
    return keep(&change, diags);
}

static Str prefix_in_etcd(const KeyChange *change, Str resource) {
    Arena *arena = change->node->call->arena;
    Value server = server_of(change->node->object, arena);
    Str top = STR_EMPTY;
    for (size_t i = 0; i < nested_list_count(server, "extra_args"); i++) {
        Value one = nested_list_at(server, "extra_args", i);
        if (str_equal(object_text(one, "name", STR_EMPTY), STR("etcd-prefix")))
            top = object_text(one, "value", STR_EMPTY);
    }
    return encrypted_resource_prefix(top, resource, arena);
}

/* Phases 1, 2 and 5: the file. */

/* By a restart of each API server, with a rollback if it does not respond. */
static bool restart_servers(const KeyChange *change, const EtcdEncryption *to, Diags *diags) {
    Arena *arena = change->node->call->arena;
    KubeadmNode own = *change->node;
    Value before = object_with(own.object, "change_unfinished", value_null(&TYPE_BOOL), arena);
    before = encryption_file_add(before, &change->now, arena);
    own.object = encryption_file_add(own.object, to, arena);
    return kubeadm_change_run(&own, before, diags);
}

/* API servers that do not load the file restart for it. */
static bool reload_servers(const KeyChange *change, const EtcdEncryption *to, Diags *diags) {
    Arena *arena = change->node->call->arena;
    KeyFile file = {.content = encryption_file_content(to, arena),
                    .former = encryption_file_content(&change->now, arena)};
    bool has_late;
    return kubeadm_key_gate_reload(change->node->call, change->peers, &file, &has_late, diags) &&
           (!has_late || restart_servers(change, to, diags));
}

/* Each API server writes an object, whose value in etcd shows the key. */
static bool check_servers(const KeyChange *change, const EtcdEncryption *to, Diags *diags) {
    static const KubeResource *const kinds[] = {&cluster_api_secrets, &cluster_api_config_maps};
    Arena *arena = change->node->call->arena;
    for (size_t i = 0; i < ARRAY_COUNT(kinds); i++) {
        Str resource = kinds[i]->plural;
        const EncryptionKey *key = next_key(to, resource);
        if (!is_listed(&to->resources, resource) && !is_listed(&to->next_resources, resource))
            continue;
        KeyCanary canary = {.resource = kinds[i],
                            .directory = prefix_in_etcd(change, resource),
                            .prefix = key ? encryption_file_prefix(key, arena) : STR_EMPTY};
        return kubeadm_key_gate_canary(change->node->call, change->peers, &canary, diags);
    }
    return true;
}

/* A cluster with keys that loam does not know would lose its objects. */
static bool check_plain(const KeyChange *change, Diags *diags) {
    EtcdGateway etcd;
    if (!kubeadm_key_gate_etcd(change->peers, &etcd, diags))
        return false;
    vec_each(&change->now.next_resources, resource) {
        EtcdValues values;
        if (change->now.current.len && is_listed(&change->now.resources, *resource))
            continue;
        if (!etcd_values_count(&etcd, prefix_in_etcd(change, *resource), STR(ETCD_VALUES_ENCRYPTED),
                               &values, diags))
            return false;
        if (values.matching)
            return path_error(change->node->call, PATH_AT(change->node->call, {AT_REST}), diags,
                              "Objects are encrypted already",
                              "%lld values in etcd are encrypted with keys that the state does not "
                              "have, such as \"%.*s\". Decrypt them first, and remove the flag "
                              "\"" ENCRYPTION_FILE_FLAG "\" from the API servers.",
                              (long long)values.matching, STR_ARG(values.match));
    }
    return true;
}

static bool change_file(const KeyChange *change, const EtcdEncryption *to, Diags *diags) {
    Arena *arena = change->node->call->arena;
    EtcdEncryption after = *to;
    if (to->phase == 1 && !to->is_restored && !check_plain(change, diags))
        return false;
    if (!(encryption_file_needs_restart(&change->now, to, arena)
              ? restart_servers(change, to, diags)
              : reload_servers(change, to, diags)))
        return false;
    return to->phase == 1 || check_servers(change, &after, diags);
}

/* Phase 3. */

static bool rewrite_page(KeyChange *change, const KubeadmPeer *peer, ObjectRewrite *place,
                         Diags *diags) {
    SCOPED(ClusterApi) api = {0};
    KubeResource kind;
    if (!kubeadm_peer_api(peer, &api, diags) ||
        !encrypted_resource_find(&api.call, change->now.rewriting, &kind, diags) ||
        !object_rewrite_page(change->node->call, &api, &kind, place, diags))
        return false;
    change->now.at = place->next;
    change->now.written = place->written;
    return keep(change, diags);
}

static bool rewrite_objects(KeyChange *change, Diags *diags) {
    StrVec resources = etcd_encryption_resources(&change->now, change->node->call->arena);
    bool is_reached = !change->now.rewriting.len;
    vec_each(&resources, resource) {
        is_reached |= str_equal(*resource, change->now.rewriting);
        if (!is_reached || !is_rewritten(&change->now, *resource))
            continue;
        ObjectRewrite place = {.written = change->now.written};
        if (str_equal(*resource, change->now.rewriting))
            place.next = change->now.at;
        change->now.rewriting = *resource;
        while (!place.is_end) {
            if (!rewrite_page(change, change->peers->items.items[0], &place, diags))
                return false;
        }
    }
    return true;
}

/* Phase 4. */

static bool find_former(const KeyChange *change, int64_t *count, Str *first, Diags *diags) {
    Arena *arena = change->node->call->arena;
    StrVec resources = etcd_encryption_resources(&change->now, arena);
    EtcdGateway etcd;
    *count = 0;
    if (!kubeadm_key_gate_etcd(change->peers, &etcd, diags))
        return false;
    vec_each(&resources, resource) {
        EtcdValues values;
        const EncryptionKey *key = next_key(&change->now, *resource);
        Str prefix = key ? encryption_file_prefix(key, arena) : STR(ETCD_VALUES_ENCRYPTED);
        if (!etcd_values_count(&etcd, prefix_in_etcd(change, *resource), prefix, &values, diags))
            return false;
        int64_t former = key ? values.count - values.matching : values.matching;
        if (former && !*count)
            *first = key ? values.other : values.match;
        *count += former;
    }
    return true;
}

/* Objects that are left are rewritten once more. */
static bool check_values(KeyChange *change, bool *is_clean, Diags *diags) {
    int64_t count;
    Str first = STR_EMPTY;
    call_progress(change->node->call, 0, 0, "checking the values in etcd");
    if (!find_former(change, &count, &first, diags))
        return false;
    *is_clean = count == 0;
    if (*is_clean)
        return true;
    change->now.phase = 2;
    change->now.rewriting = change->now.at = STR_EMPTY;
    change->now.written = 0;
    return ++change->checks < CHECKS_MAX ||
           path_error(change->node->call, PATH_AT(change->node->call, {AT_REST}), diags,
                      "Objects keep the former key",
                      "%lld values in etcd, such as \"%.*s\", are not encrypted with the new key "
                      "after %d rewrites. Is an API server running that the state does not have? "
                      "The former key stays. Apply again.",
                      (long long)count, STR_ARG(first), CHECKS_MAX);
}

/* Makes the phase after the last one that has ended. */
static bool advance(KeyChange *change, Diags *diags) {
    EtcdEncryption next = change->now;
    bool is_clean = true;
    next.phase++;
    log_debug("phase of the encryption", log_number("phase", next.phase));
    if (next.phase == 3 && !rewrite_objects(change, diags))
        return false;
    if (next.phase == 4 && !check_values(change, &is_clean, diags))
        return keep(change, diags) && false;
    if (next.phase != 3 && next.phase != 4 && !change_file(change, &next, diags))
        return false;
    if (is_clean)
        change->now.phase = next.phase;
    if (next.phase == ETCD_ENCRYPTION_PHASES) {
        etcd_encryption_settle(&change->now);
        drop_keys(change->node->call, change->node->object, &change->wish, &change->now);
    }
    return keep(change, diags);
}

/* If the state of an interrupted run was lost, the first machine has the key that it made, and
 * objects may have it. */
static bool begin_key_change(KeyChange *change, Diags *diags) {
    const Call *call = change->node->call;
    EtcdEncryption found;
    Str content;
    if (!read_file(&change->peers->items.items[0]->node, &content, &found, diags))
        return false;
    bool is_lost = !str_equal(content, encryption_file_content(&change->now, call->arena));
    if (is_lost)
        etcd_encryption_adopt(&change->now, &found, call->arena);
    etcd_encryption_begin(&change->now, &change->wish, call->arena);
    change->now.is_restored = is_lost;
    return keep(change, diags);
}

static bool check_plugins(const KeyChange *change, Diags *diags) {
    StrVec sockets =
        encryption_plugin_sockets(&change->now, &change->wish, change->node->call->arena);
    bool is_good = true;
    vec_each(&change->peers->items, peer) {
        if ((*peer)->node.is_control_plane)
            is_good &= check_plugins_of(&(*peer)->link, &sockets, (*peer)->node.name, diags);
    }
    return is_good;
}

static bool run_key_change(KeyChange *change, Diags *diags) {
    const Call *call = change->node->call;
    if (!kubeadm_gate_check_complete(call, change->peers, AT_REST, diags) ||
        !check_plugins(change, diags) ||
        !kubeadm_gate_wait(call, change->peers, KUBEADM_GATE_CHANGE, diags))
        return false;
    while (change->now.is_changing || etcd_encryption_differs(&change->now, &change->wish)) {
        if ((!change->now.is_changing && !begin_key_change(change, diags)) ||
            !advance(change, diags))
            return false;
    }
    return true;
}

bool kubeadm_encryption_update(const KubeadmNode *node, Value *state, Diags *diags) {
    SCOPED(KubeadmPeers) peers = {0};
    KeyChange change = {.node = node,
                        .peers = &peers,
                        .wish = wish_of(node->object, node->call->arena),
                        .now = encryption_of(*state, node->call->arena),
                        .state = state};
    if (!change.now.is_changing && !etcd_encryption_differs(&change.now, &change.wish)) {
        drop_keys(node->call, node->object, &change.wish, &change.now);
        *state = with_state(*state, &change.now, node->call->arena);
        return true;
    }
    return kubeadm_peer_open(node->call, node->object, &peers, diags) &&
           run_key_change(&change, diags);
}

bool kubeadm_encryption_finish_restore(const KubeadmNode *node, Value *state, Diags *diags) {
    EtcdEncryption now = encryption_of(*state, node->call->arena);
    return !now.is_restored || kubeadm_peer_control_planes(node->call, *state).count > 1 ||
           kubeadm_encryption_update(node, state, diags);
}
