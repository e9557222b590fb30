/* Writes the members that every event has. */
#include "view_json_line.h"
#include "version.h"

ViewJsonLine view_json_line_open(const Cli *cli) {
    return (ViewJsonLine){.cli = cli, .scratch = arena_open("line")};
}

void view_json_line_begin(ViewJsonLine *line, const char *type, const char *level,
                          const char *format, ...) {
    va_list args;
    va_start(args, format);
    Str message = str_vformat(line->scratch, format, args);
    va_end(args);
    line->text = strbuf_new(line->scratch);
    json_writer_init(&line->writer, &line->text, 0);
    line->writer.escape_html = true;
    json_object_start(&line->writer);
    json_key_string(&line->writer, "@level", str_from_cstr(level));
    json_key_string(&line->writer, "@message", message);
    json_key_string(&line->writer, "@module", str_from_cstr(cli_name(line->cli)->ui_module));
    json_key_string(&line->writer, "@timestamp",
                    clock_format_rfc3339_fraction(cli_now_ms(line->cli), 6, line->scratch));
    json_key_string(&line->writer, "type", str_from_cstr(type));
}

void view_json_line_end(ViewJsonLine *line) {
    json_object_end(&line->writer);
    strbuf_add_char(&line->text, '\n');
    cli_write(line->cli, strbuf_str(&line->text));
    arena_close(line->scratch);
}

static void line_write_key(JsonWriter *writer, const char *name, InstanceKey key) {
    json_key(writer, str_from_cstr(name));
    switch (key.kind) {
    case KEY_NONE:
    case KEY_UNKNOWN: json_write_null(writer); break;
    case KEY_INT: json_int(writer, key.index); break;
    case KEY_STRING: json_write_string(writer, key.text); break;
    }
}

void view_json_line_resource(JsonWriter *writer, const char *key, ResourceAddr address,
                             Arena *scratch) {
    ResourceAddr local = address;
    local.module = NULL;
    size_t underscore = str_find_char(address.type, '_', 0);
    bool is_action = address.mode == MODE_ACTION;
    json_key_object(writer, key);
    json_key_string(writer, "addr", resource_addr_to_str(address, scratch));
    json_key_string(writer, "module", module_addr_to_str(address.module, scratch));
    json_key_string(writer, is_action ? "action" : "resource",
                    resource_addr_to_str(local, scratch));
    json_key_string(writer, "implied_provider", str_slice(address.type, 0, underscore));
    json_key_string(writer, is_action ? "action_type" : "resource_type", address.type);
    json_key_string(writer, is_action ? "action_name" : "resource_name", address.name);
    line_write_key(writer, is_action ? "action_key" : "resource_key", address.key);
    json_object_end(writer);
}
