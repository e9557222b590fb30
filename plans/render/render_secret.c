/* render_secret: finds secret texts that appear elsewhere without their mark. */
#include "render_secret.h"
#include "json.h"

#define NUMBER_MIN 3 /* digits: shorter numbers are too common */
#define SHARED_MIN 8 /* bytes */

/* Returns the text of a string or number; empty if it is too common to be hidden everywhere. */
static Str render_secret_text_of(Value value, Arena *arena) {
    if (!value_is_present(value))
        return STR_EMPTY;
    if (value.type->kind == KIND_STRING)
        return value_text(value);
    if (value.type->kind != KIND_NUMBER)
        return STR_EMPTY;
    Str number = value_number_text(value, arena);
    return number.len >= NUMBER_MIN ? number : STR_EMPTY;
}

static bool render_secret_has_items(Value value) {
    switch (value.type->kind) {
    case KIND_LIST:
    case KIND_SET:
    case KIND_TUPLE:
    case KIND_MAP:
    case KIND_OBJECT: return value_is_present(value);
    case KIND_DYNAMIC:
    case KIND_BOOL:
    case KIND_NUMBER:
    case KIND_STRING: break;
    }
    return false;
}

/* The name of a container in the map of secrets is its JSON text, keys included, so that lists
 * equal tuples and maps equal objects. It begins with a byte that no UTF-8 text has. That byte
 * alone is the name of an entry that exists if the map holds a container. Empty: too short to be
 * distinctive. */
#define HOLDER STR("\xff")

static Str holder_text(Value value, Arena *arena) {
    if (!render_secret_has_items(value) || value.count == 0 || !value_is_wholly_known(value))
        return STR_EMPTY;
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    strbuf_add(&text, HOLDER);
    json_writer_init(&writer, &text, 0);
    json_write_value(&writer, value_unmark_deep(value, arena));
    return text.len > SHARED_MIN ? strbuf_str(&text) : STR_EMPTY;
}

static void collect_holder(Value value, Map *secrets) {
    Str text = holder_text(value, secrets->arena);
    if (text.len == 0)
        return;
    map_set(secrets, HOLDER, secrets);
    map_set(secrets, text, secrets);
}

static void collect_all(Value value, Map *secrets) {
    collect_holder(value, secrets);
    Str text = render_secret_text_of(value, secrets->arena);
    if (text.len > 0)
        map_set(secrets, text, secrets);
    for (size_t i = 0; render_secret_has_items(value) && i < value.count; i++)
        collect_all(value_at(value, i), secrets);
}

void render_secret_collect(Value value, Map *secrets) {
    if (value_is_secret(value)) {
        collect_all(value, secrets);
        return;
    }
    if (!value_has_marks_anywhere(value))
        return;
    for (size_t i = 0; render_secret_has_items(value) && i < value.count; i++)
        render_secret_collect(value_at(value, i), secrets);
}

const Map *render_secret_of_plan(const Plan *plan, Arena *arena) {
    Map all = map_new(arena);
    vec_each(&plan->changes, change) {
        render_secret_collect(change->before, &all);
        render_secret_collect(change->after, &all);
        vec_each(&change->parts, part) {
            render_secret_collect(part->before, &all);
            render_secret_collect(part->after, &all);
        }
    }
    vec_each(&plan->deferred, deferred) {
        render_secret_collect(deferred->change.before, &all);
        render_secret_collect(deferred->change.after, &all);
    }
    vec_each(&plan->drift, drift) {
        render_secret_collect(drift->before, &all);
        render_secret_collect(drift->after, &all);
    }
    vec_each(&plan->variables, variable) {
        render_secret_collect(variable->value, &all);
    }
    return render_secret_shared(&all, arena);
}

const Map *render_secret_shared(const Map *secrets, Arena *arena) {
    Map *shared = arena_new(arena, Map);
    *shared = map_new(arena);
    map_each(secrets, entry) {
        if (entry->key.len >= SHARED_MIN || str_equal(entry->key, HOLDER))
            map_set(shared, entry->key, shared);
    }
    return shared;
}

static Value render_secret_mark_secret(Value value, void *secrets, Arena *arena) {
    bool is_secret = render_secret_has(secrets, value, arena);
    return is_secret ? value_with_marks(value, MARK_SENSITIVE) : value;
}

Value render_secret_mark(const Map *secrets, Value value, Arena *arena) {
    if (!secrets || secrets->count == 0)
        return value;
    return value_transform(value, render_secret_mark_secret, (void *)secrets, arena);
}

/* A key cannot be hidden alone, so its whole container is. */
static bool render_secret_has_secret_key(const Map *secrets, Value value) {
    if (!value_is_present(value) ||
        (value.type->kind != KIND_MAP && value.type->kind != KIND_OBJECT))
        return false;
    for (size_t i = 0; i < value.count; i++) {
        Str key = value_key_at(value, i);
        if (key.len >= SHARED_MIN && map_has(secrets, key))
            return true;
    }
    return false;
}

bool render_secret_has(const Map *secrets, Value value, Arena *scratch) {
    if (!secrets || secrets->count == 0 || !value.type)
        return false;
    if (render_secret_has_secret_key(secrets, value))
        return true;
    bool looks_within = render_secret_has_items(value) && map_has(secrets, HOLDER);
    Str text = looks_within ? holder_text(value, scratch) : render_secret_text_of(value, scratch);
    return text.len > 0 && map_has(secrets, text);
}
