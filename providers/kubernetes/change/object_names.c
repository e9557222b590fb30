/* object_names: one list of metadata for each kind and namespace, read at most once by one thread.
 */
#include "object_names.h"

#include "kube_list.h"
#include "kube_object.h"
#include "log.h"
#include "map.h"
#include "thread.h"

#define LOOKUPS_BEFORE_LIST 20   /* in a collection; fewer are not worth a list */
#define NAMES_LIST_MAX      1000 /* names; more if there were more than a tenth as many lookups */

typedef struct NameList {
    size_t lookups;
    bool is_listing;  /* a thread reads the list */
    bool has_no_list; /* the list failed, for example for lack of permission, or is too long */
    bool is_listed;
    int64_t listed_ms; /* monotonic time before the request */
    Map names;
    Arena *arena; /* of `names` */
} NameList;

struct ObjectNames {
    pthread_mutex_t mutex;
    pthread_cond_t has_listed; /* signalled when a list was read */
    Map lists;                 /* path of the collection → NameList */
    Map added;                 /* paths of the objects that this run creates */
    Arena *arena;
};

ObjectNames *object_names_open(void) {
    Arena *arena = arena_open("object_names");
    ObjectNames *names = arena_new(arena, ObjectNames);
    names->arena = arena;
    pthread_mutex_init(&names->mutex, NULL);
    pthread_cond_init(&names->has_listed, NULL);
    return names;
}

void object_names_close(ObjectNames *names) {
    if (!names)
        return;
    map_each(&names->lists, entry)
        arena_close(((NameList *)entry->value)->arena);
    pthread_mutex_destroy(&names->mutex);
    pthread_cond_destroy(&names->has_listed);
    arena_close(names->arena);
}

/* The caller of the functions below, up to object_names_lack, holds the mutex. */

static NameList *names_list_of(ObjectNames *names, const KubeRef *ref, Arena *scratch) {
    KubeRef all = {.resource = ref->resource, .namespace = ref->namespace};
    Str path = kube_resource_path(&all, scratch);
    NameList *list = map_find(&names->lists, path);
    if (list)
        return list;
    list = arena_new(names->arena, NameList);
    list->arena = arena_open("names");
    map_put(names->arena, &names->lists, str_clone(path, names->arena), list);
    return list;
}

static int64_t names_now_ms(const KubeCall *call) {
    const Clock *clock = kube_client_io(call->client)->clock;
    return clock->monotonic_ms(clock->self);
}

static void names_keep(NameList *list, const KubeList *found) {
    arena_reset(list->arena);
    list->names = map_new(list->arena);
    vec_each(&found->items, item) {
        Str name = str_clone(kube_object_text(*item, "metadata", "name"), list->arena);
        map_set(&list->names, name, list);
    }
}

/* Releases the mutex during the request; other lookups in the collection wait for has_listed. */
static void names_read_list(ObjectNames *names, const KubeCall *call, const KubeRef *ref,
                            NameList *list) {
    SCOPED(ArenaRef) scratch = arena_open("list of names");
    KubeList found = {0};
    KubeResponse response;
    KubeCall own = *call;
    size_t most = list->lookups * 10;
    KubeListRequest request = {
        .ref = {.resource = ref->resource, .namespace = ref->namespace},
        .only_metadata = true,
        .count_max = most > NAMES_LIST_MAX ? most : NAMES_LIST_MAX,
    };
    own.arena = scratch;
    list->is_listing = true;
    int64_t began_ms = names_now_ms(call);
    pthread_mutex_unlock(&names->mutex);
    KubeOutcome outcome = kube_list_read(&own, &request, &found, &response, NULL);
    pthread_mutex_lock(&names->mutex);
    list->has_no_list = outcome != KUBE_DONE || found.is_cut;
    list->is_listed = !list->has_no_list;
    list->listed_ms = began_ms;
    log_debug("names listed", log_text("plural", ref->resource->plural),
              log_number("count", (int64_t)found.items.count),
              log_number("usable", list->is_listed));
    if (list->is_listed)
        names_keep(list, &found);
    list->is_listing = false;
    pthread_cond_broadcast(&names->has_listed);
}

static bool names_is_valid(const NameList *list, const KubeCall *call, int64_t valid_ms) {
    return list->is_listed && (!valid_ms || names_now_ms(call) - list->listed_ms <= valid_ms);
}

static bool lack(ObjectNames *names, const KubeCall *call, const KubeRef *ref, int64_t valid_ms) {
    NameList *list = names_list_of(names, ref, call->arena);
    if (map_has(&names->added, kube_resource_path(ref, call->arena)))
        return false;
    while (list->is_listing)
        pthread_cond_wait(&names->has_listed, &names->mutex);
    if (++list->lookups > LOOKUPS_BEFORE_LIST && !list->has_no_list &&
        !names_is_valid(list, call, valid_ms))
        names_read_list(names, call, ref, list);
    return names_is_valid(list, call, valid_ms) && !map_has(&list->names, ref->name);
}

bool object_names_lack(ObjectNames *names, const KubeCall *call, const KubeRef *ref,
                       int64_t valid_ms) {
    if (!(ref->resource->verbs & KUBE_VERB_LIST))
        return false;
    LOCKED(&names->mutex);
    return lack(names, call, ref, valid_ms);
}

void object_names_add(ObjectNames *names, const KubeRef *ref, Arena *scratch) {
    Str path = kube_resource_path(ref, scratch);
    LOCKED(&names->mutex);
    map_put(names->arena, &names->added, str_clone(path, names->arena), names);
}
