#include "manifests_read.h"

#include "kube_object.h"
#include "manifests_inventory.h"
#include "manifests_record.h"
#include "manifests_source.h"
#include "object_arguments.h"
#include "object_drift.h"
#include "object_frozen.h"
#include "object_mark.h"
#include "object_read.h"
#include "object_secret.h"
#include "object_view.h"

void manifests_read_sensitive(Value object, Paths *out, Arena *arena) {
    Path objects = path_attribute((Path){0}, STR("objects"), arena);
    Value found;
    if (value_find_present(object, STR("objects"), &found) && type_is_mapping(found.type))
        for (size_t i = 0; i < found.count; i++)
            object_secret_paths(value_at(found, i),
                                path_attribute(objects, value_key_at(found, i), arena), out, arena);
}

typedef struct ManifestsReading {
    const Call *call;
    Value state;
    ManifestsInventory inventory;
    ManifestsRecord record;
    ManifestsSource *source; /* read when the first object differs; NULL: not read */
    FieldChanges changes;
    Diags *diags;
} ManifestsReading;

/* Reads the object of this key. Removes the labels and annotations that the provider configuration
 * ignores, except those that `kept` has; `kept` may be null. */
static bool manifests_read_object(const ManifestsReading *reading, const Call *call,
                                  const ObjectKey *key, Value kept, const ObjectRecord *record,
                                  ObjectRead *out) {
    ObjectOptions *options = arena_new(call->arena, ObjectOptions);
    ObjectRequest *request = arena_new(call->arena, ObjectRequest); /* out->target refers to it */
    *options = object_arguments_options(reading->state, call->arena);
    *request =
        (ObjectRequest){.call = call, .options = options, .record = *record, .manifest = kept};
    request->prior = request->prior_manifest = value_null(&TYPE_DYNAMIC);
    return object_read(request, key, out, reading->diags);
}

/* Returns the fields of the object that the manifests set; without a type if they cannot be read.
 * If only the status differs, the manifests are not read. */
static Value own_fields(ManifestsReading *reading, Str text, Value stored, Value view) {
    Arena *arena = reading->call->arena;
    if (value_equal(object_view_settings(stored, arena), object_view_settings(view, arena)))
        return value_object(NULL, NULL, 0, arena);
    if (!reading->source) {
        Diags ignored = diags_new(arena);
        reading->source = arena_new(arena, ManifestsSource);
        if (!manifests_source_read(reading->call, reading->state, reading->source, &ignored))
            *reading->source = (ManifestsSource){0};
    }
    const ManifestsItem *item = map_find(&reading->source->by_text, text);
    return item ? item->manifest : (Value){0};
}

static void manifests_read_find_drift(ManifestsReading *reading, Str text, Value stored, Value view,
                                      const ObjectRead *read) {
    Arena *arena = reading->call->arena;
    if (value_equal(stored, view))
        return;
    Path objects = path_attribute((Path){0}, STR("objects"), arena);
    ObjectDrift drift = {
        .before = stored,
        .after = view,
        .base = path_attribute(objects, text, arena),
        .live = read->live,
        .manager = read->target.request->options->manager,
    };
    if (value_is_present(view))
        drift.own = own_fields(reading, text, stored, view);
    object_drift_find(&drift, &reading->changes, arena);
}

/* Returns the object as the state shows it. */
static Value manifests_read_shown(const Call *call, const ObjectRead *read) {
    Value view = object_view_live(read->live, &read->target.resource, call->arena);
    return manifests_source_shown(call, view, call->arena);
}

/* Brings one object of the inventory up to date. */
static bool manifests_read_refresh(ManifestsReading *reading, Str text, Value stored) {
    Arena *arena = reading->call->arena;
    SCOPED(ArenaRef) scratch = arena_open("object");
    Call own = *reading->call;
    own.arena = scratch;
    ManifestsEntry entry = manifests_record_find(&reading->record, text);
    ObjectKey key = object_key_of(stored);
    ObjectRead read;
    if (!manifests_read_object(reading, &own, &key, stored, &entry.object, &read))
        return false;
    Value view = value_null(&TYPE_DYNAMIC);
    if (object_read_is_same(&read, &entry.object)) {
        object_frozen_warn(reading->call, read.live, reading->diags);
        view = kube_object_keep(manifests_read_shown(&own, &read), arena);
    }
    manifests_read_find_drift(reading, text, stored, view, &read);
    manifests_inventory_set(&reading->inventory, text, view, arena);
    return true;
}

static bool refresh_all(ManifestsReading *reading) {
    for (size_t i = 0; i < reading->inventory.objects.count; i++) {
        MapEntry entry = reading->inventory.objects.entries[i];
        if (!manifests_read_refresh(reading, entry.key, *(const Value *)entry.value))
            return false;
    }
    return true;
}

static ManifestsReading reading_of(const Call *call, Value state, Str private_data, Diags *diags,
                                   Arena *record_arena) {
    return (ManifestsReading){
        .call = call,
        .state = state,
        .inventory = manifests_inventory_of(state, call->arena),
        .record = manifests_record_read(private_data, record_arena),
        .diags = diags,
    };
}

bool manifests_read(const Call *call, const ReadRequest *request, ReadResponse *response,
                    Diags *diags) {
    SCOPED(ArenaRef) scratch = arena_open("manifests read");
    ManifestsReading reading =
        reading_of(call, request->state, request->private_data, diags, scratch);
    if (!refresh_all(&reading))
        return false;
    response->state = manifests_inventory_put(&reading.inventory, request->state, call->arena);
    response->changes = reading.changes;
    return true;
}

/* Adds the object of a part that was begun, if it exists with our mark. */
static bool recover_part(ManifestsReading *reading, const PartRecord *part) {
    const Call *call = reading->call;
    ObjectRead read;
    ObjectKey key;
    Str problem;
    if (!part->marker.len)
        return true;
    if (!object_key_parse(part->marker, &key, &problem, call->arena))
        return path_error(call, NO_PATH, reading->diags, "Invalid marker", "%.*s",
                          STR_ARG(problem));
    if (!manifests_read_object(reading, call, &key, value_null(&TYPE_DYNAMIC), &(ObjectRecord){0},
                               &read))
        return false;
    if (!object_mark_is(read.live, call->lineage, call->address))
        return true;
    ManifestsEntry entry = {.object = object_read_record(&read)};
    manifests_record_set(&reading->record, part->key, entry, call->arena);
    manifests_inventory_set(&reading->inventory, part->key, manifests_read_shown(call, &read),
                            call->arena);
    return true;
}

bool manifests_recover(const Call *call, const RecoverRequest *request, RecoverResponse *response,
                       Diags *diags) {
    bool is_new = request->call == RECOVER_CREATE;
    ManifestsReading reading = reading_of(call, is_new ? request->planned : request->prior,
                                          request->private_data, diags, call->arena);
    if (is_new)
        reading.inventory = (ManifestsInventory){0};
    if (!refresh_all(&reading))
        return false;
    vec_each(&request->parts, part) {
        if (!recover_part(&reading, part))
            return false;
    }
    bool is_gone =
        manifests_inventory_count(&reading.inventory) == 0 && request->call != RECOVER_UPDATE;
    response->outcome = is_gone ? RECOVER_ABSENT : RECOVER_COMPLETE;
    if (!is_gone)
        response->state = manifests_inventory_put(&reading.inventory, reading.state, call->arena);
    response->private_data = manifests_record_text(&reading.record, call->arena);
    return true;
}
