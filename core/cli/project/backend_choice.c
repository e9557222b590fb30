/* Compares the configured backend with the recorded one, and opens it. */
#include "backend_choice.h"
#include "backend_settings.h"
#include "backends.h"
#include "convert.h"
#include "decode.h"
#include "digest.h"
#include "journal_file.h"
#include "project_ciphers.h"
#include "sealed_journal.h"
#include "static_eval.h"
#include "vars_file.h"

#define WRITE_EVERY_MS 20000

static BackendChoice local_choice(Arena *arena) {
    const BackendType *type = backends_find(STR("local"));
    return (BackendChoice){.type = type, .config = schema_empty_value(&type->schema, arena)};
}

static bool refuse_type(Str name, SourceRange range, Arena *arena, Diags *diags) {
    StrVec names = {0};
    for (size_t i = 0; i < backends_count; i++)
        vec_push(arena, &names, str_from_cstr(backends_table[i]->name));
    Str hint = str_did_you_mean(name, names.items, names.count, arena);
    diags_error(diags, range, "Unsupported backend type",
                "There is no backend type named \"%.*s\".%.*s", STR_ARG(name), STR_ARG(hint));
    return false;
}

static bool read_block(Project *project, const BackendConfig *block, BackendChoice *out) {
    Arena *arena = project->cli->arena;
    const Decoded *decoded;
    const Scope *scope = static_eval_scope(project->config->statics, project->config->root, arena);
    out->type = backends_find(block->type);
    out->is_configured = true;
    if (!out->type)
        return refuse_type(block->type, block->type_range, arena, project->diags);
    const Schema *schema = backend_settings_lenient(out->type, arena);
    if (!decode_body(block->body, schema, &decoded, arena, project->diags) ||
        !decode_eval(decoded, scope, &out->config, arena, project->diags) ||
        !static_eval_check(out->config, block->range, project->diags)) {
        return false;
    }
    out->hash = backend_cache_hash(out->type, out->config);
    return true;
}

static const Attribute *find_argument(Project *project, const BackendType *type, Str name) {
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

static bool take_pair(Project *project, Str text, size_t equals, BackendChoice *choice) {
    Arena *arena = project->cli->arena;
    Str name = str_trim(str_slice(text, 0, equals));
    const Attribute *attribute = find_argument(project, choice->type, name);
    Value value;
    if (!attribute || !backend_settings_parse(attribute, str_after(text, equals + 1), &value, arena,
                                              project->diags))
        return false;
    set_argument(project, choice, name, value);
    return true;
}

static bool take_value(Project *project, const VarsFileValue *given, BackendChoice *choice) {
    Arena *arena = project->cli->arena;
    const Attribute *attribute = find_argument(project, choice->type, given->name);
    ConvertError error;
    Value value;
    if (!attribute)
        return false;
    if (convert_value(given->value, attribute_implied_type(attribute), &value, &error, arena)) {
        set_argument(project, choice, given->name, value);
        return true;
    }
    diags_error(project->diags, given->range, "Invalid backend configuration",
                "The argument \"%.*s\" of the backend has the wrong type: %.*s.",
                STR_ARG(given->name), STR_ARG(error.message));
    return false;
}

static bool take_file(Project *project, Str path, BackendChoice *choice) {
    Cli *cli = project->cli;
    Str bytes;
    VarsFileValues values = {0};
    int error = cli->io.disk->read_file(cli->io.disk->self, path, &bytes, cli->arena);
    if (error) {
        diags_error(project->diags, NO_RANGE, "Failed to read the backend configuration",
                    "-backend-config requires NAME=VALUE or a file, and the file \"%.*s\" could "
                    "not be read: %s.",
                    STR_ARG(path), strerror(-error));
        return false;
    }
    if (!vars_file_read(source_text_new(path, bytes, cli->arena), &values, cli->arena,
                        project->diags))
        return false;
    bool ok = true;
    vec_each(&values, value) {
        ok &= take_value(project, value, choice);
    }
    return ok;
}

/* Skips an empty value ("-backend-config="): the option then drops arguments recorded from earlier
 * flags. */
static bool take_flags(Project *project, BackendChoice *choice) {
    bool ok = true;
    vec_each(&project->arguments->options, option) {
        if (strcmp(option->option->name, "backend-config") != 0 || option->text.len == 0)
            continue;
        size_t equals = str_find_char(option->text, '=', 0);
        ok &= equals == SIZE_MAX ? take_file(project, option->text, choice)
                                 : take_pair(project, option->text, equals, choice);
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
    if (!read_block(project, block, &choice) || !take_flags(project, &choice))
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
        return refuse_type(cache->type, NO_RANGE, arena, project->diags);
    if (backend_cache_decode(cache, choice.type, &choice.config, arena)) {
        *out = choice;
        return true;
    }
    diags_error(project->diags, NO_RANGE, "Recorded backend not readable",
                "This version of loam does not support the arguments that \"init\" recorded for "
                "the backend \"%s\". Run \"loam init -reconfigure\".",
                choice.type->name);
    return false;
}

static bool is_same(const BackendChoice *a, const BackendChoice *b) {
    return a->is_configured == b->is_configured && a->type == b->type &&
           value_equal(a->config, b->config);
}

static bool demand_init(Project *project, Str reason) {
    diags_error(project->diags, NO_RANGE,
                "Backend initialization required, please run \"loam init\"",
                "%.*s. Run \"loam init -migrate-state\" to copy the state to the new backend, or "
                "\"loam init -reconfigure\" to use the new backend without the previous state. "
                "Nothing was changed.",
                STR_ARG(reason));
    return false;
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
    if (!read_block(project, &block, &own))
        return false;
    for (size_t i = 0; i < out->type->schema.attribute_count; i++) {
        Str name = str_from_cstr(out->type->schema.attributes[i].name);
        Value value = value_attribute(own.config, name);
        if (!value_is_null(value))
            set_argument(project, out, name, value);
    }
    return true;
}

bool backend_choice_compare(Project *project, BackendChange *out) {
    BackendCache cache;
    BackendChoice *now = &out->now;
    BackendChoice *before = &out->before;
    if (!read_configured(project, now) || !backend_cache_read(project->cli, &cache, project->diags))
        return false;
    out->has_record = cache.type.len > 0;
    if (out->ignores_record)
        cache = (BackendCache){0};
    if (!read_recorded(project, &cache, before))
        return false;
    out->is_same_block = now->is_configured && before->is_configured && now->type == before->type &&
                         now->hash == before->hash;
    out->is_same = is_same(now, before);
    return true;
}

bool backend_choice_settle(Project *project, BackendChoice *out) {
    BackendChange change = {0};
    if (!backend_choice_compare(project, &change))
        return false;
    if (!change.is_same_block && !change.is_same)
        return demand_init(project,
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
    backend->write_every_ms = WRITE_EVERY_MS;
    if (given && str_to_uint64(str_from_cstr(given), &seconds) && seconds > WRITE_EVERY_MS / 1000)
        backend->write_every_ms = (int64_t)seconds * 1000;
}

bool backend_choice_open(Project *project,
                         const BackendChoice *choice,
                         Str workspace,
                         Backend **out) {
    Cli *cli = project->cli;
    Value config;
    if (!project_open_ciphers(project) ||
        !backend_settings_complete(choice->type, &cli->io, choice->config, &config, cli->arena,
                                   project->diags) ||
        !choice->type->open(&cli->io, config, workspace, out, cli->arena, project->diags)) {
        return false;
    }
    (*out)->cancel = cli->cancel;
    if (!(*out)->journal)
        keep_journal_here(project, *out);
    (*out)->cipher = project->ciphers.state;
    (*out)->journal = sealed_journal_new((*out)->journal, (*out)->cipher, cli->arena);
    return true;
}

bool backend_choice_list(Project *project,
                         const BackendChoice *choice,
                         StrVec *out,
                         bool *has_workspaces) {
    Cli *cli = project->cli;
    Value config;
    vec_push(cli->arena, out, STR("default"));
    *has_workspaces = choice->type->list != NULL;
    return !*has_workspaces ||
           (backend_settings_complete(choice->type, &cli->io, choice->config, &config, cli->arena,
                                      project->diags) &&
            choice->type->list(&cli->io, config, out, cli->arena, project->diags));
}
