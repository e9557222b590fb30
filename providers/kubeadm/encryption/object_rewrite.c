/* object_rewrite: pages of metadata, and one patch for each object. */
#include "object_rewrite.h"
#include "kube_error.h"
#include "kube_list.h"
#include "kube_object.h"

#define PACE_MS  INT64_C(20)
#define METADATA "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"

static KubeListRequest list_request(const KubeResource *resource, size_t page) {
    return (KubeListRequest){.ref.resource = resource, .only_metadata = true, .page_size = page};
}

/* The token of a list that is too old has a successor, which continues after the same object. */
static bool find_successor(const KubeResponse *response, Str *next, Arena *arena) {
    Value status;
    if (response->code != 410 || !json_parse_object(response->body, &status, arena))
        return false;
    *next = kube_object_text(status, "metadata", "continue");
    return true;
}

static bool read_page(const KubeCall *call, const KubeResource *resource, Str *next, Value *page,
                      Diags *diags) {
    KubeListRequest list = list_request(resource, 0);
    KubeResponse response;
    for (int i = 0; i < 2; i++) {
        KubeRequest request = {.method = "GET",
                               .path = kube_list_path(&list, *next, call->arena),
                               .accept = STR(KUBE_LIST_METADATA)};
        if (kube_call_send(call, request, &response, diags) == KUBE_DONE &&
            kube_client_decode(&response, page, call->arena))
            return true;
        if (!find_successor(&response, next, call->arena))
            break;
    }
    return kube_error_report(call, "Objects not listed", &list.ref, &response, diags);
}

/* The response has the metadata alone, too. */
static bool rewrite_object(const KubeCall *call, const KubeResource *resource, Value item,
                           Diags *diags) {
    KubeRef ref = {.resource = resource,
                   .namespace = kube_object_text(item, "metadata", "namespace"),
                   .name = kube_object_text(item, "metadata", "name")};
    Str version = kube_object_text(item, "metadata", "resourceVersion");
    KubeRequest patch = {
        .method = "PATCH",
        .path = str_concat(kube_resource_path(&ref, call->arena), STR("?fieldManager=loam"),
                           call->arena),
        .body = str_format(call->arena, "{\"metadata\":{\"resourceVersion\":%.*s}}",
                           STR_ARG(json_text(value_from_str(version), call->arena))),
        .content_type = STR("application/merge-patch+json"),
        .accept = STR(METADATA),
        .is_repeatable = true,
    };
    KubeResponse response;
    KubeOutcome outcome = kube_call_send(call, patch, &response, diags);
    return outcome == KUBE_DONE || outcome == KUBE_ABSENT || outcome == KUBE_CONFLICT ||
           kube_error_report(call, "Object not rewritten", &ref, &response, diags);
}

static bool rewrite_items(const Call *call, const KubeCall *requests, const KubeResource *resource,
                          Value page, ObjectRewrite *place, Diags *diags) {
    Value items = value_tuple_at(page, STR("items"));
    int64_t total = place->written + (int64_t)items.count +
                    kube_object_int(page, "metadata", "remainingItemCount");
    for (size_t i = 0; i < items.count; i++) {
        int64_t due = call_monotonic_ms(call) + PACE_MS;
        if (!rewrite_object(requests, resource, value_at(items, i), diags))
            return false;
        place->written++;
        call_progress(call, (uint64_t)place->written, (uint64_t)total, "objects rewritten");
        int64_t wait = due - call_monotonic_ms(call);
        if (wait > 0 && call_sleep(call, wait))
            return diags_fail(diags, NO_RANGE, "Rewriting of objects interrupted",
                              "%lld objects are rewritten. The next apply continues there.",
                              (long long)place->written);
    }
    return true;
}

bool object_rewrite_page(const Call *call, const ClusterApi *api, const KubeResource *resource,
                         ObjectRewrite *place, Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("page of objects");
    KubeCall requests = api->call;
    Value page;
    Str next = place->next;
    requests.arena = scratch;
    if (!read_page(&requests, resource, &next, &page, diags) ||
        !rewrite_items(call, &requests, resource, page, place, diags))
        return false;
    place->next = str_clone(kube_object_text(page, "metadata", "continue"), call->arena);
    place->is_end = place->next.len == 0;
    return true;
}

int64_t object_rewrite_count(const ClusterApi *api, const KubeResource *resource) {
    KubeListRequest list = list_request(resource, 1);
    KubeRequest request = {.method = "GET",
                           .path = kube_list_path(&list, STR_EMPTY, api->call.arena),
                           .accept = STR(KUBE_LIST_METADATA),
                           .attempts_max = 1};
    KubeResponse response;
    Value page;
    if (kube_call_send(&api->call, request, &response, NULL) != KUBE_DONE ||
        !kube_client_decode(&response, &page, api->call.arena))
        return -1;
    return (int64_t)value_tuple_at(page, STR("items")).count +
           kube_object_int(page, "metadata", "remainingItemCount");
}
