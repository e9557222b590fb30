/* loam output */
#include "command.h"
#include "convert.h"
#include "json.h"
#include "project.h"
#include "project_state.h"
#include "view_outputs.h"

static const Option options[] = {
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

static int print_one(Cli *cli, const Arguments *arguments, const State *state, Str name,
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
    if (!output || !ansible_inventory_write(name, output->value, &text, cli->arena, diags))
        return 1;
    terminal_out(strbuf_str(&text));
    return 0;
}

static void warn_of_none(Diags *diags) {
    diags_warning(diags, NO_RANGE, "No outputs found",
                  "The state has no outputs, or the configuration declares none. Apply writes the "
                  "outputs to the state.");
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
        warn_of_none(diags);
        return 0;
    }
    if (arguments->positionals.count == 1) {
        return print_one(cli, arguments, state, arguments->positionals.items[0], diags);
    }
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
    .groups = {OPTION_GROUP(options), &option_variables, &option_environment, &option_view},
    .most_positionals = 1,
    .run = output_run,
};
