/* ansible_inventory: writes groups with the names of their hosts, and the variables of all hosts in
 * _meta.hostvars, so that Ansible needs one call. */
#include "json.h"
#include "map.h"
#include "view_outputs.h"

typedef struct Inventory {
    Str name; /* of the output */
    JsonWriter writer;
    Map variables; /* host → Value *: an object, or a text for ansible_host; null: none */
    Arena *arena;
    Diags *diags;
} Inventory;

static bool inventory_report(const Inventory *inventory, Str why) {
    return diags_fail(inventory->diags, NO_RANGE, "Output is no inventory",
                      "The output \"%.*s\" cannot be an inventory: %.*s. Its value must map each "
                      "group to its hosts, such as {web = {web-1 = \"10.0.0.5\"}}.",
                      STR_ARG(inventory->name), STR_ARG(why));
}

/* Ansible reads group names as identifiers, and keeps these two for itself. */
static bool check_group(const Inventory *inventory, Str group) {
    bool ok = group.len > 0 && !isdigit((unsigned char)group.ptr[0]) &&
              !str_equal(group, STR("_meta")) && !str_equal(group, STR("all"));
    for (size_t i = 0; i < group.len; i++)
        ok &= isalnum((unsigned char)group.ptr[i]) || group.ptr[i] == '_';
    return ok || inventory_report(inventory,
                                  str_format(inventory->arena,
                                             "\"%.*s\" is not a valid name of a group (letters, "
                                             "digits and underscores)",
                                             STR_ARG(group)));
}

static bool inventory_is_text(Value value) {
    return value_is_present(value) && value.type->kind == KIND_STRING;
}

/* A host may be in several groups; each may add variables only if no other has. */
static bool inventory_add_host(Inventory *inventory, Str host, Value variables) {
    bool is_valid = value_is_null(variables) || inventory_is_text(variables) ||
                    (value_is_present(variables) && type_is_mapping(variables.type));
    const Value *known = map_find(&inventory->variables, host);
    if (host.len == 0 || !is_valid)
        return inventory_report(inventory,
                                str_format(inventory->arena,
                                           "the host \"%.*s\" has neither an address nor a map of "
                                           "variables",
                                           STR_ARG(host)));
    if (known && !value_is_null(*known) && !value_is_null(variables) &&
        !value_equal(*known, variables))
        return inventory_report(inventory,
                                str_format(inventory->arena,
                                           "the host \"%.*s\" has different variables in two "
                                           "groups",
                                           STR_ARG(host)));
    if (!known || value_is_null(*known)) {
        Value *kept = arena_new(inventory->arena, Value);
        *kept = variables;
        map_put(inventory->arena, &inventory->variables, host, kept);
    }
    json_write_string(&inventory->writer, host);
    return true;
}

static bool write_hosts(Inventory *inventory, Value hosts) {
    bool is_map = value_is_present(hosts) && type_is_mapping(hosts.type);
    bool is_list = value_is_present(hosts) && !is_map && !type_is_primitive(hosts.type);
    if (!is_map && !is_list)
        return inventory_report(inventory,
                                STR("the hosts of a group are neither a list nor a map"));
    for (size_t i = 0; i < hosts.count; i++) {
        Value item = value_at(hosts, i);
        if (is_list && !inventory_is_text(item))
            return inventory_report(inventory, STR("a host in a list is no string"));
        Str host = is_map ? value_key_at(hosts, i) : value_text(item);
        if (!inventory_add_host(inventory, host, is_map ? item : value_null(&TYPE_STRING)))
            return false;
    }
    return true;
}

static bool inventory_write_group(Inventory *inventory, Str group, Value hosts) {
    JsonWriter *writer = &inventory->writer;
    json_key(writer, group);
    json_object_start(writer);
    json_key_array(writer, "hosts");
    bool ok = check_group(inventory, group) && write_hosts(inventory, hosts);
    json_array_end(writer);
    json_object_end(writer);
    return ok;
}

static void inventory_write_variables(Inventory *inventory) {
    JsonWriter *writer = &inventory->writer;
    json_key_object(writer, "_meta");
    json_key_object(writer, "hostvars");
    map_each(&inventory->variables, entry) {
        const Value *variables = entry->value;
        if (value_is_null(*variables))
            continue;
        json_key(writer, entry->key);
        if (!inventory_is_text(*variables)) {
            json_write_value(writer, *variables);
            continue;
        }
        json_object_start(writer);
        json_key_string(writer, "ansible_host", value_text(*variables));
        json_object_end(writer);
    }
    json_object_end(writer);
    json_object_end(writer);
}

bool ansible_inventory_write(Str name, Value value, StrBuf *out, Arena *arena, Diags *diags) {
    Inventory inventory = {
        .name = name, .variables = map_new(arena), .arena = arena, .diags = diags};
    if (!value_is_present(value) || !type_is_mapping(value.type))
        return inventory_report(&inventory, STR("it is no map"));
    json_writer_init(&inventory.writer, out, 2);
    json_object_start(&inventory.writer);
    for (size_t i = 0; i < value.count; i++) {
        if (!inventory_write_group(&inventory, value_key_at(value, i), value_at(value, i)))
            return false;
    }
    inventory_write_variables(&inventory);
    json_object_end(&inventory.writer);
    strbuf_add_char(out, '\n');
    return true;
}
