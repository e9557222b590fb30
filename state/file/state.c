/* state: resources by address text; their instances are sorted by key and found by binary
 * search. */
#include "state.h"
#include "digest.h"
#include "uuid.h"

static const char *const action_names[] = {
    [PENDING_NONE] = "",           [PENDING_CREATE] = "create", [PENDING_UPDATE] = "update",
    [PENDING_REPLACE] = "replace", [PENDING_DELETE] = "delete",
};
static_assert(ARRAY_COUNT(action_names) == PENDING_DELETE + 1, "every action has a name");

const char *pending_action_name(PendingAction action) {
    return action_names[action];
}

State *state_new(Arena *arena) {
    State *state = arena_new(arena, State);
    state->arena = arena;
    state->outputs = map_new(arena);
    state->resources = map_new(arena);
    return state;
}

bool state_has_pending(const State *state) {
    map_each(&state->resources, entry) {
        const StateResource *resource = entry->value;
        vec_each(&resource->instances, instance) {
            if (instance->pending)
                return true;
        }
    }
    return false;
}

bool state_is_empty(const State *state) {
    return state->resources.count == 0 && state->outputs.count == 0;
}

static Str state_resource_key(ResourceAddr address, Arena *arena) {
    address.key = KEY_ABSENT;
    return resource_addr_to_str(address, arena);
}

ProviderConfigAddr state_provider_config(const StateResource *resource,
                                         const StateInstance *instance) {
    ProviderConfigAddr address = resource->provider_config;
    address.key = instance->provider_key;
    return address;
}

StateResource *state_find_resource(const State *state, ResourceAddr address) {
    SCOPED(ArenaRef) scratch = arena_open("state address");
    return map_find(&state->resources, state_resource_key(address, scratch));
}

/* Sets *at to the key's index (true) or to its insertion point. Checks the end first, since
 * instances are usually added in order. */
static bool find_position(const StateResource *resource, InstanceKey key, size_t *at) {
    size_t low = 0;
    size_t high = resource->instances.count;
    if (high > 0 && address_key_compare(resource->instances.items[high - 1].key, key) < 0)
        low = high;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (address_key_compare(resource->instances.items[middle].key, key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *at = low;
    return low < resource->instances.count &&
           address_key_equal(resource->instances.items[low].key, key);
}

void state_find_type(const State *state, Str type, StateFounds *out, Arena *arena) {
    map_each(&state->resources, entry) {
        const StateResource *resource = entry->value;
        if (resource->address.mode != MODE_MANAGED || !str_equal(resource->address.type, type))
            continue;
        vec_each(&resource->instances, instance) {
            StateFound found = {.address = resource->address,
                                .provider_config = state_provider_config(resource, instance),
                                .object = instance->current};
            found.address.key = instance->key;
            if (found.object)
                vec_push(arena, out, found);
        }
    }
}

StateInstance *state_find_instance(const State *state, ResourceAddr address) {
    StateResource *resource = state_find_resource(state, address);
    size_t at;
    if (!resource || !find_position(resource, address.key, &at))
        return NULL;
    return &resource->instances.items[at];
}

static int state_compare_resources(const void *a, const void *b) {
    return resource_addr_compare((*(StateResource *const *)a)->address,
                                 (*(StateResource *const *)b)->address);
}

void state_sorted_resources(const State *state, StateResources *out, Arena *arena) {
    StateResources sorted = {0};
    bool in_order = true;
    vec_reserve(arena, &sorted, state->resources.count);
    map_each(&state->resources, entry) {
        StateResource *resource = entry->value;
        if (sorted.count > 0 && state_compare_resources(&vec_last(&sorted), &resource) > 0)
            in_order = false;
        vec_push(arena, &sorted, resource);
    }
    if (!in_order)
        qsort(sorted.items, sorted.count, sizeof *sorted.items, state_compare_resources);
    *out = sorted;
}

StateResource *state_add_resource(State *state, ResourceAddr address) {
    StateResource *resource = state_find_resource(state, address);
    if (resource)
        return resource;
    address.key = KEY_ABSENT;
    resource = arena_new(state->arena, StateResource);
    resource->address = resource_addr_clone(address, state->arena);
    map_set(&state->resources, state_resource_key(address, state->arena), resource);
    return resource;
}

StateInstance *state_add_instance(State *state, ResourceAddr address) {
    StateResource *resource = state_add_resource(state, address);
    size_t at;
    if (find_position(resource, address.key, &at))
        return &resource->instances.items[at];
    (void)vec_add(state->arena, &resource->instances);
    StateInstance *place = &resource->instances.items[at];
    memmove(place + 1, place, (resource->instances.count - 1 - at) * sizeof *place);
    *place = (StateInstance){.key = address.key};
    place->key.text = str_clone(address.key.text, state->arena);
    return place;
}

static bool state_holds_nothing(const StateInstance *instance) {
    return !instance->current && instance->deposed.count == 0 && !instance->pending;
}

void state_empty_instance(State *state, ResourceAddr address) {
    StateInstance *instance = state_find_instance(state, address);
    if (instance)
        *instance = (StateInstance){.key = instance->key};
}

void state_remove_output(State *state, Str name) {
    if (map_has(&state->outputs, name))
        map_set(&state->outputs, name, NULL);
}

static void compact_instances(StateResource *resource) {
    size_t kept = 0;
    vec_each(&resource->instances, instance) {
        if (!state_holds_nothing(instance))
            resource->instances.items[kept++] = *instance;
    }
    resource->instances.count = kept;
}

static bool state_has_content(const void *value) {
    const StateResource *resource = value;
    return resource->instances.count > 0 || resource->is_declared;
}

static bool is_set(const void *output) {
    return output != NULL;
}

static void state_keep(Map *map, bool (*stays)(const void *value)) {
    size_t kept = 0;
    map_each(map, entry) {
        kept += stays(entry->value);
    }
    if (kept == map->count)
        return;
    Map rest = map_new(map->arena);
    map_reserve(&rest, kept);
    map_each(map, entry) {
        if (stays(entry->value))
            map_set(&rest, entry->key, entry->value);
    }
    *map = rest;
}

void state_compact(State *state) {
    map_each(&state->resources, entry) {
        compact_instances(entry->value);
    }
    state_keep(&state->resources, state_has_content);
    state_keep(&state->outputs, is_set);
}

const StateObject *state_find_deposed(const StateInstance *instance, Str key) {
    vec_each(&instance->deposed, deposed) {
        if (str_equal(deposed->key, key))
            return deposed->object;
    }
    return NULL;
}

const StateObject *state_find_object(const StateInstance *instance, Str deposed) {
    return deposed.len > 0 ? state_find_deposed(instance, deposed) : instance->current;
}

void state_set_deposed(StateInstance *instance, Str key, const StateObject *object, Arena *arena) {
    vec_each(&instance->deposed, deposed) {
        if (str_equal(deposed->key, key)) {
            deposed->object = object;
            return;
        }
    }
    vec_push(arena, &instance->deposed, (StateDeposed){str_clone(key, arena), object});
}

void state_remove_deposed(StateInstance *instance, Str key) {
    size_t kept = 0;
    vec_each(&instance->deposed, deposed) {
        if (!str_equal(deposed->key, key))
            instance->deposed.items[kept++] = *deposed;
    }
    instance->deposed.count = kept;
}

static const Str *clone_strs(const Str *items, size_t count, Arena *arena) {
    Str *copy = arena_new_array(arena, Str, count);
    for (size_t i = 0; i < count; i++)
        copy[i] = str_clone(items[i], arena);
    return copy;
}

const StateObject *state_object_clone(const StateObject *object, Arena *arena) {
    if (!object)
        return NULL;
    StateObject *copy = arena_new(arena, StateObject);
    *copy = *object;
    copy->attributes = str_clone(object->attributes, arena);
    copy->sensitive_attributes = str_clone(object->sensitive_attributes, arena);
    copy->identity = str_clone(object->identity, arena);
    copy->private_data = str_clone(object->private_data, arena);
    copy->extra = str_clone(object->extra, arena);
    copy->dependencies = clone_strs(object->dependencies, object->dependency_count, arena);
    return copy;
}

static StateParts clone_parts(const StateParts *parts, Arena *arena) {
    StateParts copies = {0};
    vec_each(parts, part) {
        StatePart copy = *part;
        copy.key = str_clone(part->key, arena);
        copy.marker = str_clone(part->marker, arena);
        copy.private_data = str_clone(part->private_data, arena);
        vec_push(arena, &copies, copy);
    }
    return copies;
}

static const StatePending *clone_pending(const StatePending *pending, Arena *arena) {
    if (!pending)
        return NULL;
    StatePending *copy = arena_new(arena, StatePending);
    *copy = *pending;
    copy->marker = str_clone(pending->marker, arena);
    copy->private_data = str_clone(pending->private_data, arena);
    copy->deposed = str_clone(pending->deposed, arena);
    copy->planned = str_clone(pending->planned, arena);
    copy->sensitive = str_clone(pending->sensitive, arena);
    copy->dependencies = clone_strs(pending->dependencies, pending->dependency_count, arena);
    copy->parts = clone_parts(&pending->parts, arena);
    if (pending->response) {
        StateResponse *response = arena_new(arena, StateResponse);
        *response =
            (StateResponse){pending->response->kind, str_clone(pending->response->bytes, arena)};
        copy->response = response;
    }
    return copy;
}

/* Dependencies that clones of one resource's objects share: most instances of one block have the
 * same. */
typedef struct Shared {
    const Str *from;
    const Str *copy;
    size_t count;
} Shared;

static const StateObject *clone_sharing(const StateObject *object, Shared *shared, Arena *arena) {
    if (!object)
        return NULL;
    bool same = shared->copy && shared->from == object->dependencies &&
                shared->count == object->dependency_count;
    StateObject bare = *object;
    if (same)
        bare.dependency_count = 0;
    StateObject *copy = (StateObject *)state_object_clone(&bare, arena);
    if (same) {
        copy->dependencies = shared->copy;
        copy->dependency_count = shared->count;
    } else {
        *shared = (Shared){object->dependencies, copy->dependencies, copy->dependency_count};
    }
    return copy;
}

/* Returns the object for a copy of the state: a clone or the object itself. */
typedef const StateObject *CopyObject(const StateObject *object, Shared *shared, Arena *arena);

static const StateObject *state_keep_object(const StateObject *object, Shared *, Arena *) {
    return object;
}

static void copy_instances(const StateResource *from, StateResource *to, CopyObject *copy_object,
                           Arena *arena) {
    Shared shared = {0};
    vec_reserve(arena, &to->instances, from->instances.count);
    vec_each(&from->instances, instance) {
        StateInstance copy = {.key = instance->key};
        copy.key.text = str_clone(instance->key.text, arena);
        copy.provider_key = str_clone(instance->provider_key, arena);
        copy.current = copy_object(instance->current, &shared, arena);
        copy.pending = clone_pending(instance->pending, arena);
        copy.has_outcome = instance->has_outcome;
        vec_each(&instance->deposed, deposed) {
            const StateObject *object = copy_object(deposed->object, &shared, arena);
            state_set_deposed(&copy, deposed->key, object, arena);
        }
        vec_push(arena, &to->instances, copy);
    }
}

/* A lineage is a UUID. Its last group has a digest of the environment. If there is a Stack, the
 * version of the UUID is 8 instead of 4, the second group is a digest of the first, and the halves
 * of the last group have digests of the environment and of the Stack. The version alone says
 * nothing: other programs make lineages of random digits. */
#define LINEAGE_SIZE    36 /* length of a UUID as text, and of its part before the last group */
#define LINEAGE_HEAD    24
#define LINEAGE_HALF    ((size_t)6)
#define LINEAGE_FIRST   ((size_t)8) /* length of the first group */
#define LINEAGE_CHECK   ((size_t)4) /* of the second */
#define LINEAGE_VERSION 14          /* place of the version */

static Str lineage_tail(Str head, Str name, size_t size, Arena *arena) {
    Str parts[] = {head, name};
    Str digest = digest_hex(DIGEST_SHA256, str_join(parts, 2, STR("/"), arena), arena);
    return str_slice(digest, 0, size);
}

static Str lineage_check(Str first, Arena *arena) {
    return lineage_tail(first, STR("stack"), LINEAGE_CHECK, arena);
}

Str state_lineage_new(Str environment, Str owner, Arena *arena) {
    Str lineage = uuid_v4(arena);
    if (environment.len + owner.len == 0)
        return lineage;
    Str head = str_slice(lineage, 0, LINEAGE_HEAD);
    if (owner.len == 0)
        return str_concat(head, lineage_tail(head, environment, 2 * LINEAGE_HALF, arena), arena);
    Str first = str_slice(head, 0, LINEAGE_FIRST);
    Str parts[] = {
        first,
        STR("-"),
        lineage_check(first, arena),
        STR("-8"),
        str_after(head, LINEAGE_VERSION + 1),
    };
    head = str_join(parts, ARRAY_COUNT(parts), STR_EMPTY, arena);
    Str halves[] = {head, lineage_tail(head, environment, LINEAGE_HALF, arena),
                    lineage_tail(head, owner, LINEAGE_HALF, arena)};
    return str_join(halves, ARRAY_COUNT(halves), STR_EMPTY, arena);
}

bool state_lineage_has_owner(Str lineage) {
    if (lineage.len != LINEAGE_SIZE || lineage.ptr[LINEAGE_VERSION] != '8')
        return false;
    SCOPED(ArenaRef) scratch = arena_open("lineage");
    return str_starts_with(str_after(lineage, LINEAGE_FIRST + 1),
                           lineage_check(str_slice(lineage, 0, LINEAGE_FIRST), scratch));
}

bool state_lineage_is_of(Str lineage, Str name) {
    if (lineage.len != LINEAGE_SIZE || name.len == 0)
        return false;
    SCOPED(ArenaRef) scratch = arena_open("lineage");
    size_t size = state_lineage_has_owner(lineage) ? LINEAGE_HALF : 2 * LINEAGE_HALF;
    Str tail = lineage_tail(str_slice(lineage, 0, LINEAGE_HEAD), name, size, scratch);
    return str_ends_with(lineage, tail) ||
           str_equal(str_slice(lineage, LINEAGE_HEAD, LINEAGE_HEAD + size), tail);
}

static State *copy_state(const State *state, CopyObject *copy_object, Arena *arena) {
    State *copy = state_new(arena);
    copy->terraform_version = str_clone(state->terraform_version, arena);
    copy->serial = state->serial;
    copy->lineage = str_clone(state->lineage, arena);
    copy->environment = str_clone(state->environment, arena);
    copy->owner = state->owner;
    record_clone_texts(&state_owner_record, &copy->owner, arena);
    copy->applied_commit = str_clone(state->applied_commit, arena);
    copy->applied_variables = str_clone(state->applied_variables, arena);
    copy->applied_plan = str_clone(state->applied_plan, arena);
    copy->check_results = str_clone(state->check_results, arena);
    map_reserve(&copy->outputs, state->outputs.count);
    map_reserve(&copy->resources, state->resources.count);
    map_each(&state->outputs, entry) {
        const StateOutput *output = entry->value;
        StateOutput *output_copy = arena_new(arena, StateOutput);
        *output_copy = (StateOutput){value_clone(output->value, arena), output->sensitive};
        map_set(&copy->outputs, str_clone(entry->key, arena), output_copy);
    }
    map_each(&state->resources, entry) {
        const StateResource *resource = entry->value;
        StateResource *resource_copy = arena_new(arena, StateResource);
        resource_copy->address = resource_addr_clone(resource->address, arena);
        resource_copy->provider_config =
            provider_config_addr_clone(resource->provider_config, arena);
        resource_copy->is_declared = resource->is_declared;
        copy_instances(resource, resource_copy, copy_object, arena);
        map_set(&copy->resources, str_clone(entry->key, arena), resource_copy);
    }
    return copy;
}

State *state_clone(const State *state, Arena *arena) {
    return copy_state(state, clone_sharing, arena);
}

State *state_fork(const State *state, Arena *arena) {
    return copy_state(state, state_keep_object, arena);
}
