/* loam metadata: what the program can say about itself */
#include "command.h"

static const Command *const subcommands[] = {&cmd_metadata_functions, &cmd_metadata_page};

const Command cmd_metadata = {
    .name = "metadata",
    .summary = "Print what there is: functions, reference pages",
    .usage = "<command> [options] [arguments]",
    .about = "Commands that print what loam's own tables hold.",
    COMMAND_SUBCOMMANDS(subcommands),
};
