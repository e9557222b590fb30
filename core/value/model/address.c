/* address: instance keys, comparison and printing of addresses. address_parse.c parses them. */
#include "address.h"

#include "str_quote.h"

InstanceKey address_key_from_value(Value key) {
    int64_t index = 0;
    if (!value_is_present(key))
        return KEY_ABSENT;
    if (key.type->kind == KIND_STRING)
        return (InstanceKey){.kind = KEY_STRING, .text = value_text(key)};
    if (key.type->kind == KIND_NUMBER && value_to_int(key, &index)) {
        return (InstanceKey){.kind = KEY_INT, .index = index};
    }
    return KEY_ABSENT;
}

Value address_key_to_value(InstanceKey key) {
    switch (key.kind) {
    case KEY_NONE:
    case KEY_UNKNOWN: break;
    case KEY_INT: return value_int(key.index);
    case KEY_STRING: return value_from_str(key.text);
    }
    return value_null(&TYPE_DYNAMIC);
}

int address_key_compare(InstanceKey a, InstanceKey b) {
    if (a.kind != b.kind)
        return a.kind < b.kind ? -1 : 1;
    switch (a.kind) {
    case KEY_NONE:
    case KEY_UNKNOWN: return 0;
    case KEY_INT: return (a.index > b.index) - (a.index < b.index);
    case KEY_STRING: return str_compare(a.text, b.text);
    }
    return 0;
}

bool address_key_equal(InstanceKey a, InstanceKey b) {
    return address_key_compare(a, b) == 0;
}

static void address_add_key(StrBuf *buf, InstanceKey key) {
    switch (key.kind) {
    case KEY_NONE: break;
    case KEY_INT: strbuf_add_format(buf, "[%lld]", (long long)key.index); break;
    case KEY_UNKNOWN: strbuf_add(buf, STR("[*]")); break;
    case KEY_STRING:
        strbuf_add_char(buf, '[');
        strbuf_add(buf, str_quote(key.text, buf->arena));
        strbuf_add_char(buf, ']');
        break;
    }
}

Str address_key_to_str(InstanceKey key, Arena *arena) {
    if (key.kind == KEY_NONE)
        return STR_EMPTY;
    StrBuf buf = strbuf_new(arena);
    address_add_key(&buf, key);
    return strbuf_str(&buf);
}

static InstanceKey key_clone(InstanceKey key, Arena *arena) {
    if (key.kind == KEY_STRING)
        key.text = str_clone(key.text, arena);
    return key;
}

const ModuleAddr *module_addr_child(const ModuleAddr *parent, Str name, InstanceKey key,
                                    Arena *arena) {
    ModuleAddr *child = arena_new(arena, ModuleAddr);
    *child = (ModuleAddr){.parent = parent, .name = name, .key = key};
    return child;
}

size_t module_addr_depth(const ModuleAddr *module) {
    size_t depth = 0;
    for (; module; module = module->parent)
        depth++;
    return depth;
}

bool module_addr_equal(const ModuleAddr *a, const ModuleAddr *b) {
    for (; a != b; a = a->parent, b = b->parent) {
        if (!a || !b || !str_equal(a->name, b->name) || !address_key_equal(a->key, b->key)) {
            return false;
        }
    }
    return true;
}

/* Compares two addresses of the same depth; the outermost difference decides. */
static int address_compare_steps(const ModuleAddr *a, const ModuleAddr *b) {
    if (a == b)
        return 0;
    int order = address_compare_steps(a->parent, b->parent);
    if (order == 0)
        order = str_compare(a->name, b->name);
    return order != 0 ? order : address_key_compare(a->key, b->key);
}

int module_addr_compare(const ModuleAddr *a, const ModuleAddr *b) {
    size_t depth_a = module_addr_depth(a);
    size_t depth_b = module_addr_depth(b);
    if (depth_a != depth_b)
        return depth_a < depth_b ? -1 : 1;
    return address_compare_steps(a, b);
}

static void address_add_module(StrBuf *buf, const ModuleAddr *module, bool with_keys) {
    if (!module)
        return;
    address_add_module(buf, module->parent, with_keys);
    if (module->parent)
        strbuf_add_char(buf, '.');
    strbuf_add(buf, STR("module."));
    strbuf_add(buf, module->name);
    if (with_keys)
        address_add_key(buf, module->key);
}

static Str module_to_str(const ModuleAddr *module, bool with_keys, Arena *arena) {
    if (!module)
        return STR_EMPTY;
    StrBuf buf = strbuf_new(arena);
    address_add_module(&buf, module, with_keys);
    return strbuf_str(&buf);
}

Str module_addr_to_str(const ModuleAddr *module, Arena *arena) {
    return module_to_str(module, true, arena);
}

Str module_addr_to_config_str(const ModuleAddr *module, Arena *arena) {
    return module_to_str(module, false, arena);
}

const ModuleAddr *module_addr_clone(const ModuleAddr *module, Arena *arena) {
    if (!module)
        return NULL;
    return module_addr_child(module_addr_clone(module->parent, arena),
                             str_clone(module->name, arena), key_clone(module->key, arena), arena);
}

bool module_addr_is_within(const ModuleAddr *module, const ModuleAddr *ancestor) {
    size_t depth = module_addr_depth(module);
    size_t wanted = module_addr_depth(ancestor);
    if (depth < wanted)
        return false;
    for (; depth > wanted; depth--)
        module = module->parent;
    if (!ancestor || module_addr_equal(module, ancestor))
        return true;
    return ancestor->key.kind == KEY_NONE && str_equal(module->name, ancestor->name) &&
           module_addr_equal(module->parent, ancestor->parent);
}

bool resource_addr_equal(ResourceAddr a, ResourceAddr b) {
    return a.mode == b.mode && str_equal(a.name, b.name) && str_equal(a.type, b.type) &&
           address_key_equal(a.key, b.key) && module_addr_equal(a.module, b.module);
}

Str resource_mode_prefix(ResourceMode mode) {
    switch (mode) {
    case MODE_MANAGED: return STR_EMPTY;
    case MODE_DATA: return STR("data.");
    case MODE_EPHEMERAL: return STR("ephemeral.");
    case MODE_ACTION: return STR("action.");
    case MODE_LIST: return STR("list.");
    }
    return STR_EMPTY;
}

/* Ranks modes alphabetically by their name in state files. */
static int mode_rank(ResourceMode mode) {
    switch (mode) {
    case MODE_DATA: return 0;
    case MODE_EPHEMERAL: return 1;
    case MODE_MANAGED: return 2;
    case MODE_ACTION: return 3;
    case MODE_LIST: return 4;
    }
    return 5;
}

int resource_addr_compare(ResourceAddr a, ResourceAddr b) {
    int order = module_addr_compare(a.module, b.module);
    if (order == 0)
        order = mode_rank(a.mode) - mode_rank(b.mode);
    if (order == 0)
        order = str_compare(a.type, b.type);
    if (order == 0)
        order = str_compare(a.name, b.name);
    return order != 0 ? order : address_key_compare(a.key, b.key);
}

static Str resource_to_str(ResourceAddr address, bool with_keys, Arena *arena) {
    StrBuf buf = strbuf_new(arena);
    address_add_module(&buf, address.module, with_keys);
    if (address.module)
        strbuf_add_char(&buf, '.');
    strbuf_add(&buf, resource_mode_prefix(address.mode));
    strbuf_add(&buf, address.type);
    strbuf_add_char(&buf, '.');
    strbuf_add(&buf, address.name);
    if (with_keys)
        address_add_key(&buf, address.key);
    return strbuf_str(&buf);
}

Str resource_addr_to_str(ResourceAddr address, Arena *arena) {
    return resource_to_str(address, true, arena);
}

Str resource_addr_to_config_str(ResourceAddr address, Arena *arena) {
    return resource_to_str(address, false, arena);
}

ResourceAddr resource_addr_clone(ResourceAddr address, Arena *arena) {
    address.module = module_addr_clone(address.module, arena);
    address.type = str_clone(address.type, arena);
    address.name = str_clone(address.name, arena);
    address.key = key_clone(address.key, arena);
    return address;
}

bool address_target_matches(const AddressTarget *target, ResourceAddr address) {
    if (!target->is_resource)
        return module_addr_is_within(address.module, target->module);
    ResourceAddr wanted = target->resource;
    return module_addr_equal(address.module, target->module) && wanted.mode == address.mode &&
           str_equal(wanted.type, address.type) && str_equal(wanted.name, address.name) &&
           (wanted.key.kind == KEY_NONE || address_key_equal(wanted.key, address.key));
}
