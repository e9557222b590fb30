/* Opens the ciphers of a project, from its encryption block, and reads plan files, which may be
 * encrypted. Each key provider is built once, when first referenced. Circular references between
 * key providers are errors. */
#include "config_read.h"
#include "decode.h"
#include "project.h"
#include "statefile.h"
#include "static_eval.h"
#include "stored_plan.h"

typedef struct Building {
    const Config *config;
    const Encryption *encryption;
    Keyring *keyring;
    const Io *io;
    const CancelToken *cancel;
    Map sources; /* "pbkdf2.main" → KeySource; NULL: being built, or not valid */
    bool has_failed;
    Arena *arena;
    Diags *diags;
} Building;

static bool ciphers_report(Building *building, SourceRange range, const char *summary, Str detail) {
    return diags_fail(building->diags, range, summary, "%.*s", STR_ARG(detail));
}

/* Evaluates a block by its schema. The value is known, without marks, validated, and has the
 * defaults. Errors point at the block's header, as the body contains secrets. */
static bool ciphers_evaluate(Building *building, const Body *body, SourceRange range,
                             const Schema *schema, Value *out) {
    Arena *arena = building->arena;
    const Module *root = building->config->root;
    const Scope *scope = static_eval_scope(building->config->statics, root, arena);
    const Decoded *decoded;
    Value value;
    if (!decode_body(body, schema, &decoded, arena, building->diags) ||
        !decode_eval(decoded, scope, &value, arena, building->diags))
        return false;
    value = value_unmark_deep(value, arena);
    if (!static_eval_check(value, range, building->diags))
        return false;
    size_t before = building->diags->count;
    bool ok = schema_validate(schema, value, arena, building->diags);
    diags_set_range(building->diags, before, range);
    *out = schema_apply_defaults(schema, value, arena);
    return ok;
}

/* Reads a reference. JSON has references as strings that are not templates. */
static const Traversal *read_reference(Building *building, const Expr *expr) {
    const Traversal *traversal = expr_as_traversal(expr);
    bool is_text = expr->kind == EXPR_LITERAL && expr->as.literal.type == &TYPE_STRING &&
                   value_is_present(expr->as.literal);
    if (traversal || !is_text)
        return traversal;
    Traversal *parsed;
    Diags ignored = diags_new(building->arena);
    const SourceText *source =
        source_text_new(STR("reference"), value_text(expr->as.literal), building->arena);
    return parser_parse_traversal(source, &parsed, building->arena, &ignored) ? parsed : NULL;
}

static const EncryptionPart *ciphers_find_part(const EncryptionParts *parts,
                                               const Traversal *reference) {
    vec_each(parts, part) {
        if (str_equal(part->type, reference->steps[0].name) &&
            str_equal(part->name, reference->steps[1].name))
            return part;
    }
    return NULL;
}

/* Returns the same place without its source line, which may contain a passphrase. */
static SourceRange hidden(SourceRange range, Arena *arena) {
    range = source_range_resolve(range);
    range.source = source_text_new_private(range.source->path, range.source->bytes, arena);
    return range;
}

static bool ciphers_find_source(Building *building, const Expr *expr, KeySource **out);

/* `what`: "key provider" or "method"; `known`: its types, as a list. */
static bool report_unknown_type(Building *building, const EncryptionPart *part, const char *summary,
                                const char *what, Str known) {
    return ciphers_report(building, part->range, summary,
                          str_format(building->arena,
                                     "There is no %s of type \"%.*s\". The types are %.*s.", what,
                                     STR_ARG(part->type), STR_ARG(known)));
}

static bool ciphers_read_alias(Building *building, const BodyContent *content, Str *out) {
    const Expr *expr = config_read_optional(content, "encrypted_metadata_alias");
    return !expr || static_eval_text(building->config->statics, building->config->root, expr, out,
                                     building->arena, building->diags);
}

static bool configure_source(Building *building, const EncryptionPart *part,
                             const KeyProviderType *type, KeySourceConfig *out) {
    BodyAttributeSchema own[] = {
        {"encrypted_metadata_alias", false, BODY_EXPRESSION},
        {type->reference, false, BODY_EXPRESSION},
    };
    BodySchema schema = {.attributes = own, .attribute_count = type->reference ? 2 : 1};
    BodyContent content;
    const Body *rest;
    if (!body_content(part->body, &schema, &content, &rest, building->arena, building->diags))
        return false;
    const Expr *chain = type->reference ? config_read_optional(&content, type->reference) : NULL;
    return ciphers_read_alias(building, &content, &out->metadata_key) &&
           (!chain || ciphers_find_source(building, chain, &out->chain)) &&
           ciphers_evaluate(building, rest, out->range, &type->schema, &out->config) &&
           (!type->check || type->check(out->config, chain != NULL, out->range, building->diags));
}

static bool build_source(Building *building, const EncryptionPart *part, Str key, KeySource **out) {
    Str known;
    const KeyProviderType *type = key_provider_find(part->type, &known, building->arena);
    if (!type)
        return report_unknown_type(building, part, "Unknown key provider", "key provider", known);
    KeySourceConfig config = {.type = type, .range = hidden(part->range, building->arena)};
    config.name = str_format(building->arena, "key_provider.%.*s", STR_ARG(key));
    config.metadata_key = config.name;
    map_set(&building->sources, key, NULL);
    if (!configure_source(building, part, type, &config)) {
        building->has_failed = true;
        return false;
    }
    *out = keyring_add(building->keyring, &config);
    map_set(&building->sources, key, *out);
    return true;
}

static bool ciphers_find_source(Building *building, const Expr *expr, KeySource **out) {
    const Traversal *reference = read_reference(building, expr);
    bool is_reference =
        reference && str_equal_cstr(reference->root, "key_provider") && reference->step_count == 2;
    if (!is_reference)
        return ciphers_report(
            building, expr->range, "Invalid reference to a key provider",
            STR("This argument requires the name of a key_provider block, such as "
                "\"key_provider.pbkdf2.main\"."));
    const EncryptionPart *part = ciphers_find_part(&building->encryption->key_providers, reference);
    if (!part)
        return ciphers_report(
            building, expr->range, "Reference to undeclared key provider",
            STR("The encryption block declares no key_provider of this type and name."));
    Str key = str_format(building->arena, "%.*s.%.*s", STR_ARG(part->type), STR_ARG(part->name));
    *out = map_find(&building->sources, key);
    if (!*out && map_has(&building->sources, key))
        return !building->has_failed &&
               ciphers_report(building, expr->range, "Circular reference",
                              str_format(building->arena,
                                         "The key of key_provider.%.*s depends on itself.",
                                         STR_ARG(key)));
    return *out || build_source(building, part, key, out);
}

static bool build_step(Building *building, const EncryptionPart *part, CipherStep *out) {
    Str known;
    const CryptMethodType *type = crypt_method_find(part->type, &known, building->arena);
    if (!type)
        return report_unknown_type(building, part, "Unknown encryption method", "method", known);
    const BodyAttributeSchema own[] = {{"keys", type->keys == METHOD_NEEDS_KEYS, BODY_EXPRESSION}};
    BodySchema schema = {.attributes = own, .attribute_count = type->keys != METHOD_HAS_NO_KEYS};
    BodyContent content;
    const Body *rest;
    if (!body_content(part->body, &schema, &content, &rest, building->arena, building->diags))
        return false;
    const Expr *keys = config_read_expr(&content, "keys");
    out->type = type;
    out->range = part->range;
    out->name =
        str_format(building->arena, "method.%.*s.%.*s", STR_ARG(part->type), STR_ARG(part->name));
    return ciphers_evaluate(building, rest, part->range, &type->schema, &out->config) &&
           (!keys || ciphers_find_source(building, keys, &out->keys));
}

static bool build_cipher(Building *building, const EncryptionTarget *target, const Cipher **out) {
    bool ok = true;
    if (!target)
        return true;
    Cipher *cipher = arena_new(building->arena, Cipher);
    *cipher =
        (Cipher){.keyring = building->keyring, .io = building->io, .cancel = building->cancel};
    for (; target; target = target->fallback) {
        const Traversal *reference = config_read_traversal(target->method);
        CipherStep step = {0};
        /* Loading the configuration has checked that the method exists. */
        ok &= build_step(building, ciphers_find_part(&building->encryption->methods, reference),
                         &step);
        vec_push(building->arena, &cipher->steps, step);
    }
    *out = cipher;
    return ok;
}

static bool build_all(Building *building, CipherSet *out) {
    const Encryption *encryption = building->encryption;
    bool ok = build_cipher(building, encryption->state, &out->state);
    ok &= build_cipher(building, encryption->plan, &out->plan);
    ok &= build_cipher(building, encryption->remote_default, &out->remote_default);
    vec_each(&encryption->remotes, remote) {
        const Cipher *cipher = NULL;
        ok &= build_cipher(building, *remote, &cipher);
        map_set(&out->remotes, (*remote)->name, (void *)(uintptr_t)cipher);
    }
    if (!encryption->plan) /* secrets of the state are secrets in a plan, too */
        out->plan = out->state;
    return ok;
}

/* Leaves *out unchanged if there is no encryption block. Does not derive keys yet. */
static bool open_ciphers(const Config *config, const Io *io, const CancelToken *cancel,
                         CipherSet *out, Arena *arena, Diags *diags) {
    const Encryption *encryption = config ? config->root->encryption : NULL;
    if (!encryption)
        return true;
    SCOPED(CipherSet) set = {.keyring = keyring_open(io, cancel), .remotes = map_new(arena)};
    Building building = {
        .config = config,
        .encryption = encryption,
        .keyring = set.keyring,
        .io = io,
        .cancel = cancel,
        .sources = map_new(arena),
        .arena = arena,
        .diags = diags,
    };
    if (!build_all(&building, &set))
        return false;
    *out = set;
    set = (CipherSet){0};
    return true;
}

bool project_open_ciphers(Project *project) {
    Cli *cli = project->cli;
    if (!project->has_ciphers && !open_ciphers(project->config, &cli->io, cli->cancel,
                                               &project->ciphers, cli->arena, project->diags))
        return false;
    project->has_ciphers = true;
    project->engine.stores_plain_state = cipher_is_plain(project->ciphers.state);
    /* The terraform provider decrypts states of other configurations with the same keys. */
    registry_set_context(cli->registry, STR("terraform"), &project->ciphers);
    return true;
}

/* Loads the current directory's configuration only for its ciphers, and reads a stored plan from
 * its backend; stored.ptr NULL: the plan is a file. */
static bool load_directory(Project *project, Str stored, Str *bytes, Diags *diags) {
    SCOPED(Project) directory = {.options.asks = true};
    if (!project_load_any(&directory, project->cli, project->arguments, diags) ||
        !project_open_ciphers(&directory) ||
        (stored.ptr && !stored_plan_read(&directory, stored, bytes)))
        return false;
    project->ciphers = directory.ciphers;
    project->has_ciphers = true;
    directory.ciphers = (CipherSet){0};
    return true;
}

/* Returns whether decryption needs keys. Returns false if the file is missing. */
static bool is_sealed(const PlanFilePlace *place, Arena *arena) {
    Str bytes;
    const Disk *disk = place->io->disk;
    return disk->read_file(disk->self, place->path, &bytes, arena) >= 0 &&
           envelope_is_sealed(bytes);
}

bool project_read_plan(Project *project, PlanName name, Plan **out, PlanFileSources *sources,
                       Diags *diags) {
    Arena *arena = project->cli->arena;
    PlanFilePlace place = {.io = &project->cli->io, .path = name.path, .expected = name.expected};
    if (stored_plan_is_named(project->cli, name.path)) {
        if (!load_directory(project, name.path, &project->stored_plan, diags))
            return false;
        place.cipher = project->ciphers.plan;
        return planfile_unpack(&place, project->stored_plan, out, sources, arena, diags);
    }
    if (!project_check_file(project->cli, name.path, "Failed to read the plan file", diags) ||
        (is_sealed(&place, arena) && !load_directory(project, (Str){0}, NULL, diags)))
        return false;
    place.cipher = project->ciphers.plan;
    return planfile_read(&place, out, sources, arena, diags);
}

bool project_decode_state(Project *project, Str path, Str text, State **out) {
    Arena *arena = project->cli->arena;
    StoredText stored = {str_format(arena, "The state \"%.*s\"", STR_ARG(path)), text};
    return (!envelope_is_sealed(text) ||
            cipher_open(project->ciphers.state, &stored, &text, arena, project->diags)) &&
           statefile_decode(path, text, out, arena, project->diags);
}
