/* loam metadata: prints data about the program; metadata page has a file of its own */
#include "command_table.h"
#include "function_doc.h"

static int run_functions(Cli *cli, const Arguments *arguments, Diags *diags) {
    if (!option_flag(arguments, "json")) {
        diags_error(diags, NO_RANGE, "The option -json is required",
                    "\"loam metadata functions\" prints only JSON: add -json. For readable text, "
                    "run \"loam metadata page functions\".");
        return 1;
    }
    StrBuf text = strbuf_new(cli->arena);
    JsonWriter writer;
    json_writer_init(&writer, &text, 0);
    writer.escape_html = true;
    function_doc_write(cli->functions, &writer, cli->arena);
    strbuf_add_char(&text, '\n');
    terminal_out(strbuf_str(&text));
    return 0;
}

static const Option metadata_options[] = {
    {"json", OPTION_FLAG, NULL, "Print as JSON; required."},
};

static const Command cmd_metadata_functions = {
    .name = "functions",
    .summary = "Print the signatures of all functions",
    .usage = "-json",
    .about = "Prints the parameters and the result type of each function, as JSON.",
    .example = "loam metadata functions -json",
    .groups = {OPTION_GROUP(metadata_options), &option_view},
    .run = run_functions,
};

static const Command *const metadata_subcommands[] = {&cmd_metadata_functions, &cmd_metadata_page};

const Command cmd_metadata = {
    .name = "metadata",
    .summary = "Print functions or reference pages",
    .usage = "<command> [options] [arguments]",
    .about = "Prints documentation generated from loam's own tables.",
    .example = "loam metadata page types/libvirt_domain",
    COMMAND_SUBCOMMANDS(metadata_subcommands),
};
