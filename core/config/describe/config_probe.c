/* A Body that is empty and records the schemas it is read with. */
#include "config_probe.h"

#include "config_block.h"

typedef struct ProbeBody {
    Body base;
    ConfigShape *shape;
} ProbeBody;

static const BodyOperations probe_operations;

static ConfigShape *new_shape(const char *name, uint32_t labels, Arena *arena) {
    ConfigShape *shape = arena_new(arena, ConfigShape);
    shape->name = name;
    shape->labels = labels;
    shape->is_open = true; /* until a decoder reads the body without `rest` */
    return shape;
}

static const Body *probe_new_body(ConfigShape *shape, const FunctionTable *functions,
                                  Arena *arena) {
    ProbeBody *body = arena_new(arena, ProbeBody);
    body->base = (Body){.operations = &probe_operations, .functions = functions};
    body->shape = shape;
    return &body->base;
}

static void probe_add_attribute(ConfigShape *shape, const BodyAttributeSchema *asked,
                                Arena *arena) {
    vec_each(&shape->attributes, known) {
        if (strcmp(known->name, asked->name) == 0)
            return;
    }
    ConfigShapeAttribute attribute = {asked->name, asked->required, asked->form};
    vec_push(arena, &shape->attributes, attribute);
}

static ConfigShape *probe_add_block(ConfigShape *shape, const BodyBlockSchema *asked,
                                    Arena *arena) {
    vec_each(&shape->blocks, known) {
        if (strcmp((*known)->name, asked->type) == 0)
            return *known;
    }
    ConfigShape *block = new_shape(asked->type, asked->labels, arena);
    vec_push(arena, &shape->blocks, block);
    return block;
}

/* Adds an error that is never shown: a decoder must stop where it needs content. */
static bool is_nothing(Diags *diags) {
    return diags_fail(diags, NO_RANGE, "No object exists", "Only the schema is needed.");
}

static bool probe_content(const Body *body, const BodySchema *schema, BodyContent *out,
                          const Body **rest) {
    Arena *arena = out->arena;
    ConfigShape *shape = ((const ProbeBody *)body)->shape;
    shape->is_open = rest != NULL;
    for (size_t i = 0; i < schema->attribute_count; i++)
        probe_add_attribute(shape, &schema->attributes[i], arena);
    for (size_t i = 0; i < schema->block_count; i++) {
        ConfigShape *inner = probe_add_block(shape, &schema->blocks[i], arena);
        BodyBlock block = {
            .type = str_from_cstr(inner->name),
            .labels = {STR("x"), STR("x")},
            .body = probe_new_body(inner, body->functions, arena),
        };
        vec_push(arena, &out->blocks, block);
    }
    if (rest)
        *rest = probe_new_body(new_shape("", 0, arena), body->functions, arena);
    return is_nothing(out->diags);
}

static bool probe_attributes(const Body *body, BodyForm, BodyContent *out) {
    ((const ProbeBody *)body)->shape->is_open = true;
    return is_nothing(out->diags);
}

static const BodyOperations probe_operations = {
    .content = probe_content,
    .attributes = probe_attributes,
};

static void probe_block(const ConfigBlock *type, ConfigShape *shape, ConfigLoading *loading) {
    BodyBlock block = {
        .type = str_from_cstr(type->name),
        .labels = {STR("x"), STR("x")},
        .body = probe_new_body(shape, loading->config->functions, loading->arena),
    };
    (void)type->decode(loading, &block);
}

const ConfigShape *config_probe(ConfigFileKind kind, const FunctionTable *functions, Arena *arena) {
    const ConfigBlocks *blocks = kind == CONFIG_FILE_QUERY ? &config_query_blocks : &config_blocks;
    Diags diags = diags_new(arena);
    ConfigRequest request = {.functions = functions};
    ConfigShape *file = new_shape("", 0, arena);
    file->is_open = false;
    for (size_t i = 0; i < blocks->count; i++) {
        const ConfigBlock *type = blocks->types[i];
        ConfigShape *shape = new_shape(type->name, type->labels, arena);
        Config config = {.functions = functions};
        Module *module = arena_new(arena, Module);
        ConfigLoading loading = {
            .request = &request,
            .config = &config,
            .module = module,
            .imported = map_new(arena),
            .arena = arena,
            .diags = &diags,
        };
        config.root = module;
        vec_push(arena, &file->blocks, shape);
        probe_block(type, shape, &loading);
    }
    return file;
}
