/* path: reads, prints and follows paths, which are places inside a value. */
#include "path.h"

static Path path_append(Path base, PathStep step, Arena *arena) {
    PathStep *steps = arena_new_array(arena, PathStep, base.count + 1);
    if (base.count)
        memcpy(steps, base.steps, base.count * sizeof(*steps));
    steps[base.count] = step;
    return (Path){steps, base.count + 1};
}

Path path_attribute(Path base, Str name, Arena *arena) {
    return path_append(base, (PathStep){.name = name}, arena);
}

Path path_index(Path base, Value key, Arena *arena) {
    return path_append(base, (PathStep){.is_index = true, .key = key}, arena);
}

Path path_join(Path base, Path inside, Arena *arena) {
    PathStep *steps = arena_new_array(arena, PathStep, base.count + inside.count);
    for (size_t i = 0; i < base.count; i++)
        steps[i] = base.steps[i];
    for (size_t i = 0; i < inside.count; i++)
        steps[base.count + i] = inside.steps[i];
    return (Path){steps, base.count + inside.count};
}

static int path_compare_steps(const PathStep *a, const PathStep *b) {
    if (a->is_index != b->is_index)
        return a->is_index ? 1 : -1;
    return a->is_index ? value_compare(a->key, b->key) : str_compare(a->name, b->name);
}

bool path_starts_with(Path path, Path prefix) {
    if (path.count < prefix.count)
        return false;
    for (size_t i = 0; i < prefix.count; i++) {
        if (path_compare_steps(&path.steps[i], &prefix.steps[i]) != 0)
            return false;
    }
    return true;
}

bool path_equal(Path a, Path b) {
    return a.count == b.count && path_starts_with(a, b);
}

int path_compare(Path a, Path b) {
    size_t count = a.count < b.count ? a.count : b.count;
    for (size_t i = 0; i < count; i++) {
        int order = path_compare_steps(&a.steps[i], &b.steps[i]);
        if (order != 0)
            return order;
    }
    return a.count < b.count ? -1 : a.count > b.count;
}

bool paths_has(const Paths *paths, Path path) {
    vec_each(paths, candidate) {
        if (path_equal(*candidate, path))
            return true;
    }
    return false;
}

Path path_clone(Path path, Arena *arena) {
    PathStep *steps = arena_new_array(arena, PathStep, path.count);
    for (size_t i = 0; i < path.count; i++) {
        steps[i] = path.steps[i];
        if (steps[i].is_index) {
            steps[i].key = value_clone(steps[i].key, arena);
        } else {
            steps[i].name = str_clone(steps[i].name, arena);
        }
    }
    return (Path){steps, path.count};
}

static bool path_needs_quotes(Str name) {
    return str_find_char(name, '.', 0) != SIZE_MAX || str_find_char(name, '[', 0) != SIZE_MAX;
}

Str path_to_str(Path path, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    for (size_t i = 0; i < path.count; i++) {
        const PathStep *step = &path.steps[i];
        if (step->is_index || path_needs_quotes(step->name)) {
            Value key = step->is_index ? step->key : value_from_str(step->name);
            strbuf_add_format(&text, "[%.*s]", STR_ARG(value_display(key, 0, arena)));
        } else {
            strbuf_add_format(&text, ".%.*s", STR_ARG(step->name));
        }
    }
    return strbuf_str(&text);
}

/* Gets the attribute name or map key of a step; returns false if the key is not a string. */
static bool step_name(const PathStep *step, Str *out) {
    if (!step->is_index) {
        *out = step->name;
        return true;
    }
    if (step->key.type->kind != KIND_STRING || !value_is_present(step->key))
        return false;
    *out = value_text(step->key);
    return true;
}

static bool step_number(const PathStep *step, size_t *out) {
    int64_t number = 0;
    if (!step->is_index || step->key.type->kind != KIND_NUMBER)
        return false;
    if (!value_is_present(step->key) || !value_to_int(step->key, &number))
        return false;
    *out = (size_t)number;
    return number >= 0;
}

static bool find_element(Value set, Value element, size_t *index) {
    for (size_t i = 0; i < set.count; i++) {
        if (value_equal(value_at(set, i), element)) {
            *index = i;
            return true;
        }
    }
    return false;
}

static bool path_find_key(Value map, Str key, size_t *index) {
    size_t low = 0, high = map.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_compare(value_key_at(map, middle), key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *index = low;
    return low < map.count && str_equal(value_key_at(map, low), key);
}

/* Sets *index to the item of v at this step. */
static bool path_find_item(Value v, const PathStep *step, size_t *index) {
    Str name;
    switch (v.type->kind) {
    case KIND_LIST:
    case KIND_TUPLE: return step_number(step, index) && *index < v.count;
    case KIND_SET: return step->is_index && find_element(v, step->key, index);
    case KIND_MAP: return step_name(step, &name) && path_find_key(v, name, index);
    case KIND_OBJECT: return step_name(step, &name) && type_find_attribute(v.type, name, index);
    case KIND_DYNAMIC:
    case KIND_BOOL:
    case KIND_NUMBER:
    case KIND_STRING: break;
    }
    return false;
}

/* Returns the type at the step below `type`, or NULL if there is none. */
static const Type *step_type(const Type *type, const PathStep *step) {
    Str name;
    size_t i;
    switch (type->kind) {
    case KIND_DYNAMIC: return type;
    case KIND_LIST: return step_number(step, &i) ? type->element : NULL;
    case KIND_TUPLE: return step_number(step, &i) && i < type->count ? type_at(type, i) : NULL;
    case KIND_SET: return step->is_index ? type->element : NULL;
    case KIND_MAP: return step_name(step, &name) ? type->element : NULL;
    case KIND_OBJECT:
        if (!step_name(step, &name) || !type_find_attribute(type, name, &i))
            return NULL;
        return type_at(type, i);
    case KIND_BOOL:
    case KIND_NUMBER:
    case KIND_STRING: break;
    }
    return NULL;
}

/* Gets the item at a step, with the marks of v. A null v gives a null, an unknown v an unknown. */
static bool get_item(Value v, const PathStep *step, Value *out) {
    size_t i;
    if (value_is_present(v)) {
        if (!path_find_item(v, step, &i))
            return false;
        *out = value_with_marks(value_at(v, i), v.marks);
        return true;
    }
    const Type *type = step_type(v.type, step);
    if (!type)
        return false;
    *out = value_with_marks(value_is_null(v) ? value_null(type) : value_unknown(type), v.marks);
    return true;
}

bool path_get(Value root, Path path, Value *out) {
    for (size_t i = 0; i < path.count; i++) {
        if (!get_item(root, &path.steps[i], &root))
            return false;
    }
    *out = root;
    return true;
}

Value path_set(Value root, Path path, Value value, Arena *arena) {
    size_t at;
    if (path.count == 0)
        return value;
    if (!value_is_present(root) || !path_find_item(root, &path.steps[0], &at))
        return root;
    Value *items = value_copy_items(root, arena);
    items[at] = path_set(items[at], (Path){path.steps + 1, path.count - 1}, value, arena);
    return value_with_items(root, items, arena);
}

/* The first step of a path as an index into the items, and the rest of the path below it. */
typedef struct Descent {
    size_t item;
    Path rest;
} Descent;

static int compare_descents(const void *a, const void *b) {
    size_t left = ((const Descent *)a)->item, right = ((const Descent *)b)->item;
    return left < right ? -1 : left > right;
}

static Value mark_paths(Value v, const Path *paths, size_t count, uint8_t marks, Arena *arena);

/* Marks v itself if a path ends here or leads into a set, which holds no marks inside. Collects the
 * other paths that continue into an item. */
static Value mark_here(Value v, const Path *paths, size_t count, uint8_t marks, Descent *on,
                       size_t *on_count) {
    *on_count = 0;
    for (size_t i = 0; i < count; i++) {
        bool ends = paths[i].count == 0;
        bool into_set = v.type->kind == KIND_SET && value_is_present(v);
        if (ends || into_set) {
            v = value_with_marks(v, marks);
            continue;
        }
        Path rest = {paths[i].steps + 1, paths[i].count - 1};
        size_t item = 0;
        if (!value_is_present(v) || !path_find_item(v, paths[i].steps, &item))
            continue;
        on[(*on_count)++] = (Descent){item, rest};
    }
    return v;
}

/* Copies each container once, however many paths lead into it. */
static Value mark_paths(Value v, const Path *paths, size_t count, uint8_t marks, Arena *arena) {
    size_t on_count = 0;
    Descent *on = arena_new_array(arena, Descent, count);
    v = mark_here(v, paths, count, marks, on, &on_count);
    if (on_count == 0)
        return v;
    qsort(on, on_count, sizeof(*on), compare_descents);
    Value *items = value_copy_items(v, arena);
    Path *rests = arena_new_array(arena, Path, on_count);
    for (size_t i = 0; i < on_count; i++)
        rests[i] = on[i].rest;
    for (size_t start = 0, end; start < on_count; start = end) {
        size_t item = on[start].item;
        for (end = start; end < on_count && on[end].item == item;)
            end++;
        items[item] = mark_paths(items[item], rests + start, end - start, marks, arena);
    }
    return value_with_items(v, items, arena);
}

Value path_mark(Value root, const Paths *paths, uint8_t marks, Arena *arena) {
    if (paths->count == 0 || marks == 0)
        return root;
    return mark_paths(root, paths->items, paths->count, marks, arena);
}

static PathStep path_step_to(Value v, size_t i) {
    switch (v.type->kind) {
    case KIND_OBJECT: return (PathStep){.name = value_key_at(v, i)};
    case KIND_MAP: return (PathStep){.is_index = true, .key = value_from_str(value_key_at(v, i))};
    case KIND_LIST:
    case KIND_TUPLE: return (PathStep){.is_index = true, .key = value_int((int64_t)i)};
    case KIND_SET:
    case KIND_DYNAMIC:
    case KIND_BOOL:
    case KIND_NUMBER:
    case KIND_STRING: break;
    }
    return (PathStep){.is_index = true, .key = value_at(v, i)};
}

static void find_marks(Value v, Path here, uint8_t marks, Paths *out, Arena *arena) {
    if (!value_has_marks_anywhere(v))
        return;
    if (v.marks & marks)
        vec_push(arena, out, here);
    if (!value_is_present(v) || v.type->kind < KIND_LIST)
        return;
    for (size_t i = 0; i < v.count; i++) {
        if (!value_has_marks_anywhere(value_at(v, i)))
            continue;
        find_marks(value_at(v, i), path_append(here, path_step_to(v, i), arena), marks, out, arena);
    }
}

void path_find_marks(Value root, uint8_t marks, Paths *out, Arena *arena) {
    find_marks(root, (Path){0}, marks, out, arena);
}

/* The members of two sets cannot be matched. */
static bool is_divisible(Value v) {
    return value_is_present(v) && v.marks == 0 && v.type->kind != KIND_SET &&
           (type_is_mapping(v.type) || type_is_sequence(v.type));
}

static void find_differences(Value before, Value after, Path here, Paths *out, Arena *arena);

/* Compares the members of `a` with those of `b`; adds those that only `b` has. */
static void find_members(Value a, Value b, Path here, Paths *out, Arena *arena) {
    for (size_t i = 0; i < a.count; i++) {
        Value other;
        Path inner = path_append(here, path_step_to(a, i), arena);
        if (value_find(b, value_key_at(a, i), &other))
            find_differences(value_at(a, i), other, inner, out, arena);
        else
            vec_push(arena, out, inner);
    }
    for (size_t i = 0; i < b.count; i++) {
        Value other;
        if (!value_find(a, value_key_at(b, i), &other))
            vec_push(arena, out, path_append(here, path_step_to(b, i), arena));
    }
}

static void find_differences(Value before, Value after, Path here, Paths *out, Arena *arena) {
    if (value_equal(before, after))
        return;
    bool is_whole = !is_divisible(before) || !is_divisible(after);
    if (!is_whole && type_is_mapping(before.type) && type_is_mapping(after.type)) {
        find_members(before, after, here, out, arena);
        return;
    }
    if (is_whole || type_is_mapping(before.type) || type_is_mapping(after.type) ||
        before.count != after.count) {
        vec_push(arena, out, here);
        return;
    }
    for (size_t i = 0; i < before.count; i++)
        find_differences(value_at(before, i), value_at(after, i),
                         path_append(here, path_step_to(before, i), arena), out, arena);
}

void path_find_differences(Value before, Value after, Paths *out, Arena *arena) {
    find_differences(before, after, (Path){0}, out, arena);
}

static bool find_infinity(Value v, Path here, Path *out, Arena *arena) {
    if (!value_is_present(v))
        return false;
    if (v.type->kind == KIND_NUMBER) {
        *out = here;
        return (v.flags & FLAG_BIG) && !number_has_text(v.as.number);
    }
    for (size_t i = 0; v.type->kind >= KIND_LIST && i < v.count; i++) {
        Value item = value_at(v, i);
        bool is_plain = item.type->kind < KIND_LIST &&
                        (item.type->kind != KIND_NUMBER || !(item.flags & FLAG_BIG));
        if (!is_plain &&
            find_infinity(item, path_append(here, path_step_to(v, i), arena), out, arena))
            return true;
    }
    return false;
}

bool path_find_unstorable(Value root, Path *out, Arena *arena) {
    return find_infinity(root, (Path){0}, out, arena);
}

/* Parses ["k"] with its escapes; *rest starts after the quote and ends after the bracket. */
static bool parse_text_key(Str *rest, Str *out, Arena *arena) {
    StrBuf key = strbuf_new(arena);
    for (size_t i = 0; i < rest->len; i++) {
        char c = rest->ptr[i];
        if (c == '"') {
            bool is_closed = i + 1 < rest->len && rest->ptr[i + 1] == ']';
            *out = strbuf_str(&key);
            *rest = str_after(*rest, is_closed ? i + 2 : i + 1);
            return is_closed;
        }
        if (c == '\\' && i + 1 < rest->len) {
            i++;
            c = rest->ptr[i] == 'n' ? '\n' : rest->ptr[i] == 't' ? '\t' : rest->ptr[i];
        }
        strbuf_add_char(&key, c);
    }
    return false;
}

static bool parse_index(Str *rest, Value *out, Arena *arena) {
    Str key;
    int64_t number;
    if (str_starts_with(*rest, STR("\""))) {
        *rest = str_after(*rest, 1);
        if (!parse_text_key(rest, &key, arena))
            return false;
        *out = value_from_str(key);
        return true;
    }
    size_t end = str_find_char(*rest, ']', 0);
    if (end == SIZE_MAX || !str_to_int64(str_slice(*rest, 0, end), &number))
        return false;
    *out = value_int(number);
    *rest = str_after(*rest, end + 1);
    return true;
}

Path path_parse(Str text, Arena *arena) {
    Path path = {0};
    while (text.len > 0) {
        Value key;
        bool is_index = text.ptr[0] == '[';
        if (!is_index && text.ptr[0] != '.')
            break;
        text = str_after(text, 1);
        if (is_index) {
            if (!parse_index(&text, &key, arena))
                break;
            path = path_index(path, key, arena);
            continue;
        }
        size_t end = 0;
        while (end < text.len && text.ptr[end] != '.' && text.ptr[end] != '[')
            end++;
        path = path_attribute(path, str_slice(text, 0, end), arena);
        text = str_after(text, end);
    }
    return path;
}
