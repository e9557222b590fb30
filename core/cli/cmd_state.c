/* loam state: its subcommands */
#include "command.h"

static const Command *const subcommands[] = {
    &cmd_state_list,
    &cmd_state_show,
    &cmd_state_mv,
    &cmd_state_rm,
    &cmd_state_pull,
    &cmd_state_push,
    &cmd_state_replace_provider,
};

const Command cmd_state = {
    .name = "state",
    .summary = "Look at the state and mend it",
    .usage = "<command> [options] [arguments]",
    .about = "Commands that work on what loam remembers, not on real objects.",
    COMMAND_SUBCOMMANDS(subcommands),
};
