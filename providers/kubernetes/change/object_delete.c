#include "object_delete.h"

#include "json.h"
#include "kube_object.h"
#include "object_mark.h"
#include "object_owner.h"
#include "path_error.h"
#include "wait_until.h"

typedef struct Deleting {
    const ObjectRequest *request;
    const ObjectDeletion *deletion;
    ObjectTarget target;
    Str uid;
    bool has_forced; /* finalizers were removed */
    Diags *diags;
} Deleting;

static KubeOutcome object_delete_read_live(Deleting *deleting, Value *live,
                                           KubeResponse *response) {
    *live = value_null(&TYPE_DYNAMIC);
    return cluster_get(deleting->target.cluster, deleting->request->call, &deleting->target.ref,
                       live, response, deleting->diags);
}

static bool is_ours(const Deleting *deleting, Value live) {
    ObjectMark mark = object_mark_of(live);
    return str_equal(mark.lineage, deleting->request->call->lineage) ||
           (mark.text.len == 0 && deleting->request->record.is_imported);
}

/* Only an object with our mark, or an imported one, is deleted. */
static bool object_delete_check_owner(const Deleting *deleting, Value live) {
    const ObjectRequest *request = deleting->request;
    Arena *arena = request->call->arena;
    const char *summary = "Kubernetes object not deleted";
    if (!object_owner_check(&deleting->target, live, summary, deleting->diags))
        return false;
    return is_ours(deleting, live) ||
           path_error(request->call, request->path, deleting->diags, summary,
                      "%.*s has no annotation " OBJECT_MARK " of this state. It is managed by "
                      "%.*s. Delete it by hand, or remove it from the state with \"state rm\".",
                      STR_ARG(kube_resource_title(&deleting->target.ref, arena)),
                      STR_ARG(object_owner_managers(live, arena)));
}

static Str finalizers_of(Value live, Arena *arena) {
    StrVec names = value_texts_of(kube_object_list(live, "metadata", "finalizers"), arena);
    return str_join(names.items, names.count, STR(", "), arena);
}

/* Removes all finalizers; the uid keeps another object of the name untouched. */
static void force_finalizers(Deleting *deleting) {
    const ObjectTarget *target = &deleting->target;
    Arena *arena = target->kube.arena;
    KubeResponse response;
    Str uid = json_text(value_string(deleting->uid, arena), arena);
    KubePatch patch = {
        .ref = target->ref,
        .type = KUBE_PATCH_MERGE,
        .body =
            str_format(arena, "{\"metadata\":{\"uid\":%.*s,\"finalizers\":null}}", STR_ARG(uid)),
        .manager = deleting->request->options->manager,
    };
    (void)kube_call_patch(&target->kube, &patch, &response, deleting->diags);
    deleting->has_forced = true;
}

/* Conditions of a namespace, and those by which a controller reports that it cannot finish the
 * deletion, such as Argo CD's DeletionError, which have no status. */
static bool tells_why_object_remains(Value condition) {
    Str type = value_text_at(condition, STR("type"));
    Str status = value_text_at(condition, STR("status"));
    bool is_true = str_equal_cstr(status, "True");
    return (str_starts_with(type, STR("Namespace")) && is_true) ||
           (str_ends_with(type, STR("Error")) && (is_true || !status.len));
}

/* Returns why the object still exists: its finalizers, and conditions. */
static Str object_delete_reason_of(const Deleting *deleting, Value live, Arena *arena) {
    const char *hint = deleting->deletion->can_force_finalizers
                           ? " (their controllers must remove them; force_finalizers = true "
                             "removes them after half of the time)"
                           : " (their controllers must remove them)";
    Str finalizers = finalizers_of(live, arena);
    Value conditions = kube_object_list(live, "status", "conditions");
    StrBuf text = strbuf_new(arena);
    if (finalizers.len)
        strbuf_add_format(&text, "finalizers %.*s%s", STR_ARG(finalizers), hint);
    for (size_t i = 0; i < conditions.count; i++) {
        Value condition = value_at(conditions, i);
        Str type = value_text_at(condition, STR("type"));
        bool is_error = str_ends_with(type, STR("Error"));
        if (tells_why_object_remains(condition))
            strbuf_add_format(&text, "%s%.*s%s%.*s", text.len ? "; " : "",
                              STR_ARG(is_error ? type : STR_EMPTY), is_error ? ": " : "",
                              STR_ARG(value_text_at(condition, STR("message"))));
    }
    return text.len ? strbuf_str(&text) : STR("it still exists");
}

static bool should_force(const Deleting *deleting, const Wait *wait) {
    return deleting->deletion->should_force_finalizers && !deleting->has_forced &&
           wait->passed_ms > wait->left_ms;
}

static WaitLook object_delete_look(Deleting *deleting, Wait *wait) {
    Value live;
    KubeResponse response;
    KubeOutcome outcome = object_delete_read_live(deleting, &live, &response);
    if (outcome == KUBE_ABSENT)
        return WAIT_LOOK_DONE;
    if (outcome != KUBE_DONE) {
        if (wait->reason.len == 0)
            wait->reason = response.problem;
        return WAIT_LOOK_AGAIN;
    }
    if (!str_equal(kube_object_text(live, "metadata", "uid"), deleting->uid))
        return WAIT_LOOK_DONE;
    wait->reason = object_delete_reason_of(deleting, live, wait->call->arena);
    return WAIT_LOOK_AGAIN;
}

static WaitLook object_delete_look_for_end(void *payload, Wait *wait) {
    Deleting *deleting = payload;
    WaitLook result = object_delete_look(deleting, wait);
    if (result == WAIT_LOOK_DONE || !should_force(deleting, wait))
        return result;
    force_finalizers(deleting);
    return object_delete_look(deleting, wait);
}

static bool object_delete_wait_for_end(Deleting *deleting) {
    const Call *call = deleting->request->call;
    Str title = kube_resource_title(&deleting->target.ref, call->arena);
    Str what = str_format(call->arena, "the end of %.*s", STR_ARG(title));
    WaitUntil until = {
        .what = str_to_cstr(what, call->arena),
        .look = object_delete_look_for_end,
        .payload = deleting,
        .timeout_ms = call->deadline_ms ? 0 : deleting->deletion->timeout_ms,
        .pauses = {.first_ms = 100, .last_ms = 1000},
    };
    return wait_until_done(call, &until, deleting->diags);
}

static bool delete_live(Deleting *deleting, Value live) {
    const ObjectTarget *target = &deleting->target;
    KubeResponse response;
    deleting->uid = kube_object_text(live, "metadata", "uid");
    KubeDelete delete = {
        .ref = target->ref, .propagation = deleting->deletion->propagation, .uid = deleting->uid};
    KubeOutcome outcome = kube_call_delete(&target->kube, &delete, &response, deleting->diags);
    if (outcome == KUBE_ABSENT)
        return true;
    if (outcome != KUBE_DONE && outcome != KUBE_CONFLICT) /* another object has the name now */
        return object_target_report(target, "Kubernetes object not deleted", &response,
                                    deleting->diags);
    return object_delete_wait_for_end(deleting);
}

bool object_delete_wait(const ObjectTarget *target, Str uid, Diags *diags) {
    ObjectDeletion deletion = {.timeout_ms = OBJECT_DELETE_MS};
    Deleting deleting = {.request = target->request,
                         .deletion = &deletion,
                         .target = *target,
                         .uid = uid,
                         .diags = diags};
    deleting.target.ref.resource = &deleting.target.resource;
    return object_delete_wait_for_end(&deleting);
}

bool object_delete(const ObjectRequest *request, const ObjectDeletion *deletion, Diags *diags) {
    Deleting deleting = {.request = request, .deletion = deletion, .diags = diags};
    ObjectKey key = object_key_of(request->manifest);
    Str why;
    Value live;
    KubeResponse response;
    switch (object_target_open(request, &key, &deleting.target, &why, diags)) {
    case OBJECT_FAILED: return false;
    case OBJECT_KIND_ABSENT: return true; /* its definition is deleted, with all objects */
    case OBJECT_NO_SERVER:
        return path_error(request->call, NO_PATH, diags, "Kubernetes object not deleted",
                          "The object cannot be deleted: %.*s. Check the server's address and that "
                          "it runs.",
                          STR_ARG(why));
    case OBJECT_FOUND: break;
    }
    KubeOutcome outcome = object_delete_read_live(&deleting, &live, &response);
    if (outcome == KUBE_ABSENT)
        return true;
    if (outcome != KUBE_DONE)
        return object_target_report(&deleting.target, "Kubernetes object not deleted", &response,
                                    diags);
    Str uid = kube_object_text(live, "metadata", "uid");
    if (request->record.uid.len && !str_equal(request->record.uid, uid))
        return true; /* ours is gone, and another object has its name */
    return object_delete_check_owner(&deleting, live) && delete_live(&deleting, live);
}
