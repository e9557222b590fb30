/* Decodes locals blocks. A module may have several; each name must be unique. */
#include "config_block.h"
#include "config_read.h"

static bool add_local(ConfigLoading *loading, const BodyAttribute *attribute) {
    Module *module = loading->module;
    const Local *before = map_find(&module->locals, attribute->name);
    if (!config_read_identifier(attribute->name, attribute->name_range, "local value name",
                                loading->diags))
        return false;
    if (before && !loading->is_override) {
        Str place = config_read_place(before->range, loading->arena);
        return diags_fail(loading->diags, attribute->range, "Duplicate local value definition",
                          "A local value named \"%.*s\" is already defined at %.*s.",
                          STR_ARG(attribute->name), STR_ARG(place));
    }
    if (!before && loading->is_override)
        return diags_fail(
            loading->diags, attribute->name_range, "Missing base local value to override",
            "This override file changes the local value \"%.*s\", which no other file of "
            "the module defines.",
            STR_ARG(attribute->name));
    Local *local = arena_new(loading->arena, Local);
    *local = (Local){attribute->name, attribute->expr, attribute->range};
    map_put(loading->arena, &module->locals, local->name, local);
    return true;
}

static bool local_decode(ConfigLoading *loading, const BodyBlock *block) {
    BodyContent content;
    bool ok =
        body_attributes(block->body, BODY_EXPRESSION, &content, loading->arena, loading->diags);
    vec_each(&content.attributes, attribute) {
        ok &= add_local(loading, attribute);
    }
    return ok;
}

const ConfigBlock config_local = {
    .name = "locals",
    .noun = "locals",
    .decode = local_decode,
};
