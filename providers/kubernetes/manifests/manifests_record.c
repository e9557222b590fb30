#include "manifests_record.h"

#include "json.h"

static const char *const action_names[] = {
    [OBJECT_NONE] = "none",
    [OBJECT_CREATE] = "create",
    [OBJECT_UPDATE] = "update",
    [OBJECT_REPLACE] = "replace",
};

static ObjectAction record_action_of(Str name) {
    for (size_t i = 0; i < ARRAY_COUNT(action_names); i++)
        if (str_equal_cstr(name, action_names[i]))
            return (ObjectAction)i;
    return OBJECT_NONE;
}

ManifestsRecord manifests_record_read(Str private_data, Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("manifests record");
    ManifestsRecord record = {0};
    Value entries, unseen;
    if (!private_data.len || !json_parse_object(private_data, &entries, scratch))
        return record;
    for (size_t i = 0; i < entries.count; i++) {
        Value entry = value_at(entries, i);
        ObjectRecord object = object_record_read(value_text_at(entry, STR("object")), scratch);
        ManifestsEntry made = {
            .object = object_record_clone(&object, arena),
            .digest = str_clone(value_text_at(entry, STR("manifest")), arena),
            .action = record_action_of(value_text_at(entry, STR("action"))),
            .is_unseen = value_find_present(entry, STR("unseen"), &unseen),
        };
        manifests_record_set(&record, str_clone(value_key_at(entries, i), arena), made, arena);
    }
    return record;
}

Str manifests_record_text(const ManifestsRecord *record, Arena *arena) {
    SCOPED(ArenaRef) scratch = arena_open("object record"); /* so that `text` grows in place */
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    map_each(&record->entries, entry) {
        const ManifestsEntry *one = entry->value;
        json_key(&writer, entry->key);
        json_object_start(&writer);
        json_key_string(&writer, "object", object_record_text(&one->object, scratch));
        arena_reset(scratch);
        if (one->digest.len)
            json_key_string(&writer, "manifest", one->digest);
        if (one->action != OBJECT_NONE)
            json_key_string(&writer, "action", str_from_cstr(action_names[one->action]));
        if (one->is_unseen)
            json_key_bool(&writer, "unseen", true);
        json_object_end(&writer);
    }
    json_object_end(&writer);
    return strbuf_str(&text);
}

ManifestsEntry manifests_record_find(const ManifestsRecord *record, Str key) {
    const ManifestsEntry *entry = map_find(&record->entries, key);
    return entry ? *entry : (ManifestsEntry){0};
}

void manifests_record_set(ManifestsRecord *record, Str key, ManifestsEntry entry, Arena *arena) {
    ManifestsEntry *kept = arena_new(arena, ManifestsEntry);
    *kept = entry;
    map_put(arena, &record->entries, key, kept);
}
