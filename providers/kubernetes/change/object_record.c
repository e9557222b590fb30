/* object_record: JSON text and digests. */
#include "object_record.h"

#include "digest.h"
#include "field_manager.h"
#include "json.h"
#include "kube_object.h"
#include "object_mark.h"
#include "object_view.h"

static bool flag(Value object, const char *name) {
    Value found;
    return value_find_present(object, str_from_cstr(name), &found) &&
           found.type->kind == KIND_BOOL && value_is_true(found);
}

/* By TakeoverScope. */
static const char *const takeover_flags[] = {NULL, "takeover", "takeover_all"};

static TakeoverScope takeover_of(Value object) {
    return flag(object, takeover_flags[TAKEOVER_ALL])       ? TAKEOVER_ALL
           : flag(object, takeover_flags[TAKEOVER_UPDATES]) ? TAKEOVER_UPDATES
                                                            : TAKEOVER_NONE;
}

ObjectRecord object_record_read(Str private_data, Arena *arena) {
    Value object;
    if (private_data.len == 0 || !json_parse_object(private_data, &object, arena))
        return (ObjectRecord){0};
    return (ObjectRecord){
        .cluster = value_text_at(object, STR("cluster")),
        .uid = value_text_at(object, STR("uid")),
        .body = value_text_at(object, STR("body")),
        .live = value_text_at(object, STR("live")),
        .server = value_text_at(object, STR("server")),
        .is_imported = flag(object, "imported"),
        .is_unready = flag(object, "unready"),
        .values = value_text_at(object, STR("values")),
        .ending = value_text_at(object, STR("ending")),
        .predecessor = value_text_at(object, STR("predecessor")),
        .is_planned = flag(object, "planned"),
        .seen = value_text_at(object, STR("seen")),
        .has_no_change = flag(object, "unchanged"),
        .should_force = flag(object, "force"),
        .takeover = takeover_of(object),
    };
}

static void record_write_text(JsonWriter *writer, const char *name, Str text) {
    if (text.len)
        json_key_string(writer, name, text);
}

static void record_write_flag(JsonWriter *writer, const char *name, bool is_set) {
    if (is_set)
        json_key_bool(writer, name, true);
}

Str object_record_text(const ObjectRecord *record, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_object_start(&writer);
    record_write_text(&writer, "cluster", record->cluster);
    record_write_text(&writer, "uid", record->uid);
    record_write_text(&writer, "body", record->body);
    record_write_text(&writer, "live", record->live);
    record_write_text(&writer, "server", record->server);
    record_write_text(&writer, "values", record->values);
    record_write_text(&writer, "seen", record->seen);
    record_write_text(&writer, "ending", record->ending);
    record_write_text(&writer, "predecessor", record->predecessor);
    record_write_flag(&writer, "imported", record->is_imported);
    record_write_flag(&writer, "unready", record->is_unready);
    record_write_flag(&writer, "planned", record->is_planned);
    record_write_flag(&writer, "unchanged", record->has_no_change);
    record_write_flag(&writer, "force", record->should_force);
    if (record->takeover)
        record_write_flag(&writer, takeover_flags[record->takeover], true);
    json_object_end(&writer);
    return strbuf_str(&text);
}

ObjectRecord object_record_clone(const ObjectRecord *record, Arena *arena) {
    ObjectRecord copy = *record;
    copy.cluster = str_clone(record->cluster, arena);
    copy.uid = str_clone(record->uid, arena);
    copy.body = str_clone(record->body, arena);
    copy.live = str_clone(record->live, arena);
    copy.server = str_clone(record->server, arena);
    copy.values = str_clone(record->values, arena);
    copy.seen = str_clone(record->seen, arena);
    copy.predecessor = str_clone(record->predecessor, arena);
    copy.ending = str_clone(record->ending, arena);
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
