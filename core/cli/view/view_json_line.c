/* Writes the members that every event has. */
#include "view_json_line.h"
#include "version.h"

void view_json_line_begin(ViewJsonLine *line,
                          const Cli *cli,
                          const char *type,
                          const char *level,
                          Str message,
                          Arena *scratch) {
    line->text = strbuf_new(scratch);
    line->cli = cli;
    json_writer_init(&line->writer, &line->text, 0);
    line->writer.escape_html = true;
    json_object_start(&line->writer);
    json_key_string(&line->writer, "@level", str_from_cstr(level));
    json_key_string(&line->writer, "@message", message);
    json_key_string(&line->writer, "@module", str_from_cstr(cli_name(cli)->ui_module));
    json_key_string(&line->writer, "@timestamp",
                    clock_format_rfc3339_fraction(cli_now_ms(cli), 6, scratch));
    json_key_string(&line->writer, "type", str_from_cstr(type));
}

void view_json_line_end(ViewJsonLine *line) {
    json_object_end(&line->writer);
    strbuf_add_char(&line->text, '\n');
    cli_write(line->cli, strbuf_str(&line->text));
}
