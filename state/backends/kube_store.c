/* kube_store: paths, labels and bodies of requests. */
#include "kube_store.h"
#include "base64.h"
#include "kube_object.h"
#include "url.h"

#define NAME_MAX_SIZE  253
#define LABEL_MAX_SIZE 63
#define PAGE           "100"
#define LIST_TRIES     3
#define METADATA       "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"

static bool is_lower(char c) {
    return islower((unsigned char)c) || isdigit((unsigned char)c);
}

/* Returns whether the name consists of lower-case letters, digits and "-", in parts separated by
 * dots. */
static bool is_object_name(Str name) {
    bool was_edge = true; /* at the start or after a dot */
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        bool is_inner = c == '-' || c == '.';
        bool ends = i + 1 == name.len || name.ptr[i + 1] == '.';
        if (!is_lower(c) && (!is_inner || was_edge || ends))
            return false;
        was_edge = c == '.';
    }
    return name.len > 0 && name.len <= NAME_MAX_SIZE;
}

static bool ends_with_number(Str text) {
    size_t dash = str_rfind_char(text, '-');
    int64_t number;
    return dash != SIZE_MAX && str_to_int64(str_after(text, dash + 1), &number);
}

bool kube_store_name(KubeStore *store, Arena *arena, Diags *diags) {
    Str end = str_format(arena, "%.*s-%.*s", STR_ARG(store->workspace), STR_ARG(store->suffix));
    store->secret = str_concat(STR("tfstate-"), end, arena);
    store->lease = str_concat(STR("lock-tfstate-"), end, arena);
    store->next = str_concat(STR("loam-next-"), end, arena);
    store->journal = str_concat(STR("loam-journal-"), end, arena);
    store->plans = str_concat(STR("loam-plan-"), end, arena);
    if (ends_with_number(store->suffix))
        return diags_fail(diags, NO_RANGE, "Invalid backend configuration",
                          "\"secret_suffix\" must not end in a dash and a number, but \"%.*s\" "
                          "does. Those names are reserved for further parts of a large state.",
                          STR_ARG(store->suffix));
    bool fits = is_object_name(store->journal) && store->suffix.len <= LABEL_MAX_SIZE &&
                store->workspace.len <= LABEL_MAX_SIZE;
    if (!fits)
        diags_error(
            diags, NO_RANGE, "Invalid name of a Kubernetes object",
            "The state would be in the Secret \"%.*s\", but Kubernetes allows only lower-case "
            "letters, digits, \"-\" and \".\" in names, a letter or digit at both ends, and at "
            "most 63 bytes in a label. Choose another workspace or \"secret_suffix\".",
            STR_ARG(store->secret));
    return fits;
}

static Str kube_store_collection(const KubeStore *store, KubeStoreKind kind, Arena *arena) {
    Str space = url_encode(store->space, false, arena);
    const char *format = kind == KUBE_SECRET
                             ? "/api/v1/namespaces/%.*s/secrets"
                             : "/apis/coordination.k8s.io/v1/namespaces/%.*s/leases";
    return str_format(arena, format, STR_ARG(space));
}

static Str kube_store_place(const KubeStore *store, KubeStoreKind kind, Str name, Arena *arena) {
    Str directory = kube_store_collection(store, kind, arena);
    return str_format(arena, "%.*s/%.*s", STR_ARG(directory), STR_ARG(name));
}

/* Every request is sent again after a lost reply: its effect is then a conflict, which the callers
 * expect. */
static KubeOutcome send_request(const KubeStore *store, KubeRequest *request, KubeResult *out,
                                Arena *arena) {
    KubeResponse response;
    request->is_repeatable = true;
    request->deadline_ms = store->deadline_ms;
    request->cancel = store->cancel ? *store->cancel : NULL;
    request->cancel_at = CANCEL_NOW;
    *out = (KubeResult){.object = value_null(&TYPE_DYNAMIC)};
    bool is_done = kube_client_send(store->client, request, &response, arena) == KUBE_DONE &&
                   kube_client_decode(&response, &out->object, arena);
    out->problem = response.problem;
    out->is_gone = response.code == 410;
    return is_done ? KUBE_DONE : response.outcome;
}

static KubeOutcome kube_store_send(const KubeStore *store, const char *method, Str path, Str body,
                                   KubeResult *out, Arena *arena) {
    KubeRequest request = {.method = method, .path = path, .body = body};
    return send_request(store, &request, out, arena);
}

KubeOutcome kube_store_get(const KubeStore *store, KubeStoreKind kind, Str name, KubeResult *out,
                           Arena *arena) {
    Str path = kube_store_place(store, kind, name, arena);
    return kube_store_send(store, "GET", path, STR_EMPTY, out, arena);
}

KubeOutcome kube_store_create(const KubeStore *store, KubeStoreKind kind, Value object,
                              KubeResult *out, Arena *arena) {
    Str path = kube_store_collection(store, kind, arena);
    return kube_store_send(store, "POST", path, json_text(object, arena), out, arena);
}

KubeOutcome kube_store_update(const KubeStore *store, KubeStoreKind kind, Str name, Value object,
                              KubeResult *out, Arena *arena) {
    Str path = kube_store_place(store, kind, name, arena);
    return kube_store_send(store, "PUT", path, json_text(object, arena), out, arena);
}

KubeOutcome kube_store_delete(const KubeStore *store, KubeStoreKind kind, Str name, KubeResult *out,
                              Arena *arena) {
    Str path = kube_store_place(store, kind, name, arena);
    KubeOutcome status = kube_store_send(store, "DELETE", path, STR_EMPTY, out, arena);
    return status == KUBE_ABSENT ? KUBE_DONE : status;
}

static Str page_path(const KubeStore *store, Str selector, Str next, Arena *arena) {
    Str path = kube_store_collection(store, KUBE_SECRET, arena);
    selector = url_encode(selector, false, arena);
    next = url_encode(next, false, arena);
    return str_format(arena, "%.*s?labelSelector=%.*s&limit=" PAGE "%s%.*s", STR_ARG(path),
                      STR_ARG(selector), next.len ? "&continue=" : "", STR_ARG(next));
}

static KubeOutcome list_pages(const KubeStore *store, Str selector, const char *accept,
                              KubeObjects *items, KubeResult *out, Arena *arena) {
    Str next = STR_EMPTY;
    *items = (KubeObjects){0};
    do {
        KubeRequest request = {.method = "GET",
                               .path = page_path(store, selector, next, arena),
                               .accept = str_from_cstr(accept)};
        KubeOutcome status = send_request(store, &request, out, arena);
        if (status != KUBE_DONE)
            return status;
        Value page = kube_object_list(out->object, "", "items");
        for (size_t i = 0; i < page.count; i++)
            vec_push(arena, items, value_at(page, i));
        next = kube_object_text(out->object, "metadata", "continue");
    } while (next.len);
    return KUBE_DONE;
}

/* The pages belong to one snapshot, which the server drops after some minutes. If it is dropped,
 * the list starts again. */
static KubeOutcome list_snapshot(const KubeStore *store, Str selector, const char *accept,
                                 KubeObjects *items, KubeResult *out, Arena *arena) {
    KubeOutcome status = KUBE_FAILED;
    *out = (KubeResult){.is_gone = true};
    for (int i = 0; i < LIST_TRIES && out->is_gone; i++)
        status = list_pages(store, selector, accept, items, out, arena);
    return status;
}

KubeOutcome kube_store_list_secrets(const KubeStore *store, Str selector, KubeObjects *items,
                                    KubeResult *out, Arena *arena) {
    return list_snapshot(store, selector, "", items, out, arena);
}

KubeOutcome kube_store_list_names(const KubeStore *store, Str selector, StrVec *names,
                                  KubeResult *out, Arena *arena) {
    KubeObjects items = {0};
    KubeOutcome status = list_snapshot(store, selector, METADATA, &items, out, arena);
    vec_each(&items, item) {
        vec_push(arena, names, kube_object_text(*item, "metadata", "name"));
    }
    return status;
}

static Value kube_store_set(Value object, const char *path, const char *last, Str text,
                            Arena *arena) {
    return kube_object_with(object, path, last, value_from_str(text), arena);
}

static Value add_state_labels(const KubeStore *store, Value object, Arena *arena) {
    static const char labels[] = "metadata.labels";
    object = kube_store_set(object, labels, "tfstate", STR("true"), arena);
    object = kube_store_set(object, labels, "tfstateSecretSuffix", store->suffix, arena);
    object = kube_store_set(object, labels, "tfstateWorkspace", store->workspace, arena);
    object =
        kube_store_set(object, labels, "app.kubernetes.io/managed-by", STR("terraform"), arena);
    for (size_t i = 0; value_is_present(store->labels) && i < store->labels.count; i++) {
        const char *name = str_to_cstr(value_key_at(store->labels, i), arena);
        object = kube_object_with(object, labels, name, value_at(store->labels, i), arena);
    }
    return object;
}

/* The labels with the suffix and the workspace. Those of journals and the like differ from those of
 * states: other tools treat every secret with the labels of a state as part of it. */
static const char *const label_names[][2] = {
    [KUBE_STATE] = {"tfstateSecretSuffix", "tfstateWorkspace"},
    [KUBE_NEXT] = {"loam-next-suffix", "loam-next-workspace"},
    [KUBE_JOURNAL] = {"loam-journal-suffix", "loam-journal-workspace"},
    [KUBE_PLAN] = {"loam-plan-suffix", "loam-plan-workspace"},
};

static Value add_own_labels(const KubeStore *store, KubeUse use, Value object, Arena *arena) {
    static const char labels[] = "metadata.labels";
    object = kube_store_set(object, labels, "app.kubernetes.io/managed-by", STR("loam"), arena);
    object = kube_store_set(object, labels, label_names[use][0], store->suffix, arena);
    return kube_store_set(object, labels, label_names[use][1], store->workspace, arena);
}

Str kube_store_selector(const KubeStore *store, KubeUse use, Arena *arena) {
    return str_format(arena, "%s%s=%.*s,%s=%.*s", use == KUBE_STATE ? "tfstate=true," : "",
                      label_names[use][0], STR_ARG(store->suffix), label_names[use][1],
                      STR_ARG(store->workspace));
}

Value kube_store_new(const KubeStore *store, KubeStoreKind kind, Str name, KubeUse use,
                     Arena *arena) {
    Value object = value_null(&TYPE_DYNAMIC);
    bool is_secret = kind == KUBE_SECRET;
    Str version = is_secret ? STR("v1") : STR("coordination.k8s.io/v1");
    object = kube_store_set(object, "", "apiVersion", version, arena);
    object = kube_store_set(object, "", "kind", is_secret ? STR("Secret") : STR("Lease"), arena);
    object = kube_store_set(object, "metadata", "name", name, arena);
    object = kube_store_set(object, "metadata", "namespace", store->space, arena);
    if (is_secret && use != KUBE_PLAN)
        object = kube_store_set(object, "metadata.annotations", "encoding", STR("gzip"), arena);
    if (is_secret)
        object = kube_store_set(object, "", "type", STR("Opaque"), arena);
    return use == KUBE_STATE ? add_state_labels(store, object, arena)
                             : add_own_labels(store, use, object, arena);
}

Value kube_store_with_data(Value secret, const char *key, Str bytes, Arena *arena) {
    return kube_store_set(secret, "data", key, base64_encode(bytes, arena), arena);
}

bool kube_store_data(Value secret, const char *key, Str *out, Arena *arena) {
    Value text;
    return kube_object_find(secret, "data", key, &text) && text.type->kind == KIND_STRING &&
           base64_decode(value_text(text), out, arena);
}
