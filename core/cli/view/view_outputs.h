/* view_outputs: prints the outputs of a state for people. */
#pragma once

#include "cli.h"
#include "engine.h"

/* Prints "name = value" lines; hides values that cli->secrets holds, but not as another program. */
void view_outputs_show(Cli *cli, const State *state);
/* The same in the form of objects, as Terraform's `show` prints them. */
void view_outputs_show_nested(Cli *cli, const State *state);

/* Returns the sensitive values of all current objects that are long enough to be recognised in
 * other values; for render_secret_mark. Lives in `arena`. */
const Map *state_secrets(const Engine *engine, const State *state, Arena *arena);
/* A RenderSchemaLookup; `engine` is the Engine. */
const Schema *view_outputs_find_schema(void *engine, ResourceMode mode, Str provider, Str type);
