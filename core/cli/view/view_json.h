/* view_json: the lines of the event stream, for whoever has events of their own. */
#pragma once

#include "cli.h"
#include "json_writer.h"

typedef struct ViewJsonLine {
    StrBuf text;
    JsonWriter writer; /* within the line's object */
    const Cli *cli;
} ViewJsonLine;

void view_json_begin(ViewJsonLine *line,
                     const Cli *cli,
                     const char *type,
                     const char *level,
                     Str message,
                     Arena *scratch);
/* Writes it. */
void view_json_end(ViewJsonLine *line);
