/* view_json_line: one line of the event stream: an object with the members that every event has. */
#pragma once

#include "cli.h"
#include "hooks.h"
#include "json_writer.h"

typedef struct ViewJsonLine {
    const Cli *cli;
    Arena *scratch; /* until the end of the line */
    StrBuf text;
    JsonWriter writer; /* inside the line's object */
} ViewJsonLine;

ViewJsonLine view_json_line_open(const Cli *cli);
/* Starts the object; the message is that of `format`. */
void view_json_line_begin(ViewJsonLine *line, const char *type, const char *level,
                          const char *format, ...) PRINTF_LIKE(4, 5);
/* Ends the object, writes the line and frees the scratch. */
void view_json_line_end(ViewJsonLine *line);
SCOPED_TYPE(ViewJsonLine, view_json_line_end);

/* Writes the address of a resource instance, or of an action, as the member `key`. */
void view_json_line_resource(JsonWriter *writer, const char *key, ResourceAddr address,
                             Arena *scratch);
