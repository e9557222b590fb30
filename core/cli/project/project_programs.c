/* project_programs: decodes each body by its schema, and looks for attributes with a flag. */
#include "project_programs.h"

#include "backend_settings.h"
#include "backends.h"
#include "config_read.h"
#include "crypt_method.h"
#include "decode.h"
#include "key_provider.h"
#include "module_source.h"
#include "provider_name.h"
#include "provisioner.h"
#include "url.h"

typedef struct ProgramSearch {
    Project *project;
    const Module *module;
    ProgramStarts *out;
    Str address; /* of the block */
    Arena *arena;
} ProgramSearch;

/* A body, or the objects of an attribute, within the block. */
typedef struct ProgramPart {
    ProgramSearch *search;
    const Decoded *decoded;
    const Schema *schema;
    Str prefix; /* "exec." */
} ProgramPart;

static bool starts_program(const Attribute *attribute) {
    return attribute->flags & STARTS_PROGRAM;
}

/* Returns the source of the fetched module that contains the module; empty if it is local. */
static Str programs_source(const Module *module) {
    Str source = STR_EMPTY;
    for (; module->call; module = module->parent) {
        if (!config_module_is_local(module->call))
            source = module->call->source;
    }
    return source;
}

static void programs_add(ProgramSearch *search, Str argument, SourceRange range) {
    ProgramStart start = {
        .address = search->module->path.len
                       ? str_format(search->arena, "%.*s.%.*s", STR_ARG(search->module->path),
                                    STR_ARG(search->address))
                       : search->address,
        .argument = argument,
        .source = url_redact(programs_source(search->module), search->arena),
        .range = range,
    };
    vec_push(search->arena, search->out, start);
}

static void programs_visit_value(ProgramPart *part, const Schema *schema, const Expr *expr,
                                 Str prefix);

/* A value that is not written as an object may have any member. */
static void programs_visit_any(ProgramPart *part, const Schema *schema, const Expr *expr,
                               Str prefix) {
    Arena *arena = part->search->arena;
    for (size_t i = 0; i < schema->attribute_count; i++) {
        const Attribute *attribute = &schema->attributes[i];
        Str name = str_format(arena, "%.*s%s", STR_ARG(prefix), attribute->name);
        if (starts_program(attribute))
            programs_add(part->search, name, expr->range);
        else if (attribute->nested && schema_has(&attribute->nested->schema, starts_program))
            programs_visit_any(part, &attribute->nested->schema, expr,
                               str_concat(name, STR("."), arena));
    }
}

static void programs_visit_object(ProgramPart *part, const Schema *schema, const Expr *expr,
                                  Str prefix) {
    Arena *arena = part->search->arena;
    for (size_t i = 0; i < expr->as.object.count; i++) {
        const ExprItem *item = &expr->as.object.items[i];
        bool is_named = item->key->kind == EXPR_LITERAL &&
                        item->key->as.literal.type == &TYPE_STRING &&
                        value_is_present(item->key->as.literal);
        const Attribute *attribute =
            is_named ? schema_find_attribute(schema, value_text(item->key->as.literal)) : NULL;
        if (!attribute)
            continue;
        Str name = str_format(arena, "%.*s%s", STR_ARG(prefix), attribute->name);
        if (starts_program(attribute))
            programs_add(part->search, name, item->value->range);
        else if (attribute->nested && schema_has(&attribute->nested->schema, starts_program))
            programs_visit_value(part, &attribute->nested->schema, item->value,
                                 str_concat(name, STR("."), arena));
    }
}

static void programs_visit_value(ProgramPart *part, const Schema *schema, const Expr *expr,
                                 Str prefix) {
    if (expr->kind == EXPR_OBJECT) {
        programs_visit_object(part, schema, expr, prefix);
    } else if (expr->kind == EXPR_TUPLE) {
        for (size_t i = 0; i < expr->as.parts.count; i++)
            programs_visit_value(part, schema, expr->as.parts.items[i], prefix);
    } else if (expr->kind != EXPR_LITERAL) {
        programs_visit_any(part, schema, expr, prefix);
    }
}

static void programs_visit_attribute(void *self, const char *name, const Expr *expr) {
    ProgramPart *part = self;
    Arena *arena = part->search->arena;
    const Attribute *attribute = schema_find_attribute(part->schema, str_from_cstr(name));
    if (!attribute)
        return;
    Str shown = str_format(arena, "%.*s%s", STR_ARG(part->prefix), name);
    Path path = path_attribute((Path){0}, str_from_cstr(name), arena);
    if (starts_program(attribute))
        programs_add(part->search, shown, decode_range_of(part->decoded, path));
    else if (attribute->nested && schema_has(&attribute->nested->schema, starts_program))
        programs_visit_value(part, &attribute->nested->schema, expr,
                             str_concat(shown, STR("."), arena));
}

static void programs_visit_decoded(ProgramSearch *search, const Decoded *decoded,
                                   const Schema *schema, Str prefix);

static void programs_visit_blocks(void *self, const DecodedGroup *group) {
    ProgramPart *part = self;
    Str prefix =
        str_format(part->search->arena, "%.*s%s.", STR_ARG(part->prefix), group->block->name);
    for (size_t i = 0; i < group->count; i++)
        programs_visit_decoded(part->search, group->items[i], &group->block->schema, prefix);
}

static void programs_visit_decoded(ProgramSearch *search, const Decoded *decoded,
                                   const Schema *schema, Str prefix) {
    ProgramPart part = {search, decoded, schema, prefix};
    DecodedVisitor visitor = {&part, programs_visit_attribute, programs_visit_blocks};
    if (schema_has(schema, starts_program))
        decode_visit(decoded, &visitor, search->arena);
}

static void programs_visit_body(ProgramSearch *search, const Body *body, const Schema *schema,
                                Str address) {
    Diags ignored = diags_new(search->arena); /* validation has reported them */
    const Decoded *decoded;
    search->address = address;
    if (!body || !schema_has(schema, starts_program))
        return;
    bool ok = decode_body(body, schema, &decoded, search->arena, &ignored);
    (void)ok; /* the rest of the body is readable */
    programs_visit_decoded(search, decoded, schema, STR_EMPTY);
}

static const Provider *programs_provider(ProgramSearch *search, Str local) {
    Diags ignored = diags_new(search->arena);
    const Provider *provider = NULL;
    bool found =
        registry_find(search->project->engine.registry, provider_name_source(search->module, local),
                      &provider, NO_RANGE, &ignored);
    return found ? provider : NULL;
}

static void programs_visit_connection(ProgramSearch *search, const Connection *connection,
                                      Str address) {
    if (connection)
        programs_visit_body(search, connection->body, &provisioner_connection,
                            str_concat(address, STR(" connection"), search->arena));
}

static void programs_visit_provisioners(ProgramSearch *search, const Provisioners *provisioners,
                                        const Connection *shared, Str address) {
    programs_visit_connection(search, shared, address);
    vec_each(provisioners, provisioner) {
        const ProvisionerType *type =
            provisioner_find(search->project->engine.provisioners, provisioner->type);
        Str shown = str_format(search->arena, "%.*s provisioner \"%.*s\"", STR_ARG(address),
                               STR_ARG(provisioner->type));
        if (type)
            programs_visit_body(search, provisioner->body, &type->schema, shown);
        programs_visit_connection(search, provisioner->connection, shown);
    }
}

static void programs_visit_resource(ProgramSearch *search, Str address, const Resource *resource) {
    const Provider *provider = programs_provider(search, resource->provider.name);
    const ObjectType *type =
        provider ? registry_find_type(provider, resource->mode, resource->type) : NULL;
    if (type)
        programs_visit_body(search, resource->body, &type->schema, address);
    programs_visit_provisioners(search, &resource->provisioners, resource->connection, address);
}

/* A provider of Terraform is a program itself. */
static void programs_visit_requirement(ProgramSearch *search, Str name,
                                       const ProviderRequirement *requirement) {
    const Provider *provider = programs_provider(search, name);
    if (!provider || !provider->schema.is_foreign)
        return;
    search->address = str_format(search->arena, "provider[\"%s\"]", provider->address);
    programs_add(search, STR("source"), requirement->range);
}

static void programs_visit_call(ProgramSearch *search, const ModuleCall *call) {
    Diags ignored = diags_new(search->arena);
    SourceAddress address;
    if (!module_source_parse(search->project->cli->module_sources, call->source, NO_RANGE, &address,
                             search->arena, &ignored) ||
        !str_equal_cstr(str_from_cstr(address.kind->name), "git"))
        return;
    search->address = str_format(search->arena, "module.%.*s", STR_ARG(call->name));
    programs_add(search, STR("source"), call->source_range);
}

static void programs_visit_encryption(ProgramSearch *search, const Encryption *encryption) {
    Str known;
    if (!encryption)
        return;
    vec_each(&encryption->key_providers, part) {
        const KeyProviderType *type = key_provider_find(part->type, &known, search->arena);
        if (type)
            programs_visit_body(search, part->body, &type->schema,
                                str_format(search->arena, "key_provider.%.*s.%.*s",
                                           STR_ARG(part->type), STR_ARG(part->name)));
    }
    vec_each(&encryption->methods, part) {
        const CryptMethodType *type = crypt_method_find(part->type, &known, search->arena);
        if (type)
            programs_visit_body(search, part->body, &type->schema,
                                str_format(search->arena, "method.%.*s.%.*s", STR_ARG(part->type),
                                           STR_ARG(part->name)));
    }
}

/* A backend block may lack arguments that a flag or the environment sets. */
static void programs_visit_backend(ProgramSearch *search, const BackendConfig *backend) {
    const BackendType *type = backend ? backends_find(backend->type) : NULL;
    if (type)
        programs_visit_body(search, backend->body, backend_settings_lenient(type, search->arena),
                            str_format(search->arena, "backend.%.*s", STR_ARG(backend->type)));
}

static void programs_visit_module(ProgramSearch *search, const Module *module) {
    search->module = module;
    programs_visit_backend(search, module->parent ? NULL : module->backend);
    programs_visit_encryption(search, module->parent ? NULL : module->encryption);
    map_each(&module->requirements, entry) {
        programs_visit_requirement(search, entry->key, entry->value);
    }
    map_each(&module->providers, entry) {
        const ProviderConfig *config = entry->value;
        const Provider *provider = programs_provider(search, config->name);
        if (provider)
            programs_visit_body(search, config->body, &provider->schema,
                                str_format(search->arena, "provider.%.*s", STR_ARG(entry->key)));
    }
    map_each(&module->resources, entry) {
        programs_visit_resource(search, entry->key, entry->value);
    }
    vec_each(&module->removed, removed) {
        programs_visit_provisioners(search, &removed->provisioners, removed->connection,
                                    STR("removed"));
    }
    map_each(&module->calls, entry) {
        const ModuleCall *call = entry->value;
        programs_visit_call(search, call);
        if (call->module)
            programs_visit_module(search, call->module);
        search->module = module;
    }
}

void project_programs_list(Project *project, ProgramStarts *out) {
    ProgramSearch search = {.project = project, .out = out, .arena = project->cli->arena};
    programs_visit_module(&search, project->config->root);
}
