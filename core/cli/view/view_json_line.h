/* view_json_line: one line of the event stream: an object with the members that every event has. */
#pragma once

#include "cli.h"
#include "hooks.h"
#include "json_writer.h"

typedef struct ViewJsonLine {
    StrBuf text;
    JsonWriter writer; /* inside the line's object */
    const Cli *cli;
} ViewJsonLine;

/* Starts the object; `scratch` must live until the end of the line. */
void view_json_line_begin(ViewJsonLine *line, const Cli *cli, const char *type, const char *level,
                          Str message, Arena *scratch);
/* Ends the object and writes the line. */
void view_json_line_end(ViewJsonLine *line);
/* Writes the address of a resource instance, or of an action, as the member `key`. */
void view_json_line_resource(JsonWriter *writer, const char *key, ResourceAddr address,
                             Arena *scratch);

/* The lines about actions, as Terraform 1.17 writes them. */

/* Writes a line for each planned invocation. */
void view_json_invoke_planned(const Cli *cli, const Plan *plan);
/* Writes the line of an EVENT_INVOKE_…. */
void view_json_invoke_event(const Cli *cli, const WalkEvent *event);
