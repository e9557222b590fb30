/* Compares the configured backend with the recorded one, and opens it. The record has mode 0600, as
 * arguments may contain passwords. */
#include "backend_choice.h"
#include "backend_settings.h"
#include "backends.h"
#include "decode.h"
#include "digest.h"
#include "json.h"
#include "sealed_journal.h"
#include "static_eval.h"
#include "vars_file.h"
#include "version.h"

#include <errno.h>

#define CACHE_NAME     "terraform.tfstate"
#define CACHE_VERSION  3
#define WRITE_EVERY_MS 20000

/* The backend that a directory was initialized with, in terraform.tfstate of the data directory.
 * The format and the hash are Terraform's. */
typedef struct BackendCache {
    Str type;   /* empty: no backend is recorded */
    Str config; /* JSON of the arguments, as configured */
    uint64_t hash;
} BackendCache;

static Str cache_path(const Cli *cli) {
    return disk_join(cli->data_directory, STR(CACHE_NAME), cli->arena);
}

static bool choice_read_backend(JsonReader *reader, BackendCache *out, Arena *arena) {
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

static bool parse_cache(Str bytes, BackendCache *out, Arena *arena) {
    JsonReader reader = json_reader_new(bytes, arena);
    JsonToken token = json_next(&reader);
    if (token != JSON_OBJECT_START)
        return false;
    while ((token = json_next(&reader)) == JSON_KEY) {
        Str raw;
        bool is_backend = str_equal(reader.text, STR("backend"));
        if (is_backend ? !choice_read_backend(&reader, out, arena)
                       : !json_skip(&reader, json_next(&reader), &raw))
            return false;
    }
    return token == JSON_OBJECT_END;
}

/* Reads the record. A missing record is no error: out->type is empty. */
static bool read_cache(const Cli *cli, BackendCache *out, Diags *diags) {
    Str bytes, path = cache_path(cli);
    const Disk *disk = cli->io.disk;
    *out = (BackendCache){0};
    int error = disk->read_file(disk->self, path, &bytes, cli->arena);
    if (error == -ENOENT || (!error && str_trim(bytes).len == 0))
        return true;
    if (!error && parse_cache(bytes, out, cli->arena))
        return true;
    return diags_fail(
        diags, NO_RANGE, "Recorded backend not readable",
        "\"%.*s\" records the backend in use, but cannot be read%s%s. Remove it, then run "
        "\"loam init\" again with the previous backend configuration.",
        STR_ARG(path), error ? ": " : "", error ? strerror(-error) : "");
}

/* Decodes the recorded arguments. Returns false if they do not fit the schema of `type`. */
static bool decode_cache(const BackendCache *cache, const BackendType *type, Value *out,
                         Arena *arena) {
    JsonReader reader = json_reader_new(cache->config, arena);
    const char *error;
    if (cache->config.len > 0)
        return json_read_typed(&reader, json_next(&reader), schema_implied_type(&type->schema), out,
                               &error, arena);
    *out = schema_empty_value(&type->schema, arena);
    return true;
}

static Str encode_cache(const BackendCache *cache, Arena *arena) {
    StrBuf text = strbuf_new(arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 2);
    json_object_start(&writer);
    json_key_int(&writer, "version", CACHE_VERSION);
    json_key_string(&writer, "terraform_version", STR(VERSION_TERRAFORM));
    if (cache->type.len > 0) {
        json_key_object(&writer, "backend");
        json_key_string(&writer, "type", cache->type);
        json_key(&writer, STR("config"));
        json_raw(&writer, cache->config);
        json_key_int(&writer, "hash", (int64_t)cache->hash);
        json_object_end(&writer);
    }
    json_object_end(&writer);
    return strbuf_str(&text);
}

/* An empty `cache->type` means that no backend is configured. */
static bool write_cache(const Cli *cli, const BackendCache *cache, Diags *diags) {
    const Disk *disk = cli->io.disk;
    int error = disk->make_directories(disk->self, cli->data_directory, 0777);
    if (!error)
        error =
            disk->write_file(disk->self, cache_path(cli), encode_cache(cache, cli->arena), 0600);
    if (!error)
        return true;
    return diags_fail(diags, NO_RANGE, "Backend not recorded",
                      "\"%.*s\", which records the backend in use, could not be written: %s. %s",
                      STR_ARG(cache_path(cli)), strerror(-error), disk_data_hint(error));
}

/* Encodes a value like cty's Hash. The hash is the CRC-32 (IEEE) of this text. */
static void add_hashed(StrBuf *out, Value value);

static void choice_add_items(StrBuf *out, Value value, char open, char close) {
    strbuf_add_char(out, open);
    for (size_t i = 0; i < value.count; i++) {
        if (value.type->kind == KIND_MAP)
            strbuf_add_format(out, "\"%.*s\":", STR_ARG(value_key_at(value, i)));
        add_hashed(out, value_at(value, i));
        strbuf_add_char(out, ';');
    }
    strbuf_add_char(out, close);
}

static void choice_add_text(StrBuf *out, Str text) {
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
    case KIND_STRING: choice_add_text(out, value_text(value)); break;
    case KIND_BOOL: strbuf_add_char(out, value_is_true(value) ? 'T' : 'F'); break;
    case KIND_NUMBER:
        strbuf_add_format(out, "%.10g", value_to_int(value, &number) ? (double)number : 0.5);
        break;
    case KIND_LIST:
    case KIND_SET: choice_add_items(out, value, '[', ']'); break;
    case KIND_MAP: choice_add_items(out, value, '{', '}'); break;
    case KIND_OBJECT:
    case KIND_TUPLE: choice_add_items(out, value, '<', '>'); break;
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

/* Returns Terraform's hash of a backend block. `config` has the arguments as written, without those
 * of flags and environment variables. */
static uint64_t hash_of(const BackendType *type, Value config) {
    SCOPED(ArenaRef) scratch = arena_open("backend hash");
    StrBuf text = strbuf_new(scratch);
    strbuf_add_format(&text, "<\"%s\";", type->name);
    add_hashed(&text, config);
    strbuf_add(&text, STR(";>"));
    return crc32_of(strbuf_str(&text));
}

static BackendChoice local_choice(Arena *arena) {
    const BackendType *type = backends_find(STR("local"));
    return (BackendChoice){.type = type, .config = schema_empty_value(&type->schema, arena)};
}

static bool choice_report_type(Str name, SourceRange range, Arena *arena, Diags *diags) {
    StrVec names = {0};
    for (size_t i = 0; i < backends_count; i++) {
        if (!backends_table[i]->has_own_block)
            vec_push(arena, &names, str_from_cstr(backends_table[i]->name));
    }
    Str hint = str_did_you_mean(name, names.items, names.count, arena);
    return diags_fail(diags, range, "Unsupported backend type",
                      "There is no backend type named \"%.*s\".%.*s", STR_ARG(name), STR_ARG(hint));
}

bool backend_choice_read(Project *project, const BackendConfig *block, BackendChoice *out) {
    Arena *arena = project->cli->arena;
    const Decoded *decoded;
    const Scope *scope = static_eval_scope(project->config->statics, project->config->root, arena);
    out->type = backends_find(block->type);
    out->is_configured = true;
    if (!out->type)
        return choice_report_type(block->type, block->type_range, arena, project->diags);
    if (out->type->has_own_block && !block->has_own_block)
        return diags_fail(project->diags, block->type_range, "Unsupported backend type",
                          "There is no explicit backend type named \"%s\". Write a block \"%s\" "
                          "instead.",
                          out->type->name, out->type->name);
    const Schema *schema = backend_settings_lenient(out->type, arena);
    if (!decode_body(block->body, schema, &decoded, arena, project->diags) ||
        !decode_eval(decoded, scope, &out->config, arena, project->diags) ||
        !static_eval_check(out->config, block->range, project->diags))
        return false;
    out->hash = hash_of(out->type, out->config);
    return true;
}

static const Attribute *choice_find_argument(Project *project, const BackendType *type, Str name) {
    const Attribute *attribute = schema_find_attribute(&type->schema, name);
    if (attribute)
        return attribute;
    diags_error(project->diags, NO_RANGE, "Invalid backend configuration argument",
                "-backend-config sets \"%.*s\", but the backend \"%s\" has no such argument.",
                STR_ARG(name), type->name);
    return NULL;
}

static void set_argument(Project *project, BackendChoice *choice, Str name, Value value) {
    Arena *arena = project->cli->arena;
    choice->config = path_set(choice->config, path_attribute((Path){0}, name, arena), value, arena);
}

static bool add_pair(Project *project, Str text, size_t equals, BackendChoice *choice) {
    Arena *arena = project->cli->arena;
    Str name = str_trim(str_slice(text, 0, equals));
    const Attribute *attribute = choice_find_argument(project, choice->type, name);
    Value value;
    if (!attribute || !backend_settings_parse(attribute, str_after(text, equals + 1), &value, arena,
                                              project->diags))
        return false;
    set_argument(project, choice, name, value);
    return true;
}

static bool choice_add_value(Project *project, const VarsFileValue *given, BackendChoice *choice) {
    Arena *arena = project->cli->arena;
    const Attribute *attribute = choice_find_argument(project, choice->type, given->name);
    ConvertError error;
    Value value;
    if (!attribute)
        return false;
    if (convert_value(given->value, attribute_configured_type(attribute, arena), &value, &error,
                      arena)) {
        set_argument(project, choice, given->name, value);
        return true;
    }
    return diags_fail(project->diags, given->range, "Invalid backend configuration",
                      "The argument \"%.*s\" of the backend has the wrong type: %.*s.",
                      STR_ARG(given->name), STR_ARG(error.message));
}

static bool choice_add_file(Project *project, Str path, BackendChoice *choice) {
    Cli *cli = project->cli;
    Str bytes;
    VarsFileValues values = {0};
    int error = cli->io.disk->read_file(cli->io.disk->self, path, &bytes, cli->arena);
    if (error)
        return diags_fail(
            project->diags, NO_RANGE, "Failed to read the backend configuration",
            "-backend-config requires NAME=VALUE or a file, and the file \"%.*s\" could "
            "not be read: %s.",
            STR_ARG(path), strerror(-error));
    if (!vars_file_read(source_text_new(path, bytes, cli->arena), &values, cli->arena,
                        project->diags))
        return false;
    bool ok = true;
    vec_each(&values, value) {
        ok &= choice_add_value(project, value, choice);
    }
    return ok;
}

/* Skips an empty value ("-backend-config="): the option then drops arguments recorded from earlier
 * flags. */
static bool add_flags(Project *project, BackendChoice *choice) {
    bool ok = true;
    if (choice->type->has_own_block && option_text(project->arguments, "backend-config").len > 0)
        return diags_fail(project->diags, NO_RANGE, "Invalid command-line option",
                          "-backend-config is only for state backends, not for a block \"%s\". "
                          "Change the block, or set its environment variables.",
                          choice->type->name);
    vec_each(&project->arguments->options, option) {
        if (strcmp(option->option->name, "backend-config") != 0 || option->text.len == 0)
            continue;
        size_t equals = str_find_char(option->text, '=', 0);
        ok &= equals == SIZE_MAX ? choice_add_file(project, option->text, choice)
                                 : add_pair(project, option->text, equals, choice);
    }
    return ok;
}

/* Reads the backend of the configuration and of -backend-config. */
static bool read_configured(Project *project, BackendChoice *out) {
    const BackendConfig *block = project->config ? project->config->root->backend : NULL;
    if (!block) {
        *out = local_choice(project->cli->arena);
        if (option_text(project->arguments, "backend-config").len > 0)
            diags_warning(project->diags, NO_RANGE, "Missing backend configuration",
                          "-backend-config was given, but the configuration has no \"backend\" "
                          "block. The state is stored locally.");
        return true;
    }
    BackendChoice choice = {0};
    if (!backend_choice_read(project, block, &choice) || !add_flags(project, &choice))
        return false;
    *out = choice;
    return true;
}

/* Reads the backend that init has recorded. */
static bool read_recorded(Project *project, const BackendCache *cache, BackendChoice *out) {
    Arena *arena = project->cli->arena;
    if (cache->type.len == 0) {
        *out = local_choice(arena);
        return true;
    }
    BackendChoice choice = {.hash = cache->hash, .is_configured = true};
    choice.type = backends_find(cache->type);
    if (!choice.type)
        return choice_report_type(cache->type, NO_RANGE, arena, project->diags);
    if (decode_cache(cache, choice.type, &choice.config, arena)) {
        *out = choice;
        return true;
    }
    /* OpenTofu records the tags of a block "cloud" in another form: init records them anew. */
    if (choice.type->has_own_block) {
        choice.config = schema_empty_value(&choice.type->schema, arena);
        *out = choice;
        return true;
    }
    return diags_fail(
        project->diags, NO_RANGE, "Recorded backend not readable",
        "This version of loam does not support the arguments that \"init\" recorded for "
        "the backend \"%s\". Run \"loam init -reconfigure\".",
        choice.type->name);
}

static bool demand_init(Project *project, const BackendChoice *now, Str reason) {
    if (now->type->has_own_block)
        return diags_fail(
            project->diags, NO_RANGE,
            "HCP Terraform or Terraform Enterprise initialization required: please run \"loam "
            "init\"",
            "%.*s. \"loam init\" selects a workspace, and offers to copy a local state to it. "
            "Nothing was changed.",
            STR_ARG(reason));
    return diags_fail(
        project->diags, NO_RANGE, "Backend initialization required, please run \"loam init\"",
        "%.*s. Run \"loam init -migrate-state\" to copy the state to the new backend, or "
        "\"loam init -reconfigure\" to use the new backend without the previous state. "
        "Nothing was changed.",
        STR_ARG(reason));
}

static Str changed_reason(const BackendChoice *now, const BackendChoice *before, Arena *arena) {
    if (!before->is_configured)
        return str_format(arena, "The backend \"%s\" is configured for the first time",
                          now->type->name);
    if (!now->is_configured)
        return str_format(arena, "The configuration no longer has the previous backend \"%s\"",
                          before->type->name);
    if (now->type != before->type)
        return str_format(arena, "The backend type changed from \"%s\" to \"%s\"",
                          before->type->name, now->type->name);
    return STR("The backend configuration changed");
}

/* init records the arguments of the configuration. Arguments of the environment replace some of
 * them. */
static bool overlay_environment(Project *project, BackendChoice *out) {
    const Environment *environment = project->config ? project->config->environment : NULL;
    BackendChoice own = {0};
    if (!environment || !environment->backend)
        return true;
    BackendConfig block = {str_from_cstr(out->type->name), environment->backend,
                           environment->backend_range};
    if (!backend_choice_read(project, &block, &own))
        return false;
    for (size_t i = 0; i < out->type->schema.attribute_count; i++) {
        Str name = str_from_cstr(out->type->schema.attributes[i].name);
        Value value = value_attribute(own.config, name);
        if (!value_is_null(value))
            set_argument(project, out, name, value);
    }
    return true;
}

BackendChoice backend_choice_of_file(Str path, Arena *arena) {
    BackendChoice choice = local_choice(arena);
    Path at = path_attribute((Path){0}, STR("path"), arena);
    choice.config = path_set(choice.config, at, value_string(path, arena), arena);
    return choice;
}

bool backend_choice_compare(Project *project, BackendChange *out) {
    BackendCache cache;
    BackendChoice *now = &out->now;
    BackendChoice *before = &out->before;
    if (!read_configured(project, now) || !read_cache(project->cli, &cache, project->diags))
        return false;
    out->has_record = cache.type.len > 0;
    if (out->ignores_record)
        cache = (BackendCache){0};
    if (!read_recorded(project, &cache, before))
        return false;
    out->is_same_block = now->is_configured && before->is_configured && now->type == before->type &&
                         now->hash == before->hash;
    out->is_same = now->is_configured == before->is_configured && now->type == before->type &&
                   value_equal(now->config, before->config);
    return true;
}

bool backend_choice_select(Project *project, BackendChoice *out) {
    BackendChange change = {0};
    if (!backend_choice_compare(project, &change))
        return false;
    if (!change.is_same_block && !change.is_same)
        return demand_init(project, &change.now,
                           changed_reason(&change.now, &change.before, project->cli->arena));
    *out = change.before;
    return overlay_environment(project, out);
}

/* For a backend that cannot store a journal: keeps it in the data directory. If that directory is
 * lost, outcomes since the last write are unknown, so the state is written often. */
static void keep_journal_here(Project *project, Backend *backend) {
    Cli *cli = project->cli;
    uint64_t seconds = 0;
    const char *given = cli_environment(cli, "STATE_PERSIST_INTERVAL");
    Str key = str_format(cli->arena, "%s %.*s", backend->type->name, STR_ARG(backend->path));
    Str name =
        str_format(cli->arena, "%.*s.journal", STR_ARG(digest_hex(DIGEST_SHA256, key, cli->arena)));
    Str directory = disk_join(cli->data_directory, STR("journals"), cli->arena);
    backend->journal =
        journal_file_new(cli->io.disk, disk_join(directory, name, cli->arena), cli->arena);
    backend->journal->setting = "TF_DATA_DIR";
    backend->write_every_ms = WRITE_EVERY_MS;
    if (given && str_to_uint64(str_from_cstr(given), &seconds) && seconds > WRITE_EVERY_MS / 1000)
        backend->write_every_ms = (int64_t)seconds * 1000;
}

bool backend_choice_open(Project *project, const BackendChoice *choice, Str workspace,
                         Backend **out) {
    Cli *cli = project->cli;
    Value config;
    if (!project_open_ciphers(project) ||
        !backend_settings_complete(choice->type, &cli->io, choice->config, &config, cli->arena,
                                   project->diags) ||
        !choice->type->open(&cli->io, config, workspace, out, cli->arena, project->diags))
        return false;
    (*out)->cancel = cli->cancel;
    if (!(*out)->journal)
        keep_journal_here(project, *out);
    (*out)->cipher = project->ciphers.state;
    (*out)->journal = sealed_journal_new((*out)->journal, (*out)->cipher, cli->arena);
    return true;
}

bool backend_choice_has_many(const BackendChoice *choice) {
    const BackendType *type = choice->type;
    Value block, ignored;
    if (!type->list || !type->selector)
        return type->list != NULL;
    return value_find_present(choice->config, STR("workspaces"), &block) &&
           value_find_present(block, str_from_cstr(type->selector), &ignored);
}

bool backend_choice_list(Project *project, const BackendChoice *choice, StrVec *out) {
    Cli *cli = project->cli;
    Value config;
    if (!choice->type->has_own_block)
        vec_push(cli->arena, out, STR("default"));
    return !choice->type->list ||
           (backend_settings_complete(choice->type, &cli->io, choice->config, &config, cli->arena,
                                      project->diags) &&
            choice->type->list(&cli->io, config, out, cli->arena, project->diags));
}

bool backend_choice_make(Project *project, const BackendChoice *choice, Str workspace) {
    Cli *cli = project->cli;
    Value config;
    return backend_settings_complete(choice->type, &cli->io, choice->config, &config, cli->arena,
                                     project->diags) &&
           choice->type->make(&cli->io, config, workspace, project->diags);
}

/* Arguments of any type carry their type, so that decode_cache can read them. */
static Str encode_arguments(const BackendChoice *choice, Arena *arena) {
    return json_typed_text(choice->config, schema_implied_type(&choice->type->schema), arena);
}

bool backend_choice_record(Project *project, const BackendChoice *choice) {
    Arena *arena = project->cli->arena;
    BackendCache cache = {0};
    if (choice->is_configured)
        cache = (BackendCache){str_from_cstr(choice->type->name), encode_arguments(choice, arena),
                               choice->hash};
    return write_cache(project->cli, &cache, project->diags);
}
