#include "object_events.h"
#include "kube_object.h"

#define COUNT_MAX ((size_t)500)

static const KubeResource events = KUBE_CORE_RESOURCE("Event", "events");

/* Returns the time of the latest occurrence. Which member has it depends on the reporter of the
 * event. */
static Str time_of(Value event) {
    static const char *const paths[][2] = {
        {"series", "lastObservedTime"},
        {"", "lastTimestamp"},
        {"", "eventTime"},
    };
    for (size_t i = 0; i < ARRAY_COUNT(paths); i++) {
        Str time = kube_object_text(event, paths[i][0], paths[i][1]);
        if (time.len)
            return time;
    }
    return kube_object_text(event, "metadata", "creationTimestamp");
}

static int compare_events(const void *a, const void *b) {
    return str_compare(time_of(*(const Value *)b), time_of(*(const Value *)a));
}

ValueVec object_events_read(const KubeCall *call, Value object, Str reason) {
    KubeResponse response;
    KubeList list = {0};
    Arena *arena = call->arena;
    Str namespace = kube_object_text(object, "metadata", "namespace");
    Str uid = kube_object_text(object, "metadata", "uid");
    KubeListRequest request = {
        /* Events of an object without a namespace are in "default". */
        .ref = {.resource = &events, .namespace = namespace.len ? namespace : STR("default")},
        .field_selector = str_concat(STR("involvedObject.uid="), uid, arena),
        .count_max = COUNT_MAX,
    };
    if (reason.len)
        request.field_selector =
            str_format(arena, "%.*s,reason=%.*s", STR_ARG(request.field_selector), STR_ARG(reason));
    if (uid.len == 0 || kube_list_read(call, &request, &list, &response, NULL) != KUBE_DONE)
        return (ValueVec){0};
    if (list.items.count)
        qsort(list.items.items, list.items.count, sizeof(Value), compare_events);
    return list.items;
}
