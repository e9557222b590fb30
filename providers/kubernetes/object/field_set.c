#include "field_set.h"

#include "json.h"

static const FieldSet leaf = {.has_self = true};

static const FieldStep *find_step(const FieldSet *set, Str text) {
    vec_each(&set->steps, step) {
        if (str_equal(step->text, text))
            return step;
    }
    return NULL;
}

bool field_set_is_empty(const FieldSet *set) {
    return !set->has_self && set->steps.count == 0;
}

/* Reading and writing. */

static bool field_set_read_step(Str text, FieldStep *out, Arena *arena) {
    *out = (FieldStep){.text = text, .value = value_null(&TYPE_DYNAMIC)};
    if (text.len < 2 || text.ptr[1] != ':')
        return false;
    Str rest = str_after(text, 2);
    switch (text.ptr[0]) {
    case 'f': return true;
    case 'k':
    case 'v':
        return json_parse_any(rest, &out->value, NULL, NULL, arena) &&
               (text.ptr[0] == 'v' ||
                (value_is_present(out->value) && out->value.type->kind == KIND_OBJECT));
    case 'i': return value_from_number_text(rest, &out->value, arena);
    default: return false;
    }
}

const FieldSet *field_set_read(Value fields, Arena *arena) {
    if (!value_is_present(fields) || fields.type->kind != KIND_OBJECT)
        return NULL;
    if (fields.count == 0)
        return &leaf;
    FieldSet *set = arena_new(arena, FieldSet);
    for (size_t i = 0; i < fields.count; i++) {
        FieldStep step;
        Str name = value_key_at(fields, i);
        if (str_equal(name, STR("."))) {
            set->has_self = true;
            continue;
        }
        if (!field_set_read_step(name, &step, arena))
            return NULL;
        step.inside = field_set_read(value_at(fields, i), arena);
        if (!step.inside)
            return NULL;
        vec_push(arena, &set->steps, step);
    }
    return set;
}

static void field_set_write_set(JsonWriter *writer, const FieldSet *set) {
    json_object_start(writer);
    if (set->has_self && set->steps.count) {
        json_key_object(writer, ".");
        json_object_end(writer);
    }
    vec_each(&set->steps, step) {
        json_key(writer, step->text);
        field_set_write_set(writer, step->inside);
    }
    json_object_end(writer);
}

Str field_set_text(const FieldSet *set, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    field_set_write_set(&writer, set);
    return strbuf_str(&text);
}

/* Steps in objects. */

static bool field_set_is_object(Value value) {
    return value_is_present(value) && value.type->kind == KIND_OBJECT;
}

static bool field_set_is_list(Value value) {
    return value_is_present(value) && value.type->kind == KIND_TUPLE;
}

static bool field_set_has_keys(Value item, Value keys) {
    for (size_t i = 0; i < keys.count; i++) {
        Value found;
        if (!value_find_present(item, value_key_at(keys, i), &found) ||
            !value_equal(found, value_at(keys, i)))
            return false;
    }
    return field_set_is_object(item);
}

static bool field_set_is_item(const FieldStep *step, Value item, size_t index) {
    int64_t wanted;
    switch (step->text.ptr[0]) {
    case 'k': return field_set_has_keys(item, step->value);
    case 'v': return value_equal(item, step->value);
    case 'i': return value_to_int(step->value, &wanted) && (size_t)wanted == index;
    default: return false;
    }
}

/* Finds the value that the step leads to. Sets *index for an item. */
static bool field_set_follow(const FieldStep *step, Value object, Value *out, size_t *index) {
    if (step->text.ptr[0] == 'f')
        return field_set_is_object(object) && value_find(object, str_after(step->text, 2), out);
    for (size_t i = 0; field_set_is_list(object) && i < object.count; i++) {
        if (!field_set_is_item(step, value_at(object, i), i))
            continue;
        *out = value_at(object, i);
        *index = i;
        return true;
    }
    return false;
}

static Path path_of_step(Path base, const FieldStep *step, size_t index, Arena *arena) {
    return step->text.ptr[0] == 'f' ? path_attribute(base, str_after(step->text, 2), arena)
                                    : path_index(base, value_int((int64_t)index), arena);
}

static bool is_step_to(const FieldStep *step, const PathStep *wanted, Value object, size_t *index) {
    int64_t number;
    if (!wanted->is_index)
        return step->text.ptr[0] == 'f' && str_equal(str_after(step->text, 2), wanted->name);
    if (!value_to_int(wanted->key, &number) || !field_set_is_list(object) ||
        (size_t)number >= object.count)
        return false;
    *index = (size_t)number;
    return step->text.ptr[0] != 'f' && field_set_is_item(step, value_at(object, *index), *index);
}

bool field_set_has_path(const FieldSet *set, Value object, Path path) {
    Value inner;
    if (!path_get(object, path, &inner))
        return false;
    for (size_t i = 0; i < path.count && (i == 0 || set->steps.count > 0); i++) {
        const FieldSet *inside = NULL;
        size_t index = 0;
        vec_each(&set->steps, step) {
            if (is_step_to(step, &path.steps[i], object, &index))
                inside = step->inside;
        }
        if (!inside || !path_get(object, (Path){&path.steps[i], 1}, &object))
            return false;
        set = inside;
    }
    return !field_set_is_empty(set);
}

/* Operations on two sets. */

const FieldSet *field_set_union(const FieldSet *a, const FieldSet *b, Arena *arena) {
    FieldSet *set = arena_new(arena, FieldSet);
    set->has_self = a->has_self || b->has_self;
    vec_each(&a->steps, step) {
        const FieldStep *other = find_step(b, step->text);
        FieldStep made = *step;
        if (other)
            made.inside = field_set_union(step->inside, other->inside, arena);
        vec_push(arena, &set->steps, made);
    }
    vec_each(&b->steps, step) {
        if (!find_step(a, step->text))
            vec_push(arena, &set->steps, *step);
    }
    return set;
}

const FieldSet *field_set_difference(const FieldSet *a, const FieldSet *b, Arena *arena) {
    FieldSet *set = arena_new(arena, FieldSet);
    set->has_self = a->has_self && !b->has_self;
    vec_each(&a->steps, step) {
        const FieldStep *other = find_step(b, step->text);
        FieldStep made = *step;
        if (other)
            made.inside = field_set_difference(step->inside, other->inside, arena);
        if (!field_set_is_empty(made.inside))
            vec_push(arena, &set->steps, made);
    }
    return set;
}

/* Returns whether nothing of the value is left without the fields of the set. The server omits some
 * members from all sets, such as metadata.name and addresses that it has assigned. */
static bool is_whole(const FieldSet *set, Value v) {
    size_t count = 0;
    if (set->has_self)
        return true;
    vec_each(&set->steps, step) {
        Value inner;
        size_t index = 0;
        if (!field_set_follow(step, v, &inner, &index))
            continue;
        if (!is_whole(step->inside, inner))
            return false;
        count++;
    }
    return value_is_present(v) && count == v.count;
}

static void add_outside(const FieldSet *a, const FieldSet *b, Value object, Path path, Paths *out,
                        Arena *arena) {
    vec_each(&a->steps, step) {
        Value inner;
        size_t index = 0;
        const FieldStep *other = find_step(b, step->text);
        if (!field_set_follow(step, object, &inner, &index))
            continue;
        Path here = path_of_step(path, step, index, arena);
        if (is_whole(step->inside, inner) && (!other || field_set_is_empty(other->inside)))
            vec_push(arena, out, here);
        else
            add_outside(step->inside, other ? other->inside : &(FieldSet){0}, inner, here, out,
                        arena);
    }
}

void field_set_paths_outside(const FieldSet *a, const FieldSet *b, Value object, Paths *out,
                             Arena *arena) {
    add_outside(a, b, object, (Path){0}, out, arena);
}

static bool set_is_empty(Value v) {
    return value_is_present(v) && !type_is_primitive(v.type) && v.count == 0;
}

static void set_compare(const FieldSet *set, Value planned, Value found, Path path,
                        FieldDifferences *out, Arena *arena) {
    vec_each(&set->steps, step) {
        Value wanted;
        Value actual = value_null(&TYPE_DYNAMIC);
        size_t index = 0, ignored;
        if (!field_set_follow(step, planned, &wanted, &index))
            continue;
        bool is_there = field_set_follow(step, found, &actual, &ignored);
        Path here = path_of_step(path, step, index, arena);
        bool is_leaf = step->inside->steps.count == 0;
        if (is_there && !is_leaf) {
            set_compare(step->inside, wanted, actual, here, out, arena);
        } else if (value_is_wholly_known(wanted) && !set_is_empty(wanted) &&
                   !(is_there && value_equal(wanted, actual))) {
            FieldDifference difference = {here, wanted, actual};
            vec_push(arena, out, difference);
        }
    }
}

FieldDifferences field_set_compare(const FieldSet *set, Value planned, Value found, Arena *arena) {
    FieldDifferences differences = {0};
    set_compare(set, planned, found, (Path){0}, &differences, arena);
    return differences;
}
