/* state_commands: the subcommands of `state`, in the order of its help.
 *
 * To add a subcommand: write a file cmd_state_<name>.c that defines `const Command
 * cmd_state_<name>`, and add its name here. */
#pragma once

#include "command.h"

/* clang-format off */
#define STATE_COMMANDS(ROW)     \
    ROW(state_list)             \
    ROW(state_show)             \
    ROW(state_mv)               \
    ROW(state_rm)               \
    ROW(state_pull)             \
    ROW(state_push)             \
    ROW(state_replace_provider) \
    ROW(state_plans)
/* clang-format on */

STATE_COMMANDS(COMMAND_DECLARE)
