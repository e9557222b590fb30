#include "kube_call.h"
#include "url.h"

#define CALL_ATTEMPTS_MAX 5 /* while other clients change the object */
#define PAUSE_MS          100

KubeOutcome kube_call_send(const KubeCall *call, KubeRequest request, KubeResponse *response,
                           Diags *diags) {
    request.deadline_ms = call->deadline_ms;
    if (call->attempts_max)
        request.attempts_max = call->attempts_max;
    request.cancel = call->cancel;
    request.cancel_at = call->cancel_at;
    KubeOutcome outcome = kube_client_send(call->client, &request, response, call->arena);
    for (size_t i = 0; diags && i < response->warnings.count; i++)
        diags_warning(diags, NO_RANGE, "Warning of the API server", "%.*s",
                      STR_ARG(response->warnings.items[i]));
    return outcome;
}

bool kube_call_is_cancelled(const KubeCall *call) {
    HttpRequest http = {.cancel = call->cancel, .cancel_at = call->cancel_at};
    return http_is_cancelled(&http);
}

bool kube_call_pause(const KubeCall *call, int64_t wait_ms) {
    const Clock *clock = kube_client_io(call->client)->clock;
    HttpRequest http = {.cancel = call->cancel, .cancel_at = call->cancel_at};
    int64_t left_ms = INT64_MAX;
    if (call->deadline_ms)
        left_ms = call->deadline_ms - clock->monotonic_ms(clock->self);
    if (wait_ms > 0 && left_ms > 0)
        http_pause(&http, wait_ms < left_ms ? wait_ms : left_ms, clock);
    return left_ms > wait_ms && !kube_call_is_cancelled(call);
}

KubeOutcome kube_call_get(const KubeCall *call, const KubeRef *ref, KubeResponse *response,
                          Diags *diags) {
    KubeRequest request = {.method = "GET", .path = kube_resource_path(ref, call->arena)};
    return kube_call_send(call, request, response, diags);
}

static void kube_call_add_query(StrBuf *path, const char *name, Str value) {
    bool is_first = str_find_char(strbuf_str(path), '?', 0) == SIZE_MAX;
    strbuf_add_format(path, "%c%s=", is_first ? '?' : '&', name);
    strbuf_add(path, url_encode(value, false, path->arena));
}

/* The path with the arguments that patches share. */
static Str patch_path(const KubeCall *call, const KubeRef *ref, Str manager, const char *force,
                      bool is_dry_run) {
    StrBuf path = strbuf_new(call->arena);
    strbuf_add(&path, kube_resource_path(ref, call->arena));
    if (manager.len)
        kube_call_add_query(&path, "fieldManager", manager);
    if (force)
        kube_call_add_query(&path, "force", str_from_cstr(force));
    kube_call_add_query(&path, "fieldValidation", STR("Strict"));
    if (is_dry_run)
        kube_call_add_query(&path, "dryRun", STR("All"));
    return strbuf_str(&path);
}

/* Returns whether another client changed the object during the request. A request without a
 * resource version can then be repeated. Other conflicts have other messages. */
static bool is_write_conflict(const KubeResponse *response) {
    static const Str text = STR_CONST("the object has been modified");
    return response->code == 409 && str_equal(response->status.reason, STR("Conflict")) &&
           str_find(response->status.message, text, 0) != SIZE_MAX;
}

static KubeOutcome send_until_done(const KubeCall *call, KubeRequest request,
                                   KubeResponse *response, Diags *diags) {
    KubeOutcome outcome = kube_call_send(call, request, response, diags);
    for (int i = 1; i < CALL_ATTEMPTS_MAX && is_write_conflict(response); i++) {
        if (!kube_call_pause(call, PAUSE_MS << (i - 1)))
            break;
        outcome = kube_call_send(call, request, response, diags);
    }
    return outcome;
}

KubeOutcome kube_call_apply(const KubeCall *call, const KubeApply *request, KubeResponse *response,
                            Diags *diags) {
    const char *force = request->should_force ? "true" : "false";
    KubeRequest patch = {
        .method = "PATCH",
        .path = patch_path(call, &request->ref, request->manager, force, request->is_dry_run),
        .body = request->body,
        .content_type = STR("application/apply-patch+yaml"), /* JSON is YAML */
        .is_repeatable = true,
        .waits_for_webhook = request->waits_for_webhook,
    };
    KubeOutcome outcome = send_until_done(call, patch, response, diags);
    response->manager = request->manager;
    return outcome;
}

KubeOutcome kube_call_patch(const KubeCall *call, const KubePatch *request, KubeResponse *response,
                            Diags *diags) {
    bool is_merge = request->type == KUBE_PATCH_MERGE;
    KubeRequest patch = {
        .method = "PATCH",
        .path = patch_path(call, &request->ref, request->manager, NULL, request->is_dry_run),
        .body = request->body,
        .content_type =
            is_merge ? STR("application/merge-patch+json") : STR("application/json-patch+json"),
        .is_repeatable = is_merge || request->is_repeatable || request->is_dry_run,
    };
    return kube_call_send(call, patch, response, diags);
}

KubeOutcome kube_call_create(const KubeCall *call, const KubeRef *ref, Str body,
                             KubeResponse *response, Diags *diags) {
    KubeRequest request = {
        .method = "POST", .path = kube_resource_path(ref, call->arena), .body = body};
    return kube_call_send(call, request, response, diags);
}

static const char *const propagations[] = {
    [KUBE_PROPAGATION_FOREGROUND] = "Foreground",
    [KUBE_PROPAGATION_BACKGROUND] = "Background",
    [KUBE_PROPAGATION_ORPHAN] = "Orphan",
};

static Str delete_options(const KubeDelete *request, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    json_key_string(&writer, "kind", STR("DeleteOptions"));
    json_key_string(&writer, "apiVersion", STR("v1"));
    json_key_string(&writer, "propagationPolicy",
                    str_from_cstr(propagations[request->propagation]));
    if (request->is_immediate)
        json_key_int(&writer, "gracePeriodSeconds", 0);
    if (request->is_dry_run) {
        json_key_array(&writer, "dryRun");
        json_write_string(&writer, STR("All"));
        json_array_end(&writer);
    }
    if (request->uid.len || request->resource_version.len) {
        json_key_object(&writer, "preconditions");
        if (request->uid.len)
            json_key_string(&writer, "uid", request->uid);
        if (request->resource_version.len)
            json_key_string(&writer, "resourceVersion", request->resource_version);
        json_object_end(&writer);
    }
    json_object_end(&writer);
    return strbuf_str(&text);
}

KubeOutcome kube_call_delete(const KubeCall *call, const KubeDelete *request,
                             KubeResponse *response, Diags *diags) {
    KubeRequest what = {
        .method = "DELETE",
        .path = kube_resource_path(&request->ref, call->arena),
        .body = delete_options(request, call->arena),
        .is_repeatable = true,
    };
    return send_until_done(call, what, response, diags);
}
