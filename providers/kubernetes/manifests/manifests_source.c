#include "manifests_source.h"

#include "digest.h"
#include "json.h"
#include "kube_object.h"
#include "object_body.h"
#include "object_builder.h"
#include "object_secret.h"

/* The type. */

const ManifestsType *manifests_source_type(const Call *call) {
    return call->type->payload;
}

/* Returns the source that is set; the first if none is. */
static const char *source_name_of(const Call *call, Value config) {
    const char *const *sources = manifests_source_type(call)->sources;
    for (size_t i = 0; sources[i]; i++) {
        if (object_has(config, sources[i]))
            return sources[i];
    }
    return sources[0];
}

/* Returns the place of errors about the manifests. */
static Path source_argument(const Call *call, Value config) {
    return path_attribute((Path){0}, str_from_cstr(source_name_of(call, config)), call->arena);
}

/* Returns whether the manifests are named. */
static bool source_is_named(const Call *call, Value config) {
    return object_has(config, source_name_of(call, config));
}

static bool is_any_unknown(const char *const *names, Value config) {
    for (size_t i = 0; names && names[i]; i++) {
        if (!value_is_wholly_known(object_attribute(config, names[i])))
            return true;
    }
    return false;
}

bool manifests_source_is_unknown(const Call *call, Value config) {
    const ManifestsType *type = manifests_source_type(call);
    return is_any_unknown(type->sources, config) || is_any_unknown(type->settings, config);
}

Value manifests_source_shown(const Call *call, Value object, Arena *arena) {
    static const char *const names[] = {"data", "stringData"};
    Value found;
    if (!manifests_source_type(call)->hides_secrets || !value_is_present(object) ||
        !type_is_mapping(object.type) || !object_secret_is(object))
        return object;
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if (value_find(object, str_from_cstr(names[i]), &found))
            object = kube_object_with(object, "", names[i], value_null(&TYPE_DYNAMIC), arena);
    }
    return object;
}

#define DEFAULT_NAMESPACE "default"

typedef enum KindScope {
    SCOPE_CLUSTER,
    SCOPE_NAMESPACE,
    SCOPE_UNKNOWN, /* the kind is not served yet */
    SCOPE_FAILED,  /* an error was added */
} KindScope;

typedef struct SourceReading {
    const Call *call;
    Value config;
    ManifestObjects objects;
    ManifestsSource *out;
    Diags *diags;
} SourceReading;

static bool source_read_objects(const Call *call, Value config, Path argument, ManifestObjects *out,
                                Diags *diags) {
    return manifests_source_type(call)->read(call, config, argument, out, diags) &&
           manifest_text_check_unique(call, argument, out, diags);
}

/* Adds the diagnostics about one object, with its file and line. */
static void source_report(const Call *call, Path argument, const ManifestObject *object,
                          const Diags *found, Diags *diags) {
    Arena *arena = call->arena;
    for (size_t i = 0; i < found->count; i++) {
        Diag diag = found->items[i];
        Path path = path_parse(diag.path, arena);
        Path inside = path.count > argument.count && path_starts_with(path, argument)
                          ? (Path){path.steps + argument.count, path.count - argument.count}
                          : (Path){0};
        diag.detail =
            str_format(arena, "In %.*s: %.*s", STR_ARG(manifest_text_place(object, inside, arena)),
                       STR_ARG(diag.detail));
        diag.path = object_secret_is(object->object) ? STR_EMPTY : path_to_str(argument, arena);
        diags_add(diags, &diag);
    }
}

static bool source_check_objects(const Call *call, Path argument, const ManifestObjects *objects,
                                 Diags *diags) {
    bool is_good = true;
    vec_each(objects, object) {
        SCOPED(ArenaRef) scratch = arena_open("object");
        Diags found = diags_new(scratch);
        if (!object_body_check(object->object, argument, scratch, &found))
            is_good = false;
        source_report(call, argument, object, &found, diags);
    }
    return is_good;
}

bool manifests_source_check(const Call *call, Value config, Diags *diags) {
    ManifestObjects objects = {0};
    SCOPED(ArenaRef) scratch = arena_open("manifests");
    Call own = *call;
    own.arena = scratch;
    Path argument = source_argument(&own, config);
    if (!source_is_named(&own, config) || manifests_source_is_unknown(&own, config))
        return true;
    return source_read_objects(&own, config, argument, &objects, diags) &&
           source_check_objects(&own, argument, &objects, diags);
}

/* Kinds and namespaces. */

/* Returns the definition of the kind in the source, or NULL. */
static const ManifestObject *find_definition(const SourceReading *reading, const ObjectKey *key) {
    vec_each(&reading->objects, object) {
        if (str_equal(object->kind, STR("CustomResourceDefinition")) &&
            str_equal(kube_object_text(object->object, "spec", "group"), key->group) &&
            str_equal(kube_object_text(object->object, "spec.names", "kind"), key->kind))
            return object;
    }
    return NULL;
}

static KindScope report_discovery(const SourceReading *reading, const ObjectKey *key,
                                  const KubeResponse *response) {
    (void)path_error(reading->call, reading->out->argument, reading->diags,
                     "Kinds of the Kubernetes API server not read", "\"%.*s\": %.*s.",
                     STR_ARG(key->kind), STR_ARG(response->problem));
    return SCOPE_FAILED;
}

static KindScope source_scope_of(const SourceReading *reading, const ObjectKey *key,
                                 bool *is_awaited) {
    const Call *call = reading->call;
    KubeCall kube = cluster_call(call);
    KubeResource resource;
    KubeResponse response;
    KubeKind kind = {object_key_api_version(key, call->arena), key->kind};
    KubeOutcome outcome = kube_discovery_find(cluster_discovery(call->client), &kube, kind,
                                              &resource, &response, reading->diags);
    *is_awaited = false;
    if (outcome == KUBE_DONE)
        return resource.is_namespaced ? SCOPE_NAMESPACE : SCOPE_CLUSTER;
    if (outcome != KUBE_ABSENT)
        return report_discovery(reading, key, &response);
    const ManifestObject *definition = find_definition(reading, key);
    *is_awaited = definition != NULL;
    if (!definition)
        return SCOPE_UNKNOWN;
    bool is_cluster =
        str_equal(kube_object_text(definition->object, "spec", "scope"), STR("Cluster"));
    return is_cluster ? SCOPE_CLUSTER : SCOPE_NAMESPACE;
}

/* Makes the item of an object. Returns false, with an error, if its kind cannot be looked up. */
static bool source_add_item(SourceReading *reading, const ManifestObject *object) {
    Arena *arena = reading->call->arena;
    ManifestsItem item = {.source = object, .manifest = object->object};
    item.key = object_key_of(object->object);
    KindScope scope = source_scope_of(reading, &item.key, &item.is_awaited);
    if (scope == SCOPE_FAILED)
        return false;
    if (scope == SCOPE_UNKNOWN && !item.key.namespace.len && reading->call->is_planning) {
        reading->out->has_unknown_objects = true;
        return true;
    }
    if (scope == SCOPE_CLUSTER)
        item.key.namespace = STR_EMPTY;
    if (scope == SCOPE_NAMESPACE && !item.key.namespace.len)
        item.key.namespace = object_text(reading->config, "namespace", STR(DEFAULT_NAMESPACE));
    if (item.key.namespace.len && !str_equal(item.key.namespace, object->namespace))
        item.manifest = kube_object_with(item.manifest, "metadata", "namespace",
                                         value_from_str(item.key.namespace), arena);
    item.text = object_key_text(&item.key, arena);
    SCOPED(ArenaRef) scratch = arena_open("digest");
    item.digest = digest_hex(DIGEST_SHA256, json_text(item.manifest, scratch), arena);
    item.wave = object_order_wave(item.key.group, item.key.kind);
    vec_push(arena, &reading->out->items, item);
    return true;
}

/* Two objects may differ only by a namespace that one of them does not name. */
static bool index_items(SourceReading *reading) {
    ManifestsSource *source = reading->out;
    Arena *arena = reading->call->arena;
    bool is_good = true;
    vec_each(&source->items, item) {
        const ManifestsItem *first = map_find(&source->by_text, item->text);
        if (!first) {
            map_put(arena, &source->by_text, item->text, item);
            continue;
        }
        Str here = manifest_text_place(item->source, (Path){0}, arena);
        Str there = manifest_text_place(first->source, (Path){0}, arena);
        is_good = path_error(reading->call, source->argument, reading->diags, "Duplicate object",
                             "\"%.*s\" is in %.*s, and again in %.*s. Remove one of them.",
                             STR_ARG(item->text), STR_ARG(there), STR_ARG(here));
    }
    return is_good;
}

/* Sorts by wave; objects of a wave stay in the order of the source. */
static void sort_items(ManifestsSource *source, Arena *arena) {
    ManifestsItems sorted = {0};
    for (unsigned wave = 0; wave < OBJECT_WAVE_COUNT; wave++) {
        vec_each(&source->items, item) {
            if ((unsigned)item->wave == wave)
                vec_push(arena, &sorted, *item);
        }
    }
    source->items = sorted;
}

bool manifests_source_read(const Call *call, Value config, ManifestsSource *out, Diags *diags) {
    *out = (ManifestsSource){.argument = source_argument(call, config)};
    SourceReading reading = {.call = call, .config = config, .out = out, .diags = diags};
    if (!source_read_objects(call, config, out->argument, &reading.objects, diags) ||
        !source_check_objects(call, out->argument, &reading.objects, diags))
        return false;
    vec_each(&reading.objects, object) {
        if (!source_add_item(&reading, object))
            return false;
    }
    sort_items(out, call->arena);
    return index_items(&reading);
}

const ManifestsSource *manifests_source_open(const Call *call, Value config, Diags *diags) {
    KeptResult *kept = call->kept;
    Call own = *call;
    if (kept && kept->data)
        return kept->data;
    if (kept && !kept->arena)
        kept->arena = arena_open("manifests");
    if (kept)
        own.arena = kept->arena;
    ManifestsSource *source = arena_new(own.arena, ManifestsSource);
    if (!manifests_source_read(&own, config, source, diags))
        return NULL;
    if (kept)
        kept->data = source;
    return source;
}

void manifests_source_report(const ManifestsSource *source, const ManifestsItem *item,
                             const Diags *found, Diags *diags) {
    const Call call = {.arena = diags->arena};
    source_report(&call, source->argument, item->source, found, diags);
}
