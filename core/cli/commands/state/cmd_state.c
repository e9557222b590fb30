/* loam state */
#include "state_commands.h"

static const Command *const subcommands[] = {STATE_COMMANDS(COMMAND_ROW)};

const Command cmd_state = {
    .name = "state",
    .summary = "Inspect and modify the state",
    .usage = "<command> [options] [arguments]",
    .about = "These commands work on the state, not on real objects.",
    .example = "loam state list",
    COMMAND_SUBCOMMANDS(subcommands),
};
