#include "cluster.h"

#include "digest.h"
#include "kube_object.h"
#include "map.h"
#include "thread.h"

#define GETS_BEFORE_LIST 20
#define CLUSTER_LIST_MAX 500 /* one page, however few objects are ours */

/* How the objects of one kind and namespace are read: one by one, or by a list. */
typedef struct Collection {
    size_t gets;
    size_t next_list; /* number of GETs at which the collection is listed */
    bool is_listing;
    bool has_no_list; /* the user may not list, or the list failed */
} Collection;

struct Cluster {
    KubeTarget target;
    KubeClient *client;
    KubeDiscovery *discovery;
    ServerRules *rules;
    ObjectNames *names;
    KubeOpenapi *openapi;
    Definitions *definitions;
    IgnoredKeys *ignored;
    const void *extension; /* of the provider; may be NULL */
    pthread_mutex_t identity_mutex;
    bool is_identified;
    ClusterIdentity identity;
    bool has_failed;           /* the last attempt to identify the cluster */
    KubeResponse failure;      /* its response */
    pthread_mutex_t mutex;     /* of the members below */
    pthread_cond_t has_listed; /* a list has ended */
    Map objects;               /* path → Str, its JSON */
    Map collections;           /* path → Collection */
    Map owners;                /* uid → Str, the address that has read the object */
    Arena *arena;
};

static const KubeResource namespaces = {
    .version = STR_CONST("v1"), .kind = STR_CONST("Namespace"), .plural = STR_CONST("namespaces")};
static const KubeRef identity_ref = {.resource = &namespaces, .name = STR_CONST("kube-system")};

Cluster *cluster_open(const Io *io, const KubeTarget *target, const KubeClientOptions *options,
                      IgnoredKeys *ignored, Arena *run) {
    Cluster *cluster = arena_new(run, Cluster);
    cluster->target = *target;
    cluster->client = kube_client_open(io, &cluster->target, options);
    cluster->discovery = kube_discovery_open();
    cluster->rules = server_rules_open(cluster->discovery);
    cluster->names = object_names_open();
    cluster->openapi = kube_openapi_open();
    cluster->definitions = definitions_open(target->server);
    cluster->ignored = ignored;
    cluster->arena = arena_open("cluster");
    pthread_mutex_init(&cluster->identity_mutex, NULL);
    pthread_mutex_init(&cluster->mutex, NULL);
    pthread_cond_init(&cluster->has_listed, NULL);
    return cluster;
}

void cluster_close(Cluster *cluster) {
    if (!cluster)
        return;
    kube_client_close(cluster->client);
    server_rules_close(cluster->rules);
    object_names_close(cluster->names);
    kube_openapi_close(cluster->openapi);
    definitions_close(cluster->definitions);
    kube_discovery_close(cluster->discovery);
    ignored_keys_close(cluster->ignored);
    pthread_mutex_destroy(&cluster->identity_mutex);
    pthread_mutex_destroy(&cluster->mutex);
    pthread_cond_destroy(&cluster->has_listed);
    arena_close(cluster->arena);
}

KubeClient *cluster_client(const Cluster *cluster) {
    return cluster->client;
}

KubeDiscovery *cluster_discovery(const Cluster *cluster) {
    return cluster->discovery;
}

ServerRules *cluster_rules(const Cluster *cluster) {
    return cluster->rules;
}

ObjectNames *cluster_names(const Cluster *cluster) {
    return cluster->names;
}

KubeOpenapi *cluster_openapi(const Cluster *cluster) {
    return cluster->openapi;
}

Definitions *cluster_definitions(const Cluster *cluster) {
    return cluster->definitions;
}

void cluster_set_extension(Cluster *cluster, const void *extension) {
    cluster->extension = extension;
}

const void *cluster_extension(const Cluster *cluster) {
    return cluster->extension;
}

IgnoredKeys *cluster_ignored(const Cluster *cluster) {
    return cluster->ignored;
}

Value cluster_without_ignored(const Cluster *cluster, Value live, Value kept, Arena *arena) {
    return ignored_keys_remove(cluster->ignored, live, kept, arena);
}

KubeCall cluster_call(const Call *call) {
    const Cluster *cluster = call->client;
    return (KubeCall){
        .client = cluster->client,
        .arena = call->arena,
        .deadline_ms = call->deadline_ms,
        .cancel = call->cancel,
    };
}

/* Users who may not read kube-system are identified by the authorities of the server. */
static KubeOutcome cluster_read_id(Cluster *cluster, const KubeCall *kube, Str *out,
                                   KubeResponse *response, Diags *diags) {
    Value object;
    Str ca_certs = cluster->target.ca_certs;
    KubeOutcome outcome = kube_call_get(kube, &identity_ref, response, diags);
    *out = STR_EMPTY;
    if (outcome == KUBE_DONE && kube_client_decode(response, &object, kube->arena)) {
        *out = str_format(kube->arena, "uid:%.*s",
                          STR_ARG(kube_object_text(object, "metadata", "uid")));
        return KUBE_DONE;
    }
    if (response->code != 403 && response->code != 404)
        return KUBE_FAILED;
    if (ca_certs.len)
        *out = str_format(kube->arena, "ca:%.*s",
                          STR_ARG(digest_hex(DIGEST_SHA256, ca_certs, kube->arena)));
    return KUBE_DONE;
}

static Str cluster_read_version(const KubeCall *kube, Diags *diags) {
    KubeRequest request = {.method = "GET", .path = STR("/version")};
    KubeResponse response;
    Value object;
    if (kube_call_send(kube, request, &response, diags) != KUBE_DONE ||
        !kube_client_decode(&response, &object, kube->arena))
        return STR_EMPTY;
    return value_text_at(object, STR("gitVersion"));
}

/* Called with the identity's mutex. */
static KubeOutcome change_cluster_identify(Cluster *cluster, const Call *call,
                                           KubeResponse *response, Diags *diags) {
    KubeCall kube = cluster_call(call);
    Str id;
    if (call->is_planning && cluster->has_failed) {
        *response = kube_client_copy_response(&cluster->failure, call->arena);
        return response->outcome;
    }
    KubeOutcome outcome = cluster_read_id(cluster, &kube, &id, response, diags);
    cluster->is_identified = outcome == KUBE_DONE;
    cluster->has_failed = response->code == 0 && outcome != KUBE_DONE && !call_is_cancelled(call);
    Str version = outcome == KUBE_DONE ? cluster_read_version(&kube, diags) : STR_EMPTY;
    LOCKED(&cluster->mutex);
    if (cluster->is_identified)
        cluster->identity =
            (ClusterIdentity){str_clone(id, cluster->arena), str_clone(version, cluster->arena)};
    if (cluster->has_failed)
        cluster->failure = kube_client_copy_response(response, cluster->arena);
    return outcome;
}

KubeOutcome cluster_identify(const Call *call, ClusterIdentity *out, KubeResponse *response,
                             Diags *diags) {
    Cluster *cluster = call->client;
    KubeOutcome outcome = KUBE_DONE;
    *response = (KubeResponse){0};
    LOCKED(&cluster->identity_mutex);
    if (!cluster->is_identified)
        outcome = change_cluster_identify(cluster, call, response, diags);
    *out = cluster->identity;
    return outcome;
}

void cluster_keep_owner(Cluster *cluster, Str uid, Str address) {
    LOCKED(&cluster->mutex);
    Str *kept = arena_new(cluster->arena, Str);
    *kept = str_clone(address, cluster->arena);
    map_put(cluster->arena, &cluster->owners, str_clone(uid, cluster->arena), kept);
}

bool cluster_is_owner(Cluster *cluster, Str uid, Str address) {
    LOCKED(&cluster->mutex);
    const Str *kept = map_find(&cluster->owners, uid);
    return kept && str_equal(*kept, address);
}

/* The functions below, up to cluster_get, are called with the mutex. */

static Collection *collection_of(Cluster *cluster, const KubeRef *ref, Arena *arena) {
    KubeRef all = {.resource = ref->resource, .namespace = ref->namespace};
    Str path = kube_resource_path(&all, arena);
    Collection *collection = map_find(&cluster->collections, path);
    if (collection)
        return collection;
    collection = arena_new(cluster->arena, Collection);
    collection->next_list = GETS_BEFORE_LIST;
    map_put(cluster->arena, &cluster->collections, str_clone(path, cluster->arena), collection);
    return collection;
}

static void cluster_keep(Cluster *cluster, Str path, Str text) {
    Str *kept = arena_new(cluster->arena, Str);
    *kept = str_clone(text, cluster->arena);
    map_put(cluster->arena, &cluster->objects, str_clone(path, cluster->arena), kept);
}

static void cluster_keep_list(Cluster *cluster, const KubeRef *ref, const KubeList *list,
                              Arena *arena) {
    vec_each(&list->items, item) {
        KubeRef one = *ref;
        one.name = kube_object_text(*item, "metadata", "name");
        Str path = kube_resource_path(&one, arena);
        if (!map_has(&cluster->objects, path))
            cluster_keep(cluster, path, json_text(*item, arena));
    }
}

/* Lists the collection without the mutex; other readers of the collection wait. A list that is too
 * long is cut, and tried again when more objects turn out to be ours. */
static void change_cluster_list(Cluster *cluster, const Call *call, const KubeRef *ref,
                                Collection *collection) {
    SCOPED(ArenaRef) scratch = arena_open("list");
    KubeList found = {0};
    KubeResponse response;
    KubeCall kube = cluster_call(call);
    size_t wanted = collection->gets * 10;
    KubeListRequest request = {.ref = {.resource = ref->resource, .namespace = ref->namespace},
                               .count_max = wanted > CLUSTER_LIST_MAX ? wanted : CLUSTER_LIST_MAX};
    kube.arena = scratch;
    collection->is_listing = true;
    pthread_mutex_unlock(&cluster->mutex);
    KubeOutcome outcome = kube_list_read(&kube, &request, &found, &response, NULL);
    pthread_mutex_lock(&cluster->mutex);
    if (outcome == KUBE_DONE)
        cluster_keep_list(cluster, ref, &found, scratch);
    collection->has_no_list = outcome != KUBE_DONE || !found.is_cut;
    collection->next_list = collection->gets * 5;
    collection->is_listing = false;
    pthread_cond_broadcast(&cluster->has_listed);
}

/* Returns the JSON of an object that this plan has read, or NULL. */
static const Str *find_read(Cluster *cluster, const Call *call, const KubeRef *ref, Str path) {
    Collection *collection = collection_of(cluster, ref, call->arena);
    while (collection->is_listing)
        pthread_cond_wait(&cluster->has_listed, &cluster->mutex);
    const Str *found = map_find(&cluster->objects, path);
    if (found)
        return found;
    if (++collection->gets > collection->next_list && !collection->has_no_list &&
        (ref->resource->verbs & KUBE_VERB_LIST))
        change_cluster_list(cluster, call, ref, collection);
    return map_find(&cluster->objects, path);
}

KubeOutcome cluster_get(Cluster *cluster, const Call *call, const KubeRef *ref, Value *out,
                        KubeResponse *response, Diags *diags) {
    KubeCall kube = cluster_call(call);
    Str path = kube_resource_path(ref, call->arena);
    const Str *text = NULL;
    *response = (KubeResponse){.outcome = KUBE_DONE, .code = 200};
    if (call->is_planning) {
        pthread_mutex_lock(&cluster->mutex);
        text = find_read(cluster, call, ref, path);
        pthread_mutex_unlock(&cluster->mutex);
    }
    if (text) {
        response->body = *text;
    } else if (kube_call_get(&kube, ref, response, diags) != KUBE_DONE) {
        return response->outcome;
    }
    if (!kube_client_decode(response, out, call->arena))
        return response->outcome;
    if (call->is_planning && !text) {
        pthread_mutex_lock(&cluster->mutex);
        cluster_keep(cluster, path, response->body);
        pthread_mutex_unlock(&cluster->mutex);
    }
    return KUBE_DONE;
}
