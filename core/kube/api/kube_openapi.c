#include "kube_openapi.h"

#include "log.h"
#include "map.h"
#include "thread.h"

#define INDEX                "/openapi/v3"
#define OPENAPI_ATTEMPTS_MAX 2 /* few: without a schema, the server reports errors at the apply */

struct KubeOpenapi {
    pthread_mutex_t mutex; /* held while a document is read */
    bool is_read;
    Map urls;      /* "apis/apps/v1" → Str, path of its document */
    Map documents; /* path → Value; NULL: it cannot be read */
    Map schemas;   /* path and kind → KubeSchema; NULL: there is none */
    Arena *arena;
};

KubeOpenapi *kube_openapi_open(void) {
    Arena *arena = arena_open("kubernetes openapi");
    KubeOpenapi *openapi = arena_new(arena, KubeOpenapi);
    openapi->arena = arena;
    openapi->urls = map_new(arena);
    openapi->documents = map_new(arena);
    openapi->schemas = map_new(arena);
    pthread_mutex_init(&openapi->mutex, NULL);
    return openapi;
}

void kube_openapi_close(KubeOpenapi *openapi) {
    if (!openapi)
        return;
    pthread_mutex_destroy(&openapi->mutex);
    arena_close(openapi->arena);
}

/* The caller of the functions below holds the mutex. */

/* The response and the document live in openapi->arena. */
static bool openapi_read(KubeOpenapi *openapi, const KubeCall *call, Str path, Value *out) {
    SCOPED(ArenaRef) scratch = arena_open("kubernetes openapi");
    KubeCall own = *call;
    KubeRequest request = {.method = "GET", .path = path, .attempts_max = OPENAPI_ATTEMPTS_MAX};
    KubeResponse response;
    Value document;
    own.arena = scratch;
    bool is_good = kube_call_send(&own, request, &response, NULL) == KUBE_DONE &&
                   kube_client_decode(&response, &document, scratch);
    log_debug("schemas read", log_text("path", path), log_number("ok", is_good),
              log_number("bytes", is_good ? (int64_t)response.body.len : 0));
    if (is_good)
        *out = value_clone(document, openapi->arena);
    return is_good;
}

static void openapi_read_index(KubeOpenapi *openapi, const KubeCall *call) {
    Value index, paths;
    openapi->is_read = true;
    if (!openapi_read(openapi, call, STR(INDEX), &index) ||
        !value_find_present(index, STR("paths"), &paths) || !type_is_mapping(paths.type))
        return;
    for (size_t i = 0; i < paths.count; i++) {
        Str *url = arena_new(openapi->arena, Str);
        *url = value_text_at(value_at(paths, i), STR("serverRelativeURL"));
        if (str_starts_with(*url, STR(INDEX "/")))
            map_set(&openapi->urls, value_key_at(paths, i), url);
    }
}

static const Value *document_of(KubeOpenapi *openapi, const KubeCall *call, Str url) {
    if (map_has(&openapi->documents, url))
        return map_find(&openapi->documents, url);
    Value *document = arena_new(openapi->arena, Value);
    bool is_good = openapi_read(openapi, call, url, document);
    /* A document that has changed since the index was read is only found without the hash. */
    size_t query = str_find_char(url, '?', 0);
    if (!is_good && query != SIZE_MAX)
        is_good = openapi_read(openapi, call, str_slice(url, 0, query), document);
    map_set(&openapi->documents, url, is_good ? document : NULL);
    return is_good ? document : NULL;
}

static const KubeSchema *openapi_find(KubeOpenapi *openapi, const KubeCall *call, Str api_version,
                                      Str kind) {
    Str group, version;
    kube_resource_split(api_version, &group, &version);
    Str name = str_concat(group.len ? STR("apis/") : STR("api/"), api_version, call->arena);
    const Str *url = map_find(&openapi->urls, name);
    Str key = str_format(call->arena, "%.*s/%.*s", STR_ARG(name), STR_ARG(kind));
    if (map_has(&openapi->schemas, key) || !url)
        return url ? map_find(&openapi->schemas, key) : NULL;
    const Value *document = document_of(openapi, call, *url);
    KubeSchema *schema = arena_new(openapi->arena, KubeSchema);
    bool is_found = document && kube_schema_of_document(*document, group, version, kind, schema);
    map_set(&openapi->schemas, str_clone(key, openapi->arena), is_found ? schema : NULL);
    return is_found ? schema : NULL;
}

bool kube_openapi_find(KubeOpenapi *openapi, const KubeCall *call, Str api_version, Str kind,
                       KubeSchema *out) {
    LOCKED(&openapi->mutex);
    if (!openapi->is_read)
        openapi_read_index(openapi, call);
    const KubeSchema *found = openapi_find(openapi, call, api_version, kind);
    if (found)
        *out = *found;
    return found;
}
