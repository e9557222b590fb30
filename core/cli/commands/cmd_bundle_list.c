/* loam bundle list */
#include "bundle_reader.h"
#include "command.h"
#include "json.h"

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
static void bundle_list_show(const Bundle *bundle) {
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

static int bundle_list_run_list(Cli *cli, const Arguments *arguments, Diags *diags) {
    Bundle bundle;
    if (arguments->positionals.count != 1) {
        diags_error(diags, NO_RANGE, "Missing argument", "Give the path of one bundle.");
        return 1;
    }
    BundleRequest request = {
        .disk = cli->io.disk, .path = arguments->positionals.items[0], .cancel = cli->cancel};
    if (!bundle_reader_open(&request, &bundle, cli->arena, diags))
        return 1;
    if (option_flag(arguments, "json"))
        bundle_list_write_json(cli, &bundle);
    else
        bundle_list_show(&bundle);
    return 0;
}

static const Option options[] = {
    {"json", OPTION_FLAG, NULL, "Print as JSON."},
};

const Command cmd_bundle_list = {
    .name = "list",
    .summary = "List the files and images of a bundle",
    .usage = "[options] BUNDLE",
    .about = "Prints digest, versions, files and images. Verifies the list, but does not read the "
             "files; \"loam bundle verify\" does.",
    .example = "loam bundle list cluster.bundle",
    .groups = {OPTION_GROUP(options), &option_view},
    .most_positionals = 1,
    .run = bundle_list_run_list,
};
