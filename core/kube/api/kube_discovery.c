#include "kube_discovery.h"
#include "kube_catalog.h"
#include "thread.h"
#include "url.h"

#define AGGREGATED                                                                                 \
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"                        \
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,"                   \
    "application/json"
#define READ_AGAIN_MS  10000
#define GROUP_ATTEMPTS 2 /* a group whose server is down must not delay the others */

struct KubeDiscovery {
    pthread_mutex_t mutex; /* held while the catalog is read */
    bool is_read;
    int64_t read_ms; /* monotonic time of the reading */
    KubeCatalog catalog;
    Arena *arena;
};

KubeDiscovery *kube_discovery_open(void) {
    Arena *arena = arena_open("kubernetes discovery");
    KubeDiscovery *discovery = arena_new(arena, KubeDiscovery);
    *discovery = (KubeDiscovery){.arena = arena};
    pthread_mutex_init(&discovery->mutex, NULL);
    return discovery;
}

void kube_discovery_close(KubeDiscovery *discovery) {
    if (!discovery)
        return;
    arena_close(discovery->catalog.arena);
    pthread_mutex_destroy(&discovery->mutex);
    arena_close(discovery->arena);
}

void kube_discovery_drop(KubeDiscovery *discovery) {
    LOCKED(&discovery->mutex);
    discovery->is_read = false;
}

/* One reading of the catalog. */
typedef struct Reading {
    KubeCall call; /* its arena is scratch memory of the reading */
    KubeCatalog catalog;
    KubeResponse *response;
    Diags *diags;
} Reading;

static KubeOutcome discovery_read_document(Reading *reading, KubeRequest request,
                                           KubeCatalogForm *form) {
    Value document;
    request.method = "GET";
    KubeResponse *response = reading->response;
    *form = KUBE_CATALOG_OTHER;
    KubeOutcome outcome = kube_call_send(&reading->call, request, response, reading->diags);
    if (outcome != KUBE_DONE || !kube_client_decode(response, &document, reading->call.arena))
        return response->outcome;
    *form = kube_catalog_add(&reading->catalog, document);
    if (*form != KUBE_CATALOG_OTHER)
        return KUBE_DONE;
    response->outcome = KUBE_FAILED;
    response->problem = STR("the answer is no discovery document, so it is not from a Kubernetes "
                            "API server");
    return KUBE_FAILED;
}

/* Failures of one group version that leave the others usable: its server is down, or it has just
 * been removed. */
static bool is_local_failure(const KubeResponse *response) {
    return response->code == 404 || response->code == 500 || response->code == 502 ||
           response->code == 503;
}

/* Reads the kinds of each group version that this server has named. */
static KubeOutcome read_group_versions(Reading *reading) {
    Arena *arena = reading->call.arena;
    for (size_t i = 0; i < reading->catalog.versions.count; i++) {
        Str name = reading->catalog.versions.entries[i].key;
        bool is_core = str_find_char(name, '/', 0) == SIZE_MAX;
        Str path = str_concat(is_core ? STR("/api/") : STR("/apis/"), url_encode(name, true, arena),
                              arena);
        KubeCatalogForm form;
        KubeRequest request = {.path = path, .attempts_max = GROUP_ATTEMPTS};
        KubeOutcome outcome = discovery_read_document(reading, request, &form);
        if (outcome != KUBE_DONE && !is_local_failure(reading->response))
            return outcome;
        if (outcome != KUBE_DONE)
            kube_catalog_add_stale(&reading->catalog, name);
    }
    return KUBE_DONE;
}

static KubeOutcome read_catalog(Reading *reading) {
    static const Str paths[] = {STR_CONST("/api"), STR_CONST("/apis")};
    bool is_plain = false;
    for (size_t i = 0; i < ARRAY_COUNT(paths); i++) {
        KubeCatalogForm form;
        KubeRequest request = {.path = paths[i], .accept = STR(AGGREGATED)};
        KubeOutcome outcome = discovery_read_document(reading, request, &form);
        if (outcome != KUBE_DONE)
            return outcome == KUBE_FAILED ? outcome : (reading->response->outcome = KUBE_FAILED);
        is_plain = is_plain || form == KUBE_CATALOG_VERSIONS;
    }
    return is_plain ? read_group_versions(reading) : KUBE_DONE;
}

/* The response, which the caller sees, must not point into the scratch memory. */
static KubeOutcome discovery_read_anew(KubeDiscovery *discovery, const KubeCall *call,
                                       KubeResponse *response, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("kubernetes discovery");
    Reading reading = {.call = *call, .response = response, .diags = diags};
    reading.call.arena = scratch;
    reading.catalog = kube_catalog_new(arena_open("kubernetes catalog"));
    KubeOutcome outcome = read_catalog(&reading);
    response->outcome = outcome;
    *response = kube_client_copy_response(response, call->arena);
    if (outcome != KUBE_DONE) {
        arena_close(reading.catalog.arena);
        return outcome;
    }
    const Clock *clock = kube_client_io(call->client)->clock;
    arena_close(discovery->catalog.arena);
    discovery->catalog = reading.catalog;
    discovery->is_read = true;
    discovery->read_ms = clock->monotonic_ms(clock->self);
    return KUBE_DONE;
}

static KubeOutcome discovery_explain(const KubeDiscovery *discovery, KubeKind kind,
                                     KubeResponse *response, Arena *arena) {
    const KubeCatalogVersion *version = map_find(&discovery->catalog.versions, kind.api_version);
    bool is_stale = version && version->is_stale;
    response->outcome = is_stale ? KUBE_FAILED : KUBE_ABSENT;
    response->problem =
        is_stale ? str_format(arena,
                              "the API \"%.*s\" is served by a program of its own, which does not "
                              "answer",
                              STR_ARG(kind.api_version))
                 : kube_catalog_explain(&discovery->catalog, kind.api_version, kind.kind, arena);
    return response->outcome;
}

/* With the lock held. */
static KubeOutcome discovery_find(KubeDiscovery *discovery, const KubeCall *call, KubeKind kind,
                                  KubeResource *out, KubeResponse *response, Diags *diags) {
    const KubeResource *found = NULL;
    bool is_fresh = false;
    *response = (KubeResponse){0};
    if (discovery->is_read)
        found = kube_catalog_find(&discovery->catalog, kind.api_version, kind.kind);
    const Clock *clock = kube_client_io(call->client)->clock;
    bool is_old = clock->monotonic_ms(clock->self) - discovery->read_ms >= READ_AGAIN_MS;
    if (!discovery->is_read || (!found && is_old)) {
        if (discovery_read_anew(discovery, call, response, diags) != KUBE_DONE)
            return response->outcome;
        is_fresh = true;
    }
    if (is_fresh)
        found = kube_catalog_find(&discovery->catalog, kind.api_version, kind.kind);
    if (!found)
        return discovery_explain(discovery, kind, response, call->arena);
    *out = kube_resource_clone(found, call->arena);
    return KUBE_DONE;
}

KubeOutcome kube_discovery_find(KubeDiscovery *discovery, const KubeCall *call, KubeKind kind,
                                KubeResource *out, KubeResponse *response, Diags *diags) {
    LOCKED(&discovery->mutex);
    return discovery_find(discovery, call, kind, out, response, diags);
}
