/* Reads and writes the record of the backend; mode 0600, as arguments may contain passwords. */
#include "backend_cache.h"
#include "json.h"
#include "version.h"

#include <errno.h>

#define CACHE_NAME    "terraform.tfstate"
#define CACHE_VERSION 3

static Str path_of(const Cli *cli) {
    return disk_join(cli->data_directory, STR(CACHE_NAME), cli->arena);
}

static bool read_backend(JsonReader *reader, BackendCache *out, Arena *arena) {
    JsonToken token = json_next(reader);
    if (token == JSON_NULL)
        return true;
    if (token != JSON_OBJECT_START)
        return false;
    while ((token = json_next(reader)) == JSON_KEY) {
        Str key = reader->text, raw;
        token = json_next(reader);
        if (str_equal(key, STR("type")) && token == JSON_STRING)
            out->type = str_clone(reader->text, arena);
        if (str_equal(key, STR("hash")) && token == JSON_NUMBER &&
            !str_to_uint64(reader->text, &out->hash))
            return false;
        if (!json_skip(reader, token, &raw))
            return false;
        if (str_equal(key, STR("config")))
            out->config = raw;
    }
    return token == JSON_OBJECT_END;
}

static bool parse(Str bytes, BackendCache *out, Arena *arena) {
    JsonReader reader = json_reader_new(bytes, arena);
    JsonToken token = json_next(&reader);
    if (token != JSON_OBJECT_START)
        return false;
    while ((token = json_next(&reader)) == JSON_KEY) {
        Str raw;
        bool is_backend = str_equal(reader.text, STR("backend"));
        if (is_backend ? !read_backend(&reader, out, arena)
                       : !json_skip(&reader, json_next(&reader), &raw)) {
            return false;
        }
    }
    return token == JSON_OBJECT_END;
}

bool backend_cache_read(const Cli *cli, BackendCache *out, Diags *diags) {
    Str bytes, path = path_of(cli);
    const Disk *disk = cli->io.disk;
    *out = (BackendCache){0};
    int error = disk->read_file(disk->self, path, &bytes, cli->arena);
    if (error == -ENOENT || (!error && str_trim(bytes).len == 0))
        return true;
    if (!error && parse(bytes, out, cli->arena))
        return true;
    diags_error(diags, NO_RANGE, "Recorded backend not readable",
                "\"%.*s\" records the backend in use, but cannot be read%s%s. Remove it, then run "
                "\"loam init\" again with the previous backend configuration.",
                STR_ARG(path), error ? ": " : "", error ? strerror(-error) : "");
    return false;
}

bool backend_cache_decode(const BackendCache *cache,
                          const BackendType *type,
                          Value *out,
                          Arena *arena) {
    JsonReader reader = json_reader_new(cache->config, arena);
    const char *error;
    if (cache->config.len > 0)
        return json_read_typed(&reader, json_next(&reader), schema_implied_type(&type->schema), out,
                               &error, arena);
    *out = schema_empty_value(&type->schema, arena);
    return true;
}

static Str encode(const BackendCache *cache, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 2);
    json_object_start(&writer);
    json_key_int(&writer, "version", CACHE_VERSION);
    json_key_string(&writer, "terraform_version", STR(VERSION_TERRAFORM));
    if (cache->type.len > 0) {
        json_key(&writer, STR("backend"));
        json_object_start(&writer);
        json_key_string(&writer, "type", cache->type);
        json_key(&writer, STR("config"));
        json_raw(&writer, cache->config);
        json_key_int(&writer, "hash", (int64_t)cache->hash);
        json_object_end(&writer);
    }
    json_object_end(&writer);
    return strbuf_str(&text);
}

bool backend_cache_write(const Cli *cli, const BackendCache *cache, Diags *diags) {
    const Disk *disk = cli->io.disk;
    int error = disk->make_directories(disk->self, cli->data_directory, 0777);
    if (!error)
        error = disk->write_file(disk->self, path_of(cli), encode(cache, cli->arena), 0600);
    if (!error)
        return true;
    diags_error(diags, NO_RANGE, "Backend not recorded",
                "\"%.*s\", which records the backend in use, could not be written: %s.",
                STR_ARG(path_of(cli)), strerror(-error));
    return false;
}

/* Encodes a value like cty's Hash. The hash is the CRC-32 (IEEE) of this text. */
static void add_hashed(StrBuf *out, Value value);

static void add_items(StrBuf *out, Value value, char open, char close) {
    strbuf_add_char(out, open);
    for (size_t i = 0; i < value.count; i++) {
        if (value.type->kind == KIND_MAP)
            strbuf_add_format(out, "\"%.*s\":", STR_ARG(value_key_at(value, i)));
        add_hashed(out, value_at(value, i));
        strbuf_add_char(out, ';');
    }
    strbuf_add_char(out, close);
}

static void add_text(StrBuf *out, Str text) {
    strbuf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\n')
            strbuf_add(out, STR("\\n"));
        else if (c == '\t')
            strbuf_add(out, STR("\\t"));
        else if (c == '\r')
            strbuf_add(out, STR("\\r"));
        else if (c == '"' || c == '\\')
            strbuf_add_format(out, "\\%c", c);
        else
            strbuf_add_char(out, c);
    }
    strbuf_add_char(out, '"');
}

static void add_hashed(StrBuf *out, Value value) {
    int64_t number;
    if (!value_is_present(value)) {
        strbuf_add_char(out, value_is_known(value) ? '~' : '?');
        return;
    }
    switch (value.type->kind) {
    case KIND_STRING: add_text(out, value_text(value)); break;
    case KIND_BOOL: strbuf_add_char(out, value_is_true(value) ? 'T' : 'F'); break;
    case KIND_NUMBER:
        strbuf_add_format(out, "%.10g", value_to_int(value, &number) ? (double)number : 0.5);
        break;
    case KIND_LIST:
    case KIND_SET: add_items(out, value, '[', ']'); break;
    case KIND_MAP: add_items(out, value, '{', '}'); break;
    case KIND_OBJECT:
    case KIND_TUPLE: add_items(out, value, '<', '>'); break;
    case KIND_DYNAMIC: break;
    }
}

static uint32_t crc32_of(Str bytes) {
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < bytes.len; i++) {
        crc ^= (uint8_t)bytes.ptr[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc >> 1) ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
    }
    return ~crc;
}

uint64_t backend_cache_hash(const BackendType *type, Value config) {
    SCOPED(ArenaRef) scratch = arena_open("backend hash");
    StrBuf text = strbuf_new(scratch);
    strbuf_add_format(&text, "<\"%s\";", type->name);
    add_hashed(&text, config);
    strbuf_add(&text, STR(";>"));
    return crc32_of(strbuf_str(&text));
}
