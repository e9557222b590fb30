/* loam output */
#include "command.h"
#include "json.h"
#include "project.h"
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

/* Appends an output as the JSON that an inventory script of Ansible prints: groups with the names
 * of their hosts, and the variables of all hosts in _meta.hostvars, so that Ansible needs one call.
 * `value` maps each group to its hosts: a list of names, or a map from names to addresses or to
 * variables. Returns false, with an error about the output `name`, if it has another form, or if a
 * name is not valid in Ansible. */
static bool inventory_write(Str name, Value value, StrBuf *out, Arena *arena, Diags *diags) {
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

static const Option output_options[] = {
    {"json", OPTION_FLAG, NULL, "Print as JSON."},
    {"format", OPTION_CHOICE, "ansible",
     "Print an inventory of Ansible from the output NAME (default \"inventory\")."},
    {"raw", OPTION_FLAG, NULL, "Print one string, number or bool without quotes."},
    {"state", OPTION_PATH, "PATH", "Use this state file instead of the configured one."},
};

static void write_one(JsonWriter *writer, const StateOutput *output) {
    json_object_start(writer);
    json_key_bool(writer, "sensitive", output->sensitive);
    json_key(writer, STR("type"));
    json_write_type(writer, output->value.type);
    json_key(writer, STR("value"));
    json_write_value(writer, output->value);
    json_object_end(writer);
}

static int output_print_json(Cli *cli, const State *state, const StateOutput *one) {
    StrBuf text = strbuf_new(cli->arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, one ? 0 : 2);
    writer.escape_html = true;
    if (one) {
        json_write_value(&writer, one->value);
    } else {
        json_object_start(&writer);
        map_each(&state->outputs, entry) {
            json_key(&writer, entry->key);
            write_one(&writer, entry->value);
        }
        json_object_end(&writer);
    }
    strbuf_add_char(&text, '\n');
    terminal_out(strbuf_str(&text));
    return 0;
}

static int print_raw(Cli *cli, Str name, Value value, Diags *diags) {
    ConvertError error;
    Value text;
    if (value_is_null(value) || !type_is_primitive(value.type) ||
        !convert_value(value, &TYPE_STRING, &text, &error, cli->arena)) {
        diags_error(diags, NO_RANGE, "Unsupported value for raw output",
                    "-raw prints only a string, a number or a bool, and output \"%.*s\" has "
                    "another type. Use -json.",
                    STR_ARG(name));
        return 1;
    }
    terminal_out(value_text(text));
    return 0;
}

static void output_report_unknown_name(Cli *cli, const State *state, Str name, Diags *diags) {
    Str hint = map_did_you_mean(&state->outputs, name, cli->arena);
    diags_error(diags, NO_RANGE, "Output not found",
                "The state has no output \"%.*s\".%.*s Apply writes the outputs to the state.",
                STR_ARG(name), STR_ARG(hint));
}

static int print_one_output(Cli *cli, const Arguments *arguments, const State *state, Str name,
                            Diags *diags) {
    const StateOutput *output = map_find(&state->outputs, name);
    if (!output) {
        output_report_unknown_name(cli, state, name, diags);
        return 1;
    }
    if (option_flag(arguments, "json"))
        return output_print_json(cli, state, output);
    if (option_flag(arguments, "raw"))
        return print_raw(cli, name, output->value, diags);
    StrBuf text = strbuf_new(cli->arena);
    render_text_value(output->value, 0, terminal_style(&cli->terminal), &text, cli->arena);
    strbuf_add_char(&text, '\n');
    terminal_out(strbuf_str(&text));
    return 0;
}

/* A wrapper script that calls this is an inventory of Ansible. */
static int print_inventory(Cli *cli, const State *state, Str name, Diags *diags) {
    StrBuf text = strbuf_new(cli->arena);
    const StateOutput *output = map_find(&state->outputs, name);
    if (!output)
        output_report_unknown_name(cli, state, name, diags);
    if (!output || !inventory_write(name, output->value, &text, cli->arena, diags))
        return 1;
    terminal_out(strbuf_str(&text));
    return 0;
}

static int output_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    SCOPED(Project) project = {.options.ignores_versions = true};
    bool is_json = option_flag(arguments, "json");
    Str format = option_text(arguments, "format");
    bool is_inventory = format.ptr != NULL;
    if (is_inventory && !str_equal_cstr(format, "ansible")) {
        diags_error(
            diags, NO_RANGE, "Invalid output format",
            "-format prints an inventory of Ansible: -format=ansible. \"%.*s\" is no format.",
            STR_ARG(format));
        return 1;
    }
    if (is_json + option_flag(arguments, "raw") + is_inventory > 1) {
        diags_error(diags, NO_RANGE, "Invalid output format",
                    "-raw, -json and -format cannot be combined.");
        return 1;
    }
    if (!project_open_state_only(&project, cli, arguments, LOCK_NONE, diags))
        return 1;
    const State *state = project.state;
    if (is_inventory) {
        Str name =
            arguments->positionals.count ? arguments->positionals.items[0] : STR("inventory");
        return print_inventory(cli, state, name, diags);
    }
    if (state->outputs.count == 0 && !is_json) {
        diags_warning(diags, NO_RANGE, "No outputs found",
                      "The state has no outputs, or the configuration declares none. Apply writes "
                      "the outputs to the state.");
        return 0;
    }
    if (arguments->positionals.count == 1)
        return print_one_output(cli, arguments, state, arguments->positionals.items[0], diags);
    if (is_json)
        return output_print_json(cli, state, NULL);
    if (option_flag(arguments, "raw")) {
        diags_error(diags, NO_RANGE, "Unexpected argument",
                    "-raw requires the name of one output.");
        return 1;
    }
    view_outputs_show(cli, state);
    return 0;
}

const Command cmd_output = {
    .name = "output",
    .summary = "Show the outputs",
    .usage = "[options] [NAME]",
    .about = "Shows the root module's output values of the last apply.",
    .example = "loam output -raw address",
    .groups = {OPTION_GROUP(output_options), &option_variables, &option_environment, &option_view},
    .most_positionals = 1,
    .run = output_run,
};
