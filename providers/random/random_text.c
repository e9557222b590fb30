#include "random_text.h"

#include "path_error.h"
#include "random_draw.h"
#include "utf8.h"

#define TEXT_LENGTH_MAX 65536

typedef struct Class {
    const char *use;   /* attribute that enables it */
    const char *least; /* attribute with the minimum number of its characters */
    Str characters;
} Class;

static const Class classes[] = {
    {"lower", "min_lower", STR_CONST("abcdefghijklmnopqrstuvwxyz")},
    {"upper", "min_upper", STR_CONST("ABCDEFGHIJKLMNOPQRSTUVWXYZ")},
    {"numeric", "min_numeric", STR_CONST("0123456789")},
    {"special", "min_special", STR_CONST("!@#$%&*()-_=+[]{}<>:?")},
};

Str random_text_check_length(Value value, Arena *arena) {
    int64_t length;
    if (value_to_int(value, &length) && length >= 1 && length <= TEXT_LENGTH_MAX)
        return STR_EMPTY;
    return str_format(arena, "The length must be an integer from 1 to %d.", TEXT_LENGTH_MAX);
}

Str random_text_check_least(Value value, Arena *arena) {
    int64_t least;
    if (value_to_int(value, &least) && least >= 0 && least <= TEXT_LENGTH_MAX)
        return STR_EMPTY;
    return str_format(arena, "The minimum must be an integer from 0 to %d.", TEXT_LENGTH_MAX);
}

static bool text_is_used(Value object, const Class *class) {
    const char *use = class->use;
    Value older;
    bool is_unset = !value_is_present(object_attribute(object, use));
    if (strcmp(use, "numeric") == 0 && is_unset && value_find(object, STR("number"), &older))
        use = "number";
    return object_bool(object, use, true);
}

static Str characters_of(Value object, const Class *class) {
    Str other = object_text(object, "override_special", STR_EMPTY);
    return strcmp(class->use, "special") == 0 && other.len > 0 ? other : class->characters;
}

static int64_t total_of_least(Value object) {
    int64_t total = 0;
    for (size_t i = 0; i < ARRAY_COUNT(classes); i++) {
        total += object_int(object, classes[i].least, 0);
    }
    return total;
}

bool random_text_validate(const Call *call, const ValidateRequest *request, Diags *diags) {
    Value config = request->config;
    size_t before = diags->error_count, choices = 0;
    int64_t total = total_of_least(config), length = object_int(config, "length", INT64_MAX);
    if (total > length) {
        (void)path_error(
            call, PATH_AT(call, {"length"}), diags, "Length too small",
            "The minimum numbers of characters add up to %lld, but the length is %lld.",
            (long long)total, (long long)length);
    }
    for (size_t i = 0; i < ARRAY_COUNT(classes); i++) {
        choices += text_is_used(config, &classes[i]);
    }
    if (choices == 0) {
        (void)path_error(call, PATH_AT(call, {"numeric"}), diags, "No characters to choose from",
                         "At least one of lower, upper, numeric and special must be true.");
    }
    return diags->error_count == before;
}

bool random_text_plan(const Call *call, const PlanRequest *request, PlanResponse *response,
                      Diags *diags) {
    Value numeric = object_attribute(request->config, "numeric");
    Value number = object_attribute(request->config, "number");
    if (value_is_present(numeric) && value_is_present(number) && !value_equal(numeric, number))
        return path_error(call, NO_PATH, diags, "Contradictory settings",
                          "\"number\" is the former name of \"numeric\", and their values differ. "
                          "Remove \"number\".");
    bool changed = value_is_null(request->prior);
    Value setting = !value_is_null(numeric)  ? numeric
                    : !value_is_null(number) ? number
                                             : value_bool(true);
    /* An imported object, or one of another tool, may lack one of the two names, which is no
     * change. */
    if (!changed) {
        Value prior = object_attribute(request->prior, "numeric");
        if (value_is_null(prior))
            prior = object_attribute(request->prior, "number");
        changed = !value_is_null(prior) && !value_equal(prior, setting);
    }
    if (!changed)
        return true;
    ObjectBuilder builder = object_builder_of(response->planned, call->arena);
    object_builder_set(&builder, "numeric", setting);
    object_builder_set(&builder, "number", setting);
    response->planned = object_builder_value(&builder);
    Path path = path_attribute((Path){0}, STR("numeric"), call->arena);
    if (!value_is_null(request->prior) && !paths_has(&response->requires_replace, path)) {
        vec_push(call->arena, &response->requires_replace, path);
    }
    return true;
}

static void add_characters(StrVec *out, Str text, Arena *arena) {
    for (size_t at = 0, width = 1; at < text.len; at += width) {
        (void)utf8_decode(text, at, &width);
        vec_push(arena, out, str_slice(text, at, at + width));
    }
}

static Str draw_one(const StrVec *of) {
    return of->items[random_draw_below(of->count)];
}

static void shuffle(Str *items, size_t count) {
    for (size_t i = count; i > 1; i--) {
        size_t j = (size_t)random_draw_below(i);
        Str swap = items[i - 1];
        items[i - 1] = items[j];
        items[j] = swap;
    }
}

/* A minimum applies even to a class that is not enabled. */
Str random_text_draw(Value object, Arena *arena) {
    size_t length = (size_t)object_int(object, "length", 1), at = 0;
    Str *drawn = arena_new_array(arena, Str, length);
    StrVec all = {0};
    for (size_t i = 0; i < ARRAY_COUNT(classes); i++) {
        StrVec characters = {0};
        add_characters(&characters, characters_of(object, &classes[i]), arena);
        int64_t least = object_int(object, classes[i].least, 0);
        while (least-- > 0 && at < length)
            drawn[at++] = draw_one(&characters);
        if (text_is_used(object, &classes[i]))
            add_characters(&all, characters_of(object, &classes[i]), arena);
    }
    while (at < length)
        drawn[at++] = draw_one(&all);
    shuffle(drawn, length);
    return str_join(drawn, length, STR_EMPTY, arena);
}

void random_text_adopt(ObjectBuilder *builder, Str text) {
    object_builder_set(builder, "length", value_int((int64_t)text.len));
    object_builder_set(builder, "number", value_bool(true));
    for (size_t i = 0; i < ARRAY_COUNT(classes); i++) {
        object_builder_set(builder, classes[i].use, value_bool(true));
        object_builder_set(builder, classes[i].least, value_int(0));
    }
}

void random_text_complete(ObjectBuilder *builder) {
    static const char *const names[] = {"number", "numeric"};
    for (size_t i = 0; i < ARRAY_COUNT(names); i++) {
        Value other = object_builder_get(builder, names[!i]);
        if (value_is_null(object_builder_get(builder, names[i])))
            object_builder_set(builder, names[i],
                               value_is_present(other) ? other : value_bool(true));
    }
    for (size_t i = 0; i < ARRAY_COUNT(classes); i++) {
        if (value_is_null(object_builder_get(builder, classes[i].use)))
            object_builder_set(builder, classes[i].use, value_bool(true));
        if (value_is_null(object_builder_get(builder, classes[i].least)))
            object_builder_set(builder, classes[i].least, value_int(0));
    }
}
