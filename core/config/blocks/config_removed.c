/* Decodes removed blocks: whether the objects of a removed resource or module are destroyed or
 * forgotten. */
#include "config_address.h"
#include "config_block.h"
#include "config_read.h"

static bool check_from(ConfigLoading *loading, const ConfigAddress *from) {
    bool is_managed = !from->target.is_resource || from->target.resource.mode == MODE_MANAGED;
    if (!is_managed)
        diags_error(loading->diags, from->range, "Invalid \"from\" address in removed block",
                    "Only managed resources and modules can be removed. Data sources and ephemeral "
                    "resources leave no objects behind.");
    else if (config_address_has_keys(from))
        diags_error(loading->diags, from->keys.count ? from->range : from->key_range,
                    from->is_module_key ? "Module instance keys not allowed"
                                        : "Resource instance keys not allowed",
                    "A removed block applies to all instances of a resource or module. Remove the "
                    "instance keys from the address.");
    return is_managed && !config_address_has_keys(from);
}

/* Warns if `destroy` is missing and objects are therefore forgotten, because Terraform would
 * destroy them. */
static void warn_of_silence(ConfigLoading *loading, const Removed *removed) {
    if (loading->request->removed_is_forgotten)
        diags_warning(loading->diags, removed->range, "Missing lifecycle from the removed block",
                      "The block does not set what happens to the objects, so they are forgotten "
                      "and remain. Write lifecycle { destroy = false }, or true to destroy them.");
}

static bool removed_read_lifecycle(ConfigLoading *loading, const BodyContent *content,
                                   Removed *out) {
    static const BodyAttributeSchema attributes[] = {
        {"destroy", false, BODY_VALUE, CONFIG_FLAG(Removed, destroy)}};
    static const BodySchema schema = {BODY_ATTRIBUTES(attributes)};
    BodyContent inner = {0};
    const BodyBlock *block;
    bool ok = config_read_only_block(content, "lifecycle", &block);
    if (block)
        ok &= config_block_read(loading, block->body, &schema, &inner, NULL, out);
    if (!body_content_find(&inner, "destroy"))
        warn_of_silence(loading, out);
    return ok;
}

static bool check_provisioners(ConfigLoading *loading, const Removed *removed) {
    bool ok = true;
    vec_each(&removed->provisioners, provisioner) {
        if (!removed->from.target.is_resource) {
            ok = diags_fail(
                loading->diags, provisioner->range, "Invalid provisioner block",
                "Only a resource can have provisioners, and this block removes a module.");
        } else if (!provisioner->on_destroy) {
            ok = diags_fail(loading->diags, provisioner->range, "Invalid provisioner block",
                            "A removed block supports only provisioners with \"when = destroy\".");
        }
    }
    return ok;
}

static bool removed_decode(ConfigLoading *loading, const BodyBlock *block) {
    static const BodyAttributeSchema attributes[] = {{"from", true, BODY_CODE}};
    static const BodyBlockSchema blocks[] = {
        {"lifecycle", 0},
        {"connection", 0},
        {"provisioner", 1},
    };
    static const BodySchema schema = {BODY_ATTRIBUTES(attributes), BODY_BLOCKS(blocks)};
    Removed removed = {.destroy = !loading->request->removed_is_forgotten, .range = block->range};
    BodyContent content;
    bool ok = body_content(block->body, &schema, &content, NULL, loading->arena, loading->diags);
    const Expr *from = config_read_expr(&content, "from");
    bool has_from =
        from && config_address_read(from, &removed.from, loading->arena, loading->diags);
    ok &= has_from && check_from(loading, &removed.from);
    ok &= removed_read_lifecycle(loading, &content, &removed);
    ok &= config_provisioner_read(&content, &removed.provisioners, &removed.connection);
    ok &= !has_from || check_provisioners(loading, &removed);
    if (ok)
        vec_push(loading->arena, &loading->module->removed, removed);
    return ok;
}

const ConfigBlock config_removed = {
    .name = "removed",
    .noun = "removed",
    .decode = removed_decode,
    .is_final = true,
};
