/* loam bundle: files for clusters without a network */
#include "command_table.h"

static const Command *const subcommands[] = {BUNDLE_COMMANDS(COMMAND_ROW)};

const Command cmd_bundle = {
    .name = "bundle",
    .summary = "Create or verify a bundle of files for a cluster",
    .usage = "<command> [options] [arguments]",
    .about = "A bundle has the programs, images and manifests that the machines of a cluster need, "
             "with their digests and a signature: a directory or a .tar.zst.",
    .example = "loam bundle create inventory.yaml cluster.bundle",
    COMMAND_SUBCOMMANDS(subcommands),
};
