/* loam metadata: prints data about the program */
#include "command_table.h"

static const Command *const subcommands[] = {METADATA_COMMANDS(COMMAND_ROW)};

const Command cmd_metadata = {
    .name = "metadata",
    .summary = "Print functions or reference pages",
    .usage = "<command> [options] [arguments]",
    .about = "Prints documentation generated from loam's own tables.",
    .example = "loam metadata page types/libvirt_domain",
    COMMAND_SUBCOMMANDS(subcommands),
};
