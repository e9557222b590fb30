/* view_json: writes lines of the event stream, for views that have additional events. */
#pragma once

#include "cli.h"
#include "json_writer.h"

typedef struct ViewJsonLine {
    StrBuf text;
    JsonWriter writer; /* inside the line's object */
    const Cli *cli;
} ViewJsonLine;

void view_json_begin(ViewJsonLine *line,
                     const Cli *cli,
                     const char *type,
                     const char *level,
                     Str message,
                     Arena *scratch);
/* Ends the object and writes the line. */
void view_json_end(ViewJsonLine *line);
