/* kube_list: follows continue tokens. */
#include "kube_list.h"
#include "kube_object.h"
#include "url.h"

#define PAGE_SIZE 500
#define TRIES_MAX 3

static void kube_list_add_query(StrBuf *path, const char *name, Str value) {
    if (value.len == 0)
        return;
    strbuf_add_format(path, "&%s=", name);
    strbuf_add(path, url_encode(value, false, path->arena));
}

Str kube_list_path(const KubeListRequest *request, Str next, Arena *arena) {
    StrBuf path = strbuf_new(arena);
    strbuf_add(&path, kube_resource_path(&request->ref, arena));
    strbuf_add_format(&path, "?limit=%zu", request->page_size ? request->page_size : PAGE_SIZE);
    kube_list_add_query(&path, "labelSelector", request->label_selector);
    kube_list_add_query(&path, "fieldSelector", request->field_selector);
    kube_list_add_query(&path, "continue", next);
    return strbuf_str(&path);
}

/* Objects in a list have neither apiVersion nor kind, unless their definition is custom. */
static Value kube_list_complete(const KubeResource *resource, Value item, Arena *arena) {
    if (kube_object_text(item, "", "kind").len && kube_object_text(item, "", "apiVersion").len)
        return item;
    Str version = kube_resource_api_version(resource, arena);
    item = kube_object_with(item, "", "apiVersion", value_from_str(version), arena);
    return kube_object_with(item, "", "kind", value_from_str(resource->kind), arena);
}

static void kube_list_add_items(const KubeListRequest *request, Value page, KubeList *out,
                                bool only_names, Arena *arena) {
    Value items = value_tuple_at(page, STR("items"));
    for (size_t i = 0; i < items.count; i++) {
        Value item = value_at(items, i);
        if (only_names) { /* the items say kind PartialObjectMetadata: drop it, kube_list_complete()
                             sets the kind */
            item = kube_object_with(item, "", "kind", value_null(&TYPE_DYNAMIC), arena);
            item = kube_object_with(item, "", "apiVersion", value_null(&TYPE_DYNAMIC), arena);
        }
        vec_push(arena, &out->items, kube_list_complete(request->ref.resource, item, arena));
    }
    out->resource_version = kube_object_text(page, "metadata", "resourceVersion");
}

static KubeOutcome read_pages(const KubeCall *call, const KubeListRequest *request, KubeList *out,
                              KubeResponse *response, Diags *diags) {
    Arena *arena = call->arena;
    Str next = STR_EMPTY;
    *out = (KubeList){0};
    do {
        Value page;
        KubeRequest get = {
            .method = "GET",
            .path = kube_list_path(request, next, arena),
            .accept = request->only_metadata ? STR(KUBE_LIST_METADATA) : STR_EMPTY,
        };
        KubeOutcome outcome = kube_call_send(call, get, response, diags);
        if (outcome != KUBE_DONE || !kube_client_decode(response, &page, arena))
            return response->outcome;
        kube_list_add_items(request, page, out, request->only_metadata, arena);
        next = kube_object_text(page, "metadata", "continue");
        bool is_full = request->count_max && (out->items.count > request->count_max ||
                                              (next.len && out->items.count == request->count_max));
        out->is_cut = is_full;
    } while (next.len && !out->is_cut);
    return KUBE_DONE;
}

KubeOutcome kube_list_read(const KubeCall *call, const KubeListRequest *request, KubeList *out,
                           KubeResponse *response, Diags *diags) {
    KubeOutcome outcome = KUBE_FAILED;
    *response = (KubeResponse){.code = 410};
    for (int i = 0; i < TRIES_MAX && outcome != KUBE_DONE && response->code == 410; i++)
        outcome = read_pages(call, request, out, response, diags);
    return outcome;
}
