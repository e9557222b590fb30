/* Decodes moved blocks, which change the address of an object. */
#include "config_address.h"
#include "config_block.h"
#include "config_read.h"

static bool check_literal(ConfigLoading *loading, const ConfigAddress *end) {
    if (!end->keys.count)
        return true;
    return diags_fail(loading->diags, end->range, "Invalid address",
                      "The instance keys in an address of a \"moved\" block must be literals.");
}

static bool read_end(ConfigLoading *loading, const BodyContent *content, const char *name,
                     ConfigAddress *out) {
    const Expr *expr = config_read_expr(content, name);
    return expr && config_address_read_unreserved(expr, out, loading->arena, loading->diags) &&
           check_literal(loading, out);
}

static bool moved_check_mode(ConfigLoading *loading, const ConfigAddress *end) {
    if (!end->target.is_resource || end->target.resource.mode != MODE_EPHEMERAL)
        return true;
    return diags_fail(
        loading->diags, end->range, "Invalid \"moved\" address",
        "Only resources and modules can be moved. Ephemeral resources exist only during a run.");
}

static bool check_ends(ConfigLoading *loading, const Moved *moved) {
    bool ok = moved_check_mode(loading, &moved->from);
    ok &= moved_check_mode(loading, &moved->to);
    if (!ok || moved->from.target.is_resource == moved->to.target.is_resource)
        return ok;
    return diags_fail(loading->diags, moved->range, "Invalid \"moved\" addresses",
                      "\"from\" and \"to\" must both be resources or both be modules.");
}

static bool moved_decode(ConfigLoading *loading, const BodyBlock *block) {
    static const BodyAttributeSchema attributes[] = {
        {"from", true, BODY_CODE},
        {"to", true, BODY_CODE},
    };
    static const BodySchema schema = {BODY_ATTRIBUTES(attributes)};
    Moved moved = {.range = block->range};
    BodyContent content;
    if (!body_content(block->body, &schema, &content, NULL, loading->arena, loading->diags))
        return false;
    bool ok = read_end(loading, &content, "from", &moved.from);
    ok &= read_end(loading, &content, "to", &moved.to);
    ok = ok && check_ends(loading, &moved);
    if (ok)
        vec_push(loading->arena, &loading->module->moved, moved);
    return ok;
}

const ConfigBlock config_moved = {
    .name = "moved",
    .noun = "moved",
    .decode = moved_decode,
    .is_final = true,
};
