/* definitions: stores each definition as JSON text, which needs less memory than its value. */
#include "definitions.h"

#include "kube_object.h"
#include "map.h"

#include <pthread.h>

struct Definitions {
    pthread_mutex_t *mutex; /* of the members below */
    Map texts;              /* "GROUP/KIND" → Str, the definition as JSON */
    Arena *arena;
};

Definitions *definitions_open(void) {
    Arena *arena = arena_open("definitions");
    Definitions *definitions = arena_new(arena, Definitions);
    *definitions = (Definitions){
        .mutex = arena_new(arena, pthread_mutex_t), .texts = map_new(arena), .arena = arena};
    pthread_mutex_init(definitions->mutex, NULL);
    return definitions;
}

void definitions_close(Definitions *definitions) {
    if (!definitions)
        return;
    pthread_mutex_destroy(definitions->mutex);
    arena_close(definitions->arena);
}

static Str key_of(Str group, Str kind, Arena *arena) {
    return str_format(arena, "%.*s/%.*s", STR_ARG(group), STR_ARG(kind));
}

void definitions_add(Definitions *definitions, Value manifest, Arena *scratch) {
    Str group = kube_object_text(manifest, "spec", "group");
    Str kind = kube_object_text(manifest, "spec.names", "kind");
    if (!str_equal_cstr(kube_object_text(manifest, "", "kind"), "CustomResourceDefinition") ||
        group.len == 0 || kind.len == 0 || !value_is_wholly_known(manifest))
        return;
    Str text = json_text(manifest, scratch);
    pthread_mutex_lock(definitions->mutex);
    Str *kept = arena_new(definitions->arena, Str);
    *kept = str_clone(text, definitions->arena);
    map_set(&definitions->texts, key_of(group, kind, definitions->arena), kept);
    pthread_mutex_unlock(definitions->mutex);
}

bool definitions_find(const Definitions *definitions,
                      Str group,
                      Str version,
                      Str kind,
                      KubeSchema *out,
                      Arena *arena) {
    const char *error;
    size_t offset;
    Value definition;
    pthread_mutex_lock(definitions->mutex);
    const Str *kept = map_find(&definitions->texts, key_of(group, kind, arena));
    pthread_mutex_unlock(definitions->mutex);
    return kept && json_parse_any(*kept, &definition, &error, &offset, arena) &&
           kube_schema_of_definition(definition, version, out);
}
