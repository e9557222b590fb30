/* definitions: stores each definition as JSON text, which needs less memory than its value. */
#include "definitions.h"

#include "kube_object.h"
#include "map.h"
#include "thread.h"

struct Definitions {
    pthread_mutex_t *mutex; /* of `texts` */
    Map texts;              /* "GROUP/KIND" → Str, the definition as JSON */
    Arena *arena;
    /* The members below are guarded by shared_mutex. */
    Str server;
    size_t users; /* calls of definitions_open without definitions_close */
    Definitions *next;
};

static pthread_mutex_t shared_mutex = PTHREAD_MUTEX_INITIALIZER;
static Definitions *shared; /* those that are open */

static Definitions *new_definitions(Str server) {
    Arena *arena = arena_open("definitions");
    Definitions *definitions = arena_new(arena, Definitions);
    *definitions = (Definitions){
        .mutex = arena_new(arena, pthread_mutex_t),
        .texts = map_new(arena),
        .arena = arena,
        .server = str_clone(server, arena),
        .next = shared,
    };
    pthread_mutex_init(definitions->mutex, NULL);
    shared = definitions;
    return definitions;
}

Definitions *definitions_open(Str server) {
    LOCKED(&shared_mutex);
    Definitions *definitions = shared;
    while (definitions && !str_equal(definitions->server, server))
        definitions = definitions->next;
    if (!definitions)
        definitions = new_definitions(server);
    definitions->users++;
    return definitions;
}

static void free_definitions(Definitions *definitions) {
    Definitions **link = &shared;
    while (*link != definitions)
        link = &(*link)->next;
    *link = definitions->next;
    pthread_mutex_destroy(definitions->mutex);
    arena_close(definitions->arena);
}

void definitions_close(Definitions *definitions) {
    if (!definitions)
        return;
    LOCKED(&shared_mutex);
    if (--definitions->users == 0)
        free_definitions(definitions);
}

static Str definitions_key_of(Str group, Str kind, Arena *arena) {
    return str_format(arena, "%.*s/%.*s", STR_ARG(group), STR_ARG(kind));
}

void definitions_add(Definitions *definitions, Value manifest, Arena *scratch) {
    Str group = kube_object_text(manifest, "spec", "group");
    Str kind = kube_object_text(manifest, "spec.names", "kind");
    if (!str_equal_cstr(kube_object_text(manifest, "", "kind"), "CustomResourceDefinition") ||
        group.len == 0 || kind.len == 0 || !value_is_wholly_known(manifest))
        return;
    Str text = json_text(manifest, scratch);
    LOCKED(definitions->mutex);
    Str *kept = arena_new(definitions->arena, Str);
    *kept = str_clone(text, definitions->arena);
    map_set(&definitions->texts, definitions_key_of(group, kind, definitions->arena), kept);
}

bool definitions_find(const Definitions *definitions, Str group, Str version, Str kind,
                      KubeSchema *out, Arena *arena) {
    Value definition;
    pthread_mutex_lock(definitions->mutex);
    const Str *kept = map_find(&definitions->texts, definitions_key_of(group, kind, arena));
    pthread_mutex_unlock(definitions->mutex);
    return kept && json_parse_object(*kept, &definition, arena) &&
           kube_schema_of_definition(definition, version, out);
}
