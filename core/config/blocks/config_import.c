/* Decodes import blocks, which bring existing objects under management. */
#include "config_address.h"
#include "config_block.h"
#include "config_legacy.h"
#include "config_newer.h"
#include "config_provider_ref.h"
#include "config_read.h"

/* Reads `to`. An invalid address also gets the error that it is not a managed resource. */
static bool read_to(ConfigLoading *loading, const BodyContent *content, ConfigAddress *out) {
    const BodyAttribute *to = body_content_find(content, "to");
    if (!to)
        return false;
    bool is_read = config_address_read_unreserved(to->expr, out, loading->arena, loading->diags);
    if (is_read && out->target.is_resource && out->target.resource.mode == MODE_MANAGED)
        return true;
    if (is_read && !out->target.is_resource)
        diags_error(loading->diags, out->range, "Invalid address",
                    "The address of a resource requires its type and its name. This is the address "
                    "of a module.");
    return diags_fail(
        loading->diags, to->range, "Invalid import address",
        "\"to\" must be the address of a managed resource or of one of its instances.");
}

/* Requires exactly one of `id` and `identity`. */
static bool config_import_read_identity(ConfigLoading *loading, const BodyBlock *block,
                                        const BodyContent *content, Import *out) {
    out->id = config_read_expr(content, "id");
    out->identity = config_read_expr(content, "identity");
    if ((out->id != NULL) != (out->identity != NULL))
        return true;
    if (out->id)
        return diags_fail(
            loading->diags, block->range, "Invalid combination of \"id\" and \"identity\"",
            "An import block identifies the object with either \"id\" or \"identity\". "
            "Remove one of them.");
    return diags_fail(loading->diags, block->body->range, "Missing required argument",
                      "An import block requires the argument \"id\" or \"identity\", by which the "
                      "provider finds the object.");
}

/* Rejects a second import of the same address, unless a key is an expression. */
static bool check_repeated(ConfigLoading *loading, const Import *import) {
    if (import->to.keys.count)
        return true;
    Str address =
        str_format(loading->arena, "%.*s %.*s", STR_ARG(loading->module->path),
                   STR_ARG(resource_addr_to_str(import->to.target.resource, loading->arena)));
    const SourceRange *before = map_find(&loading->imported, address);
    if (!before) {
        SourceRange *range = arena_new(loading->arena, SourceRange);
        *range = import->range;
        map_set(&loading->imported, address, range);
        return true;
    }
    Str place = config_read_place(*before, loading->arena);
    return diags_fail(
        loading->diags, import->to.range, "Duplicate import configuration",
        "An import block for \"%.*s\" already exists at %.*s. Import each object only once.",
        STR_ARG(config_address_to_str(&import->to, loading->arena)), STR_ARG(place));
}

static bool config_import_read_provider(ConfigLoading *loading, const BodyContent *content,
                                        Import *out) {
    const BodyAttribute *provider = body_content_find(content, "provider");
    if (!provider)
        return true;
    const Expr *expr = provider->expr;
    out->provider_range = provider->range;
    return config_legacy_unquote(&expr, "reference", loading->arena, loading->diags) &&
           config_provider_ref_read(expr, &out->provider, loading->arena, loading->diags);
}

static bool report_provider(const Import *import, Diags *diags) {
    return diags_fail(
        diags, import->provider_range, "Invalid import provider argument",
        "The argument \"provider\" is only for a resource without configuration. Set it in "
        "the resource block, or in the module call.");
}

/* Rejects `provider` for resources of child modules: their calls pass provider configurations. */
static bool config_import_check_module(const Import *import, Diags *diags) {
    return !import->to.target.resource.module || !import->provider_range.source ||
           report_provider(import, diags);
}

static bool config_import_is_same_provider(const ProviderRef *a, const ProviderRef *b) {
    return !a->is_implied && !a->key && str_equal(a->name, b->name) &&
           str_equal(a->alias, b->alias);
}

static bool check_providers(const ConfigLoading *loading, const Module *module) {
    bool ok = true;
    vec_each(&module->imports, import) {
        ResourceAddr to = import->to.target.resource;
        Str key = str_format(loading->arena, "%.*s.%.*s", STR_ARG(to.type), STR_ARG(to.name));
        const Resource *resource = to.module ? NULL : map_find(&module->resources, key);
        if (resource && import->provider_range.source &&
            !config_import_is_same_provider(&resource->provider, &import->provider))
            ok = report_provider(import, loading->diags);
    }
    map_each(&module->calls, entry) {
        const ModuleCall *call = entry->value;
        ok = (!call->module || check_providers(loading, call->module)) && ok;
    }
    return ok;
}

bool config_import_check_providers(ConfigLoading *loading) {
    return check_providers(loading, loading->config->root);
}

static bool import_decode(ConfigLoading *loading, const BodyBlock *block) {
    static const BodyAttributeSchema attributes[] = {
        {"to", true, BODY_CODE},
        {"id", false, BODY_EXPRESSION},
        {"identity", false, BODY_EXPRESSION},
        {"for_each", false, BODY_EXPRESSION},
        {"provider", false, BODY_NAME},
    };
    static const BodySchema schema = {BODY_ATTRIBUTES(attributes)};
    Import import = {.range = block->range};
    BodyContent content;
    bool ok = body_content(block->body, &schema, &content, NULL, loading->arena, loading->diags);
    ok &= read_to(loading, &content, &import.to);
    import.for_each = config_read_expr(&content, "for_each");
    if (ok || !body_content_find(&content, "to"))
        ok &= config_import_read_identity(loading, block, &content, &import);
    ok &= config_import_read_provider(loading, &content, &import);
    ok = ok && check_repeated(loading, &import) &&
         config_import_check_module(&import, loading->diags);
    if (import.identity)
        config_newer_add(loading->config, NEWER_IMPORT_IDENTITY, block->range, loading->arena);
    if (loading->module->parent)
        config_newer_add(loading->config, NEWER_MODULE_IMPORT, block->range, loading->arena);
    if (ok)
        vec_push(loading->arena, &loading->module->imports, import);
    return ok;
}

const ConfigBlock config_import = {
    .name = "import",
    .noun = "import",
    .decode = import_decode,
    .is_final = true,
};
