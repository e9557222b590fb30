#include "object_record.h"

#include "digest.h"
#include "field_manager.h"
#include "json.h"
#include "kube_object.h"
#include "object_mark.h"
#include "object_view.h"

/* One of two flags, by scope; the larger one counts. */
static bool takeover_read(RecordReader *reading, const RecordRow *row, JsonToken token,
                          void *member) {
    TakeoverScope *scope = member;
    Str skipped;
    if (token == JSON_TRUE && *scope < row->limit)
        *scope = (TakeoverScope)row->limit;
    return json_skip(reading->reader, token, &skipped);
}

static void takeover_write(RecordWriter *writing, const RecordRow *, const void *) {
    json_bool(writing->writer, true);
}

static const RecordCodec takeover_codec = {takeover_read, takeover_write, NULL, NULL, NULL};

static unsigned takeover_variant(const void *record) {
    return 1U << ((const ObjectRecord *)record)->takeover;
}

#define ROW_SOME(ROW_TYPE, name, member)                                                           \
    ROW_TYPE(ObjectRecord, name, member, .flags = ROW_OPTIONAL | ROW_LENIENT)
#define ROW_TAKEOVER(name, scope)                                                                  \
    ROW(ObjectRecord, name, takeover, TakeoverScope, takeover_codec, .limit = (scope),             \
        .variants = 1U << (scope))

static const RecordRow rows[] = {
    ROW_SOME(ROW_TEXT, "cluster", cluster),
    ROW_SOME(ROW_TEXT, "uid", uid),
    ROW_SOME(ROW_TEXT, "body", body),
    ROW_SOME(ROW_TEXT, "live", live),
    ROW_SOME(ROW_TEXT, "server", server),
    ROW_SOME(ROW_TEXT, "values", values),
    ROW_SOME(ROW_TEXT, "seen", seen),
    ROW_SOME(ROW_TEXT, "ending", ending),
    ROW_SOME(ROW_TEXT, "predecessor", predecessor),
    ROW_SOME(ROW_FLAG, "imported", is_imported),
    ROW_SOME(ROW_FLAG, "unready", is_unready),
    ROW_SOME(ROW_FLAG, "planned", is_planned),
    ROW_SOME(ROW_FLAG, "unchanged", has_no_change),
    ROW_SOME(ROW_FLAG, "force", should_force),
    ROW_TAKEOVER("takeover", TAKEOVER_UPDATES),
    ROW_TAKEOVER("takeover_all", TAKEOVER_ALL),
};

const Record object_record_rows = RECORD(ObjectRecord, rows, .variant = takeover_variant);

ObjectRecord object_record_read(Str private_data, Arena *arena) {
    ObjectRecord record = {0};
    const char *error;
    bool ok = record_from_json(private_data, &object_record_rows, &record, &error, arena);
    return ok ? record : (ObjectRecord){0};
}

Str object_record_text(const ObjectRecord *record, Arena *arena) {
    return record_to_json(&object_record_rows, record, 0, arena);
}

ObjectRecord object_record_clone(const ObjectRecord *record, Arena *arena) {
    ObjectRecord copy = *record;
    record_clone_texts(&object_record_rows, &copy, arena);
    return copy;
}

ObjectRecord object_record_without_plan(ObjectRecord record) {
    record.is_planned = record.has_no_change = record.should_force = false;
    record.takeover = TAKEOVER_NONE;
    record.predecessor = record.ending = record.seen = STR_EMPTY;
    return record;
}

Str object_record_body(Value body, Str manager, Arena *arena) {
    Str text = json_text(object_mark_set(body, STR_EMPTY, arena), arena);
    const Str parts[] = {manager, text};
    return digest_hex(DIGEST_SHA256, str_join(parts, ARRAY_COUNT(parts), STR("\n"), arena), arena);
}

/* Adds the field managers, except those of the status, which controllers update all the time. */
static void add_owners(StrBuf *text, Value live, Arena *arena) {
    FieldManagers managers = field_managers_read(live, arena);
    vec_each(&managers, manager) {
        if (str_equal(manager->subresource, STR("status")))
            continue;
        strbuf_add_format(text, "\n%.*s %.*s %.*s ", STR_ARG(manager->name),
                          STR_ARG(manager->operation), STR_ARG(manager->subresource));
        strbuf_add(text, field_set_text(manager->fields, arena));
    }
}

Str object_record_seen(Value body, Str manager, Value live, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    strbuf_add(&text, object_record_body(body, manager, arena));
    if (value_is_present(live)) {
        strbuf_add_format(&text, "\n%.*s ", STR_ARG(kube_object_text(live, "metadata", "uid")));
        strbuf_add(&text, object_record_live(live, arena));
        add_owners(&text, live, arena);
    }
    return digest_hex(DIGEST_SHA256, strbuf_str(&text), arena);
}

Str object_record_live(Value live, Arena *arena) {
    return digest_hex(DIGEST_SHA256, json_text(object_view_settings(live, arena), arena), arena);
}
