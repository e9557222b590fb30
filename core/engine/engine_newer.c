/* Decodes the bodies of resources by their schemas, and notes their newer blocks. */
#include "config_newer.h"
#include "decode.h"
#include "engine.h"
#include "provider_name.h"

typedef struct Noting {
    const Engine *engine;
    Config *config;
    const Resource *resource; /* being examined */
    Arena *arena;
} Noting;

static void note_block(const Block *block, SourceRange range, void *payload) {
    Noting *noting = payload;
    Str construct = str_format(noting->arena, "\"%s\" in a %.*s block", block->name,
                               STR_ARG(noting->resource->type));
    config_newer_add_other(noting->config, str_to_cstr(construct, noting->arena), block->since,
                           range, noting->arena);
}

static void note_resource(Noting *noting, const Module *module) {
    const Resource *resource = noting->resource;
    ProviderRef ref = resource->provider;
    Str name = provider_name_source(module, ref.name);
    Diags ignored = diags_new(noting->arena);
    const Provider *provider;
    const ObjectType *type = NULL;
    const Decoded *decoded;
    if (registry_find(noting->engine->registry, name, &provider, ref.range, &ignored))
        type = registry_find_type(provider, resource->mode, resource->type);
    if (type && decode_body(resource->body, &type->schema, &decoded, noting->arena, &ignored))
        decode_each_newer(decoded, note_block, noting);
}

static void note_module(Noting *noting, const Module *module) {
    map_each(&module->resources, entry) {
        noting->resource = entry->value;
        note_resource(noting, module);
    }
    map_each(&module->calls, entry) {
        const ModuleCall *call = entry->value;
        if (call->module)
            note_module(noting, call->module);
    }
}

void engine_newer_blocks(const Engine *engine, Config *config, Arena *arena) {
    Noting noting = {.engine = engine, .config = config, .arena = arena};
    note_module(&noting, config->root);
}
