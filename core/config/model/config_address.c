/* Reads an address: flattens the expression into steps, then parses the steps from left to
 * right. */
#include "config_address.h"

typedef struct AddressStep {
    bool is_index;
    Str name;
    const Expr *expr; /* a key that is not a literal; NULL: `key` holds the literal */
    Value key;
    SourceRange range;
} AddressStep;

typedef struct AddressReader {
    VEC(AddressStep) steps;
    size_t at;
    uint32_t depth;
    ConfigAddress *out;
    Arena *arena;
    Diags *diags;
} AddressReader;

static bool config_address_refuse(AddressReader *reader, SourceRange range, const char *why) {
    return diags_fail(reader->diags, range, "Invalid address", "%s", why);
}

static bool add_traversal(AddressReader *reader, const Traversal *traversal) {
    AddressStep root = {.name = traversal->root, .range = traversal->root_range};
    vec_push(reader->arena, &reader->steps, root);
    for (size_t i = 0; i < traversal->step_count; i++) {
        const TraversalStep *step = &traversal->steps[i];
        AddressStep next = {
            .is_index = step->is_index, .name = step->name, .key = step->key, .range = step->range};
        vec_push(reader->arena, &reader->steps, next);
    }
    return true;
}

static bool add_steps(AddressReader *reader, const Expr *expr) {
    AddressStep step = {.range = expr->range};
    switch ((int)expr->kind) {
    case EXPR_PARENS: return add_steps(reader, expr->as.inner);
    case EXPR_TRAVERSAL: return add_traversal(reader, expr->as.traversal);
    case EXPR_ATTRIBUTE:
        step.name = expr->as.attribute.name;
        step.range = expr->as.attribute.name_range;
        if (!add_steps(reader, expr->as.attribute.object))
            return false;
        break;
    case EXPR_INDEX:
        step.is_index = true;
        step.range = expr->as.index.key->range;
        if (!expr_as_literal(expr->as.index.key, &step.key, reader->arena))
            step.expr = expr->as.index.key;
        if (!add_steps(reader, expr->as.index.object))
            return false;
        break;
    default:
        return config_address_refuse(
            reader, expr->range,
            "This must be the address of a resource or a module, such as libvirt_network.main or "
            "module.cluster[0], without operators or function calls.");
    }
    vec_push(reader->arena, &reader->steps, step);
    return true;
}

static const AddressStep *config_address_peek(const AddressReader *reader) {
    return reader->at < reader->steps.count ? &reader->steps.items[reader->at] : NULL;
}

/* The range for an error about an incomplete address. */
static SourceRange last_range(const AddressReader *reader) {
    return reader->at ? reader->steps.items[reader->at - 1].range : reader->out->range;
}

static bool config_address_read_name(AddressReader *reader, Str *out, const char *missing) {
    const AddressStep *step = config_address_peek(reader);
    if (!step || step->is_index)
        return config_address_refuse(reader, step ? step->range : last_range(reader), missing);
    *out = step->name;
    reader->at++;
    return true;
}

/* Reads an optional key of the current module or resource. */
static bool config_address_read_key(AddressReader *reader, bool is_module, InstanceKey *out) {
    const AddressStep *step = config_address_peek(reader);
    if (!step || !step->is_index)
        return true;
    reader->at++;
    if (!reader->out->key_range.source) {
        reader->out->key_range = step->range;
        reader->out->is_module_key = is_module;
    }
    if (step->expr) {
        struct ConfigAddressKey key = {reader->depth, step->expr};
        vec_push(reader->arena, &reader->out->keys, key);
        return true;
    }
    *out = address_key_from_value(step->key);
    return out->kind != KEY_NONE ||
           config_address_refuse(reader, step->range,
                                 "An instance key must be an integer or a string.");
}

static bool config_address_read_modules(AddressReader *reader, const ModuleAddr **out) {
    const AddressStep *step = config_address_peek(reader);
    while (step && !step->is_index && str_equal_cstr(step->name, "module")) {
        Str name;
        InstanceKey key = KEY_ABSENT;
        reader->at++;
        if (!config_address_read_name(
                reader, &name, "\"module\" must be followed by the name of a module call.") ||
            !config_address_read_key(reader, true, &key))
            return false;
        *out = module_addr_child(*out, name, key, reader->arena);
        reader->depth++;
        step = config_address_peek(reader);
    }
    return true;
}

static ResourceMode config_address_read_mode(AddressReader *reader) {
    const AddressStep *step = config_address_peek(reader);
    ResourceMode mode = MODE_MANAGED;
    if (step && str_equal_cstr(step->name, "data"))
        mode = MODE_DATA;
    else if (step && str_equal_cstr(step->name, "ephemeral"))
        mode = MODE_EPHEMERAL;
    else if (!step || !str_equal_cstr(step->name, "resource"))
        return MODE_MANAGED;
    reader->at++;
    return mode;
}

/* Root names of references that are not resources. */
static bool config_address_is_reserved(const AddressStep *step) {
    static const char *const words[] = {
        "count", "each", "local", "path", "self", "lazy", "terraform", "var", "template", "arg",
    };
    for (size_t i = 0; i < ARRAY_COUNT(words); i++)
        if (!step->is_index && str_equal_cstr(step->name, words[i]))
            return true;
    return false;
}

static bool config_address_read_resource(AddressReader *reader, ResourceAddr *out) {
    reader->out->is_reserved = config_address_is_reserved(config_address_peek(reader));
    out->mode = config_address_read_mode(reader);
    return config_address_read_name(reader, &out->type,
                                    "The address of a resource requires its type and its name.") &&
           config_address_read_name(
               reader, &out->name,
               "The type of a resource must be followed by a dot and its name.") &&
           config_address_read_key(reader, false, &out->key);
}

bool config_address_read(const Expr *expr, ConfigAddress *out, Arena *arena, Diags *diags) {
    ConfigAddress address = {.range = expr->range};
    AddressReader reader = {.out = &address, .arena = arena, .diags = diags};
    AddressTarget *target = &address.target;
    if (!add_steps(&reader, expr) || !config_address_read_modules(&reader, &target->module))
        return false;
    target->is_resource = config_address_peek(&reader) != NULL;
    target->resource.module = target->module;
    if (target->is_resource && !config_address_read_resource(&reader, &target->resource))
        return false;
    if (config_address_peek(&reader))
        return config_address_refuse(&reader, config_address_peek(&reader)->range,
                                     "This must be the address of a whole resource or module.");
    *out = address;
    return true;
}

bool config_address_read_unreserved(const Expr *expr, ConfigAddress *out, Arena *arena,
                                    Diags *diags) {
    if (!config_address_read(expr, out, arena, diags))
        return false;
    if (!out->is_reserved)
        return true;
    Str type = out->target.resource.type;
    return diags_fail(diags, expr->range, "Invalid address",
                      "\"%.*s\" is a keyword of the language. If it is a resource type, write "
                      "resource.%.*s before its name.",
                      STR_ARG(type), STR_ARG(type));
}

Str config_address_to_str(const ConfigAddress *address, Arena *arena) {
    return address->target.is_resource ? resource_addr_to_str(address->target.resource, arena)
                                       : module_addr_to_str(address->target.module, arena);
}

bool config_address_has_keys(const ConfigAddress *address) {
    if (address->keys.count || address->target.resource.key.kind != KEY_NONE)
        return true;
    for (const ModuleAddr *at = address->target.module; at; at = at->parent)
        if (at->key.kind != KEY_NONE)
            return true;
    return false;
}
