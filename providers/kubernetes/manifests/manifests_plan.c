/* Namespaces and definitions are planned first: objects in a new namespace, or of a new kind,
 * cannot be compared yet. */
#include "manifests_plan.h"

#include "call_pool.h"
#include "kube_object.h"
#include "manifests_inventory.h"
#include "manifests_record.h"
#include "manifests_source.h"
#include "object_arguments.h"
#include "object_builder.h"
#include "object_check.h"
#include "object_secret.h"

typedef struct ItemPlan {
    const ManifestsItem *item;
    ManifestsEntry stored;
    ManifestsEntry approved; /* of the approved plan; empty: there is none */
    Value prior;             /* null: the object is new */
    bool is_awaited;
    bool has_new_definition; /* the definition of its kind changes too */
    bool is_deferred;        /* only the new definition may accept it */
    ObjectPlan plan;
    bool is_good;
} ItemPlan;

typedef struct ManifestsPlanning {
    const Call *call;
    const PlanRequest *request;
    PlanResponse *response;
    Diags *diags;
    Arena *arena;   /* ends with the call */
    Arena *results; /* of the response */
    ObjectOptions options;
    const ManifestsSource *source;
    ManifestsRecord stored;
    ManifestsRecord record; /* of the plan */
    ManifestsInventory prior;
    ManifestsInventory planned;
    ManifestsInventory approved; /* of the approved plan, during an apply */
    ManifestsRecord approved_record;
    Map new_namespaces;
    Map new_definitions; /* "GROUP/KIND" */
    ItemPlan *items;
    bool is_good;
} ManifestsPlanning;

static Path objects_path(Str key, Arena *arena) {
    return path_index(path_attribute((Path){0}, STR("objects"), arena), value_from_str(key), arena);
}

/* One object. */

/* A dry run failed against the definition on the server, but the same manifests change that
 * definition: defers the dry run to the apply and validates against the new schema. */
static void defer_item(ItemPlan *one, const ObjectRequest *request, Diags *found) {
    *found = diags_new(request->call->arena);
    one->plan.object = value_unknown(&TYPE_DYNAMIC);
    one->plan.notes.count = 0;
    one->is_deferred = true;
    one->is_good = !request->call->is_planning || object_check(request, true, found);
}

static bool is_same_object(Value a, Value b) {
    return a.type == b.type && a.as.items == b.as.items;
}

/* Copies the plan to `keep`. Objects of the state and of the approved plan are not copied, because
 * they outlive the call. */
static ObjectPlan manifests_plan_keep_plan(const ObjectRequest *request, const ObjectPlan *plan,
                                           Arena *keep) {
    ObjectPlan kept = {.action = plan->action, .object = plan->object};
    if (plan->action != OBJECT_NONE && !is_same_object(request->approved, plan->object))
        kept.object = kube_object_keep(plan->object, keep);
    kept.replace_path = path_clone(plan->replace_path, keep);
    kept.record = object_record_clone(&plan->record, keep);
    vec_each(&plan->notes, note) {
        PlanNote copy = {.path = path_clone(note->path, keep), .text = str_clone(note->text, keep)};
        vec_push(keep, &kept.notes, copy);
    }
    return kept;
}

/* During an apply: the source must have the manifest of the approved plan. */
static bool check_manifest(const ItemPlan *one, const Call *call, Path path, Diags *diags) {
    return !one->approved.digest.len || str_equal(one->approved.digest, one->item->digest) ||
           path_error(call, path, diags, "Manifests have changed",
                      "\"%.*s\" is not as it was planned. Make a new plan.",
                      STR_ARG(one->item->text));
}

static void plan_item(void *payload, size_t index, const Call *call, Arena *keep, Diags *diags) {
    const ManifestsPlanning *planning = payload;
    ItemPlan *one = &planning->items[index];
    const ManifestsItem *item = one->item;
    Diags found = diags_new(call->arena);
    bool is_same = one->stored.digest.len && str_equal(one->stored.digest, item->digest);
    Value none = value_null(&TYPE_DYNAMIC);
    ObjectRequest request = {
        .call = call,
        .options = &planning->options,
        .manifest = item->manifest,
        .path = planning->source->argument,
        .object_path = objects_path(item->text, call->arena),
        .prior = one->prior,
        .prior_manifest = value_is_present(one->prior) && is_same ? item->manifest : none,
        .record = one->stored.object,
        .has_approved = one->approved.digest.len > 0,
        .is_replacement_approved = one->approved.action == OBJECT_REPLACE,
        .approved = manifests_inventory_find(&planning->approved, item->text),
        .approved_record = one->approved.object,
    };
    if (!check_manifest(one, call, request.path, &found)) {
        one->is_good = false;
    } else if (one->is_awaited) {
        one->plan = (ObjectPlan){.action = OBJECT_CREATE,
                                 .object = value_unknown(&TYPE_DYNAMIC),
                                 .record = {.is_planned = true}};
        one->is_good = !call->is_planning || object_check(&request, !item->is_awaited, &found);
    } else {
        one->is_good = object_plan(&request, &one->plan, &found);
        one->plan = manifests_plan_keep_plan(&request, &one->plan, keep);
        if (!one->is_good && one->has_new_definition)
            defer_item(one, &request, &found);
    }
    manifests_source_report(planning->source, item, &found, diags);
}

/* Parts. */

/* Returns `base` with the members of `over`; lists and scalars are replaced. */
static Value overlay(Value base, Value over, Arena *arena) {
    if (!value_is_present(base) || !value_is_present(over) || base.type->kind != KIND_OBJECT ||
        over.type->kind != KIND_OBJECT)
        return over;
    ObjectBuilder builder = object_builder_new(arena);
    for (size_t i = 0; i < base.count; i++)
        object_builder_put(&builder, value_key_at(base, i), value_at(base, i));
    for (size_t i = 0; i < over.count; i++) {
        Str name = value_key_at(over, i);
        Value inner;
        Value member = value_at(over, i);
        if (value_find(base, name, &inner))
            member = overlay(inner, member, arena);
        object_builder_put(&builder, name, member);
    }
    return object_builder_value(&builder);
}

/* Returns the rest of the path below `base`, or the empty path. */
static Path path_below(Path path, Path base) {
    if (!path_starts_with(path, base))
        return (Path){0};
    return (Path){path.steps + base.count, path.count - base.count};
}

static Path path_in_part(const ManifestsPlanning *planning, const ItemPlan *one, Path path) {
    Path inside = path_below(path, planning->source->argument);
    return inside.count ? inside : path_below(path, objects_path(one->item->text, planning->arena));
}

static void manifests_plan_add_notes(const ManifestsPlanning *planning, const ItemPlan *one,
                                     ChangePart *part) {
    Arena *results = planning->results;
    vec_each(&one->plan.notes, note)
        plan_part_note(part, path_clone(path_in_part(planning, one, note->path), results),
                       str_clone(note->text, results), results);
    if (one->is_awaited)
        plan_part_note(part, (Path){0},
                       STR("verified at apply: the same manifests make its kind or its namespace"),
                       results);
    if (one->is_deferred)
        plan_part_note(part, (Path){0}, STR("verified at apply: its definition changes"), results);
}

/* Adds the part with this key; `object` is the planned object. Both outlive the call. */
static void manifests_plan_add_part(const ManifestsPlanning *planning, const ItemPlan *one, Str key,
                                    Value object) {
    static const PartAction actions[] = {
        [OBJECT_CREATE] = PART_CREATE,
        [OBJECT_UPDATE] = PART_UPDATE,
        [OBJECT_REPLACE] = PART_REPLACE,
    };
    Arena *arena = planning->results;
    ChangePart part = {
        .key = key,
        .action = actions[one->plan.action],
        .before = one->prior,
        .after = object,
    };
    if (!value_is_present(part.after)) {
        bool is_update = one->plan.action == OBJECT_UPDATE;
        part.after = kube_object_keep(
            overlay(is_update ? one->prior : part.after, one->item->manifest, planning->arena),
            arena);
    }
    if (one->plan.action == OBJECT_REPLACE)
        vec_push(arena, &part.replace_paths,
                 path_clone(path_in_part(planning, one, one->plan.replace_path), arena));
    object_secret_paths(part.before, (Path){0}, &part.sensitive, arena);
    object_secret_paths(part.after, (Path){0}, &part.sensitive, arena);
    manifests_plan_add_notes(planning, one, &part);
    plan_part(planning->response, part, arena);
}

static Str kind_text(Str group, Str kind, Arena *arena) {
    const Str parts[] = {group, kind};
    return str_join(parts, ARRAY_COUNT(parts), STR("/"), arena);
}

/* Returns the planned object, in memory that outlives the call. */
static Value manifests_plan_planned_object(const ManifestsPlanning *planning, const ItemPlan *one) {
    Value object = one->plan.object;
    if (one->plan.action == OBJECT_NONE)
        return one->prior;
    if (is_same_object(object, manifests_inventory_find(&planning->approved, one->item->text)))
        return object;
    return kube_object_keep(manifests_source_shown(planning->call, object, planning->arena),
                            planning->results);
}

static void manifests_plan_keep_item(ManifestsPlanning *planning, const ItemPlan *one) {
    Arena *arena = planning->arena;
    const ManifestsItem *item = one->item;
    ManifestsEntry entry = {
        .object = one->plan.record,
        .digest = item->digest,
        .action = one->plan.action,
        .is_unseen = !one->is_awaited && !value_is_known(one->plan.object) &&
                     one->plan.action != OBJECT_REPLACE,
    };
    if (!one->is_good) {
        planning->is_good = false;
        return;
    }
    manifests_record_set(&planning->record, item->text, entry, arena);
    bool is_same = one->plan.action == OBJECT_NONE;
    Str key = str_clone(item->text, planning->results);
    Value object = manifests_plan_planned_object(planning, one);
    manifests_inventory_set(&planning->planned, key, object, arena);
    if (item->wave == OBJECT_WAVE_NAMESPACE && one->plan.action == OBJECT_CREATE)
        map_put(arena, &planning->new_namespaces, item->key.name, NULL);
    if (item->wave == OBJECT_WAVE_DEFINITION && !is_same)
        map_put(arena, &planning->new_definitions,
                kind_text(kube_object_text(item->manifest, "spec", "group"),
                          kube_object_text(item->manifest, "spec.names", "kind"), arena),
                NULL);
    if (!is_same)
        manifests_plan_add_part(planning, one, key, object);
}

/* Plans the items of the waves from `first` to `last`. */
static void plan_waves(ManifestsPlanning *planning, ObjectWave first, ObjectWave last) {
    size_t count = 0;
    planning->items = arena_new_array(planning->arena, ItemPlan, planning->source->items.count);
    vec_each(&planning->source->items, item) {
        if (item->wave < first || item->wave > last)
            continue;
        ItemPlan *one = &planning->items[count++];
        one->item = item;
        one->stored = manifests_record_find(&planning->stored, item->text);
        one->approved = manifests_record_find(&planning->approved_record, item->text);
        one->prior = manifests_inventory_find(&planning->prior, item->text);
        bool is_in_new_namespace =
            item->key.namespace.len && map_has(&planning->new_namespaces, item->key.namespace);
        one->is_awaited = value_is_null(one->prior) && (item->is_awaited || is_in_new_namespace);
        one->has_new_definition =
            map_has(&planning->new_definitions,
                    kind_text(item->key.group, item->key.kind, planning->arena));
    }
    call_pool_run(planning->call, count, plan_item, planning, planning->diags);
    for (size_t i = 0; i < count; i++)
        manifests_plan_keep_item(planning, &planning->items[i]);
}

/* Objects that the source no longer has. */

static bool holds_data(Value object) {
    static const Str kinds[] = {STR_CONST("Namespace"), STR_CONST("CustomResourceDefinition"),
                                STR_CONST("PersistentVolumeClaim")};
    return str_is_among(kube_object_text(object, "", "kind"), kinds, ARRAY_COUNT(kinds));
}

static void add_deletion(PlanResponse *response, Str key, Value object, Arena *arena) {
    ChangePart part = {.key = key, .action = PART_DELETE, .before = object};
    object_secret_paths(object, (Path){0}, &part.sensitive, arena);
    plan_part(response, part, arena);
}

static void note_kept(ManifestsPlanning *planning, Str key) {
    plan_note(planning->response, (Path){0},
              str_format(planning->results,
                         "%.*s is no longer in the source and is kept; prune_all = true deletes it",
                         STR_ARG(key)),
              planning->results);
}

static void warn_of_prune(ManifestsPlanning *planning, size_t pruned, size_t count) {
    if (pruned * 2 <= count || !planning->call->is_planning)
        return;
    path_warning(planning->call, planning->source->argument, planning->diags,
                 "Most objects are deleted",
                 "%zu of %zu objects are no longer in the source, and are deleted. Check that the "
                 "source is complete.",
                 pruned, count);
}

static void plan_prune(ManifestsPlanning *planning) {
    bool should_prune_all = object_bool(planning->response->planned, "prune_all", false);
    StrVec keys = manifests_inventory_deletions(&planning->prior, planning->arena);
    size_t pruned = 0;
    vec_each(&keys, key) {
        Value object = manifests_inventory_find(&planning->prior, *key);
        if (map_has(&planning->source->by_text, *key))
            continue;
        manifests_record_set(&planning->record, *key,
                             manifests_record_find(&planning->stored, *key), planning->arena);
        if (!should_prune_all && holds_data(object)) {
            note_kept(planning, *key);
            manifests_inventory_set(&planning->planned, *key, object, planning->arena);
            continue;
        }
        add_deletion(planning->response, *key, object, planning->results);
        pruned++;
    }
    warn_of_prune(planning, pruned, keys.count);
}

static bool source_has_name(const char *const *names, Str name) {
    for (size_t i = 0; names && names[i]; i++) {
        if (str_equal_cstr(name, names[i]))
            return true;
    }
    return false;
}

/* Returns whether the attribute determines the objects and nothing else. */
static bool plan_source_is_input(const Call *call, Str attribute) {
    const ManifestsType *type = manifests_source_type(call);
    return source_has_name(type->sources, attribute) || source_has_name(type->settings, attribute);
}

/* The whole. */

/* Another spelling of the source changes nothing. */
static Value unchanged(const Call *call, Value prior, Value planned) {
    for (size_t i = 0; i < planned.count; i++) {
        Str name = value_key_at(planned, i);
        if (!plan_source_is_input(call, name) && !str_equal(name, STR("objects")) &&
            !value_equal(value_at(prior, i), value_at(planned, i)))
            return planned;
    }
    return prior;
}

static bool manifests_plan_finish(ManifestsPlanning *planning) {
    PlanResponse *response = planning->response;
    response->planned =
        manifests_inventory_put(&planning->planned, response->planned, planning->results);
    response->private_data =
        str_clone(manifests_record_text(&planning->record, planning->arena), planning->results);
    if (response->parts.count == 0 && value_is_present(planning->request->prior))
        response->planned = unchanged(planning->call, planning->request->prior, response->planned);
    return true;
}

static Value with_unknown_objects(Value planned, Arena *arena) {
    return object_with(planned, "objects", value_unknown(&TYPE_DYNAMIC), arena);
}

/* The objects are known at the apply. */
static bool plan_unknown(ManifestsPlanning *planning, Str why) {
    PlanResponse *response = planning->response;
    response->planned = with_unknown_objects(response->planned, planning->results);
    response->has_unknown_parts = true;
    if (why.len)
        plan_note(response, (Path){0}, why, planning->results);
    return true;
}

static bool manifests_plan_deletion(ManifestsPlanning *planning) {
    StrVec keys = manifests_inventory_deletions(&planning->prior, planning->arena);
    vec_each(&keys, key) {
        Value object = manifests_inventory_find(&planning->prior, *key);
        add_deletion(planning->response, *key, object, planning->results);
    }
    return true;
}

/* Sets *why if there is no server yet, which is no error for new objects. */
static bool check_server(ManifestsPlanning *planning, Str *why) {
    KubeCall kube = cluster_call(planning->call);
    ClusterIdentity identity;
    KubeResponse response;
    *why = STR_EMPTY;
    if (cluster_identify(planning->call, &identity, &response, planning->diags) == KUBE_DONE)
        return true;
    bool is_new = manifests_inventory_count(&planning->prior) == 0;
    if (kube_error_class(NULL, &response) == KUBE_ERROR_UNREACHABLE && is_new &&
        planning->call->is_planning) {
        *why = str_format(planning->results,
                          "verified at apply: the API server cannot be reached: %.*s",
                          STR_ARG(response.problem));
        return true;
    }
    return kube_error_report(&kube, "Kubernetes objects not planned", NULL, &response,
                             planning->diags);
}

/* Not every type has this argument. */
static bool manifests_plan_check_empty(const ManifestsPlanning *planning) {
    if (planning->source->items.count || planning->source->has_unknown_objects ||
        kube_object_is_true(planning->response->planned, "", "allow_empty"))
        return true;
    return path_error(planning->call, planning->source->argument, planning->diags, "No objects",
                      "The source has no Kubernetes objects. If this is intended, set "
                      "allow_empty = true.");
}

static bool plan_all(const Call *call, Arena *results, const PlanRequest *request,
                     PlanResponse *response, Diags *diags) {
    Arena *arena = call->arena;
    Str why;
    ManifestsPlanning planning = {
        .call = call,
        .request = request,
        .response = response,
        .diags = diags,
        .arena = arena,
        .results = results,
        .stored = manifests_record_read(request->private_data, arena),
        .prior = manifests_inventory_of(request->prior, arena),
        .is_good = true,
    };
    if (value_is_null(request->proposed))
        return manifests_plan_deletion(&planning);
    if (request->approved.type && value_is_present(request->approved)) {
        planning.approved = manifests_inventory_of(request->approved, arena);
        planning.approved_record = manifests_record_read(request->approved_private, arena);
    }
    if (manifests_source_is_unknown(call, response->planned))
        return plan_unknown(&planning, STR_EMPTY);
    planning.options = object_arguments_options(response->planned, arena);
    planning.options.keeps_ending =
        object_arguments_change_deletion(request->prior, response->planned);
    if (!check_server(&planning, &why))
        return false;
    if (why.len)
        return plan_unknown(&planning, why);
    planning.source = manifests_source_open(call, response->planned, diags);
    if (!planning.source || !manifests_plan_check_empty(&planning))
        return false;
    plan_waves(&planning, OBJECT_WAVE_NAMESPACE, OBJECT_WAVE_NAMESPACE);
    plan_waves(&planning, OBJECT_WAVE_DEFINITION, OBJECT_WAVE_DEFINITION);
    plan_waves(&planning, OBJECT_WAVE_DEFINITION + 1, OBJECT_WAVE_EXTENSION);
    plan_prune(&planning);
    if (!planning.is_good)
        return false;
    if (planning.source->has_unknown_objects)
        return plan_unknown(&planning, STR("some objects have kinds that are not served yet"));
    return manifests_plan_finish(&planning);
}

/* The call has its own arena: manifests and records are larger than the response. Ranges of
 * diagnostics refer to the manifests. */
bool manifests_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                    Diags *diags) {
    size_t before = diags->count;
    Call own = *call;
    own.arena = arena_open("manifests plan");
    bool is_good = plan_all(&own, call->arena, request, response, diags);
    if (diags->count > before)
        arena_join(call->arena, own.arena);
    else
        arena_close(own.arena);
    return is_good;
}
