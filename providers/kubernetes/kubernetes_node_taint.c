/* kubernetes_node_taint: taints of a node that others made.
 *
 * The taints of a node are one atomic list: an apply would own all of them, also those of the node
 * controller. A patch of the version that was read changes ours alone. A taint is identified by key
 * and effect. */
#include "kubernetes_provider.h"

#include "json.h"
#include "kube_object.h"
#include "nested_list.h"
#include "object_metadata.h"
#include "object_read.h"
#include "path_error.h"
#include "wait_until.h"

#define ATTEMPTS 8

typedef struct TaintCall {
    const Call *call;
    ObjectOptions options;
    ObjectRequest request;
    ObjectKey key;
    Value planned; /* state; null: a deletion */
    Value prior;   /* state; null: a creation */
    Value live;    /* the node */
} TaintCall;

static void taint_begin(TaintCall *taints, const Call *call, Value planned, Value prior,
                        Str private_data) {
    Value state = value_is_present(planned) ? planned : prior;
    Value item = object_metadata_of(state);
    Str name = value_is_present(item) ? object_text(item, "name", STR_EMPTY) : STR_EMPTY;
    Value manifest = kube_object_new(STR("v1"), STR("Node"), STR_EMPTY, name, call->arena);
    *taints = (TaintCall){
        .call = call,
        .options = {.manager = object_text(state, "field_manager", STR("loam")),
                    .is_partial = true},
        .key = object_key_of(manifest),
        .planned = planned,
        .prior = prior,
        .live = value_null(&TYPE_DYNAMIC),
    };
    taints->request = (ObjectRequest){
        .call = call,
        .options = &taints->options,
        .manifest = manifest,
        .prior = value_null(&TYPE_DYNAMIC),
        .prior_manifest = value_null(&TYPE_DYNAMIC),
        .record = object_record_read(private_data, call->arena),
    };
}

static bool is_same_taint(Value a, Value b) {
    return str_equal(value_text_at(a, STR("key")), value_text_at(b, STR("key"))) &&
           str_equal(value_text_at(a, STR("effect")), value_text_at(b, STR("effect")));
}

static bool has_same_value(Value a, Value b) {
    return str_equal(value_text_at(a, STR("value")), value_text_at(b, STR("value")));
}

/* Returns the taint of a state with this identity, or null. `state` may be null. */
static Value taint_of(Value state, Value taint) {
    size_t count = value_is_present(state) ? nested_list_count(state, "taint") : 0;
    for (size_t i = 0; i < count; i++) {
        Value found = nested_list_at(state, "taint", i);
        if (is_same_taint(found, taint))
            return found;
    }
    return value_null(&TYPE_DYNAMIC);
}

static Value live_taint_of(Value live, Value taint) {
    Value list = kube_object_list(live, "spec", "taints");
    for (size_t i = 0; i < list.count; i++) {
        if (is_same_taint(value_at(list, i), taint))
            return value_at(list, i);
    }
    return value_null(&TYPE_DYNAMIC);
}

/* A taint that is new to us, and that others set with another value, needs `force`. */
static bool taint_check_conflicts(const TaintCall *taints, Diags *diags) {
    bool is_free = true;
    if (object_bool(taints->planned, "force", false))
        return true;
    for (size_t i = 0; i < nested_list_count(taints->planned, "taint"); i++) {
        Value taint = nested_list_at(taints->planned, "taint", i);
        Value found = live_taint_of(taints->live, taint);
        bool is_ours = value_is_present(taint_of(taints->prior, taint));
        if (is_ours || !value_is_present(found) || has_same_value(found, taint))
            continue;
        is_free = path_error(taints->call, PATH_AT(taints->call, {"taint"}, {.index = i}), diags,
                             "Taint set by others",
                             "Node \"%.*s\" has the taint %.*s with the value \"%.*s\". Remove it "
                             "there, or set force = true.",
                             STR_ARG(taints->key.name), STR_ARG(value_text_at(taint, STR("key"))),
                             STR_ARG(value_text_at(found, STR("value"))));
    }
    return is_free;
}

static Value new_taint(Value taint, Arena *arena) {
    static const char *const names[] = {"key", "value", "effect"};
    ObjectBuilder builder = object_builder_new(arena);
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        if (object_text(taint, names[i], STR_EMPTY).len)
            object_builder_put(&builder, str_from_cstr(names[i]),
                               object_attribute(taint, names[i]));
    }
    return object_builder_value(&builder);
}

/* Returns the taints of the node after the change: those of others, then new ones of ours. */
static Value merged_taints(const TaintCall *taints) {
    Arena *arena = taints->call->arena;
    Value list = kube_object_list(taints->live, "spec", "taints");
    ValueVec merged = {0};
    for (size_t i = 0; i < list.count; i++) {
        Value taint = value_at(list, i);
        Value planned = taint_of(taints->planned, taint);
        bool is_kept = value_is_present(planned)
                           ? has_same_value(planned, taint)
                           : !value_is_present(taint_of(taints->prior, taint));
        if (is_kept)
            vec_push(arena, &merged, taint);
    }
    size_t count =
        value_is_present(taints->planned) ? nested_list_count(taints->planned, "taint") : 0;
    for (size_t i = 0; i < count; i++) {
        Value taint = nested_list_at(taints->planned, "taint", i);
        Value found = live_taint_of(taints->live, taint);
        if (!value_is_present(found) || !has_same_value(found, taint))
            vec_push(arena, &merged, new_taint(taint, arena));
    }
    return value_tuple(merged.items, merged.count, arena);
}

static KubeOutcome taint_send(const TaintCall *taints, const ObjectRead *read, bool is_dry_run,
                              KubeResponse *response, Diags *diags) {
    Arena *arena = taints->call->arena;
    Value body = value_null(&TYPE_DYNAMIC);
    Str version = kube_object_text(read->live, "metadata", "resourceVersion");
    body = kube_object_with(body, "metadata", "resourceVersion", value_from_str(version), arena);
    body = kube_object_with(body, "metadata", "uid", value_from_str(read->uid), arena);
    body = kube_object_with(body, "spec", "taints", merged_taints(taints), arena);
    KubePatch patch = {
        .ref = read->target.ref,
        .type = KUBE_PATCH_MERGE,
        .body = json_text(body, arena),
        .manager = taints->options.manager,
        .is_dry_run = is_dry_run,
        .is_repeatable = true,
    };
    return kube_call_patch(&read->target.kube, &patch, response, diags);
}

/* A change of the node by others between read and patch repeats both. */
static bool taint_change(TaintCall *taints, ObjectRead *read, Diags *diags) {
    WaitPauses pauses = {.count = ATTEMPTS};
    unsigned attempt = 0;
    KubeResponse response;
    do {
        if (!object_read(&taints->request, &taints->key, read, diags))
            return false;
        Str known = taints->request.record.uid;
        bool is_gone = read->uid.len == 0 || (known.len && !str_equal(known, read->uid));
        taints->live = read->live;
        if (is_gone && !value_is_present(taints->planned))
            return true;
        if (is_gone)
            return path_error(taints->call, PATH_AT(taints->call, {"metadata"}), diags,
                              "Node does not exist", "The cluster has no node \"%.*s\".",
                              STR_ARG(taints->key.name));
        KubeOutcome outcome = taint_send(taints, read, false, &response, diags);
        if (outcome == KUBE_DONE)
            return true;
        if (outcome != KUBE_CONFLICT)
            break;
    } while (wait_until_retry(taints->call, &pauses, &attempt));
    return object_target_report(&read->target, "Taints not changed", &response, diags);
}

static Value taint_state_of(Value state, Value live, Arena *arena) {
    Value list = object_attribute(state, "taint");
    ValueVec found = {0};
    for (size_t i = 0; i < nested_list_count(state, "taint"); i++) {
        Value taint = nested_list_at(state, "taint", i);
        Value real = live_taint_of(live, taint);
        if (!value_is_present(real))
            continue;
        if (!has_same_value(real, taint))
            taint = object_with_text(taint, "value", value_text_at(real, STR("value")), arena);
        vec_push(arena, &found, taint);
    }
    return object_with(state, "taint", nested_list_value(list.type, &found, arena), arena);
}

static bool taint_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    bool is_valid = true;
    for (size_t i = 0; i < nested_list_count(request->config, "taint"); i++) {
        for (size_t k = 0; k < i; k++) {
            Value a = nested_list_at(request->config, "taint", i);
            Value b = nested_list_at(request->config, "taint", k);
            if (object_has(a, "key") && object_has(a, "effect") && is_same_taint(a, b))
                is_valid = path_error(call, PATH_AT(call, {"taint"}, {.index = i}), diags,
                                      "Taint given twice",
                                      "An earlier taint has the same key and effect. Remove one of "
                                      "them.");
        }
    }
    return is_valid;
}

/* Returns whether the server accepts the taints. */
static bool taint_dry_run(const TaintCall *taints, const ObjectRead *read, Diags *diags) {
    KubeResponse response;
    KubeOutcome outcome = taint_send(taints, read, true, &response, diags);
    return outcome == KUBE_DONE || outcome == KUBE_CONFLICT ||
           object_target_report(&read->target, "Taints not planned", &response, diags);
}

/* The node may be made by the same plan, and its cluster too. */
static bool taint_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                       Diags *diags) {
    TaintCall taints;
    ObjectRead read;
    ObjectTarget target;
    Str why = STR("the node does not exist yet");
    taint_begin(&taints, call, response->planned, request->prior, request->private_data);
    if (taints.key.name.len == 0 ||
        !value_is_wholly_known(object_attribute(taints.planned, "taint")))
        return true;
    response->planned = object_with_text(response->planned, "id", taints.key.name, call->arena);
    bool is_new = value_is_null(request->prior);
    bool may_lack = is_new && call->is_planning;
    if (may_lack && object_target_open(&taints.request, &taints.key, &target, &why, diags) ==
                        OBJECT_NO_SERVER) {
        plan_note(response, NO_PATH, str_concat(STR("verified at apply: "), why, call->arena),
                  call->arena);
        return true;
    }
    if (is_new)
        taints.request.record = (ObjectRecord){0};
    if (!object_read(&taints.request, &taints.key, &read, diags))
        return false;
    taints.live = read.live;
    if (read.uid.len == 0 && may_lack)
        plan_note(response, NO_PATH, STR("verified at apply: the node does not exist yet"),
                  call->arena);
    if (is_new)
        response->private_data = object_read_private(&read, call->arena);
    bool is_unchanged =
        value_is_present(request->prior) && value_equal(request->prior, response->planned);
    return read.uid.len == 0 || is_unchanged ||
           (taint_check_conflicts(&taints, diags) && taint_dry_run(&taints, &read, diags));
}

static bool taint_marker(const Call *call, const MarkerRequest *request, MarkerResponse *response,
                         Diags *diags) {
    (void)call, (void)diags;
    response->marker = object_text(object_metadata_of(request->planned), "name", STR_EMPTY);
    return true;
}

static bool taint_apply(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                        Diags *diags) {
    TaintCall taints;
    ObjectRead read;
    taint_begin(&taints, call, request->planned, request->prior, request->private_data);
    if (value_is_present(request->prior))
        response->state = request->prior; /* of a failure */
    if (!taint_change(&taints, &read, diags))
        return false;
    response->state = object_with_text(request->planned, "id", taints.key.name, call->arena);
    response->private_data = object_read_private(&read, call->arena);
    return true;
}

static bool taint_delete(const Call *call, const DeleteRequest *request, DeleteResponse *,
                         Diags *diags) {
    TaintCall taints;
    ObjectRead read;
    taint_begin(&taints, call, value_null(request->prior.type), request->prior,
                request->private_data);
    return taint_change(&taints, &read, diags);
}

static bool taint_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                       Diags *diags) {
    TaintCall taints;
    ObjectRead read;
    taint_begin(&taints, call, request->state, request->state, request->private_data);
    if (!object_read(&taints.request, &taints.key, &read, diags))
        return false;
    response->state = object_read_is_same(&read, &taints.request.record)
                          ? taint_state_of(request->state, read.live, call->arena)
                          : value_null(request->state.type);
    return true;
}

static bool taint_recover(const Call *call, const RecoverRequest *request,
                          RecoverResponse *response, Diags *diags) {
    TaintCall taints;
    ObjectRead read;
    Value known = value_unknown_as_null(request->planned, call->arena);
    taint_begin(&taints, call, known, value_null(known.type), STR_EMPTY);
    if (!object_read(&taints.request, &taints.key, &read, diags))
        return false;
    for (size_t i = 0; i < nested_list_count(known, "taint"); i++) {
        Value taint = nested_list_at(known, "taint", i);
        Value found = live_taint_of(read.live, taint);
        if (!value_is_present(found) || !has_same_value(found, taint))
            return true;
    }
    response->outcome = RECOVER_COMPLETE;
    response->state = object_with_text(known, "id", taints.key.name, call->arena);
    response->private_data = object_read_private(&read, call->arena);
    return true;
}

static const Attribute node_taint_attributes[] = {
    {"id", &TYPE_STRING, COMPUTED, "Name of the node."},
    {"field_manager", &TYPE_STRING, OPTIONAL | COMPUTED, "Name of the field manager.",
     .default_json = "\"loam\""},
    {"force", &TYPE_BOOL, OPTIONAL,
     "Whether to take taints that others set with another value (default false)."},
};
static const Attribute node_attributes[] = {
    {"name", &TYPE_STRING, REQUIRED | FORCES_NEW, "Name of the node."},
};
static const Attribute taint_attributes[] = {
    {"key", &TYPE_STRING, REQUIRED, "Key of the taint."},
    {"value", &TYPE_STRING, OPTIONAL, "Value of the taint."},
    {"effect", &TYPE_STRING, REQUIRED, "What happens to pods that do not tolerate the taint.",
     .one_of = "NoSchedule PreferNoSchedule NoExecute"},
};
static const Block node_taint_blocks[] = {
    {.name = "metadata",
     .nesting = NEST_LIST,
     .min_items = 1,
     .max_items = 1,
     .schema = {SCHEMA_ATTRIBUTES(node_attributes), .description = "The node."}},
    {.name = "taint",
     .nesting = NEST_LIST,
     .min_items = 1,
     .schema = {SCHEMA_ATTRIBUTES(taint_attributes),
                .description = "A taint. Others of the node stay as they are."}},
};

const ResourceType kubernetes_node_taint = {
    .name = "kubernetes_node_taint",
    .schema = {SCHEMA_ATTRIBUTES(node_taint_attributes), SCHEMA_BLOCKS(node_taint_blocks),
               .description = "Taints of a node that others made. A deletion removes them."},
    .recovery = RECOVERY_FINDS,
    .validate = taint_validate,
    .plan = taint_plan,
    .marker = taint_marker,
    .create = taint_apply,
    .update = taint_apply,
    .delete = taint_delete,
    .read = taint_read,
    .recover = taint_recover,
};
