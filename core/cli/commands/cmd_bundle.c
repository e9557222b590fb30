/* loam bundle: files for clusters without a network */
#include "bundle_create.h"
#include "bundle_reader.h"
#include "command.h"
#include "json.h"
#include "secret.h"

typedef struct BundleRun {
    Cli *cli;
    const Arguments *arguments;
    Diags *diags;
} BundleRun;

static bool create_fail(BundleRun *run, Str path, Str why) {
    return diags_fail(run->diags, NO_RANGE, "Failed to create the bundle", "\"%.*s\": %.*s.",
                      STR_ARG(path), STR_ARG(why));
}

static bool create_read_file(BundleRun *run, Str path, Str *out) {
    const Disk *disk = run->cli->io.disk;
    int error = disk->read_file(disk->self, path, out, run->cli->arena);
    return !error || create_fail(run, path, str_from_cstr(strerror(-error)));
}

/* Reads the password from LOAM_BUNDLE_PASSWORD or from the terminal. */
static bool read_password(BundleRun *run, Str path, Str *out) {
    const Process *process = run->cli->io.process;
    const char *variable = process->environment(process->self, "LOAM_BUNDLE_PASSWORD");
    if (variable) {
        *out = str_from_cstr(variable);
        return true;
    }
    if (!run->cli->terminal.in_is_tty)
        return create_fail(run, path,
                           STR("the key is encrypted; set LOAM_BUNDLE_PASSWORD to its password"));
    terminal_err(STR("Password of the secret key: "));
    bool is_read = terminal_read_secret(out, run->cli->arena);
    terminal_err(STR("\n"));
    return is_read || create_fail(run, path, STR("no password was entered"));
}

static bool create_read_secret(BundleRun *run, MinisignSecret *out) {
    Str text, problem, password = STR_EMPTY, path = option_text(run->arguments, "sign-key");
    Arena *arena = run->cli->arena;
    if (!create_read_file(run, path, &text) ||
        (minisign_needs_password(text, arena) && !read_password(run, path, &password)))
        return false;
    bool is_read = minisign_read_secret(text, password, out, &problem, arena);
    secret_wipe(text);
    return is_read || create_fail(run, path, problem);
}

static void create_show_progress(void *, Str path) {
    terminal_print("%.*s\n", STR_ARG(path));
}

static bool create_bundle(BundleRun *run, const MinisignSecret *secret) {
    Cli *cli = run->cli;
    Str path = run->arguments->positionals.items[0], text;
    BundleInventory inventory;
    Bundle bundle;
    if (!create_read_file(run, path, &text) ||
        !bundle_inventory_read(path, text, &inventory, cli->arena, run->diags))
        return false;
    BundleCreation creation = {.io = &cli->io,
                               .inventory = &inventory,
                               .directory = disk_directory_of(path),
                               .out =
                                   disk_without_end_slashes(run->arguments->positionals.items[1]),
                               .secret = secret,
                               .cancel = cli->cancel,
                               .progress = create_show_progress};
    if (!bundle_create(&creation, &bundle, cli->arena, run->diags))
        return false;
    terminal_print("\nCreated \"%.*s\" with %zu files. Its digest:\n\n  sha256:%.*s\n",
                   STR_ARG(creation.out), bundle.files.count, STR_ARG(bundle.digest));
    return true;
}

static int run_create(Cli *cli, const Arguments *arguments, Diags *diags) {
    BundleRun run = {cli, arguments, diags};
    MinisignSecret secret;
    bool is_signed = option_is_given(arguments, "sign-key");
    bool is_done = (!is_signed || create_read_secret(&run, &secret)) &&
                   create_bundle(&run, is_signed ? &secret : NULL);
    if (is_signed)
        secret_wipe((Str){(const char *)&secret, sizeof secret});
    return is_done ? 0 : 1;
}

static const Option create_options[] = {
    {"sign-key", OPTION_PATH, "PATH",
     "Sign with this secret key of minisign. Its password is read from LOAM_BUNDLE_PASSWORD or the "
     "terminal."},
};

static const Command cmd_bundle_create = {
    .name = "create",
    .summary = "Create a bundle from an inventory",
    .usage = "[options] INVENTORY BUNDLE",
    .about = "Collects the files of a YAML inventory: local files, downloads that match their "
             "digest, and container images, which the program skopeo copies. BUNDLE is a new "
             "directory, or a file whose name ends in .tar.zst.",
    .example = "loam bundle create inventory.yaml cluster.bundle",
    .groups = {OPTION_GROUP(create_options), &option_view},
    .most_positionals = 2,
    .least_positionals = 2,
    .output_positional = 2,
    .missing = "Give the inventory and the path of the new bundle: \"loam bundle create "
               "inventory.yaml bundle.tar.zst\".",
    .run = run_create,
};

static void bundle_list_write_file(JsonWriter *writer, const BundleFile *file) {
    json_object_start(writer);
    json_key_string(writer, "path", file->path);
    json_key_string(writer, "name", file->name);
    json_key_string(writer, "version", file->version);
    json_key_int(writer, "size", (int64_t)file->size);
    json_key_string(writer, "sha256", file->sha256);
    json_key_array(writer, "images");
    vec_each(&file->images, image) {
        json_write_string(writer, *image);
    }
    json_array_end(writer);
    json_object_end(writer);
}

static void bundle_list_write_json(Cli *cli, const Bundle *bundle) {
    StrBuf text = strbuf_new(cli->arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 2);
    json_object_start(&writer);
    json_key_string(&writer, "digest", str_concat(STR("sha256:"), bundle->digest, cli->arena));
    json_key_string(&writer, "kubernetes_version", bundle->kubernetes_version);
    json_key_string(&writer, "architecture", bundle->architecture);
    json_key_array(&writer, "files");
    vec_each(&bundle->files, file) {
        bundle_list_write_file(&writer, file);
    }
    json_array_end(&writer);
    json_object_end(&writer);
    strbuf_add_char(&text, '\n');
    terminal_out(strbuf_str(&text));
}

/* The digest line, the versions, then a line per file and per image. */
static void show_list(const Bundle *bundle) {
    size_t width = 0;
    vec_each(&bundle->files, file) {
        width = file->path.len > width ? file->path.len : width;
    }
    terminal_print("sha256:%.*s\nKubernetes %.*s for %.*s\n\n", STR_ARG(bundle->digest),
                   STR_ARG(bundle->kubernetes_version), STR_ARG(bundle->architecture));
    vec_each(&bundle->files, file) {
        terminal_print("%-*.*s  %12llu  %.*s\n", (int)width, STR_ARG(file->path),
                       (unsigned long long)file->size,
                       STR_ARG(file->version.len ? file->version : STR("-")));
        vec_each(&file->images, image) {
            terminal_print("  %.*s\n", STR_ARG(*image));
        }
    }
}

static int run_list(Cli *cli, const Arguments *arguments, Diags *diags) {
    Bundle bundle;
    BundleRequest request = {
        .disk = cli->io.disk, .path = arguments->positionals.items[0], .cancel = cli->cancel};
    if (!bundle_reader_open(&request, &bundle, cli->arena, diags))
        return 1;
    if (option_flag(arguments, "json"))
        bundle_list_write_json(cli, &bundle);
    else
        show_list(&bundle);
    return 0;
}

static const Option bundle_list_options[] = {
    {"json", OPTION_FLAG, NULL, "Print as JSON."},
};

static const Command cmd_bundle_list = {
    .name = "list",
    .summary = "List the files and images of a bundle",
    .usage = "[options] BUNDLE",
    .about = "Prints digest, versions, files and images. Verifies the list, but does not read the "
             "files; \"loam bundle verify\" does.",
    .example = "loam bundle list cluster.bundle",
    .groups = {OPTION_GROUP(bundle_list_options), &option_view},
    .most_positionals = 1,
    .least_positionals = 1,
    .missing = "Give the path of one bundle.",
    .run = run_list,
};

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

/* Warns of images that the providers would not use with the bundle's version. */
static void warn_of_images(const Cli *cli, const Bundle *bundle, Diags *diags) {
    StrVec images = {0}, found = {0}, names = registry_names(cli->registry, cli->arena);
    ImagesRequest request = {bundle->kubernetes_version, &images};
    vec_each(&bundle->files, file) {
        vec_each(&file->images, image)
            vec_push(cli->arena, &images, *image);
    }
    vec_each(&names, name) {
        const Provider *provider = registry_row_provider(cli->registry, *name);
        if (provider && provider->check_images)
            provider->check_images(&request, &found, cli->arena);
    }
    vec_each(&found, sentence)
        diags_warning(diags, NO_RANGE, "Images of another release", "%.*s", STR_ARG(*sentence));
}

static int run_verify(Cli *cli, const Arguments *arguments, Diags *diags) {
    Bundle bundle;
    BundleRequest request = {
        .disk = cli->io.disk, .path = arguments->positionals.items[0], .cancel = cli->cancel};
    Str digest = option_text(arguments, "digest"), key = option_text(arguments, "public-key");
    if (!bundle_reader_pin(cli->io.disk, digest, key, &request.pin, cli->arena, diags) ||
        !bundle_reader_verify(&request, &bundle, cli->arena, diags))
        return 1;
    warn_of_images(cli, &bundle, diags);
    bundle_verify_show(&bundle, &request.pin);
    return 0;
}

static const Option verify_options[] = {
    {"digest", OPTION_TEXT, "sha256:HEX", "Require this SHA-256 digest of the file SHA256SUMS."},
    {"public-key", OPTION_PATH, "KEY",
     "Require a signature by this public key of minisign: its line, or the path of its file."},
};

static const Command cmd_bundle_verify = {
    .name = "verify",
    .summary = "Verify all files of a bundle",
    .usage = "[options] BUNDLE",
    .about = "Compares every file with its digest, and the bundle with a pinned digest or public "
             "key. Warns of images whose tags kubeadm of that version does not ask for. Writes "
             "nothing.",
    .example = "loam bundle verify cluster.bundle",
    .groups = {OPTION_GROUP(verify_options), &option_view},
    .most_positionals = 1,
    .least_positionals = 1,
    .missing = "Give the path of one bundle.",
    .run = run_verify,
};

static const Command *const bundle_subcommands[] = {&cmd_bundle_create, &cmd_bundle_verify,
                                                    &cmd_bundle_list};

const Command cmd_bundle = {
    .name = "bundle",
    .summary = "Create or verify a bundle of files for a cluster",
    .usage = "<command> [options] [arguments]",
    .about = "A bundle has the programs, images and manifests that the machines of a cluster need, "
             "with their digests and a signature: a directory or a .tar.zst.",
    .example = "loam bundle create inventory.yaml cluster.bundle",
    COMMAND_SUBCOMMANDS(bundle_subcommands),
};
