/* loam state */
#include "command_table.h"

static const Command *const subcommands[] = {STATE_COMMANDS(COMMAND_ROW)};

const Command cmd_state = {
    .name = "state",
    .summary = "Look at the state and mend it",
    .usage = "<command> [options] [arguments]",
    .about = "Commands that work on what loam remembers, not on real objects.",
    COMMAND_SUBCOMMANDS(subcommands),
};
