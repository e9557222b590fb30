#include "ignored_keys.h"

#include "kube_object.h"
#include "object_mark.h"
#include "regex_program.h"
#include "thread.h"

typedef struct KeyPatterns {
    const char *member; /* of metadata */
    const char *path;   /* of the member */
    RegexProgram *items;
    size_t count;
} KeyPatterns;

struct IgnoredKeys {
    KeyPatterns patterns[2];
    pthread_mutex_t mutex; /* a program serves one search at a time */
};

static bool compile(KeyPatterns *patterns, const StrVec *texts, size_t *bad, Str *problem,
                    Arena *run) {
    patterns->items = arena_new_array(run, RegexProgram, texts->count + 1);
    vec_each(texts, text) {
        if (!regex_program_compile(*text, &patterns->items[patterns->count], problem, run))
            return false;
        patterns->count++;
        ++*bad;
    }
    return true;
}

IgnoredKeys *ignored_keys_open(const StrVec *annotations, const StrVec *labels, size_t *bad,
                               Str *problem, Arena *run) {
    IgnoredKeys *ignored = arena_new(run, IgnoredKeys);
    *bad = 0;
    pthread_mutex_init(&ignored->mutex, NULL);
    ignored->patterns[0] = (KeyPatterns){.member = "annotations", .path = "metadata.annotations"};
    ignored->patterns[1] = (KeyPatterns){.member = "labels", .path = "metadata.labels"};
    if (compile(&ignored->patterns[0], annotations, bad, problem, run) &&
        compile(&ignored->patterns[1], labels, bad, problem, run))
        return ignored;
    ignored_keys_close(ignored);
    return NULL;
}

void ignored_keys_close(IgnoredKeys *ignored) {
    if (!ignored)
        return;
    for (size_t i = 0; i < ARRAY_COUNT(ignored->patterns); i++)
        for (size_t k = 0; k < ignored->patterns[i].count; k++)
            regex_program_release(&ignored->patterns[i].items[k]);
    pthread_mutex_destroy(&ignored->mutex);
}

static bool keys_matches(IgnoredKeys *ignored, const KeyPatterns *patterns, Str key) {
    Str problem;
    bool is_found = false;
    LOCKED(&ignored->mutex);
    for (size_t i = 0; i < patterns->count && !is_found; i++)
        is_found = regex_program_search(&patterns->items[i], key, 0, &problem) == REGEX_FOUND;
    return is_found;
}

/* Returns the keys of one member that are ignored. The mark is ours. */
static StrVec find_keys(IgnoredKeys *ignored, const KeyPatterns *patterns, Value object, Value kept,
                        Arena *arena) {
    StrVec keys = {0};
    Value members, kept_members, found;
    if (patterns->count == 0 || !kube_object_find(object, "metadata", patterns->member, &members) ||
        !type_is_mapping(members.type))
        return keys;
    bool has_kept = kube_object_find(kept, "metadata", patterns->member, &kept_members);
    for (size_t i = 0; i < members.count; i++) {
        Str key = value_key_at(members, i);
        bool is_kept =
            str_equal_cstr(key, OBJECT_MARK) || (has_kept && value_find(kept_members, key, &found));
        if (!is_kept && keys_matches(ignored, patterns, key))
            vec_push(arena, &keys, key);
    }
    return keys;
}

static Value keys_remove_keys(Value object, const KeyPatterns *patterns, const StrVec *keys,
                              Arena *arena) {
    Value members;
    vec_each(keys, key)
        object = kube_object_with(object, patterns->path, str_to_cstr(*key, arena),
                                  value_null(&TYPE_STRING), arena);
    bool is_empty = keys->count &&
                    kube_object_find(object, "metadata", patterns->member, &members) &&
                    members.count == 0;
    return is_empty ? kube_object_with(object, "metadata", patterns->member,
                                       value_null(&TYPE_DYNAMIC), arena)
                    : object;
}

Value ignored_keys_remove(IgnoredKeys *ignored, Value object, Value kept, Arena *arena) {
    for (size_t i = 0; ignored && i < ARRAY_COUNT(ignored->patterns); i++) {
        const KeyPatterns *patterns = &ignored->patterns[i];
        StrVec keys = find_keys(ignored, patterns, object, kept, arena);
        object = keys_remove_keys(object, patterns, &keys, arena);
    }
    return object;
}

static FieldStep keys_step_to(Str name, const FieldSet *inside, Arena *arena) {
    return (FieldStep){.text = str_concat(STR("f:"), name, arena),
                       .value = value_null(&TYPE_DYNAMIC),
                       .inside = inside};
}

const FieldSet *ignored_keys_fields(IgnoredKeys *ignored, Value object, Value kept, Arena *arena) {
    static const FieldSet leaf = {.has_self = true};
    FieldSet *set = arena_new(arena, FieldSet);
    FieldSet *metadata = arena_new(arena, FieldSet);
    for (size_t i = 0; ignored && i < ARRAY_COUNT(ignored->patterns); i++) {
        const KeyPatterns *patterns = &ignored->patterns[i];
        StrVec keys = find_keys(ignored, patterns, object, kept, arena);
        FieldSet *members = arena_new(arena, FieldSet);
        vec_each(&keys, key)
            vec_push(arena, &members->steps, keys_step_to(*key, &leaf, arena));
        if (keys.count)
            vec_push(arena, &metadata->steps,
                     keys_step_to(str_from_cstr(patterns->member), members, arena));
    }
    if (metadata->steps.count)
        vec_push(arena, &set->steps, keys_step_to(STR("metadata"), metadata, arena));
    return set;
}
