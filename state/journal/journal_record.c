/* journal_record: all kinds share one set of members; each kind writes its own subset. */
#include "journal_record.h"
#include "base64.h"
#include "crc32c.h"
#include "digest.h"
#include "log.h"
#include "state_object_json.h"

#define CHECKSUM_DIGITS 8
#define RESERVED_FROM   ((size_t)64 << 10) /* bytes of an object */

static const char *const kind_names[] = {
    [RECORD_START] = "start", [RECORD_INTENT] = "intent",         [RECORD_OUTCOME] = "outcome",
    [RECORD_END] = "end",     [RECORD_DEPOSE] = "depose",         [RECORD_RESTORE] = "restore",
    [RECORD_FOLD] = "fold",   [RECORD_PART_BEGIN] = "part-begin", [RECORD_PART_END] = "part-end",
};
static_assert(ARRAY_COUNT(kind_names) == RECORD_PART_END + 1, "every kind has a name");

static void write_count(JsonWriter *writer, const char *key, uint64_t count) {
    CHECK(count <= INT64_MAX);
    json_key_int(writer, key, (int64_t)count);
}

static void write_slot(JsonWriter *writer, const JournalRecord *record, Arena *scratch) {
    json_key_string(writer, "address", resource_addr_to_str(record->address, scratch));
    if (record->provider_config.provider.len > 0)
        json_key_string(writer, "provider",
                        provider_config_addr_to_str(record->provider_config, scratch));
    if (record->deposed.len > 0)
        json_key_string(writer, "deposed", record->deposed);
}

static const char *const response_names[] = {
    [STATE_RESPONSE_UNSENT] = "unsent",
    [STATE_RESPONSE_FAILED] = "failed",
    [STATE_RESPONSE_DONE] = "done",
};

static void write_pending(JsonWriter *writer, const StatePending *pending) {
    json_key_string(writer, "action", str_from_cstr(pending_action_name(pending->action)));
    write_count(writer, "generation", pending->generation);
    if (pending->marker.len > 0)
        json_key_string(writer, "identity", pending->marker);
    if (pending->private_data.len > 0)
        json_key_base64(writer, "private", pending->private_data);
    write_count(writer, "schema_version", pending->schema_version);
    if (pending->is_provisioned)
        json_key_bool(writer, "provisioned", true);
    if (pending->planned.len > 0) {
        json_key(writer, STR("planned"));
        json_raw(writer, pending->planned);
    }
    if (pending->sensitive.len > 0) {
        json_key(writer, STR("sensitive"));
        json_raw(writer, pending->sensitive);
    }
    state_object_json_write_strings(writer, "dependencies", pending->dependencies,
                                    pending->dependency_count);
    if (pending->response) {
        json_key_string(writer, "response", str_from_cstr(response_names[pending->response->kind]));
        json_key_base64(writer, "response_bytes", pending->response->bytes);
    }
}

static void record_write_part(JsonWriter *writer, const JournalRecord *record) {
    const StatePending *part = &record->pending;
    write_count(writer, "sequence", record->sequence);
    json_key_string(writer, "part", record->part);
    if (part->action != PENDING_NONE)
        json_key_string(writer, "action", str_from_cstr(pending_action_name(part->action)));
    if (part->marker.len > 0)
        json_key_string(writer, "identity", part->marker);
    if (part->private_data.len > 0)
        json_key_base64(writer, "private", part->private_data);
}

static void record_write_object(JsonWriter *writer, const StateObject *object) {
    json_key(writer, STR("object"));
    if (!object) {
        json_write_null(writer);
        return;
    }
    json_object_start(writer);
    state_object_json_write(writer, object);
    json_object_end(writer);
}

static void record_write_members(JsonWriter *writer, const JournalRecord *record, Arena *scratch) {
    switch (record->kind) {
    case RECORD_START:
        json_key_string(writer, "lineage", record->lineage);
        write_count(writer, "serial", record->serial);
        json_key_string(writer, "program", STR("loam"));
        json_key_string(writer, "time", record->time);
        return;
    case RECORD_INTENT:
        write_count(writer, "sequence", record->sequence);
        write_slot(writer, record, scratch);
        write_pending(writer, &record->pending);
        return;
    case RECORD_OUTCOME:
        write_count(writer, "sequence", record->sequence);
        write_slot(writer, record, scratch);
        record_write_object(writer, record->object);
        return;
    case RECORD_END: write_count(writer, "sequence", record->sequence); return;
    case RECORD_DEPOSE:
        write_slot(writer, record, scratch);
        json_key_string(writer, "digest", record->digest);
        return;
    case RECORD_RESTORE: write_slot(writer, record, scratch); return;
    case RECORD_FOLD:
        write_count(writer, "serial", record->serial);
        json_key_string(writer, "digest", record->digest);
        return;
    case RECORD_PART_BEGIN:
    case RECORD_PART_END: record_write_part(writer, record); return;
    }
}

Str journal_record_digest(const StateObject *object, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    json_raw(&writer, object->attributes.len > 0 ? object->attributes : STR("{}"));
    return digest_hex(DIGEST_SHA256, strbuf_str(&text), arena);
}

static void record_log_object(const StateObject *object) {
    log_debug("journal object", log_number("tainted", object->status == OBJECT_TAINTED),
              log_number("attribute_bytes", (int64_t)object->attributes.len),
              log_number("sensitive_bytes", (int64_t)object->sensitive_attributes.len),
              log_number("private_bytes", (int64_t)object->private_data.len),
              log_number("dependencies", (int64_t)object->dependency_count),
              log_number("create_before_destroy", object->create_before_destroy),
              log_number("skip_destroy", object->skip_destroy));
}

void journal_record_log(const JournalRecord *record) {
    if (!log_enabled(LOG_DEBUG))
        return;
    SCOPED(ArenaRef) scratch = arena_open("journal log");
    bool has_address = record->address.type.len > 0;
    Str address = has_address ? resource_addr_to_str(record->address, scratch) : STR_EMPTY;
    log_debug("journal record", log_text("kind", str_from_cstr(kind_names[record->kind])),
              log_number("number", (int64_t)record->number),
              log_number("sequence", (int64_t)record->sequence), log_text("of", address),
              log_text("deposed", record->deposed),
              log_cstr("action", pending_action_name(record->pending.action)),
              log_text("part", record->part));
    if (record->object)
        record_log_object(record->object);
}

/* Reserves the line of a large object: doubling would leave copies of up to a megabyte. */
static void reserve(const JournalRecord *record, StrBuf *out) {
    const StatePending *pending = &record->pending;
    size_t plain = pending->planned.len + pending->sensitive.len;
    size_t encoded = pending->private_data.len;
    if (record->object) {
        plain += record->object->attributes.len + record->object->sensitive_attributes.len +
                 record->object->identity.len;
        encoded += record->object->private_data.len;
    }
    size_t size = plain + encoded / 3 * 4;
    if (size >= RESERVED_FROM)
        strbuf_reserve(out, size + size / 16);
}

void journal_record_write(const JournalRecord *record, StrBuf *out) {
    /* A separate arena, so that `out` can grow in place. */
    SCOPED(ArenaRef) pieces = arena_open("journal record");
    size_t start = out->len;
    reserve(record, out);
    strbuf_add_repeat(out, '0', CHECKSUM_DIGITS);
    strbuf_add_char(out, ' ');
    JsonWriter writer;
    json_writer_init(&writer, out, 0);
    json_object_start(&writer);
    json_key_string(&writer, "kind", str_from_cstr(kind_names[record->kind]));
    write_count(&writer, "record", record->number);
    record_write_members(&writer, record, pieces);
    json_object_end(&writer);
    char digits[CHECKSUM_DIGITS + 1];
    Str text = str_after(strbuf_str(out), start + CHECKSUM_DIGITS + 1);
    snprintf(digits, sizeof digits, "%08x", crc32c(text));
    memcpy(out->ptr + start, digits, CHECKSUM_DIGITS);
    strbuf_add_char(out, '\n');
}

typedef struct Parsing {
    JsonReader reader;
    Arena *arena;
    JournalRecord *record;
} Parsing;

typedef bool (*ParseMember)(Parsing *parsing, JsonToken token, void *field);

static bool parse_string(Parsing *parsing, JsonToken token, void *field) {
    if (token != JSON_STRING)
        return false;
    *(Str *)field = state_object_json_keep(&parsing->reader, parsing->reader.text, parsing->arena);
    return true;
}

static bool parse_base64(Parsing *parsing, JsonToken token, void *field) {
    Str text;
    return parse_string(parsing, token, &text) && base64_decode(text, field, parsing->arena);
}

static bool record_parse_count(Parsing *parsing, JsonToken token, void *field) {
    uint64_t *count = field;
    return token == JSON_NUMBER && str_to_uint64(parsing->reader.text, count) &&
           *count <= STATE_COUNT_MAX;
}

static bool record_parse_flag(Parsing *, JsonToken token, void *field) {
    *(bool *)field = token == JSON_TRUE;
    return token == JSON_TRUE || token == JSON_FALSE;
}

static bool parse_raw(Parsing *parsing, JsonToken token, void *field) {
    return json_skip(&parsing->reader, token, field);
}

static bool parse_kind(Parsing *parsing, JsonToken token, void *field) {
    for (size_t i = 0; i < ARRAY_COUNT(kind_names) && token == JSON_STRING; i++) {
        if (str_equal_cstr(parsing->reader.text, kind_names[i])) {
            *(RecordKind *)field = (RecordKind)i;
            return true;
        }
    }
    return false;
}

/* An unknown action of a later version counts as an update: the object may exist in its old or new
 * form. */
static bool parse_action(Parsing *parsing, JsonToken token, void *field) {
    if (token != JSON_STRING)
        return false;
    PendingAction action = PENDING_DELETE;
    while (action > PENDING_NONE &&
           !str_equal_cstr(parsing->reader.text, pending_action_name(action)))
        action--;
    bool is_known = action > PENDING_NONE || parsing->reader.text.len == 0;
    *(PendingAction *)field = is_known ? action : PENDING_UPDATE;
    return true;
}

/* An unknown kind, of a newer release, leaves the outcome unknown. */
static bool parse_response(Parsing *parsing, JsonToken token, void *field) {
    if (token != JSON_STRING)
        return false;
    StatePending *pending = field;
    for (size_t i = 0; i < ARRAY_COUNT(response_names); i++) {
        if (!str_equal_cstr(parsing->reader.text, response_names[i]))
            continue;
        StateResponse *response = arena_new(parsing->arena, StateResponse);
        response->kind = (StateResponseKind)i;
        pending->response = response;
    }
    return true;
}

static bool parse_response_bytes(Parsing *parsing, JsonToken token, void *field) {
    const StatePending *pending = field;
    return !pending->response || parse_base64(parsing, token, (Str *)&pending->response->bytes);
}

static bool record_parse_address(Parsing *parsing, JsonToken token, void *field) {
    Str text;
    if (!parse_string(parsing, token, &text))
        return false;
    SCOPED(ArenaRef) scratch = arena_open("journal address");
    Diags reasons = diags_new(scratch);
    return address_parse_resource(text, field, parsing->arena, &reasons);
}

static bool parse_provider(Parsing *parsing, JsonToken token, void *field) {
    Str text;
    return parse_string(parsing, token, &text) &&
           provider_config_addr_parse(text, field, parsing->arena);
}

static bool parse_dependencies(Parsing *parsing, JsonToken token, void *field) {
    StatePending *pending = field;
    return state_object_json_strings(&parsing->reader, token, &pending->dependencies,
                                     &pending->dependency_count, parsing->arena);
}

static bool parse_object(Parsing *parsing, JsonToken token, void *field) {
    if (token == JSON_NULL)
        return true;
    if (token != JSON_OBJECT_START)
        return false;
    StateObjectReader reading = {.reader = &parsing->reader, .arena = parsing->arena};
    const char *error;
    state_object_json_begin(&reading);
    while ((token = json_next(&parsing->reader)) == JSON_KEY) {
        Str key = parsing->reader.text;
        token = json_next(&parsing->reader);
        if (!state_object_json_member(&reading, key, token, &error))
            return false;
    }
    *(const StateObject **)field = state_object_json_finish(&reading);
    return token == JSON_OBJECT_END;
}

static const struct {
    const char *key;
    ParseMember parse;
    size_t offset;
} members[] = {
    {"kind", parse_kind, offsetof(JournalRecord, kind)},
    {"record", record_parse_count, offsetof(JournalRecord, number)},
    {"sequence", record_parse_count, offsetof(JournalRecord, sequence)},
    {"lineage", parse_string, offsetof(JournalRecord, lineage)},
    {"serial", record_parse_count, offsetof(JournalRecord, serial)},
    {"digest", parse_string, offsetof(JournalRecord, digest)},
    {"time", parse_string, offsetof(JournalRecord, time)},
    {"address", record_parse_address, offsetof(JournalRecord, address)},
    {"provider", parse_provider, offsetof(JournalRecord, provider_config)},
    {"deposed", parse_string, offsetof(JournalRecord, deposed)},
    {"object", parse_object, offsetof(JournalRecord, object)},
    {"part", parse_string, offsetof(JournalRecord, part)},
    {"action", parse_action, offsetof(JournalRecord, pending.action)},
    {"generation", record_parse_count, offsetof(JournalRecord, pending.generation)},
    {"identity", parse_string, offsetof(JournalRecord, pending.marker)},
    {"private", parse_base64, offsetof(JournalRecord, pending.private_data)},
    {"schema_version", record_parse_count, offsetof(JournalRecord, pending.schema_version)},
    {"provisioned", record_parse_flag, offsetof(JournalRecord, pending.is_provisioned)},
    {"planned", parse_raw, offsetof(JournalRecord, pending.planned)},
    {"sensitive", parse_raw, offsetof(JournalRecord, pending.sensitive)},
    {"dependencies", parse_dependencies, offsetof(JournalRecord, pending)},
    {"response", parse_response, offsetof(JournalRecord, pending)},
    {"response_bytes", parse_response_bytes, offsetof(JournalRecord, pending)},
};

static bool parse_member(Parsing *parsing, Str key) {
    JsonToken token = json_next(&parsing->reader);
    for (size_t i = 0; i < ARRAY_COUNT(members); i++) {
        if (str_equal_cstr(key, members[i].key))
            return members[i].parse(parsing, token, (char *)parsing->record + members[i].offset);
    }
    Str skipped;
    return json_skip(&parsing->reader, token, &skipped);
}

static bool has_checksum(Str line, Str *text) {
    if (line.len <= CHECKSUM_DIGITS || line.ptr[CHECKSUM_DIGITS] != ' ')
        return false;
    *text = str_after(line, CHECKSUM_DIGITS + 1);
    char digits[CHECKSUM_DIGITS + 1];
    snprintf(digits, sizeof digits, "%08x", crc32c(*text));
    return memcmp(digits, line.ptr, CHECKSUM_DIGITS) == 0;
}

/* A line may have a valid checksum and lack the members that its kind needs. */
static bool is_complete(const JournalRecord *record) {
    bool has_address = record->address.type.len > 0;
    bool has_provider = record->provider_config.provider.len > 0;
    switch (record->kind) {
    case RECORD_INTENT: return has_address && has_provider;
    case RECORD_OUTCOME: return has_address && (has_provider || !record->object);
    case RECORD_DEPOSE:
    case RECORD_RESTORE: return has_address && record->deposed.len > 0;
    case RECORD_START:
    case RECORD_END:
    case RECORD_FOLD:
    case RECORD_PART_BEGIN:
    case RECORD_PART_END: return true;
    }
    return true;
}

bool journal_record_parse(Str line, JournalRecord *out, Arena *arena) {
    Str text;
    if (!has_checksum(line, &text))
        return false;
    *out = (JournalRecord){0};
    Parsing parsing = {json_reader_new(text, arena), arena, out};
    if (json_next(&parsing.reader) != JSON_OBJECT_START)
        return false;
    JsonToken token;
    while ((token = json_next(&parsing.reader)) == JSON_KEY) {
        if (!parse_member(&parsing, parsing.reader.text))
            return false;
    }
    return token == JSON_OBJECT_END && is_complete(out);
}

bool journal_record_next_line(Str bytes, JournalLine *line) {
    size_t at = line->number == 0 ? 0 : line->offset + line->text.len + line->is_whole;
    if (at >= bytes.len)
        return false;
    size_t end = str_find_char(bytes, '\n', at);
    line->is_whole = end != SIZE_MAX;
    line->text = str_slice(bytes, at, line->is_whole ? end : bytes.len);
    line->offset = at;
    line->number++;
    return true;
}
