/* The table of top-level commands. */
#include "command_table.h"

static const Command *const rows[] = {TOP_COMMANDS(COMMAND_ROW)};

const CommandTable command_table = {rows, ARRAY_COUNT(rows)};
