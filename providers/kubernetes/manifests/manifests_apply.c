#include "manifests_apply.h"

#include "call_pool.h"
#include "kube_object.h"
#include "manifests_inventory.h"
#include "manifests_record.h"
#include "manifests_source.h"
#include "object_arguments.h"
#include "object_builder.h"
#include "thread.h"
#include "wait_gate.h"
#include "wait_ready.h"
#include "wait_until.h"

#define RECORDED_MAX 64 /* parts recorded together; a recovery reads them all */

typedef struct ItemApply {
    const ManifestsItem *item; /* NULL: of a deletion */
    Str key;
    Value prior;           /* null: the object is new */
    Value planned;         /* of `objects`; may be unknown */
    ManifestsEntry entry;  /* of the plan, then of the apply */
    ObjectApplied applied; /* `live` null: the object was not changed */
    Value view;            /* the object after the change, as in the attribute `objects` */
    bool is_good;
    bool is_done;    /* the object exists as planned, or is deleted */
    bool is_deleted; /* of a replacement: the new object is not there yet */
} ItemApply;
typedef VEC(ItemApply) ItemApplies;

typedef struct ManifestsApplying {
    const Call *call;            /* its arena ends with the call */
    const Call *caller;          /* its arena has the results, and so the new objects */
    const ApplyRequest *request; /* NULL: a deletion of all */
    Value arguments;
    Value planned; /* null: a deletion of all */
    Diags *diags;
    Arena *arena;
    ObjectOptions options;
    ObjectDeletion deletion;
    const ManifestsSource *source; /* of a deletion: without items */
    ManifestsRecord record;        /* of the plan */
    ManifestsInventory prior;      /* before the call */
    ManifestsInventory wanted;     /* as planned */
    ManifestsInventory inventory;  /* as it is now */
    ManifestsRecord kept;          /* as it is now */
    ItemApplies items;             /* of all waves so far */
    size_t wave_start;             /* index of the first item of the wave */
    pthread_mutex_t mutex;         /* of `recorded` */
    size_t recorded;               /* items of the wave, from the first, that are recorded */
    bool has_new_definitions;      /* changed by this call */
    bool is_good;
    bool in_doubt;
} ManifestsApplying;

static ObjectRequest manifests_apply_request_of(const ManifestsApplying *applying,
                                                const ItemApply *one, const Call *call) {
    Path objects = path_attribute((Path){0}, STR("objects"), call->arena);
    return (ObjectRequest){
        .call = call,
        .options = &applying->options,
        .manifest = one->item ? one->item->manifest : one->prior,
        .path = one->item ? applying->source->argument : objects,
        .object_path = path_index(objects, value_from_str(one->key), call->arena),
        .prior = one->prior,
        .prior_manifest = one->item ? one->item->manifest : one->prior,
        .record = one->entry.object,
    };
}

/* One object. */

/* For an object that could not be compared in the plan: asks for the dry run now. */
static bool manifests_apply_plan_again(const ManifestsApplying *applying, ItemApply *one,
                                       const Call *call, ObjectRequest *request, Diags *diags) {
    ObjectPlan plan;
    if (!object_plan(request, &plan, diags))
        return false;
    if (plan.action == OBJECT_REPLACE)
        return path_error(call, applying->source->argument, diags, "Kubernetes object not applied",
                          "The object must be replaced, which the plan did not show. Plan again.");
    request->record = plan.record;
    if (plan.action != OBJECT_NONE)
        return true;
    one->entry.object = plan.record;
    one->is_done = true;
    return true;
}

/* A server needs some time before it applies the schema of a definition that has changed. */
static bool plan_after_definitions(const ManifestsApplying *applying, ItemApply *one,
                                   const Call *call, ObjectRequest *request, Diags *diags) {
    const WaitPauses pauses = {.first_ms = 250, .last_ms = 2000, .count = 6};
    unsigned attempt = 0;
    for (;;) {
        Diags found = diags_new(call->arena);
        bool is_good = manifests_apply_plan_again(applying, one, call, request, &found);
        bool should_retry =
            !is_good && applying->has_new_definitions && one->item->wave == OBJECT_WAVE_CUSTOM;
        if (should_retry && wait_until_retry(call, &pauses, &attempt))
            continue;
        diags_append(diags, &found);
        return is_good;
    }
}

static bool delete_old(const ManifestsApplying *applying, ItemApply *one, ObjectRequest *request,
                       Diags *diags) {
    ObjectRequest old = *request;
    old.manifest = one->prior;
    if (!object_delete(&old, &applying->deletion, diags))
        return false;
    one->is_deleted = true;
    request->record = (ObjectRecord){.cluster = one->entry.object.cluster, .is_planned = true};
    request->prior = request->prior_manifest = value_null(&TYPE_DYNAMIC);
    return true;
}

static bool manifests_apply_change_object(const ManifestsApplying *applying, ItemApply *one,
                                          const Call *call, Diags *diags) {
    ObjectRequest request = manifests_apply_request_of(applying, one, call);
    if (one->entry.is_unseen && !plan_after_definitions(applying, one, call, &request, diags))
        return false;
    if (one->is_done)
        return true;
    if (one->entry.action == OBJECT_REPLACE && !delete_old(applying, one, &request, diags))
        return false;
    bool is_good = object_apply(&request, one->planned, &one->applied, diags);
    one->is_done = is_good || one->applied.is_different;
    if (one->is_done)
        one->entry.object = one->applied.record;
    return is_good;
}

static PartAction manifests_apply_part_action(ObjectAction action) {
    return action == OBJECT_CREATE    ? PART_CREATE
           : action == OBJECT_REPLACE ? PART_REPLACE
                                      : PART_UPDATE;
}

static bool is_awaited(const ManifestsApplying *applying, const ItemApply *one) {
    return one->item->wave <= OBJECT_WAVE_DEFINITION ||
           object_bool(applying->arguments, "wait_for_ready", true);
}

/* Copies the object from the arena of the call, which its thread frees, to `keep`. Only objects
 * that are waited for are kept as the server returned them. */
static void manifests_apply_keep_object(const ManifestsApplying *applying, ItemApply *one,
                                        const Call *call, Arena *keep) {
    ObjectApplied *applied = &one->applied;
    if (!value_is_present(applied->live))
        return;
    applied->object =
        kube_object_keep(manifests_source_shown(call, applied->object, call->arena), keep);
    one->view = applied->object;
    applied->record = one->entry.object;
    Value live = kube_object_with(applied->live, "metadata", "managedFields",
                                  value_null(&TYPE_DYNAMIC), call->arena);
    applied->live = is_awaited(applying, one) ? value_clone(live, keep) : one->view;
}

/* `before` is the object before the wait. */
static void keep_waited(const ManifestsApplying *applying, ItemApply *one, Value before,
                        const Call *call, Arena *keep) {
    if (!object_apply_waited(call, one->item->manifest, one->planned, before, &one->applied))
        return;
    one->entry.object.live = str_clone(one->applied.record.live, keep);
    manifests_apply_keep_object(applying, one, call, keep);
}

static void manifests_apply_keep_item(const ManifestsApplying *applying, ItemApply *one,
                                      const Call *call, Arena *keep) {
    one->entry.object = object_record_clone(&one->entry.object, keep);
    manifests_apply_keep_object(applying, one, call, keep);
    if (!value_is_present(one->applied.live))
        return;
    KubeResource *resource = arena_new(keep, KubeResource);
    *resource = kube_resource_clone(one->applied.ref.resource, keep);
    one->applied.ref.resource = resource;
}

static PartIntent intent_of(const ItemApply *one, Arena *arena) {
    if (!one->item)
        return (PartIntent){.key = one->key, .action = PART_DELETE};
    return (PartIntent){
        .key = one->key,
        .action = manifests_apply_part_action(one->entry.action),
        .marker = object_key_import_id(&one->item->key, arena),
    };
}

/* Records this item and the next ones together, unless they are recorded. */
static bool record_items(ManifestsApplying *applying, size_t index, const Call *call,
                         Diags *diags) {
    size_t count = applying->items.count - applying->wave_start;
    PartIntent intents[RECORDED_MAX];
    size_t intent_count = 0;
    bool is_good = true;
    LOCKED(&applying->mutex);
    if (index >= applying->recorded) {
        const ItemApply *items = &applying->items.items[applying->wave_start];
        for (; applying->recorded < count && intent_count < RECORDED_MAX; applying->recorded++)
            intents[intent_count++] = intent_of(&items[applying->recorded], call->arena);
        is_good = call_parts_record(call, intents, intent_count, diags);
    }
    return is_good;
}

static bool begin_item(ManifestsApplying *applying, size_t index, const Call *call, Diags *diags) {
    const ItemApply *one = &applying->items.items[applying->wave_start + index];
    PartIntent intent = intent_of(one, call->arena);
    return record_items(applying, index, call, diags) && call_part_begin(call, &intent, diags);
}

static void manifests_apply_item(void *payload, size_t index, const Call *call, Arena *keep,
                                 Diags *diags) {
    ManifestsApplying *applying = payload;
    ItemApply *one = &applying->items.items[applying->wave_start + index];
    Diags found = diags_new(call->arena);
    one->is_good = begin_item(applying, index, call, diags);
    if (!one->is_good)
        return;
    one->is_good = manifests_apply_change_object(applying, one, call, &found);
    manifests_source_report(applying->source, one->item, &found, diags);
    manifests_apply_keep_item(applying, one, call, keep);
    if (one->is_good)
        one->is_good = call_part_end(call, one->key, STR_EMPTY, diags);
}

static void delete_item(void *payload, size_t index, const Call *call, Arena *, Diags *diags) {
    ManifestsApplying *applying = payload;
    ItemApply *one = &applying->items.items[applying->wave_start + index];
    ObjectRequest request = manifests_apply_request_of(applying, one, call);
    one->is_done = begin_item(applying, index, call, diags) &&
                   object_delete(&request, &applying->deletion, diags);
    one->is_good = one->is_done && call_part_end(call, one->key, STR_EMPTY, diags);
}

/* The inventory after a wave. */

static void manifests_apply_keep_applied(ManifestsApplying *applying, const ItemApply *one) {
    Arena *arena = applying->arena;
    ManifestsEntry entry = {.object = object_record_without_plan(one->entry.object),
                            .digest = one->item->digest};
    if (one->is_done)
        manifests_record_set(&applying->kept, one->key, entry, arena);
    if (one->is_done && value_is_present(one->applied.live))
        manifests_inventory_set(&applying->inventory, one->key, one->view, arena);
    else if (one->is_deleted)
        manifests_inventory_set(&applying->inventory, one->key, value_null(&TYPE_DYNAMIC), arena);
}

static void keep_wave(ManifestsApplying *applying) {
    for (size_t i = applying->wave_start; i < applying->items.count; i++) {
        const ItemApply *one = &applying->items.items[i];
        applying->is_good = applying->is_good && one->is_good;
        applying->in_doubt = applying->in_doubt || one->applied.in_doubt;
        if (one->item)
            manifests_apply_keep_applied(applying, one);
        else if (one->is_done)
            manifests_inventory_set(&applying->inventory, one->key, value_null(&TYPE_DYNAMIC),
                                    applying->arena);
    }
}

/* Waits. */

static WaitObject manifests_apply_wait_of(const Call *call, const ItemApply *one) {
    return (WaitObject){
        .call = call,
        .client = cluster_client(call->client),
        .discovery = cluster_discovery(call->client),
        .ref = one->applied.ref,
    };
}

static void wait_for_gate(void *payload, size_t index, const Call *call, Arena *keep,
                          Diags *diags) {
    ManifestsApplying *applying = payload;
    ItemApply *one = &applying->items.items[applying->wave_start + index];
    WaitObject wait = manifests_apply_wait_of(call, one);
    Diags found = diags_new(call->arena);
    if (!value_is_present(one->applied.live))
        return;
    Value before = one->applied.live;
    one->is_good = wait_gate(&wait, &one->applied.live, &found);
    keep_waited(applying, one, before, call, keep);
    manifests_source_report(applying->source, one->item, &found, diags);
}

static void wait_for_item(void *payload, size_t index, const Call *call, Arena *keep,
                          Diags *diags) {
    ManifestsApplying *applying = payload;
    ItemApply *one = &applying->items.items[index];
    if (!one->item || !value_is_present(one->applied.live))
        return;
    WaitObject wait = manifests_apply_wait_of(call, one);
    Diags found = diags_new(call->arena);
    Value before = one->applied.live;
    one->is_good = wait_ready(&wait, &one->applied.live, &found);
    keep_waited(applying, one, before, call, keep);
    manifests_source_report(applying->source, one->item, &found, diags);
}

static void wait_for_all(ManifestsApplying *applying) {
    if (!object_bool(applying->arguments, "wait_for_ready", true) || !applying->is_good)
        return;
    call_pool_run(applying->caller, applying->items.count, wait_for_item, applying,
                  applying->diags);
    applying->wave_start = 0;
    keep_wave(applying);
}

/* Waves. */

static bool check_unchanged_source(const ManifestsApplying *applying, const ManifestsItem *item,
                                   const ManifestsEntry *entry) {
    return str_equal(entry->digest, item->digest) ||
           path_error(applying->call, applying->source->argument, applying->diags,
                      "Manifests have changed",
                      "\"%.*s\" is not as it was planned. Make a new plan.", STR_ARG(item->text));
}

static void start_wave(ManifestsApplying *applying) {
    applying->wave_start = applying->items.count;
    applying->recorded = 0;
}

static bool manifests_apply_add_items(ManifestsApplying *applying, ObjectWave wave) {
    start_wave(applying);
    vec_each(&applying->source->items, item) {
        ManifestsEntry entry = manifests_record_find(&applying->record, item->text);
        if (item->wave != wave)
            continue;
        if (!check_unchanged_source(applying, item, &entry))
            return false;
        ItemApply one = {
            .item = item,
            .key = str_clone(item->text, applying->caller->arena),
            .prior = manifests_inventory_find(&applying->prior, item->text),
            .planned = manifests_inventory_find(&applying->wanted, item->text),
            .entry = entry,
            .applied = {.live = value_null(&TYPE_DYNAMIC)},
            .is_good = true,
        };
        if (value_is_null(one.planned))
            one.planned = value_unknown(&TYPE_DYNAMIC); /* the keys were unknown */
        one.is_done = entry.action == OBJECT_NONE;
        if (one.is_done)
            manifests_apply_keep_applied(applying, &one);
        else
            vec_push(applying->arena, &applying->items, one);
    }
    return true;
}

static bool call_after_wave(ManifestsApplying *applying, ObjectWave wave) {
    const Call *call = applying->call;
    const ManifestsType *type = manifests_source_type(call);
    if (type->after_wave)
        applying->is_good = type->after_wave(call, applying->request, wave, applying->diags);
    return applying->is_good;
}

static bool apply_wave(ManifestsApplying *applying, ObjectWave wave) {
    if (!manifests_apply_add_items(applying, wave))
        return false;
    size_t count = applying->items.count - applying->wave_start;
    call_pool_run(applying->caller, count, manifests_apply_item, applying, applying->diags);
    keep_wave(applying);
    applying->has_new_definitions |= count > 0 && wave == OBJECT_WAVE_DEFINITION;
    if (applying->is_good && wave <= OBJECT_WAVE_DEFINITION) {
        call_pool_run(applying->caller, count, wait_for_gate, applying, applying->diags);
        keep_wave(applying);
    }
    return applying->is_good && call_after_wave(applying, wave);
}

static ObjectWave wave_of(Value object) {
    ObjectKey key = object_key_of(object);
    return object_order_wave(key.group, key.kind);
}

/* Deletes the prior objects that are not wanted, wave by wave. */
static bool delete_unwanted(ManifestsApplying *applying) {
    StrVec keys = manifests_inventory_deletions(&applying->prior, applying->arena);
    bool had_definitions = false;
    for (size_t at = 0; at < keys.count && applying->is_good;) {
        ObjectWave wave = wave_of(manifests_inventory_find(&applying->prior, keys.items[at]));
        start_wave(applying);
        for (; at < keys.count; at++) {
            Str key = keys.items[at];
            Value prior = manifests_inventory_find(&applying->prior, key);
            if (wave_of(prior) != wave)
                break;
            if (!value_is_null(manifests_inventory_find(&applying->wanted, key)) ||
                map_has(&applying->source->by_text, key))
                continue;
            ItemApply one = {
                .key = key,
                .prior = prior,
                .entry = manifests_record_find(&applying->record, key),
                .applied = {.live = value_null(&TYPE_DYNAMIC)},
            };
            vec_push(applying->arena, &applying->items, one);
        }
        size_t count = applying->items.count - applying->wave_start;
        had_definitions = had_definitions || (count && wave == OBJECT_WAVE_DEFINITION);
        call_pool_run(applying->caller, count, delete_item, applying, applying->diags);
        keep_wave(applying);
    }
    if (had_definitions)
        kube_discovery_drop(cluster_discovery(applying->call->client));
    return applying->is_good;
}

static void open_apply(const Call *call, Value arguments, Value prior, Str private_data,
                       ManifestsApplying *out, Diags *diags) {
    static const ManifestsSource none = {0};
    Arena *arena = call->arena;
    *out = (ManifestsApplying){
        .source = &none,
        .call = call,
        .caller = call,
        .arguments = arguments,
        .diags = diags,
        .arena = arena,
        .options = object_arguments_options(arguments, arena),
        .deletion = object_arguments_deletion(arguments),
        .record = manifests_record_read(private_data, arena),
        .prior = manifests_inventory_of(prior, arena),
        .inventory = manifests_inventory_of(prior, arena),
        .is_good = true,
    };
    pthread_mutex_init(&out->mutex, NULL);
    map_each(&out->record.entries, entry)
        manifests_record_set(&out->kept, entry->key, *(const ManifestsEntry *)entry->value, arena);
}

/* Removes the entries of objects that are not in the inventory, and what only the plan knows. */
static Str kept_text(const ManifestsApplying *applying) {
    ManifestsRecord record = {0};
    map_each(&applying->kept.entries, entry) {
        ManifestsEntry one = *(const ManifestsEntry *)entry->value;
        if (one.action != OBJECT_NONE)
            one.digest = STR_EMPTY; /* planned, but not applied */
        one.action = OBJECT_NONE;
        one.is_unseen = false;
        one.object = object_record_without_plan(one.object);
        if (!value_is_null(manifests_inventory_find(&applying->inventory, entry->key)))
            manifests_record_set(&record, entry->key, one, applying->arena);
    }
    return manifests_record_text(&record, applying->arena);
}

static bool apply_all(const Call *call, const Call *caller, const ApplyRequest *request,
                      ApplyResponse *response, Diags *diags) {
    ManifestsApplying applying;
    open_apply(call, request->planned, request->prior, request->private_data, &applying, diags);
    applying.caller = caller;
    applying.request = request;
    applying.wanted = manifests_inventory_of(request->planned, call->arena);
    applying.source = manifests_source_open(call, request->planned, diags);
    if (!applying.source) {
        pthread_mutex_destroy(&applying.mutex);
        return false;
    }
    bool is_good = true;
    vec_reserve(call->arena, &applying.items, applying.source->items.count);
    for (unsigned wave = 0; is_good && wave < OBJECT_WAVE_COUNT; wave++)
        is_good = apply_wave(&applying, (ObjectWave)wave);
    is_good = is_good && delete_unwanted(&applying);
    if (is_good)
        wait_for_all(&applying);
    pthread_mutex_destroy(&applying.mutex);
    response->in_doubt = applying.in_doubt;
    if (!applying.in_doubt) {
        response->state =
            manifests_inventory_put(&applying.inventory, request->planned, caller->arena);
        response->private_data = str_clone(kept_text(&applying), caller->arena);
    }
    return is_good && applying.is_good;
}

/* The call has its own arena, like manifests_plan. */
bool manifests_apply(const Call *call, const ApplyRequest *request, ApplyResponse *response,
                     Diags *diags) {
    size_t before = diags->count;
    Call own = *call;
    own.arena = arena_open("manifests apply");
    bool is_good = apply_all(&own, call, request, response, diags);
    if (diags->count > before)
        arena_join(call->arena, own.arena);
    else
        arena_close(own.arena);
    return is_good;
}

bool manifests_delete(const Call *call, const DeleteRequest *request, DeleteResponse *response,
                      Diags *diags) {
    ManifestsApplying applying;
    open_apply(call, request->prior, request->prior, request->private_data, &applying, diags);
    bool is_good = delete_unwanted(&applying);
    pthread_mutex_destroy(&applying.mutex);
    if (is_good)
        return true;
    response->state = manifests_inventory_put(&applying.inventory, request->prior, call->arena);
    response->private_data = kept_text(&applying);
    return false;
}
