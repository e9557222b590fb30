/* loam metadata: prints data about the program */
#include "command_table.h"

static const Command *const subcommands[] = {METADATA_COMMANDS(COMMAND_ROW)};

const Command cmd_metadata = {
    .name = "metadata",
    .summary = "Print what there is: functions, reference pages",
    .usage = "<command> [options] [arguments]",
    .about = "Commands that print what loam's own tables hold.",
    COMMAND_SUBCOMMANDS(subcommands),
};
