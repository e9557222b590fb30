#include "object_takeover.h"

#include "json.h"
#include "kube_object.h"
#include "object_view.h"

#define LAST_APPLIED "kubectl.kubernetes.io/last-applied-configuration"
#define ATTEMPTS_MAX 5

/* Managers of tools that write whole objects. Those that change single fields (kubectl-edit,
 * kubectl-label) are not among them. An apply is a claim that its tool still makes, so it needs
 * permission. */
static const struct Tool {
    const char *manager;
    const char *operation;
    TakeoverScope scope;
} tools[] = {
    {"kubectl-client-side-apply", "Update", TAKEOVER_UPDATES},
    {"kubectl-create", "Update", TAKEOVER_UPDATES},
    {"kubectl-replace", "Update", TAKEOVER_UPDATES},
    {"kubectl", "Update", TAKEOVER_UPDATES},             /* before 1.18 */
    {"kubectl-last-applied", "Apply", TAKEOVER_UPDATES}, /* owns the annotation alone */
    {"helm", "Update", TAKEOVER_UPDATES},
    {"HashiCorp", "Update", TAKEOVER_UPDATES},
    {"Terraform", "Update", TAKEOVER_UPDATES},
    {"Terraform", "Apply", TAKEOVER_ALL},
    {"helm", "Apply", TAKEOVER_ALL},
    {"kubectl", "Apply", TAKEOVER_ALL},
};

/* Fields of another version of the API cannot be merged with ours: their paths may differ. */
static bool takeover_is_taken(const ObjectTarget *target, const FieldManager *manager,
                              Str version) {
    if (manager->subresource.len || !str_equal(manager->api_version, version) ||
        field_manager_is_apply(manager, target->request->options->manager))
        return false;
    for (size_t i = 0; i < ARRAY_COUNT(tools); i++) {
        if (str_equal_cstr(manager->name, tools[i].manager) &&
            str_equal_cstr(manager->operation, tools[i].operation))
            return target->takeover >= tools[i].scope;
    }
    return false;
}

ObjectTakeover object_takeover_of(const ObjectTarget *target, Value object) {
    Arena *arena = target->kube.arena;
    ObjectTakeover takeover = {0};
    if (target->takeover == TAKEOVER_NONE || !value_is_present(object))
        return takeover;
    FieldManagers managers = field_managers_read(object, arena);
    Str version = kube_resource_api_version(&target->resource, arena);
    vec_each(&managers, manager) {
        bool is_ours = takeover_is_taken(target, manager, version);
        vec_push(arena, is_ours ? &takeover.taken : &takeover.others, *manager);
    }
    return takeover;
}

Value object_takeover_without(const ObjectTarget *target, Value result) {
    Arena *arena = target->kube.arena;
    ObjectTakeover takeover = object_takeover_of(target, result);
    Paths paths = {0};
    field_managers_sole(&takeover.taken, &takeover.others, result, &paths, arena);
    return object_view_without(result, &paths, arena);
}

Value object_takeover_without_manifest(Value object, Arena *arena) {
    Value annotations;
    if (kube_object_text(object, "metadata.annotations", LAST_APPLIED).len == 0)
        return object;
    object = kube_object_with(object, "metadata.annotations", LAST_APPLIED,
                              value_null(&TYPE_STRING), arena);
    bool is_empty =
        kube_object_find(object, "metadata", "annotations", &annotations) && annotations.count == 0;
    return is_empty ? kube_object_with(object, "metadata", "annotations", value_null(&TYPE_DYNAMIC),
                                       arena)
                    : object;
}

/* Returns our entry, with the fields of all. Keys that the provider ignores get no owner, so that
 * they stay. */
static Value merged_entry(const ObjectTarget *target, Value live, const ObjectTakeover *takeover) {
    Arena *arena = target->kube.arena;
    Str name = target->request->options->manager;
    const FieldManager *own = field_managers_find(&takeover->others, name);
    const FieldSet *ignored = ignored_keys_fields(cluster_ignored(target->cluster), live,
                                                  target->request->manifest, arena);
    const FieldSet *set = field_managers_union(&takeover->taken, arena);
    Value entry = own ? own->entry : takeover->taken.items[0].entry;
    Value fields;
    set = field_set_difference(set, ignored, arena);
    if (own)
        set = field_set_union(own->fields, set, arena);
    CHECK(json_parse_any(field_set_text(set, arena), &fields, NULL, NULL, arena));
    entry = kube_object_with(entry, "", "manager", value_string(name, arena), arena);
    entry = kube_object_with(entry, "", "operation", value_from_cstr("Apply"), arena);
    return kube_object_with(entry, "", "fieldsV1", fields, arena);
}

static Value merged_entries(const ObjectTarget *target, Value live,
                            const ObjectTakeover *takeover) {
    Str name = target->request->options->manager;
    ValueVec entries = {0};
    vec_push(target->kube.arena, &entries, merged_entry(target, live, takeover));
    vec_each(&takeover->others, manager) {
        if (!field_manager_is_apply(manager, name))
            vec_push(target->kube.arena, &entries, manager->entry);
    }
    return value_tuple(entries.items, entries.count, target->kube.arena);
}

/* To replace the resourceVersion with its present value makes the server reject the patch of an
 * object that has changed. */
static KubeOutcome send_entries(const ObjectTarget *target, Value live,
                                const ObjectTakeover *takeover, KubeResponse *response,
                                Diags *diags) {
    Arena *arena = target->kube.arena;
    Value version = value_from_str(kube_object_text(live, "metadata", "resourceVersion"));
    KubePatch patch = {
        .ref = target->ref,
        .type = KUBE_PATCH_JSON,
        .body = str_format(
            arena,
            "[{\"op\":\"replace\",\"path\":\"/metadata/managedFields\",\"value\":%.*s},"
            "{\"op\":\"replace\",\"path\":\"/metadata/resourceVersion\",\"value\":%.*s}]",
            STR_ARG(json_text(merged_entries(target, live, takeover), arena)),
            STR_ARG(json_text(version, arena))),
        .manager = target->request->options->manager,
        .is_repeatable = true,
    };
    return kube_call_patch(&target->kube, &patch, response, diags);
}

bool object_takeover_apply(const ObjectTarget *target, Diags *diags) {
    const ObjectRequest *request = target->request;
    KubeOutcome outcome = KUBE_CONFLICT;
    KubeResponse response;
    for (size_t i = 0; target->takeover && outcome == KUBE_CONFLICT && i < ATTEMPTS_MAX; i++) {
        Value live = value_null(&TYPE_DYNAMIC);
        outcome =
            cluster_get(target->cluster, request->call, &target->ref, &live, &response, diags);
        if (outcome != KUBE_DONE)
            break;
        ObjectTakeover takeover = object_takeover_of(target, live);
        bool is_other = !str_equal(kube_object_text(live, "metadata", "uid"), request->record.uid);
        if (is_other || takeover.taken.count == 0)
            return true; /* the apply rejects another object */
        outcome = send_entries(target, live, &takeover, &response, diags);
    }
    return target->takeover == TAKEOVER_NONE || outcome == KUBE_DONE || outcome == KUBE_ABSENT ||
           object_target_report(target, "Kubernetes object not taken over", &response, diags);
}
