/* loam verify-release */
#include "command.h"
#include "release.h"
#include "release_keys.h"

static int verify_release_run(Cli *cli, const Arguments *arguments, Diags *diags) {
    Release release;
    ReleaseRequest request = {.disk = cli->io.disk,
                              .directory = arguments->positionals.items[0],
                              .keys = release_keys,
                              .ignores_missing = option_flag(arguments, "ignore-missing"),
                              .cancel = cli->cancel};
    if (!release_verify(&request, &release, cli->arena, diags))
        return 1;
    terminal_print("loam %.*s, %zu file%s, all intact.\nSigned by the release key %.*s.\n",
                   STR_ARG(release.version), release.file_count, release.file_count == 1 ? "" : "s",
                   STR_ARG(release.key_id));
    return 0;
}

static const Option verify_release_options[] = {
    {"ignore-missing", OPTION_FLAG, NULL,
     "Accept a directory that has only some files of the release."},
};

const Command cmd_verify_release = {
    .name = "verify-release",
    .summary = "Verify the files of a release of loam",
    .usage = "[options] DIRECTORY",
    .about = "Verifies the signature of SHA256SUMS by the release keys that this program was built "
             "with, and the digest of every file of DIRECTORY. Missing, changed and other files "
             "are errors. Writes nothing.",
    .example = "loam verify-release downloads",
    .groups = {OPTION_GROUP(verify_release_options), &option_view},
    .most_positionals = 1,
    .least_positionals = 1,
    .missing = "Give the directory that has the files of the release.",
    .run = verify_release_run,
};
