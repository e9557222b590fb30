/* loam bundle verify */
#include "bundle_reader.h"
#include "command.h"

static void bundle_verify_show(const Bundle *bundle, const BundlePin *pin) {
    terminal_print("Kubernetes %.*s for %.*s, %zu files, all intact.\nsha256:%.*s\n",
                   STR_ARG(bundle->kubernetes_version), STR_ARG(bundle->architecture),
                   bundle->files.count, STR_ARG(bundle->digest));
    if (pin->key)
        terminal_print("The signature is valid. Its comment: %.*s\n",
                       STR_ARG(bundle->signature_comment));
    else if (!pin->digest.len)
        terminal_print("Its origin was not verified: use -digest or -public-key.\n");
}

static int run_verify(Cli *cli, const Arguments *arguments, Diags *diags) {
    Bundle bundle;
    if (arguments->positionals.count != 1) {
        diags_error(diags, NO_RANGE, "Missing argument", "Give the path of one bundle.");
        return 1;
    }
    BundleRequest request = {
        .disk = cli->io.disk, .path = arguments->positionals.items[0], .cancel = cli->cancel};
    Str digest = option_text(arguments, "digest"), key = option_text(arguments, "public-key");
    if (!bundle_pin_read(cli->io.disk, digest, key, &request.pin, cli->arena, diags) ||
        !bundle_reader_verify(&request, &bundle, cli->arena, diags))
        return 1;
    bundle_verify_show(&bundle, &request.pin);
    return 0;
}

static const Option options[] = {
    {"digest", OPTION_TEXT, "sha256:HEX", "Require this SHA-256 digest of the file SHA256SUMS."},
    {"public-key", OPTION_PATH, "KEY",
     "Require a signature by this public key of minisign: its line, or the path of its file."},
};

const Command cmd_bundle_verify = {
    .name = "verify",
    .summary = "Verify all files of a bundle",
    .usage = "[options] BUNDLE",
    .about = "Compares every file with its digest, and the bundle with a pinned digest or public "
             "key. Writes nothing.",
    .example = "loam bundle verify cluster.bundle",
    .groups = {OPTION_GROUP(options), &option_view},
    .most_positionals = 1,
    .run = run_verify,
};
