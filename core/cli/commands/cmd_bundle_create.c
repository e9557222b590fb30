/* loam bundle create */
#include "bundle_create.h"
#include "command.h"
#include "secret.h"

typedef struct Run {
    Cli *cli;
    const Arguments *arguments;
    Diags *diags;
} Run;

static bool cmd_bundle_create_fail(Run *run, Str path, Str why) {
    return diags_fail(run->diags, NO_RANGE, "Failed to create the bundle", "\"%.*s\": %.*s.",
                      STR_ARG(path), STR_ARG(why));
}

static bool cmd_bundle_create_read_file(Run *run, Str path, Str *out) {
    const Disk *disk = run->cli->io.disk;
    int error = disk->read_file(disk->self, path, out, run->cli->arena);
    return !error || cmd_bundle_create_fail(run, path, str_from_cstr(strerror(-error)));
}

/* Reads the password from LOAM_BUNDLE_PASSWORD or from the terminal. */
static bool read_password(Run *run, Str path, Str *out) {
    const Process *process = run->cli->io.process;
    const char *variable = process->environment(process->self, "LOAM_BUNDLE_PASSWORD");
    if (variable) {
        *out = str_from_cstr(variable);
        return true;
    }
    if (!run->cli->terminal.in_is_tty)
        return cmd_bundle_create_fail(
            run, path, STR("the key is encrypted; set LOAM_BUNDLE_PASSWORD to its password"));
    terminal_err(STR("Password of the secret key: "));
    bool is_read = terminal_read_secret(out, run->cli->arena);
    terminal_err(STR("\n"));
    return is_read || cmd_bundle_create_fail(run, path, STR("no password was entered"));
}

static bool cmd_bundle_create_read_secret(Run *run, MinisignSecret *out) {
    Str text, problem, password = STR_EMPTY, path = option_text(run->arguments, "sign-key");
    Arena *arena = run->cli->arena;
    if (!cmd_bundle_create_read_file(run, path, &text) ||
        (minisign_needs_password(text, arena) && !read_password(run, path, &password)))
        return false;
    bool is_read = minisign_read_secret(text, password, out, &problem, arena);
    secret_wipe(text);
    return is_read || cmd_bundle_create_fail(run, path, problem);
}

static void cmd_bundle_create_show_progress(void *, Str path) {
    terminal_print("%.*s\n", STR_ARG(path));
}

static bool create_bundle(Run *run, const MinisignSecret *secret) {
    Cli *cli = run->cli;
    Str path = run->arguments->positionals.items[0], text;
    BundleInventory inventory;
    Bundle bundle;
    if (!cmd_bundle_create_read_file(run, path, &text) ||
        !bundle_inventory_read(path, text, &inventory, cli->arena, run->diags))
        return false;
    BundleCreation creation = {.io = &cli->io,
                               .inventory = &inventory,
                               .directory = disk_directory_of(path),
                               .out =
                                   disk_without_end_slashes(run->arguments->positionals.items[1]),
                               .secret = secret,
                               .cancel = cli->cancel,
                               .progress = cmd_bundle_create_show_progress};
    if (!bundle_create(&creation, &bundle, cli->arena, run->diags))
        return false;
    terminal_print("\nCreated \"%.*s\" with %zu files. Its digest:\n\n  sha256:%.*s\n",
                   STR_ARG(creation.out), bundle.files.count, STR_ARG(bundle.digest));
    return true;
}

static int run_create(Cli *cli, const Arguments *arguments, Diags *diags) {
    Run run = {cli, arguments, diags};
    MinisignSecret secret;
    bool is_signed = option_is_given(arguments, "sign-key");
    if (arguments->positionals.count != 2) {
        diags_error(diags, NO_RANGE, "Missing argument",
                    "Give the inventory and the path of the new bundle: \"loam bundle create "
                    "inventory.yaml bundle.tar.zst\".");
        return 1;
    }
    bool is_done = (!is_signed || cmd_bundle_create_read_secret(&run, &secret)) &&
                   create_bundle(&run, is_signed ? &secret : NULL);
    if (is_signed)
        secret_wipe((Str){(const char *)&secret, sizeof secret});
    return is_done ? 0 : 1;
}

static const Option options[] = {
    {"sign-key", OPTION_PATH, "PATH",
     "Sign with this secret key of minisign. Its password is read from LOAM_BUNDLE_PASSWORD or the "
     "terminal."},
};

const Command cmd_bundle_create = {
    .name = "create",
    .summary = "Create a bundle from an inventory",
    .usage = "[options] INVENTORY BUNDLE",
    .about = "Collects the files of a YAML inventory: local files, downloads that match their "
             "digest, and container images, which the program skopeo copies. BUNDLE is a new "
             "directory, or a file whose name ends in .tar.zst.",
    .example = "loam bundle create inventory.yaml cluster.bundle",
    .groups = {OPTION_GROUP(options), &option_view},
    .most_positionals = 2,
    .run = run_create,
};
