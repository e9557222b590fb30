#include "object_owner.h"

#include "field_manager.h"
#include "kube_object.h"
#include "object_mark.h"
#include "path_error.h"

Str object_owner_managers(Value live, Arena *arena) {
    FieldManagers managers = field_managers_read(live, arena);
    StrBuf text = strbuf_new(arena);
    vec_each(&managers, manager) {
        strbuf_add_format(&text, "%s\"%.*s\" (%.*s%s%.*s)", text.len ? ", " : "",
                          STR_ARG(manager->name), STR_ARG(manager->operation),
                          manager->time.len ? ", " : "", STR_ARG(manager->time));
    }
    return text.len ? strbuf_str(&text) : STR("no field manager");
}

static bool is_of_other_state(const ObjectRequest *request, const ObjectMark *mark) {
    return mark->text.len && !str_equal(mark->lineage, request->call->lineage);
}

static bool report_other_state(const ObjectTarget *target, const ObjectMark *mark,
                               const char *action, Diags *diags) {
    const ObjectRequest *request = target->request;
    Str title = kube_resource_title(&target->ref, request->call->arena);
    return path_error(request->call, request->path, diags, action,
                      "%.*s belongs to %.*s of another state, with the lineage %.*s. Remove it "
                      "from that state and delete the annotation " OBJECT_MARK
                      ", or choose another name.",
                      STR_ARG(title), STR_ARG(mark->address), STR_ARG(mark->lineage));
}

/* The object exists, and its owner is unknown or another resource of this state. */
static bool report_existing(const ObjectTarget *target, Value live, const ObjectMark *mark,
                            Diags *diags) {
    const ObjectRequest *request = target->request;
    Arena *arena = request->call->arena;
    Str title = kube_resource_title(&target->ref, arena);
    ObjectKey key = object_key_of_ref(&target->ref);
    Str owner = object_owner_managers(live, arena);
    if (mark->text.len)
        owner = str_format(arena, "%.*s of this state", STR_ARG(mark->address));
    return path_error(request->call, request->path, diags, "Kubernetes object exists already",
                      "%.*s was created at %.*s, and is managed by %.*s. Import it with the ID "
                      "\"%.*s\", or set adopt_existing = true to manage it from now on.",
                      STR_ARG(title),
                      STR_ARG(kube_object_text(live, "metadata", "creationTimestamp")),
                      STR_ARG(owner), STR_ARG(object_key_import_id(&key, arena)));
}

static void note_adoption(const ObjectTarget *target, Value live, const ObjectMark *mark,
                          PlanNotes *notes) {
    Arena *arena = target->request->call->arena;
    Str text = str_format(arena, "exists since %.*s, managed by %.*s; it is adopted",
                          STR_ARG(kube_object_text(live, "metadata", "creationTimestamp")),
                          STR_ARG(object_owner_managers(live, arena)));
    if (mark->text.len)
        text = str_format(arena, "exists already with the mark of %.*s; it is adopted",
                          STR_ARG(mark->address));
    PlanNote note = {.path = target->request->object_path, .text = text};
    vec_push(arena, notes, note);
}

/* A tainted object is planned as a creation, without its private data: then the read of this plan
 * tells. */
static bool is_predecessor(const ObjectTarget *target, Str uid) {
    const ObjectRequest *request = target->request;
    return str_equal(request->record.predecessor, uid) ||
           (request->call->is_planning &&
            cluster_is_owner(target->cluster, uid, request->call->address));
}

ObjectOwner object_owner_of_new(const ObjectTarget *target, Value live, PlanNotes *notes,
                                Str *predecessor, Diags *diags) {
    const ObjectRequest *request = target->request;
    ObjectMark mark = object_mark_of(live);
    Str uid = kube_object_text(live, "metadata", "uid");
    if (!value_is_present(live))
        return OWNER_NEW;
    if (is_predecessor(target, uid)) {
        *predecessor = uid;
        if (request->call->is_planning)
            return OWNER_PREDECESSOR;
        (void)path_error(request->call, request->path, diags, "Kubernetes object exists already",
                         "The predecessor has the same name, so it must be deleted first. Remove "
                         "create_before_destroy, or give the replacement another name.");
        return OWNER_REJECTED;
    }
    if (kube_object_text(live, "metadata", "deletionTimestamp").len)
        return OWNER_ENDING;
    if (is_of_other_state(request, &mark)) {
        (void)report_other_state(target, &mark, "Kubernetes object exists already", diags);
        return OWNER_REJECTED;
    }
    bool is_ours = mark.text.len && str_equal(mark.address, request->call->address);
    if (!is_ours && !request->options->should_adopt) {
        (void)report_existing(target, live, &mark, diags);
        return OWNER_REJECTED;
    }
    if (is_ours && request->call->is_planning)
        return OWNER_LEFT;
    note_adoption(target, live, &mark, notes);
    return OWNER_ADOPTED;
}

bool object_owner_check(const ObjectTarget *target, Value live, const char *action, Diags *diags) {
    ObjectMark mark = object_mark_of(live);
    return !is_of_other_state(target->request, &mark) ||
           report_other_state(target, &mark, action, diags);
}

Str object_owner_mark(const ObjectRequest *request) {
    return object_mark_text(request->call->lineage, request->call->address, request->call->arena);
}

Str object_owner_kept_mark(const ObjectRequest *request, Value live) {
    ObjectMark mark = object_mark_of(live);
    return is_of_other_state(request, &mark) ? STR_EMPTY : mark.text;
}
